import type Sqlite from 'better-sqlite3'
import type pg from 'pg'

/** SQL with its values, as it travels to a thread. */
export type PlainQuery = { sql: string; parameters: readonly unknown[] }

/** A connection of its own that sees the database as it was at one moment, however long it reads. */
export type Snapshot = {
  /** Fixes the moment; of two the later counts. */
  begin(): Promise<void>
  /** The rows of a query as arrays of their columns, some at a time: memory stays flat. */
  rows(query: PlainQuery): AsyncIterable<unknown[][]>
  close(): Promise<void>
}

/** Rows at once. */
const BATCH = 500

/** Opens a snapshot of `sqlite:<file>` or `postgres://…`, and loads no more than the engine that it is of. */
export async function openSnapshot(url: string): Promise<Snapshot> {
  if (url.startsWith('sqlite:')) {
    const { openForScanning } = await import('./sqlite-scan.ts')
    return ofSqlite(openForScanning(url.slice('sqlite:'.length)))
  }
  const { pgClient } = await import('./pg-client.ts')
  return await ofPostgres(pgClient(url))
}

function ofSqlite(db: Sqlite.Database): Snapshot {
  return {
    async begin() {
      if (db.inTransaction) db.exec('commit')
      db.exec('begin')
      // A transaction of SQLite sees the moment of its first read.
      db.prepare('select 1 from sqlite_schema').get()
    },
    async *rows({ sql, parameters }) {
      let batch: unknown[][] = []
      for (const row of db
        .prepare(sql)
        .raw()
        .iterate(...parameters)) {
        batch.push(row as unknown[])
        if (batch.length < BATCH) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
    },
    async close() {
      db.close()
    },
  }
}

async function ofPostgres(client: pg.Client): Promise<Snapshot> {
  await client.connect()
  return {
    async begin() {
      await client.query('rollback')
      await client.query('begin isolation level repeatable read read only')
      await client.query('select 1')
    },
    async *rows({ sql, parameters }) {
      await client.query(`declare scan no scroll cursor for ${sql}`, [...parameters])
      for (;;) {
        const { rows } = await client.query<unknown[]>({ text: `fetch ${BATCH} from scan`, rowMode: 'array' })
        if (rows.length === 0) break
        yield rows
      }
      await client.query('close scan')
    },
    close: () => client.end(),
  }
}
