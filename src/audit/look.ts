import { type RawBuilder, sql } from 'kysely'
import { LanyardError } from '../lib/errors.ts'
import type { Database } from '../store/database.ts'
import { isAct } from '../store/migrations/008b-acts.ts'
import { eventGroups, isEventGroup } from './event-groups.ts'
import { endsOf, firstSince, LATE } from './first-since.ts'
import { type AuditRow, rowColumns } from './rows.ts'

/** What is looked for; all that is said must hold. */
export type Sought = {
  /** Milliseconds since 1970; `until` is not included. */
  since?: number | undefined
  until?: number | undefined
  /** A group of events (event-groups.ts), or one event. */
  event?: string | undefined
  outcome?: 'success' | 'refused' | 'error' | undefined
  userId?: string | undefined
  clientId?: string | undefined
  /** A bare id; rows about several patients are found too. */
  patient?: string | undefined
  requestId?: string | undefined
}

/** Rows that one page looks through at most, so that its cost is bounded whatever is looked for. */
const LOOK = 20_000
/** Numbers of rows that an export reads at once. */
const BATCH = 2000
/** Rows that an export looks through at most. */
export const MOST_EXPORTED = 1_000_000

type Sql = RawBuilder<boolean>
/** From a number up to another one that is not included. */
type Range = { from: number; to: number }

export type AuditLook = ReturnType<typeof createAuditLook>

/** Reads the audit for those who watch over the server. */
export function createAuditLook(db: Database) {
  const run = <Row>(statement: RawBuilder<Row>) => db.search<Row>(statement.compile(db.kysely))
  const columns = sql.join(rowColumns.map((name) => sql.ref(name)))

  /** By the order in which rows are written, which needs no index of its own. */
  async function rangeOf({ since, until }: Sought): Promise<Range> {
    const [first, end] = await endsOf(db)
    return {
      from: since === undefined ? first : await firstSince(db, since - LATE),
      to: until === undefined ? end : await firstSince(db, until + LATE),
    }
  }

  /** How far back one page looks: by an index where one serves, else by the numbers alone. */
  async function floorOf(sought: Sought, { from, to }: Range): Promise<number> {
    const among = narrowest(sought)
    if (among === undefined) return Math.max(from, to - LOOK)
    const [row] = await run(
      sql<{ seq: number }>`select seq from (${among}) as among where seq >= ${from} and seq < ${to}
        order by seq desc limit 1 offset ${LOOK}`,
    )
    return row === undefined ? from : row.seq
  }

  /**
   * The newest rows first.
   * @param before only rows with smaller numbers
   * @returns `next`: what `before` must be to go on; without it nothing older was left. `lookedTo`: the number down to
   *   which was looked, where the page ended before it was full
   */
  async function newest(
    sought: Sought,
    before: number | undefined,
    most: number,
  ): Promise<{ rows: AuditRow[]; next: number | undefined; lookedTo: number | undefined }> {
    const whole = await rangeOf(sought)
    const range = { ...whole, to: Math.min(whole.to, before ?? whole.to) }
    const floor = await floorOf(sought, range)
    const found = await run(
      sql<AuditRow>`select ${columns} from audit
        where seq >= ${floor} and seq < ${range.to} and ${conditionOf(sought)}
        order by seq desc limit ${most + 1}`,
    )
    const rows = found.slice(0, most)
    const last = rows.at(-1)
    if (found.length > most && last !== undefined) return { rows, next: last.seq, lookedTo: undefined }
    return floor > range.from
      ? { rows, next: floor, lookedTo: floor }
      : { rows, next: undefined, lookedTo: undefined }
  }

  /** A row, and the hash of the one before it. */
  async function one(seq: number): Promise<{ row: AuditRow; previous: string | undefined } | undefined> {
    const rows = await run(
      sql<AuditRow>`select ${columns} from audit where seq <= ${seq} and seq >= ${seq - 1} order by seq desc`,
    )
    const [row, previous] = rows
    return row === undefined || row.seq !== seq ? undefined : { row, previous: previous?.hash ?? undefined }
  }

  /**
   * All rows in the order in which they were written, in batches.
   * @throws LanyardError `invalid-request` (reason `export-too-large`) where more would have to be looked through than
   *   one export may
   */
  async function exported(sought: Sought): Promise<AsyncGenerator<AuditRow[]>> {
    const range = await rangeOf(sought)
    if (range.to - range.from > MOST_EXPORTED) throw tooLarge()
    return batches(sought, range)
  }

  async function* batches(sought: Sought, { from, to }: Range): AsyncGenerator<AuditRow[]> {
    for (let start = from; start < to; start += BATCH) {
      const rows = await run(
        sql<AuditRow>`select ${columns} from audit
          where seq >= ${start} and seq < ${Math.min(to, start + BATCH)} and ${conditionOf(sought)} order by seq`,
      )
      if (rows.length > 0) yield rows
    }
  }

  return { newest, one, exported }
}

/** The numbers of the rows that an index finds by one of the conditions, if it does. */
function narrowest({ patient, userId, event, outcome }: Sought): RawBuilder<{ seq: number }> | undefined {
  if (patient !== undefined)
    return sql`select seq from audit where patient = ${patient}
      union all select seq from audit_about where patient = ${patient}`
  if (userId !== undefined) return sql`select seq from audit where user_id = ${userId}`
  if (event === 'admin') return sql`select seq from audit where ${sql.raw(isAct)}`
  if (outcome !== undefined && outcome !== 'success')
    return sql`select seq from audit where outcome <> 'success'`
  return undefined
}

function conditionOf({ since, until, event, outcome, userId, clientId, patient, requestId }: Sought): Sql {
  const all: readonly (Sql | undefined)[] = [
    since === undefined ? undefined : sql`at >= ${since}`,
    until === undefined ? undefined : sql`at < ${until}`,
    event === undefined ? undefined : ofEvent(event),
    outcome === undefined ? undefined : sql`outcome = ${outcome}`,
    // Said for the index of them.
    outcome === undefined || outcome === 'success' ? undefined : sql`outcome <> 'success'`,
    userId === undefined ? undefined : sql`user_id = ${userId}`,
    clientId === undefined ? undefined : sql`client_id = ${clientId}`,
    requestId === undefined ? undefined : sql`request_id = ${requestId}`,
    patient === undefined
      ? undefined
      : sql`(patient = ${patient} or seq in (select seq from audit_about where patient = ${patient}))`,
  ]
  const said = all.filter((condition) => condition !== undefined)
  return said.length === 0 ? sql`1 = 1` : sql`${sql.join(said, sql` and `)}`
}

function ofEvent(event: string): Sql {
  if (!isEventGroup(event)) return sql`event = ${event}`
  if (event === 'admin')
    return sql`${sql.raw(isAct)} and event <> 'fhir.operation' and event not like 'export.%'`
  return sql`event in (${sql.join([...eventGroups[event]])})`
}

function tooLarge(): LanyardError {
  return new LanyardError(
    'invalid-request',
    'One export looks through at most 1,000,000 entries. Choose a shorter time, or run `lanyard audit export` on the server.',
    {
      reason: 'export-too-large',
      problems: [
        { path: 'from', message: 'must be later: an export looks through at most 1,000,000 entries' },
      ],
    },
  )
}
