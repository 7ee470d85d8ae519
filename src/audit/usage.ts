import { sql } from 'kysely'
import { type Clock, DAY, HOUR, MINUTE } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import { isRefusal } from '../store/migrations/008d-usage.ts'
import type { AuditEntry } from './audit.ts'

/** Milliseconds of one bucket: of the whole server, and of one client. */
export const bucketOf = { server: 15 * MINUTE, client: HOUR } as const
/** How long counts are kept: two weeks can be compared. */
const KEPT = 15 * DAY
/** Combinations that are counted between two flushes; more are not told apart, whoever makes them up. */
const MOST = 10_000
/** Rows a statement, and rows a trim. */
const BATCH = 2000

/** What a request is timed for. */
export type Timed = 'token' | 'fhir'
/** Milliseconds: times are told apart by a fifth, 2^(1/4). */
const slotOf = (milliseconds: number): number => Math.max(0, Math.ceil(4 * Math.log2(milliseconds)))
export const timeOf = (slot: number): number => 2 ** (slot / 4)

export type Usage = ReturnType<typeof createUsage>

/**
 * Counts what goes into the audit, and how long answers take: in memory by a mere increment, flushed into rows that
 * several nodes add to. For the console; the audit itself stays the record.
 */
export function createUsage(db: Database, clock: Clock) {
  /** By client (empty: the whole), what happened how often since `begun`. */
  let counts = new Map<string, Map<string, number>>()
  let used = new Map<string, number>()
  let combinations = 0
  let begun: number | undefined
  let flushing: Promise<void> = Promise.resolve()

  function add(clientId: string, what: string): void {
    begun ??= clock()
    let ofClient = counts.get(clientId)
    if (ofClient === undefined) {
      ofClient = new Map()
      counts.set(clientId, ofClient)
    }
    const count = ofClient.get(what)
    if (count === undefined && ++combinations > MOST) return
    ofClient.set(what, (count ?? 0) + 1)
  }

  /** Counts an entry of the audit. */
  function count({ event, outcome, reason, clientId, detail }: AuditEntry): void {
    // What an admin tried is no request of the app.
    if (event === 'client.fetch') return
    const done = outcome === 'success'
    if (!done) add('', 'refused')
    else if (event === 'user.sign-in') add('', 'sign-in')
    else if (event === 'token.issue' || event === 'token.refresh') add('', 'token')
    if (clientId === undefined) return
    if (!done) add(clientId, `refused ${reason ?? event}`)
    else if (event.startsWith('fhir.')) add(clientId, `call ${event.slice(5)} ${typeIn(detail)}`)
    else if (event === 'token.issue' || event === 'token.refresh') add(clientId, 'token')
    else if (event === 'launch.authorize') add(clientId, 'launch')
    else return
    if (done) used.set(clientId, clock())
  }

  /** Counts how long an answer took, in seconds. */
  function timed(what: Timed, seconds: number): void {
    add('', `time ${what} ${slotOf(seconds * 1000)}`)
  }

  async function store(): Promise<void> {
    if (begun === undefined) return
    const [taken, at, last] = [counts, begun, used]
    counts = new Map()
    used = new Map()
    combinations = 0
    begun = undefined
    const rows = [...taken].flatMap(([client_id, whats]) => {
      const bucket = client_id === '' ? bucketOf.server : bucketOf.client
      return [...whats].map(([what, count]) => ({ at: at - (at % bucket), client_id, what, count }))
    })
    await db.kysely.transaction().execute(async (trx) => {
      for (let from = 0; from < rows.length; from += BATCH) {
        await trx
          .insertInto('usage')
          .values(rows.slice(from, from + BATCH))
          .onConflict((conflict) =>
            conflict
              .columns(['client_id', 'at', 'what'])
              .doUpdateSet({ count: sql`usage.count + excluded.count` }),
          )
          .execute()
      }
      const seen = [...last].map(([client_id, at]) => ({ client_id, at }))
      if (seen.length === 0) return
      await trx
        .insertInto('client_used')
        .values(seen)
        .onConflict((conflict) =>
          conflict
            .column('client_id')
            .doUpdateSet({ at: sql`excluded.at` })
            .whereRef('client_used.at', '<', sql`excluded.at`),
        )
        .execute()
    })
  }

  /** Writes what was counted; what the database does not take is lost, as it is no record. */
  function flush(): Promise<void> {
    flushing = flushing.then(store, store)
    return flushing
  }

  /**
   * How often what happened, slot by slot, oldest first.
   * @param of.clientId of one client; without, of the whole server
   * @param of.what its names, or how they begin; without, everything
   * @param of.from where the first slot begins; `step` the length of a slot, `slots` how many (milliseconds)
   */
  async function series(of: {
    clientId?: string
    what?: readonly string[] | { starts: string }
    from: number
    step: number
    slots: number
  }): Promise<Map<string, number[]>> {
    const { clientId = '', what, from, step, slots } = of
    const slot = sql<number>`(at - ${sql.lit(from)}) / ${sql.lit(step)}`
    let query = db.kysely
      .selectFrom('usage')
      .select(['what', slot.as('slot'), ({ fn }) => fn.sum<number>('count').as('count')])
      .where('client_id', '=', clientId)
      .where('at', '>=', from)
      .where('at', '<', from + step * slots)
      .groupBy(['what', 'slot'])
    if (what !== undefined && 'starts' in what)
      query = query.where('what', '>=', what.starts).where('what', '<', `${what.starts}\uffff`)
    else if (what !== undefined) query = query.where('what', 'in', what)
    const found = new Map<string, number[]>()
    for (const { what, slot, count } of await db.search(query.compile())) {
      const line = found.get(what) ?? Array<number>(slots).fill(0)
      line[Number(slot)] = Number(count)
      found.set(what, line)
    }
    return found
  }

  /** The hour since `from` in which one client was refused most. */
  async function peakOfRefusals(
    from: number,
  ): Promise<{ clientId: string; at: number; count: number } | undefined> {
    const query = db.kysely
      .selectFrom('usage')
      .select(['client_id', 'at', ({ fn }) => fn.sum<number>('count').as('count')])
      .where('at', '>=', from)
      .where('client_id', '!=', '')
      .where(sql.raw<boolean>(isRefusal))
      .groupBy(['client_id', 'at'])
      .orderBy('count', 'desc')
      .orderBy('at', 'desc')
      .limit(1)
    const [row] = await db.search(query.compile())
    return row && { clientId: row.client_id, at: row.at, count: Number(row.count) }
  }

  /** Removes a batch of counts that are too old; returns how many went. */
  async function trim(): Promise<number> {
    const result = await sql`delete from usage where (client_id, at, what) in
      (select client_id, at, what from usage where at < ${clock() - KEPT} limit ${BATCH})`.execute(db.kysely)
    return Number(result.numAffectedRows ?? 0)
  }

  return { count, timed, flush, series, peakOfRefusals, trim }
}

/** The type of resource that a row of the audit is about: `Observation` of `Observation/7` and of `Observation`. */
function typeIn(detail: AuditEntry['detail']): string {
  const about = detail?.reference ?? detail?.path
  if (typeof about !== 'string' || about === '') return '*'
  const slash = about.indexOf('/')
  return slash < 0 ? about : about.slice(0, slash)
}

/**
 * Flushes now and then, so that a crash loses a minute at most.
 * @returns a function that ends it, once all is written
 */
export function startFlushing(
  usage: Pick<Usage, 'flush'>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  const timer = setInterval(() => void usage.flush().catch(failed), MINUTE)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await usage.flush().catch(failed)
  }
}
