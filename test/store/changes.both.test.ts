import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changeVersion, noteChange, watchChanges } from '../../src/store/changes.ts'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let other: Database
let stop: (() => Promise<void>) | undefined
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
  other = await database.open()
})
afterEach(async () => {
  await stop?.()
  stop = undefined
  await database.remove()
})

const soon = (act: () => void) => vi.waitFor(act, { timeout: 5000, interval: 1 })

/** Watches the register `client` and counts what it is told. */
async function watch(since: number, changed: () => Promise<void> = async () => {}) {
  const told = { changes: 0, failures: [] as unknown[] }
  stop = watchChanges(
    db,
    'client',
    { since, every: 10 },
    async () => {
      await changed()
      told.changes++
    },
    (error) => told.failures.push(error),
  )
  return told
}

test('a change by another connection is seen, one of another register is not', async () => {
  const told = await watch(await changeVersion(db, 'client'))
  await noteChange(other.kysely, 'signing_key')
  await noteChange(other.kysely, 'client')
  await soon(() => expect(told.changes).toBe(1))
  await noteChange(other.kysely, 'client')
  await soon(() => expect(told.changes).toBe(2))
  expect(told.failures).toEqual([])
})

test('a change that is rolled back is no change', async () => {
  await other.kysely
    .transaction()
    .execute(async (trx) => {
      await noteChange(trx, 'client')
      throw new Error('never mind')
    })
    .catch(() => {})
  expect(await changeVersion(db, 'client')).toBe(0)
})

test('a change between reading a register and watching it is not missed', async () => {
  const since = await changeVersion(db, 'client')
  await noteChange(other.kysely, 'client')
  const told = await watch(since)
  await soon(() => expect(told.changes).toBe(1))
})

test('what could not be taken over is tried again', async () => {
  let attempts = 0
  const told = await watch(0, async () => {
    if (++attempts < 3) throw new Error('not now')
  })
  await noteChange(other.kysely, 'client')
  await soon(() => expect(told.changes).toBe(1))
  expect(told.failures).toHaveLength(2)
})

test('after it was stopped nothing runs any more', async () => {
  let running = 0
  await watch(0, async () => {
    running++
    await new Promise((done) => setTimeout(done, 50))
    running--
  })
  await noteChange(other.kysely, 'client')
  await soon(() => expect(running).toBe(1))
  await stop?.()
  expect(running).toBe(0)
})
