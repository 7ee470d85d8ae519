import type Sqlite from 'better-sqlite3'
import {
  type CompiledQuery,
  type Dialect,
  type Driver,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { createApart } from './apart.ts'
import { createAtCommit } from './at-commit.ts'
import type { BulkTable, Database } from './database.ts'
import { openReaders } from './readers.ts'
import { ImmediateDriver, type Writing } from './sqlite-driver.ts'
import { openForReading, openForWriting } from './sqlite-file.ts'
import { cachedStatements } from './statements.ts'
import type { Tables } from './tables.ts'
import { createTogether } from './together.ts'

/** Rows that one statement inserts, where there are as many. */
const BLOCK = 16

type Inserts = { one: string; block: string }
const inserts = new WeakMap<BulkTable, Inserts>()

/** The statements that insert one row, and a block of them. */
function insertInto(into: BulkTable): Inserts {
  const known = inserts.get(into)
  if (known !== undefined) return known
  const { table, columns, strict } = into
  const names = Object.keys(columns)
  const values = `(${names.map(() => '?').join(', ')})`
  const statement = (count: number) =>
    `insert into ${table} (${names.join(', ')}) values ${Array(count).fill(values).join(', ')}${strict ? '' : ' on conflict do nothing'}`
  const made = { one: statement(1), block: statement(BLOCK) }
  inserts.set(into, made)
  return made
}

/** Opens the file, in WAL mode: one writing connection, one for short reads, threads for long ones. */
export function openSqlite(file: string, workers: number): Database {
  const writer = openForWriting(file)
  const reader = openForReading(file)
  const readApart = cachedStatements(reader)
  const threads = workers === 0 ? undefined : openReaders(file, workers)
  const write = cachedStatements(writer)
  const { atCommit, mark, watch } = createAtCommit()
  const writing = { isOpen: false }
  const kysely = new Kysely<Tables>({ dialect: dialect(writer, writing, watch) })
  // The writing connection has the freshest pages in its cache, while every commit empties that of another. It may
  // be read as long as no transaction of ours is open on it; then committed data is all there is.
  const read = async <Row>({ sql, parameters }: CompiledQuery<Row>) =>
    (writing.isOpen ? readApart(sql) : write(sql)).all(parameters) as Row[]
  return {
    dialect: 'sqlite',
    kysely,
    read,
    search: threads === undefined ? read : threads.search,
    together: createTogether(kysely),
    apart: createApart(kysely, mark),
    atCommit,
    async insertMany(_transaction, into, rows) {
      if (rows.length === 0) return
      const { one, block } = insertInto(into)
      // Many rows a statement, since each call costs as much as a row.
      const inBlocks = rows.length - (rows.length % BLOCK)
      for (let from = 0; from < inBlocks; from += BLOCK)
        write(block).run(rows.slice(from, from + BLOCK).flat())
      for (let index = inBlocks; index < rows.length; index++) write(one).run(rows[index])
    },
    async close() {
      await threads?.close()
      reader.close()
      // Last, since the last connection puts the write-ahead log back into the file if it may write.
      await kysely.destroy()
    },
  }
}

function dialect(db: Sqlite.Database, writing: Writing, watch: (driver: Driver) => Driver): Dialect {
  const statement = cachedStatements(db)
  const database: SqliteDatabase = {
    close: () => db.close(),
    prepare: (sql) => {
      const prepared = statement(sql)
      return {
        reader: prepared.reader,
        all: (parameters) => prepared.all(...parameters),
        run: (parameters) => prepared.run(...parameters),
        iterate: (parameters) => prepared.iterate(...parameters),
      }
    },
  }
  return {
    createDriver: () => watch(new ImmediateDriver(database, db, writing)),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
  }
}

/** SQLite can roll back changes of the schema: a migration is done or not done. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
