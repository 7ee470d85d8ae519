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
})
afterEach(async () => {
  process.off('worker', remember)
  await database.remove()
})

/** Opens the database with so many threads, which are there when this is done. */
async function threads(count: number): Promise<void> {
  db = await database.open(count)
  await Promise.all(Array.from({ length: count }, () => db.search(tokens())))
  expect(workers).toHaveLength(count)
}

const tokens = () => db.kysely.selectFrom('denied_token').select('jti').orderBy('jti').compile()
/** Counts so far that it takes some milliseconds. */
const slow = (upTo = 300_000) =>
  sql<{ n: number }>`with recursive c(n) as (select 1 union all select n + 1 from c where n < ${upTo})
    select count(*) as n from c`.compile(db.kysely)

test('a search sees what was committed a moment ago, each time', async () => {
  await threads(1)
  for (let n = 10; n < 60; n++) {
    await db.kysely
      .insertInto('denied_token')
      .values({ jti: `t${n}`, expires: 1 })
      .execute()
    expect((await db.search(tokens())).at(-1)).toEqual({ jti: `t${n}` })
  }
})

test('a long search leaves the event loop free', async () => {
  await threads(1)
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await db.search(slow(500_000))
  clearInterval(timer)
  expect(turns).toBeGreaterThan(10)
})

test('a mistake in a statement reaches who asked, and the thread lives on', async () => {
  await threads(1)
  await expect(db.search(sql`select * from nowhere`.compile(db.kysely))).rejects.toThrow('no such table')
  const unsendable = { ...tokens(), parameters: [() => 'a function'] }
  await expect(db.search(unsendable)).rejects.toThrow('could not be cloned')
  expect(await db.search(tokens())).toEqual([])
  expect(workers).toHaveLength(1)
})

test('a thread that dies takes its searches with it and is replaced', async () => {
  await threads(2)
  const waiting = Promise.allSettled([1, 2, 3, 4].map(() => db.search(slow())))
  await workers[0]?.terminate()
  // Two were with the thread that died, of which one may have been answered just before; none is left waiting.
  const rejected = (await waiting).filter(({ status }) => status === 'rejected').length
  expect([1, 2]).toContain(rejected)
  // All of the next ones are answered, by two threads again.
  const after = await Promise.all([1, 2, 3, 4].map(() => db.search(slow(1000))))
  expect(after).toEqual(Array.from({ length: 4 }, () => [{ n: 1000 }]))
  expect(workers).toHaveLength(3)
})

test('a thread that died is replaced by the next search only: a cause that lasts makes no storm', async () => {
  await threads(1)
  await workers[0]?.terminate()
  await setTimeout(20)
  expect(workers).toHaveLength(1)
  expect(await db.search(tokens())).toEqual([])
  expect(workers).toHaveLength(2)
})

test('when too many searches wait the next one is told to come back', async () => {
  await threads(1)
  const waiting = Promise.all(Array.from({ length: 200 }, () => db.search(slow(1000))))
  await expect(db.search(tokens())).rejects.toMatchObject({
    code: 'unavailable',
    status: 503,
    headers: { 'retry-after': '2' },
  })
  expect(await waiting).toHaveLength(200)
  expect(await db.search(tokens())).toEqual([])
})

test('closing ends searches that are under way', async () => {
  await threads(1)
  const waiting = expect(db.search(slow(200_000))).rejects.toThrow('a reader thread ended')
  await db.close()
  await waiting
})
