import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { createFailureHash } from '../../src/users/failure-hash.ts'
import { createLockout } from '../../src/users/lockout.ts'
import { createLocks } from '../../src/users/locks.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await migratedDatabase()
  db = await database.open()
})
afterAll(() => database.remove())

test('failed tries are lifted beside one that goes on: neither gives way to the other', async () => {
  const seal = { secretFor: () => 'a secret' }
  const hash = createFailureHash(seal)
  const clock = () => Date.UTC(2026, 2, 1, 12)
  const told: string[] = []
  const locks = createLocks({
    db,
    clock,
    seal,
    told: async (_kysely, { username }) => void told.push(username),
  })
  const lockout = createLockout(db, clock, hash)
  // The count of the account is older than that of the second address.
  for (const address of ['192.0.2.1', '198.51.100.1'])
    await lockout.begin({ username: 'ana', address, device: undefined })
  let lifted: Promise<boolean> | undefined
  await db.kysely.transaction().execute(async (trx) => {
    const count = async (counter: string) =>
      await trx
        .updateTable('sign_in_failure')
        .set(({ eb }) => ({ failures: eb('failures', '+', 1) }))
        .where('counter', '=', counter)
        .executeTakeFirstOrThrow()
    await count(hash.counter('pair', 'ana', '198.51.100.1'))
    lifted = locks.lift({ id: 'u-1', username: 'ana' }, {})
    // Long enough for it to wait for this one.
    await Promise.race([lifted, setTimeout(200)])
    await count(hash.counter('account', 'ana'))
  })
  expect(await lifted).toBe(true)
  expect(told).toEqual(['ana'])
  expect(await locks.lift({ id: 'u-1', username: 'ana' }, {})).toBe(false)
})
