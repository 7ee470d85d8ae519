import type { Simulation } from '../smart/fault.ts'
import { boundedMessages, type FhirMessages } from './fhir-messages.ts'
import type { Flight, FlightStep, NewFlightStep } from './flight.ts'
import { cut, type NewStepDetail, storable } from './flight-detail.ts'
import { newFlightId } from './flight-id.ts'
import { createFlightQueue, type FlightQueueDeps, flightOfGrant } from './flight-queue.ts'
import { flightOf, isBehind, ofRequest, stepOf } from './flight-rows.ts'

export type { Flight, FlightEvent, FlightStep, NewFlightStep } from './flight.ts'

type Deps = FlightQueueDeps & {
  /** Flights that are kept at most. */
  most?: number
}

/** The first calls of an app explain its launch; the audit has all of them. */
const FHIR_CALLS = 20
/** Grants whose calls are counted. */
const COUNTED = 10_000
/** Flights that `trim` removes at a time, with some dozen steps each. */
const TRIM = 20

export type Flights = ReturnType<typeof createFlights>

/** The flight record: how each launch went, step by step, for whoever has to find out why one did not work. */
export function createFlights({ most = 10_000, ...deps }: Deps) {
  const { kysely } = deps.db
  const { add, flush } = createFlightQueue(deps)
  const calls = new Map<string, number>()

  /**
   * Begins the record of an authorization request, with the request as its first step.
   * @param clientId as the request names it; nobody has proven it yet
   * @returns its id: the reference for error pages and for the grant
   */
  function begin({
    clientId,
    event = 'request',
    detail,
  }: {
    clientId?: string | undefined
    /** What it begins with: a request for authorization, or a token of somebody else (RFC 8693). */
    event?: 'request' | 'exchange'
    detail?: NewStepDetail
  }): string {
    const id = newFlightId()
    const set = clientId === undefined ? {} : { client_id: cut(clientId, 100) }
    add({ flight: id }, { begins: true, set, step: kept({ event, outcome: 'ok', detail }) })
    return id
  }

  /** Begins the record of a launch that the simulator made; the app's request goes on with it. */
  function beginSimulated(
    id: string,
    launch: {
      /** `armed`, where the app is to begin by itself. */
      event: 'launch' | 'armed'
      clientId: string
      userId: string
      simulated: Simulation
      watched: boolean
      detail: NewStepDetail
    },
  ): void {
    const { event, clientId, userId, simulated, watched, detail } = launch
    const set = {
      client_id: clientId,
      user_id: userId,
      simulated,
      ...(watched ? { watched: 1 } : {}),
    }
    add({ flight: id }, { begins: true, set, step: kept({ event, outcome: 'ok', detail }) })
  }

  function note(id: string, step: NewFlightStep): void {
    add({ flight: id }, { step: kept(step) })
  }

  /** Notes a FHIR call on the flight that led to its grant, if one did: the first calls only. */
  function noteCall(
    grantId: string,
    call: () => Omit<NewFlightStep, 'event'> & { messages?: FhirMessages | undefined },
  ): void {
    const before = calls.get(grantId) ?? 0
    if (before >= FHIR_CALLS) return
    const oldest = calls.size >= COUNTED && before === 0 ? calls.keys().next().value : undefined
    if (oldest !== undefined) calls.delete(oldest)
    calls.set(grantId, before + 1)
    const { messages, ...told } = call()
    const step = kept({ ...told, event: 'fhir' })
    const said = messages === undefined ? {} : { messages: boundedMessages(messages) }
    add({ grant: grantId }, { step: { ...step, ...said } })
  }

  /** Says how it ended, so far: an app that got its code may still be refused a token. */
  function finish(id: string, outcome: 'done' | 'refused', reason?: string): void {
    add({ flight: id }, { set: { outcome, reason: reason ?? null } })
  }

  /** Says who signed in, and what was granted. */
  function bind(id: string, { userId, grantId }: { userId?: string; grantId?: string }): void {
    const set = {
      ...(userId === undefined ? {} : { user_id: userId }),
      ...(grantId === undefined ? {} : { grant_id: grantId }),
    }
    add({ flight: id }, { set })
  }

  /** The flights that fit, newest first. @param since milliseconds */
  async function list(wanted: {
    client?: string | undefined
    /** Of any of these. */
    clients?: readonly string[] | undefined
    user?: string | undefined
    outcome?: Flight['outcome'] | undefined
    since?: number | undefined
    /** The request of one of its steps. */
    requestId?: string | undefined
    /** Where the page begins: behind this one. */
    behind?: Pick<Flight, 'started' | 'id'> | undefined
    most: number
  }): Promise<Flight[]> {
    const { client, clients, user, outcome, since, requestId, behind } = wanted
    const rows = await kysely
      .selectFrom('flight')
      .selectAll()
      .$if(client !== undefined, (query) => query.where('client_id', '=', client ?? ''))
      .$if(user !== undefined, (query) => query.where('user_id', '=', user ?? ''))
      .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome ?? 'open'))
      .$if(since !== undefined, (query) => query.where('started', '>=', since ?? 0))
      .$if(clients !== undefined, (query) =>
        query.where(({ eb, or }) => or((clients ?? []).map((id) => eb('client_id', '=', id)))),
      )
      .$if(requestId !== undefined, (query) =>
        query.where('flight_id', 'in', ofRequest(kysely, requestId ?? '')),
      )
      .$if(behind !== undefined, (query) =>
        query.where((row) => isBehind(row, behind ?? { started: 0, id: '' })),
      )
      .orderBy('started', 'desc')
      .orderBy('flight_id')
      .limit(wanted.most)
      .execute()
    return rows.map(flightOf)
  }

  /** One flight with its steps, in the order of time. */
  async function show(id: string): Promise<{ flight: Flight; steps: FlightStep[] } | undefined> {
    if (!/^[\w-]{1,100}$/.test(id)) return undefined
    const row = await kysely.selectFrom('flight').selectAll().where('flight_id', '=', id).executeTakeFirst()
    if (row === undefined) return undefined
    const steps = kysely.selectFrom('flight_step').selectAll().where('flight_id', '=', id)
    const inOrder = await steps.orderBy('at').orderBy('step').execute()
    return { flight: flightOf(row), steps: inOrder.map(stepOf) }
  }

  /** The messages of the FHIR calls of a flight, by the number of the step, for as long as they are kept. */
  async function messages(id: string): Promise<Map<number, FhirMessages>> {
    const rows = await kysely
      .selectFrom('flight_exchange')
      .select(['step', 'sealed'])
      .where('flight_id', '=', id)
      .where('expires', '>', deps.clock())
      .execute()
    return new Map(
      rows.map(({ step, sealed }) => [step, JSON.parse(deps.seal().open(sealed)) as FhirMessages]),
    )
  }

  /**
   * Removes some of the flights beyond the newest `most`, of which those in which nobody signed in may be half: so
   * that strangers who send many requests do not wipe out the rest. Those that expired go with everything else that
   * does (store/sweep.ts). Nodes that do it at the same time remove none too many.
   * @returns how many went
   */
  async function trim(): Promise<number> {
    const newestFirst = kysely
      .selectFrom('flight')
      .select('flight_id')
      .orderBy('started', 'desc')
      .orderBy('flight_id')
      .limit(TRIM)
    const strangers = await newestFirst
      .where('user_id', 'is', null)
      .offset(most / 2)
      .execute()
    const beyond = strangers.length > 0 ? strangers : await newestFirst.offset(most).execute()
    const ids = beyond.map((row) => row.flight_id)
    if (ids.length === 0) return 0
    for (const table of ['flight_step', 'flight_exchange', 'flight_link'] as const)
      await kysely.deleteFrom(table).where('flight_id', 'in', ids).execute()
    await kysely.deleteFrom('flight').where('flight_id', 'in', ids).execute()
    return ids.length
  }

  return {
    begin,
    beginSimulated,
    note,
    noteCall,
    finish,
    bind,
    ofGrant: (grantId: string) => flightOfGrant(kysely, grantId),
    list,
    show,
    messages,
    trim,
    /** Stores what waits; resolves when it is stored, or was dropped. */
    flush,
  }
}

function kept({ detail, ...step }: NewFlightStep) {
  return { ...step, ...(detail === undefined ? {} : { detail: storable(detail) }) }
}
