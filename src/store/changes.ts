import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/** How often anything that can end a token has happened, on any node, as part of a statement: triggers count it. */
export const changesOfTokens = sql<number>`(select version from change where name = 'token')`

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

/** How often a register was changed so far. */
export async function changeVersion(db: Database, name: string): Promise<number> {
  const query = db.kysely.selectFrom('change').select('version').where('name', '=', name).compile()
  return (await db.read(query))[0]?.version ?? 0
}

/**
 * Calls `changed` whenever the register `name` was changed by any process, this one included.
 * @param since the version of what the caller holds; it must be asked for before that is read
 * @param every milliseconds between two looks
 * @returns a function that ends the watch, once the look under way is done
 */
export function watchChanges(
  db: Database,
  name: string,
  { since, every }: { since: number; every: number },
  changed: () => Promise<void>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let seen = since
  let looking: Promise<void> | undefined
  const look = async (): Promise<void> => {
    try {
      const version = await changeVersion(db, name)
      if (version !== seen) await changed()
      seen = version
    } catch (error) {
      failed(error)
    }
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }, every)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}
