import { type CompiledQuery, type Driver, Kysely, PostgresDialect, PostgresDriver, sql } from 'kysely'
import pg from 'pg'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { sha256 } from '../lib/id.ts'
import { createApart } from './apart.ts'
import { createAtCommit } from './at-commit.ts'
import type { Database } from './database.ts'
import { pgTypes as types } from './pg-client.ts'
import type { Tables } from './tables.ts'
import { createTogether } from './together.ts'

/** Our statements are long and take milliseconds: to compile one takes longer than to run it. */
const noCompiling = async (client: pg.ClientBase): Promise<void> => {
  // A server that was built without knows no such setting.
  await client.query('set jit = off').catch(() => {})
}

/** Opens a pool on a PostgreSQL server. */
export async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: 10,
    connectionTimeoutMillis: 5000,
    onConnect: noCompiling,
  })
  // An idle connection that the server ends must not end the process; the next query opens a new one.
  pool.on('error', () => {})
  // Nor one that is in use: its query fails, which is told to who asked.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    ;(await pool.connect()).release()
  } catch (error) {
    await pool.end()
    throw new LanyardError(
      'configuration',
      `The PostgreSQL database cannot be reached (${messageOf(error)}). Check LANYARD_DATABASE_URL and that the server runs.`,
      { cause: error },
    )
  }
  const { atCommit, mark, watch } = createAtCommit()
  const dialect = new PostgresDialect({ pool })
  const createDriver = (): Driver => watch(new PostgresDriver({ pool }))
  const kysely = new Kysely<Tables>({ dialect: Object.assign(dialect, { createDriver }) })
  const run = async <Row>(query: CompiledQuery<Row>, name?: string): Promise<Row[]> => {
    const result = await pool.query({
      ...(name ? { name } : {}),
      text: query.sql,
      values: [...query.parameters],
    })
    return result.rows as Row[]
  }
  return {
    dialect: 'postgres',
    kysely,
    // Short reads have few shapes: each is prepared once per connection, named by the hash of its text.
    read: (query) => run(query, sha256(query.sql)),
    search: (query) => run(query),
    insertMany: insertByColumn,
    together: createTogether(kysely),
    apart: createApart(kysely, mark),
    atCommit,
    close: () => kysely.destroy(),
  }
}

const arrays = { int: 'bigint[]', real: 'double precision[]', text: 'text[]' } as const

/** One parameter a column, however many rows: a statement takes at most 65,535 parameters. */
const insertByColumn: Database['insertMany'] = async (transaction, { table, columns, strict }, rows) => {
  if (rows.length === 0) return
  const names = Object.keys(columns)
  const lists = Object.values(columns).map(
    (type, index) => sql`${rows.map((row) => row[index])}::${sql.raw(arrays[type])}`,
  )
  await sql`insert into ${sql.table(table)} (${sql.raw(names.join(', '))})
    select * from unnest(${sql.join(lists)}) ${sql.raw(strict ? '' : 'on conflict do nothing')}`.execute(
    transaction,
  )
}
