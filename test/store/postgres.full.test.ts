import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, onPostgres, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeEach(async () => {
  database = await migratedDatabase('postgres')
  db = await database.open()
})
afterEach(() => database.remove())

/** What a restart of the server does to all connections, idle and busy. */
const endAllConnections = () =>
  onPostgres(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = '${new URL(database.url).pathname.slice(1)}'`)

/** How many connections sleep in a statement, or between two of a transaction. */
async function busy(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
    where datname = current_database() and (wait_event = 'PgSleep' or state = 'idle in transaction')`.execute(
    db.kysely,
  )
  return Number(rows[0]?.n)
}

test('connections that the server ends fail what is under way, and nothing else', async () => {
  const tokens = db.kysely.selectFrom('denied_token').select('jti')
  await Promise.all([db.read(tokens.compile()), db.read(tokens.compile())])
  const sleep = sql`select pg_sleep(60)`
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const underWay = [
    sleep.execute(db.kysely),
    db.search(sleep.compile(db.kysely)),
    db.kysely.transaction().execute(async (trx) => {
      await trx.insertInto('denied_token').values({ jti: 'a', expires: 1 }).execute()
      await sleep.execute(trx)
    }),
    // Of another table, since there one waits for the other. Between two statements of a transaction nobody asks the connection anything.
    db.kysely.transaction().execute(async (trx) => {
      await trx.insertInto('fhir_meta').values({ name: 'b', value: '' }).execute()
      await ended
      await trx.insertInto('fhir_meta').values({ name: 'c', value: '' }).execute()
    }),
  ]
  const outcomes = Promise.allSettled(underWay)
  while ((await busy()) < underWay.length) await setTimeout(10)
  await endAllConnections()
  end()
  expect((await outcomes).map(({ status }) => status)).toEqual(underWay.map(() => 'rejected'))
  // The end of a connection that lay idle may arrive a moment later: who is given it meanwhile is told to come again.
  await expect.poll(() => db.read(tokens.compile()), { timeout: 5000 }).toEqual([])
  expect(await tokens.execute()).toEqual([])
  expect(
    await db.kysely.selectFrom('fhir_meta').select('name').where('name', 'in', ['b', 'c']).execute(),
  ).toEqual([])
})
