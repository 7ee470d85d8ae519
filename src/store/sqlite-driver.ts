import type Sqlite from 'better-sqlite3'
import { CompiledQuery, type DatabaseConnection, type SqliteDatabase, SqliteDriver } from 'kysely'
import { createPatience } from './patience.ts'
import { BUSY } from './sqlite-file.ts'

/** Whether a transaction may be open on the writing connection. */
export type Writing = { isOpen: boolean }

/**
 * The writing connection, on which everybody waits in turn. A transaction takes the write lock when it begins: a
 * deferred one that has read and then writes fails at once, whatever the timeout, when another process wrote in
 * between (SQLITE_BUSY_SNAPSHOT).
 */
export class ImmediateDriver extends SqliteDriver {
  readonly #db: Pick<Sqlite.Database, 'inTransaction'>
  readonly #writing: Writing
  readonly #patience = createPatience(BUSY)
  #connection: DatabaseConnection | undefined

  constructor(database: SqliteDatabase, db: Pick<Sqlite.Database, 'inTransaction'>, writing: Writing) {
    super({ database })
    this.#db = db
    this.#writing = writing
  }

  /** The one connection there is: a statement by itself is tried again, one of a transaction holds the lock already. */
  override async acquireConnection(): Promise<DatabaseConnection> {
    const bare = await super.acquireConnection()
    this.#connection ??= {
      executeQuery: (query) =>
        this.#writing.isOpen ? bare.executeQuery(query) : this.#patience(() => bare.executeQuery(query)),
      streamQuery: (query, chunk) => bare.streamQuery(query, chunk),
    }
    return this.#connection
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // Said before it is so: whoever reads meanwhile takes the other connection.
    this.#writing.isOpen = true
    try {
      await this.#patience(() => connection.executeQuery(CompiledQuery.raw('begin immediate')))
    } catch (error) {
      this.#writing.isOpen = false
      throw error
    }
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await super.commitTransaction(connection)
    this.#writing.isOpen = false
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // After some errors, such as a full disk, SQLite has done so itself (sqlite.org/lang_transaction.html §3).
    if (this.#db.inTransaction) await super.rollbackTransaction(connection)
    this.#writing.isOpen = false
  }
}
