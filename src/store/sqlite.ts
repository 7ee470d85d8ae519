import type Sqlite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Database } from './database.ts'
import { openReaders } from './readers.ts'
import { openForReading, openForWriting } from './sqlite-file.ts'
import { cachedStatements } from './statements.ts'
import type { Tables } from './tables.ts'

/** Opens the file, in WAL mode: one writing connection, one for short reads, threads for long ones. */
export function openSqlite(file: string, workers: number): Database {
  const writer = openForWriting(file)
  const reader = openForReading(file)
  const snapshot = snapshots(reader)
  const threads = workers === 0 ? undefined : openReaders(file, workers)
  const write = cachedStatements(writer)
  const kysely = new Kysely<Tables>({ dialect: dialect(writer, snapshot.end) })
  const read = async <Row>(query: CompiledQuery<Row>) => snapshot.rows(query.sql, query.parameters) as Row[]
  return {
    dialect: 'sqlite',
    kysely,
    read,
    search: threads === undefined ? read : threads.search,
    async insertMany(_transaction, { table, columns }, rows) {
      const names = Object.keys(columns)
      const statement = write(
        `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')}) on conflict do nothing`,
      )
      for (const row of rows) statement.run(...row)
      snapshot.end()
    },
    async close() {
      await threads?.close()
      snapshot.end()
      reader.close()
      // Last, since the last connection puts the write-ahead log back into the file if it may write.
      await kysely.destroy()
    },
  }
}

/**
 * Short reads of one turn of the event loop share a snapshot, since taking one costs as much as reading a row.
 * It ends with the turn, and with every write of this process, so that a read sees what was written before it.
 */
function snapshots(reader: Sqlite.Database) {
  const statement = cachedStatements(reader)
  const [begin, commit] = [reader.prepare('begin'), reader.prepare('commit')]
  let open = false
  const end = (): void => {
    if (open) commit.run()
    open = false
  }
  return {
    rows(sql: string, parameters: readonly unknown[]): unknown[] {
      if (!open) {
        begin.run()
        open = true
        setImmediate(end)
      }
      return statement(sql).all(...parameters)
    },
    end,
  }
}

function dialect(db: Sqlite.Database, written: () => void): Dialect {
  const statement = cachedStatements(db)
  const database: SqliteDatabase = {
    close: () => db.close(),
    prepare: (sql) => {
      const prepared = statement(sql)
      return {
        reader: prepared.reader,
        all: (parameters) => {
          const rows = prepared.all(...parameters)
          if (!prepared.readonly) written()
          return rows
        },
        run: (parameters) => {
          const result = prepared.run(...parameters)
          written()
          return result
        },
        iterate: (parameters) => prepared.iterate(...parameters),
      }
    },
  }
  return {
    createDriver: () => new ImmediateDriver({ database }),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
  }
}

/**
 * A transaction takes the write lock when it begins: a deferred one that has read and then writes fails at
 * once, whatever the timeout, when another process wrote in between (SQLITE_BUSY_SNAPSHOT).
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** SQLite can roll back changes of the schema: a migration is done or not done. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
