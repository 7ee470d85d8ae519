import { type Kysely, sql } from 'kysely'
import type { Clock } from '../lib/time.ts'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/** Tables whose rows end by themselves, with the key by which a batch is picked. */
const expiring = [
  { table: 'used_assertion', key: 'client_id, jti' },
  { table: 'failed_assertion', key: 'client_id' },
  { table: 'opaque_token', key: 'token_hash' },
  { table: 'denied_token', key: 'jti' },
  { table: 'launch_grant', key: 'grant_id' },
  { table: 'sign_in_failure', key: 'counter' },
  { table: 'oidc', key: 'model, id_hash' },
  { table: 'sign_in', key: 'session_uid' },
  { table: 'launch_handle', key: 'handle_hash' },
  { table: 'refresh_token', key: 'family_hash' },
  { table: 'consent', key: 'user_id, client_id, patient' },
  { table: 'flight', key: 'flight_id' },
  { table: 'flight_step', key: 'flight_id, step' },
  { table: 'flight_exchange', key: 'flight_id, step' },
  { table: 'flight_link', key: 'link_hash' },
  { table: 'password_link', key: 'user_id' },
] as const

/** Rows a batch: some milliseconds of work, well below the 20 that a request may have to wait. */
const BATCH = 100
/** Milliseconds between two batches while there is work, and between two looks when there is none. */
const PAUSE = 20
const REST = 30_000

/** Removes one batch of expired rows from each table; returns how many went. */
export async function sweepOnce(kysely: Kysely<Tables>, now: number): Promise<number> {
  let gone = 0
  for (const { table, key } of expiring) {
    const columns = sql.raw(key)
    const result = await sql`delete from ${sql.table(table)} where (${columns}) in
      (select ${columns} from ${sql.table(table)} where expires < ${now} limit ${BATCH})`.execute(kysely)
    gone += Number(result.numAffectedRows ?? 0)
  }
  return gone
}

/**
 * Keeps the database from growing without bound: small batches on a timer that never holds up a request.
 * @param trim removes a batch of what is beyond its number; returns how many went
 * @returns a function that ends it, once the batch under way is done
 */
export function startSweeping(
  db: Database,
  clock: Clock,
  trim: () => Promise<number>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let batch: Promise<void> = Promise.resolve()
  const schedule = (wait: number): void => {
    if (stopped) return
    timer = setTimeout(() => {
      batch = sweepBatch().then(
        (gone) => schedule(gone > 0 ? PAUSE : REST),
        (error: unknown) => {
          failed(error)
          schedule(REST)
        },
      )
    }, wait)
    timer.unref()
  }
  const sweepBatch = async () => (await sweepOnce(db.kysely, clock())) + (await trim())
  schedule(REST)
  return async () => {
    stopped = true
    clearTimeout(timer)
    await batch
  }
}
