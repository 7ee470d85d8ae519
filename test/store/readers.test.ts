import { setTimeout } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

// Threads that search exist on SQLite only.

let database: TestDatabase
let db: Database
const workers: Worker[] = []
const remember = (worker: Worker) => void workers.push(worker)
beforeEach(async () => {
  workers.length = 0
  process.on('worker', remember)
  database = await migratedDatabase('sqlite')
  db = await database.open(2)
})
afterEach(async () => {
  process.off('worker', remember)
  await database.remove()
})

const tokens = () => db.kysely.selectFrom('denied_token').select('jti').orderBy('jti').compile()
/** Counts so far that it takes some milliseconds. */
const slow = (upTo = 300_000) =>
  sql<{ n: number }>`with recursive c(n) as (select 1 union all select n + 1 from c where n < ${upTo})
    select count(*) as n from c`.compile(db.kysely)

test('a search sees what was committed a moment ago, each time', async () => {
  for (let n = 10; n < 60; n++) {
    await db.kysely
      .insertInto('denied_token')
      .values({ jti: `t${n}`, expires: 1 })
      .execute()
    expect((await db.search(tokens())).at(-1)).toEqual({ jti: `t${n}` })
  }
})

test('a long search leaves the event loop free', async () => {
  await db.search(tokens())
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await db.search(slow(500_000))
  clearInterval(timer)
  expect(turns).toBeGreaterThan(10)
})

test('a mistake in a statement reaches who asked, and the thread lives on', async () => {
  await expect(db.search(sql`select * from nowhere`.compile(db.kysely))).rejects.toThrow('no such table')
  const unsendable = { ...tokens(), parameters: [() => 'a function'] }
  await expect(db.search(unsendable)).rejects.toThrow('could not be cloned')
  expect(await db.search(tokens())).toEqual([])
  expect(workers).toHaveLength(2)
})

test('a thread that dies takes its searches with it and is replaced', async () => {
  await Promise.all([db.search(tokens()), db.search(tokens())])
  const waiting = Promise.allSettled([1, 2, 3, 4].map(() => db.search(slow())))
  await workers[0]?.terminate()
  const outcomes = (await waiting).map(({ status }) => status)
  expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(2)
  expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(2)
  // All of the next ones are answered, by two threads again.
  const after = await Promise.all([1, 2, 3, 4].map(() => db.search(slow(1000))))
  expect(after).toEqual(Array.from({ length: 4 }, () => [{ n: 1000 }]))
  expect(workers).toHaveLength(3)
})

test('a thread that died is replaced by the next search only: a cause that lasts makes no storm', async () => {
  await Promise.all([db.search(tokens()), db.search(tokens())])
  await Promise.all(workers.map((worker) => worker.terminate()))
  await setTimeout(20)
  expect(workers).toHaveLength(2)
  expect(await db.search(tokens())).toEqual([])
  expect(workers).toHaveLength(3)
})

test('when too many searches wait the next one is told to come back', async () => {
  const one = await migratedDatabase('sqlite')
  const narrow = await one.open(1)
  const waiting = Promise.all(Array.from({ length: 200 }, () => narrow.search(slow(1000))))
  await expect(narrow.search(tokens())).rejects.toMatchObject({
    code: 'unavailable',
    status: 503,
    headers: { 'retry-after': '2' },
  })
  expect(await waiting).toHaveLength(200)
  expect(await narrow.search(tokens())).toEqual([])
  await one.remove()
})

test('closing ends searches that are under way', async () => {
  await db.search(tokens())
  const waiting = expect(db.search(slow(200_000))).rejects.toThrow('a reader thread ended')
  await db.close()
  await waiting
})
