import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../src/store/database.ts'
import { openDatabase } from '../../src/store/open.ts'
import { emptyPostgres } from './postgres-database.ts'
import { copyOf, type Engine, fileIn } from './templates.ts'

export { emptyPostgres, onPostgres } from './postgres-database.ts'
export type { Engine } from './templates.ts'

/** The engine that a `*.both.test.ts` runs on: SQLite in the quick check, PostgreSQL in the full run. */
export const engine: Engine = process.env.VITEST_PROJECT === 'full' ? 'postgres' : 'sqlite'

/** An empty database of its own, on the engine of this run. */
export type TestDatabase = {
  url: string
  /** Opens a connection, as one more process would; all are closed by `remove`. */
  open(workers?: number): Promise<Database>
  remove(): Promise<void>
}

export async function emptyDatabase(on: Engine = engine): Promise<TestDatabase> {
  return await database(async (folder) => (on === 'postgres' ? await emptyPostgres() : fileIn(folder)))
}

/** The same with all tables. */
export async function migratedDatabase(on: Engine = engine): Promise<TestDatabase> {
  return await database((folder) => copyOf('migrated', on, folder))
}

async function database(make: (folder: string) => Promise<string>): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-store-'))
  const url = await make(folder)
  const opened: Database[] = []
  return {
    url,
    async open(workers = 0) {
      const db = await openDatabase(url, workers)
      opened.push(db)
      return db
    },
    async remove() {
      for (const db of opened) await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A new, migrated database on the PostgreSQL of this run. */
export async function freshPostgres(): Promise<string> {
  return await copyOf('migrated', 'postgres', '')
}
