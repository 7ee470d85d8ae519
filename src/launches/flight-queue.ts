import { type Kysely, sql } from 'kysely'
import { type Clock, DAY, MINUTE } from '../lib/time.ts'
import type { BulkTable, Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import type { FhirMessages } from './fhir-messages.ts'
import type { StepDetail } from './flight-detail.ts'

type Row = Tables['flight_step']
/** A step as it will be stored. */
export type WaitingStep = Pick<Row, 'event' | 'outcome'> & {
  reason?: string | undefined
  detail?: StepDetail | undefined
  /** Of a FHIR call; kept only of a launch that is watched. */
  messages?: FhirMessages | undefined
  /** When it was, if not now. */
  at?: number | undefined
}
/** What is to change about a flight. */
export type FlightChange = {
  /** It begins with this. */
  begins?: boolean
  set?: Partial<
    Pick<
      Tables['flight'],
      'client_id' | 'user_id' | 'grant_id' | 'outcome' | 'reason' | 'simulated' | 'watched'
    >
  >
  step?: WaitingStep
}
/** Whose flight: by its id, or by the grant it led to. */
export type FlightKey = { flight: string } | { grant: string }

export type FlightQueueDeps = {
  db: Database
  clock: Clock
  keepDays: number
  /** How long messages are kept; with 0 none are. */
  keepMinutes: number
  /** Of its own, for messages. */
  seal: () => { close(plain: string): string; open(sealed: string): string }
  failed: (error: unknown) => void
}
/** All that waits about one flight. */
type Waiting = {
  /** When it began, if that is not stored yet. */
  began: number | undefined
  set: NonNullable<FlightChange['set']>
  steps: (WaitingStep & { at: number })[]
  at: number
}

/** Changes wait this long to be stored together, in milliseconds. */
const LAZY = 100
/** Flights a transaction: a few milliseconds, below the 20 that a request may have to wait. */
const BATCH = 100
/** Steps kept of a flight; later ones are only counted. */
const STEPS = 100
/** Changes that may wait in memory; beyond, they are dropped. */
const MOST = 10_000

/**
 * Stores what is noted about flights, within 100 ms and in their order. No caller waits, and what the database does
 * not take is dropped: the record is a help, while the audit is the evidence.
 */
export function createFlightQueue({ db, clock, keepDays, keepMinutes, seal, failed }: FlightQueueDeps) {
  let ofFlights = new Map<string, Waiting>()
  let ofGrants = new Map<string, Waiting>()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()

  function add(key: FlightKey, { begins = false, set, step }: FlightChange): void {
    if (count >= MOST) return
    count++
    timer ??= setTimeout(() => void flush(), LAZY).unref()
    const [changes, id] = 'flight' in key ? [ofFlights, key.flight] : [ofGrants, key.grant]
    const at = clock()
    const waiting = changes.get(id) ?? { began: begins ? at : undefined, set: {}, steps: [], at }
    Object.assign(waiting.set, set)
    if (step !== undefined) waiting.steps.push({ ...step, at: step.at ?? at })
    waiting.at = at
    changes.set(id, waiting)
  }

  /** Resolves when all that was added is stored, or was dropped. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    flushing = flushing.then(storeAll)
    return flushing
  }

  async function storeAll(): Promise<void> {
    const [flights, grants] = [ofFlights, ofGrants]
    ofFlights = new Map()
    ofGrants = new Map()
    count = 0
    for (const batch of batches(flights)) await storeBatch(batch, async (_trx, id) => id)
    for (const batch of batches(grants)) await storeBatch(batch, flightOfGrant)
  }

  async function storeBatch(
    batch: readonly [string, Waiting][],
    flightOf: (trx: Kysely<Tables>, id: string) => Promise<string | undefined>,
  ): Promise<void> {
    try {
      // Not together with the writes of requests: two nodes may want the same flight, and one of them has to wait.
      await db.kysely.transaction().execute(async (trx) => {
        const rows: Rows = { steps: [], messages: [] }
        for (const [id, waiting] of batch) {
          const flight = await flightOf(trx, id)
          if (flight !== undefined) await store(trx, flight, waiting, rows)
        }
        await db.insertMany(trx, stepTable, rows.steps)
        await db.insertMany(trx, messageTable, rows.messages)
      })
    } catch (error) {
      failed(error)
    }
  }

  /** Stores what changes about a flight itself, and adds the rows of its steps, if it is still there. */
  async function store(
    trx: Kysely<Tables>,
    flight: string,
    { began, set, steps, at }: Waiting,
    rows: Rows,
  ): Promise<void> {
    if (began !== undefined) {
      const expires = began + keepDays * DAY
      await trx
        .insertInto('flight')
        .values({ flight_id: flight, outcome: 'open', started: began, updated: at, steps: 0, expires })
        .execute()
    }
    // The count gives steps their numbers, also when several nodes add to one flight.
    const row = await trx
      .updateTable('flight')
      .set({ ...set, updated: at, steps: sql<number>`steps + ${steps.length}` })
      .where('flight_id', '=', flight)
      .returning(['steps', 'expires', 'watched'])
      .executeTakeFirst()
    if (row === undefined) return
    const first = row.steps - steps.length
    for (const [index, step] of steps.slice(0, Math.max(0, STEPS - first)).entries()) {
      const { at, event, outcome, reason = null, detail, messages } = step
      const told = detail === undefined ? null : JSON.stringify(detail)
      rows.steps.push([flight, first + index, at, event, outcome, reason, told, row.expires])
      if (messages === undefined || row.watched !== 1 || keepMinutes === 0) continue
      const sealed = seal().close(JSON.stringify(messages))
      rows.messages.push([flight, first + index, sealed, at + keepMinutes * MINUTE])
    }
  }

  return { add, flush }
}

type Rows = { steps: unknown[][]; messages: unknown[][] }

/** The flight that led to a grant. */
export async function flightOfGrant(kysely: Kysely<Tables>, grantId: string): Promise<string | undefined> {
  const found = kysely.selectFrom('flight').select('flight_id').where('grant_id', '=', grantId)
  return (await found.executeTakeFirst())?.flight_id
}

const stepTable: BulkTable = {
  table: 'flight_step',
  columns: {
    flight_id: 'text',
    step: 'int',
    at: 'int',
    event: 'text',
    outcome: 'text',
    reason: 'text',
    detail: 'text',
    expires: 'int',
  },
}

const messageTable: BulkTable = {
  table: 'flight_exchange',
  columns: { flight_id: 'text', step: 'int', sealed: 'text', expires: 'int' },
}

/** In the order of their ids: two nodes that want the same rows want them in the same order. */
function* batches(changes: Map<string, Waiting>): Generator<[string, Waiting][]> {
  const all = [...changes].sort(([a], [b]) => (a < b ? -1 : 1))
  for (let from = 0; from < all.length; from += BATCH) yield all.slice(from, from + BATCH)
}
