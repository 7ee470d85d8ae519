import type { Database } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens `sqlite:<file>` (made if absent) or `postgres://…`.
 * @param workers threads for `search` on SQLite; 0 runs it where `read` runs
 * @throws LanyardError `configuration` when the file or the server cannot be reached
 */
export async function openDatabase(url: string, workers: number): Promise<Database> {
  return url.startsWith('sqlite:')
    ? openSqlite(url.slice('sqlite:'.length), workers)
    : await openPostgres(url)
}
