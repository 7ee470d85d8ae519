import type { Kysely } from 'kysely'
import { type Clock, DAY } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { sealOf } from './chain.ts'

/** Rows at once: some milliseconds of work. */
const BATCH = 500

type Deps = {
  db: Database
  clock: Clock
  /** Days that rows are kept; 0 keeps them for ever. */
  keepDays: number
  secret: () => string
  /** Writes a row about what was removed, in the same transaction. */
  record: (trx: Kysely<Tables>, removed: { rows: number; upTo: number }) => Promise<void>
}

/**
 * Removes rows from the old end of the chain, and seals the place up to which it did. Whole days go at once, so that
 * the rows about it are few.
 * @returns a function that removes one batch and says how many rows went
 */
export function createTrim({ db, clock, keepDays, secret, record }: Deps): () => Promise<number> {
  return async () => {
    if (keepDays === 0) return 0
    const before = Math.floor((clock() - keepDays * DAY) / DAY) * DAY
    const oldest = await db.read(
      db.kysely.selectFrom('audit').select(['seq', 'at', 'hash']).orderBy('seq').limit(BATCH).compile(),
    )
    const young = oldest.findIndex(({ at }) => at >= before)
    const last = oldest.at(young === -1 ? -1 : young - 1)
    if (young === 0 || last === undefined) return 0
    return await db.kysely.transaction().execute(async (trx) => {
      const { seq, hash } = last
      // Rows from before the chain leave its start where it is.
      if (hash !== null && !(await moveStart(trx, { seq, hash }, secret()))) return 0
      await trx.deleteFrom('audit_about').where('seq', '<=', seq).execute()
      const gone = await trx.deleteFrom('audit').where('seq', '<=', seq).executeTakeFirst()
      const rows = Number(gone.numDeletedRows)
      if (rows > 0) await record(trx, { rows, upTo: seq })
      return rows
    })
  }
}

/** @returns false if another node has removed as much already */
async function moveStart(
  trx: Kysely<Tables>,
  place: { seq: number; hash: string },
  secret: string,
): Promise<boolean> {
  const moved = await trx
    .updateTable('audit_chain')
    .set({ ...place, seal: sealOf(secret, 'start', place) })
    .where('name', '=', 'start')
    .where('seq', '<', place.seq)
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}
