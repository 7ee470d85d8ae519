import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/**
 * Tells the other processes on this database that a register changed. To be called in the transaction of the
 * change.
 */
export async function noteChange(kysely: Kysely<Tables>, name: string): Promise<void> {
  await kysely
    .insertInto('change')
    .values({ name, version: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ version: sql`change.version + 1` }))
    .execute()
}

/**
 * Calls `changed` whenever the register `name` was changed by any process, this one included.
 * @param every milliseconds between two looks
 * @returns a function that ends the watch
 */
export function watchChanges(
  db: Database,
  name: string,
  every: number,
  changed: () => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  let seen: number | undefined
  let busy = false
  const query = db.kysely.selectFrom('change').select('version').where('name', '=', name).compile()
  const look = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      const version = (await db.read(query))[0]?.version ?? 0
      if (seen !== undefined && version !== seen) await changed()
      seen = version
    } catch (error) {
      failed(error)
    } finally {
      busy = false
    }
  }
  void look()
  const timer = setInterval(() => void look(), every)
  timer.unref()
  return () => clearInterval(timer)
}
