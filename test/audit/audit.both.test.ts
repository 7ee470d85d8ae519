import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Audit, createAudit } from '../../src/audit/audit.ts'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let audit: Audit
let failures: unknown[]
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
  failures = []
  audit = createAudit({
    db,
    clock: () => 1000,
    secret: () => 'secret',
    keepDays: 0,
    failed: (error) => failures.push(error),
  })
})
afterEach(() => database.remove())

/** The token ids of the rows that are stored, in their order. */
async function stored(): Promise<(string | null)[]> {
  const rows = await db.kysely.selectFrom('audit').select('token_id').orderBy('seq').execute()
  return rows.map((row) => row.token_id)
}

const entry = (tokenId: string) => ({ event: 'token.issue', outcome: 'success', tokenId }) as const
const ids = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`)
/** Makes every insert fail, or work again. */
const breakDatabase = () => sql`alter table audit rename to audit_away`.execute(db.kysely)
const mendDatabase = () => sql`alter table audit_away rename to audit`.execute(db.kysely)

test('AUD-01 a row is stored with all its facts, and `write` resolves after that', async () => {
  await audit.write({
    event: 'token.issue',
    outcome: 'refused',
    reason: 'client-unknown',
    clientId: 'app',
    userId: 'ana',
    patient: 'p1',
    tokenId: 'jti',
    requestId: 'r1',
    detail: { scope: 'system/*.rs' },
  })
  expect(await db.kysely.selectFrom('audit').selectAll().execute()).toEqual([
    {
      seq: 1,
      at: 1000,
      event: 'token.issue',
      outcome: 'refused',
      reason: 'client-unknown',
      client_id: 'app',
      user_id: 'ana',
      patient: 'p1',
      token_id: 'jti',
      request_id: 'r1',
      detail: '{"scope":"system/*.rs"}',
      hash: expect.stringMatching(/^[\w-]{43}$/),
    },
  ])
})

test('many rows at once are stored once each and in order', async () => {
  await Promise.all(ids(1200).map((id) => audit.write(entry(id))))
  expect(await stored()).toEqual(ids(1200))
})

test('a noted row is stored soon, without anybody waiting for it', async () => {
  audit.note(entry('a'))
  expect(await stored()).toEqual([])
  await vi.waitFor(async () => expect(await stored()).toEqual(['a']), { timeout: 5000, interval: 5 })
})

test('a row in a transaction stands or falls with it', async () => {
  await db.kysely.transaction().execute((trx) => audit.inTransaction(trx, entry('kept')))
  await db.kysely
    .transaction()
    .execute(async (trx) => {
      await audit.inTransaction(trx, entry('undone'))
      throw new Error('the change failed')
    })
    .catch(() => {})
  expect(await stored()).toEqual(['kept'])
})

test('what the database does not take: who waits is told, the rest is stored later, once and in order', async () => {
  await breakDatabase()
  for (const id of ids(700)) audit.note(entry(id))
  await expect(audit.write(entry('answered'))).rejects.toThrow(/audit/)
  await audit.flush()
  expect(failures.length).toBeGreaterThan(0)
  expect(audit.accepts()).toBe(true)
  await mendDatabase()
  audit.note(entry('later'))
  await audit.flush()
  // The answer was refused, so its row is not there: it says what happened.
  expect(await stored()).toEqual([...ids(700), 'later'])
})

test('rows that wait are offered again by themselves', async () => {
  await breakDatabase()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    audit.note(entry('a'))
    await audit.flush()
    await mendDatabase()
    vi.advanceTimersByTime(999)
    expect(await stored()).toEqual([])
    vi.advanceTimersByTime(1)
  } finally {
    vi.useRealTimers()
  }
  await vi.waitFor(async () => expect(await stored()).toEqual(['a']), { timeout: 5000, interval: 5 })
})

test('with too many rows waiting no more are taken, until the database is back', async () => {
  await breakDatabase()
  for (const id of ids(20_000)) audit.note(entry(id))
  expect(audit.accepts()).toBe(false)
  await audit.flush()
  expect(audit.accepts()).toBe(false)
  await mendDatabase()
  await audit.flush()
  expect(audit.accepts()).toBe(true)
  expect(await stored()).toHaveLength(20_000)
})

test('rows count as waiting until they are stored, also while the database takes its time', async () => {
  for (const id of ids(20_000)) audit.note(entry(id))
  const flushed = audit.flush()
  expect(audit.accepts()).toBe(false)
  await flushed
  expect(audit.accepts()).toBe(true)
})

test('a row that is added when the last one is stored is not forgotten', async () => {
  await audit.write(entry('a')).then(() => {
    audit.note(entry('b'))
    return audit.flush()
  })
  expect(await stored()).toEqual(['a', 'b'])
})
