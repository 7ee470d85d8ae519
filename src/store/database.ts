import type { CompiledQuery, Kysely } from 'kysely'
import type { AtCommit } from './at-commit.ts'
import type { Tables } from './tables.ts'
import type { Together } from './together.ts'

export type Dialect = 'sqlite' | 'postgres'

/** A table with the columns that a bulk insert fills, in their order. */
export type BulkTable = {
  table: keyof Tables
  columns: Readonly<Record<string, 'int' | 'real' | 'text'>>
  /** A row that is there already is an error, and not left out. */
  strict?: true
}

/** The one database, whichever engine it is. */
export type Database = {
  readonly dialect: Dialect
  /** Everything that writes, and everything that is not hot. */
  readonly kysely: Kysely<Tables>
  /** A short read of committed data, from a connection of its own: never waits for a writer. */
  read<Row>(query: CompiledQuery<Row>): Promise<Row[]>
  /** A read that may take long: on SQLite it runs in a thread, so that the event loop stays free. */
  search<Row>(query: CompiledQuery<Row>): Promise<Row[]>
  /**
   * Inserts many rows into one table, leaving out those that are there. Call it in a transaction: on SQLite
   * there is one writing connection, and this goes straight to it.
   */
  insertMany(
    transaction: Kysely<Tables>,
    into: BulkTable,
    rows: readonly (readonly unknown[])[],
  ): Promise<void>
  /** A small write that shares its commit with those of other requests. */
  readonly together: Together
  /** A write that shares its transaction with those of other requests, and is undone alone when it throws. */
  readonly apart: Together
  readonly atCommit: AtCommit
  /** Ends all connections; waits for what is under way. */
  close(): Promise<void>
}

/** A query that was compiled once, with the values of this call. */
export function bind<Row>(
  { query, queryId, sql }: CompiledQuery<Row>,
  ...parameters: unknown[]
): CompiledQuery<Row> {
  // Member by member: this is done for every request, and spreading an object is not cheap.
  return { query, queryId, sql, parameters }
}
