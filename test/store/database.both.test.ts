import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
})
afterEach(() => database.remove())

const add = (jti: string, expires = 1) => ({ jti, expires })
const tokens = (from: Database) =>
  from.kysely.selectFrom('denied_token').select('jti').orderBy('jti').compile()

test('a transaction that throws leaves no trace', async () => {
  await expect(
    db.kysely.transaction().execute(async (trx) => {
      await trx.insertInto('denied_token').values(add('a')).execute()
      throw new Error('after the first write')
    }),
  ).rejects.toThrow('after the first write')
  expect(await db.read(tokens(db))).toEqual([])
  // The connection is fit for the next one.
  await db.kysely.transaction().execute((trx) => trx.insertInto('denied_token').values(add('b')).execute())
  expect(await db.read(tokens(db))).toEqual([{ jti: 'b' }])
})

test('a read sees what is committed, and nothing else', async () => {
  const other = await database.open()
  await db.kysely.transaction().execute(async (trx) => {
    await trx.insertInto('denied_token').values(add('a')).execute()
    expect(await db.read(tokens(db))).toEqual([])
    expect(await other.read(tokens(other))).toEqual([])
  })
  expect(await db.read(tokens(db))).toEqual([{ jti: 'a' }])
  expect(await other.read(tokens(other))).toEqual([{ jti: 'a' }])
})

test('integers up to 2^53 come back as numbers, and counts too', async () => {
  await db.kysely.insertInto('denied_token').values(add('a', Number.MAX_SAFE_INTEGER)).execute()
  const query = db.kysely
    .selectFrom('denied_token')
    .select(['expires', (select) => select.fn.countAll<number>().over().as('all')])
  const row = { expires: Number.MAX_SAFE_INTEGER, all: 1 }
  expect(await query.execute()).toEqual([row])
  expect(await db.read(query.compile())).toEqual([row])
  expect(await db.search(query.compile())).toEqual([row])
})

test('more shapes of statements than are kept prepared, and the first one again', async () => {
  await db.kysely.insertInto('denied_token').values(add('a')).execute()
  const shape = (number: number) =>
    sql<{ jti: string; shape: number }>`select jti, ${sql.lit(number)} as shape from denied_token`.compile(
      db.kysely,
    )
  for (let number = 0; number < 600; number++) {
    expect(await db.read(shape(number))).toEqual([{ jti: 'a', shape: number }])
  }
  expect(await db.read(shape(0))).toEqual([{ jti: 'a', shape: 0 }])
})

test('a prepared statement outlives a change of its table', async () => {
  expect(await db.read(tokens(db))).toEqual([])
  const other = await database.open()
  await sql`alter table denied_token add column why text`.execute(other.kysely)
  await other.kysely.insertInto('denied_token').values(add('a')).execute()
  expect(await db.read(tokens(db))).toEqual([{ jti: 'a' }])
  expect(await db.kysely.selectFrom('denied_token').selectAll().execute()).toEqual([
    { jti: 'a', expires: 1, why: null },
  ])
})
