import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Audit, createAudit } from '../../src/audit/audit.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { DAY, HOUR } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { engine, migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let now: number
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
  now = Date.UTC(2026, 2, 1, 12)
})
afterEach(() => database.remove())

const keeping = (keepDays: number, on = db): Audit =>
  createAudit({ db: on, clock: () => now, secret: () => 'secret', keepDays, failed: () => {} })
const write = async (audit: Audit, count: number) =>
  await Promise.all(
    Array.from({ length: count }, () => audit.write({ event: 'token.issue', outcome: 'success' })),
  )
const stored = async () =>
  await db.kysely.selectFrom('audit').select(['seq', 'event', 'detail']).orderBy('seq').execute()

test('without a number of days rows stay for ever', async () => {
  const audit = keeping(0)
  await write(audit, 3)
  now += 4000 * DAY
  expect(await audit.trim()).toBe(0)
  expect(await stored()).toHaveLength(3)
})

test('AUD-10 whole days go when their last row is old enough; what stays is a chain, and a row says what went', async () => {
  const audit = keeping(10)
  await write(audit, 3)
  now += 9 * HOUR
  await write(audit, 2)
  // Ten days after the last row of the day, but not after the day.
  now += 10 * DAY
  expect(await audit.trim()).toBe(0)
  now += 3 * HOUR
  expect(await audit.trim()).toBe(5)
  expect(await audit.trim()).toBe(0)
  expect(await stored()).toEqual([{ seq: 6, event: 'audit.trim', detail: '{"rows":5,"upTo":5}' }])
  await write(audit, 1)
  expect(await verifyAudit(db, 'secret')).toMatchObject({ rows: 2, start: { seq: 5 }, broken: undefined })
  await sql`delete from audit where seq = 6`.execute(db.kysely)
  expect((await verifyAudit(db, 'secret')).broken).toEqual({ seq: 6, kind: 'removed' })
})

test('of several nodes that remove the same rows one does, and what is verified meanwhile is no break', async () => {
  await write(keeping(1), 1200)
  now += 3 * DAY
  await write(keeping(1), 5)
  // On SQLite one process has one writing connection, and others take their turns.
  const nodes = [keeping(1), keeping(1, engine === 'postgres' ? await database.open() : db)]
  const trim = async (audit: Audit) => {
    let rows = 0
    for (let gone = 1; gone > 0; rows += gone) gone = await audit.trim()
    return rows
  }
  const verify = async () => (await verifyAudit(db, 'secret')).broken
  const [first = 0, second = 0, ...broken] = await Promise.all([...nodes.map(trim), verify(), verify()])
  expect(broken).toEqual([undefined, undefined])
  expect(Number(first) + Number(second)).toBe(1200)
  expect(await verify()).toBeUndefined()
})

test('rows from before the chain go too, and leave its start alone', async () => {
  await sql`insert into audit (seq, at, event, outcome) values (1, ${now}, 'token.issue', 'success')`.execute(
    db.kysely,
  )
  await sql`update audit_chain set seq = 1`.execute(db.kysely)
  const audit = keeping(1)
  now += 5 * DAY
  await write(audit, 1)
  expect(await audit.trim()).toBe(1)
  expect(await verifyAudit(db, 'secret')).toMatchObject({ rows: 2, before: 0, broken: undefined })
})
