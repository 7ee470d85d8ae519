import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { randomId } from '../../src/lib/id.ts'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'

export type Engine = 'sqlite' | 'postgres'

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
  const folder = mkdtempSync(join(tmpdir(), 'lanyard-store-'))
  const url = on === 'postgres' ? await emptyPostgres() : `sqlite:${join(folder, 'lanyard.sqlite')}`
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

/** The same with all tables. */
export async function migratedDatabase(on: Engine = engine): Promise<TestDatabase> {
  const database = await emptyDatabase(on)
  await migrate(await database.open())
  return database
}

/** A new, empty database on the PostgreSQL of this run. */
export async function emptyPostgres(): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `lanyard_${randomId(64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')}`
  await onPostgres(`create database ${name}`)
  url.pathname = `/${name}`
  return url.href
}

/** Runs a statement as the server's administrator, outside of every test's database. */
export async function onPostgres(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') })
  await admin.connect()
  await admin.query(statement)
  await admin.end()
}

/** A new, migrated database on the PostgreSQL of this run. */
export async function freshPostgres(): Promise<string> {
  const url = await emptyPostgres()
  const db = await openDatabase(url, 0)
  await migrate(db)
  await db.close()
  return url
}
