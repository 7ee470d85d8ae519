import { type RawBuilder, sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Audit, createAudit } from '../../src/audit/audit.ts'
import { hashOf, type Place } from '../../src/audit/chain.ts'
import { createAuditChecks } from '../../src/audit/checks.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { authorization } from '../../src/store/migrations/001-authorization.ts'
import { fhir } from '../../src/store/migrations/002-fhir.ts'
import { launch } from '../../src/store/migrations/003-launch.ts'
import { words } from '../../src/store/migrations/ddl.ts'
import { emptyDatabase, engine, migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let audit: Audit
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
  audit = auditOn(db)
})
afterEach(() => database.remove())

const secret = 'of the server'
const auditOn = (on: Database) =>
  createAudit({
    db: on,
    clock: () => 1000,
    secret: () => secret,
    keepDays: 0,
    failed: (error) => {
      throw error
    },
  })
const entry = (tokenId: string) => ({ event: 'token.issue', outcome: 'success', tokenId }) as const
const write = async (count: number, on = audit) =>
  await Promise.all(Array.from({ length: count }, (_, index) => on.write(entry(`t${index}`))))
const verify = async (known?: Place) => await verifyAudit(db, secret, known)
const breakOf = async (known?: Place) => (await verify(known)).broken
const change = async (statement: RawBuilder<unknown>) => await statement.execute(db.kysely)
const stored = async () => await db.kysely.selectFrom('audit').selectAll().orderBy('seq').execute()

/** Computes the hashes from a row on anew, as somebody could who can write to the table. */
async function rechain(from: number): Promise<void> {
  let hash = (await stored()).find(({ seq }) => seq === from - 1)?.hash ?? ''
  for (const { seq, hash: _, ...facts } of (await stored()).filter((row) => row.seq >= from)) {
    hash = hashOf(hash, seq, Object.values(facts))
    await db.kysely.updateTable('audit').set({ hash }).where('seq', '=', seq).execute()
  }
  await db.kysely.updateTable('audit_chain').set({ hash }).where('name', '=', 'end').execute()
}

test('a check that is under way ends with the server, finds nothing and leaves no entry; another one is whole', async () => {
  await write(30)
  const failures: unknown[] = []
  const checksOf = () =>
    createAuditChecks({ db, audit, secret: () => secret, failed: (error) => failures.push(error) })
  const checks = checksOf()
  const begun = checks.begin({ requestId: 'r' })
  await checks.stop()
  await begun
  expect([checks.isRunning(), await checks.last(), failures]).toEqual([false, undefined, []])
  const others = checksOf()
  await others.begin({ requestId: 'r' })
  const { rows, broken } = (await others.last()) ?? {}
  expect([rows, broken]).toEqual([30, undefined])
})

test('AUD-10 an audit that nobody touched stands, also an empty one', async () => {
  expect(await verify()).toEqual({
    rows: 0,
    before: 0,
    start: { seq: 0, hash: '' },
    end: { seq: 0, hash: '' },
    broken: undefined,
  })
  await write(7)
  const hash = (await stored()).at(-1)?.hash
  expect(await verify()).toMatchObject({ rows: 7, before: 0, end: { seq: 7, hash }, broken: undefined })
})

test('AUD-10 several processes write one chain at the same time', async () => {
  const other = auditOn(await database.open())
  for (let round = 0; round < 10; round += 1) await Promise.all([write(5), write(5, other)])
  expect(await verify()).toMatchObject({ rows: 100, broken: undefined })
})

test('a transaction that is undone leaves no gap, and the rows of one that is not are in their order', async () => {
  const undone = db.kysely.transaction().execute(async (trx) => {
    await audit.inTransaction(trx, entry('undone'))
    throw new Error('the change failed')
  })
  await expect(undone).rejects.toThrow('the change failed')
  await db.kysely.transaction().execute(async (trx) => {
    await audit.inTransaction(trx, entry('a'))
    await audit.inTransaction(trx, entry('b'))
  })
  expect((await stored()).map(({ seq, token_id }) => [seq, token_id])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ])
  await expect(audit.inTransaction(db.kysely, entry('outside'))).rejects.toThrow('needs a transaction')
})

test('transactions that record before they change something do not wait for each other in a ring', async () => {
  await db.kysely.insertInto('change').values({ name: 'ring', version: 0 }).execute()
  // On SQLite one process has one writing connection, and others take their turns.
  const other = engine === 'postgres' ? await database.open() : db
  const [first, second] = [auditOn(db), auditOn(other)]
  const touch = (on: Database['kysely']) =>
    on.updateTable('change').set({ version: 1 }).where('name', '=', 'ring').execute()
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([
      db.kysely.transaction().execute(async (trx) => {
        await first.inTransaction(trx, entry('before'))
        await touch(trx)
      }),
      other.kysely.transaction().execute(async (trx) => {
        await touch(trx)
        await second.inTransaction(trx, entry('after'))
      }),
    ])
  }
  expect(await verify()).toMatchObject({ rows: 10, broken: undefined })
})

const columns = ['event', 'outcome', 'reason', 'client_id', 'user_id', 'patient', 'token_id', 'request_id']
test.each(['at', ...columns, 'detail'])('AUD-10 a row whose %s was altered is found', async (column) => {
  await write(5)
  await change(sql`update audit set ${sql.ref(column)} = ${column === 'at' ? 5 : 'x'} where seq = 3`)
  expect(await breakOf()).toEqual({ seq: 3, kind: 'altered' })
})

test('AUD-10 a row that was removed is found: first, in the middle, last', async () => {
  await write(5)
  await change(sql`delete from audit where seq = 5`)
  expect(await breakOf()).toEqual({ seq: 5, kind: 'removed' })
  await change(sql`delete from audit where seq = 3`)
  expect(await breakOf()).toEqual({ seq: 3, kind: 'removed' })
  await change(sql`delete from audit where seq = 1`)
  expect(await breakOf()).toEqual({ seq: 1, kind: 'removed' })
})

test('AUD-10 a row that was added is found, and never takes the place of ours', async () => {
  await write(2)
  await change(sql`insert into audit (seq, at, event, outcome) values (3, 1, 'token.issue', 'success')`)
  expect(await breakOf()).toEqual({ seq: 3, kind: 'added' })
  await expect(write(1)).rejects.toThrow()
})

test('AUD-10 who computes the hashes anew lacks the secret for the end', async () => {
  await write(5)
  await change(sql`update audit set client_id = 'other' where seq = 3`)
  await rechain(3)
  expect(await breakOf()).toEqual({ seq: 5, kind: 'end-forged' })
})

test('AUD-10 who removes the oldest rows lacks the secret for the start', async () => {
  await write(5)
  const [, second] = await stored()
  await change(sql`delete from audit where seq <= 2`)
  await change(sql`update audit_chain set seq = 2, hash = ${second?.hash} where name = 'start'`)
  expect(await breakOf()).toEqual({ seq: 3, kind: 'start-forged' })
  // Not even with the seal of an end that once stood there.
  await change(sql`update audit_chain set hash = '' where name = 'start'`)
  expect(await breakOf()).toEqual({ seq: 3, kind: 'altered' })
})

test('AUD-10 an old end that was put back is found by whoever noted down a later place', async () => {
  await write(3)
  const [old] = await db.kysely.selectFrom('audit_chain').selectAll().where('name', '=', 'end').execute()
  await write(2)
  const { end } = await verify()
  await change(sql`delete from audit where seq > 3`)
  await db.kysely
    .updateTable('audit_chain')
    .set(old ?? {})
    .where('name', '=', 'end')
    .execute()
  expect(await breakOf()).toBeUndefined()
  expect(await breakOf(end)).toEqual({ seq: 4, kind: 'removed' })
  await write(2)
  expect(await breakOf(end)).toBeUndefined()
  expect(await breakOf({ seq: 5, hash: 'another' })).toEqual({ seq: 5, kind: 'altered' })
})

test('an audit with another secret does not pass as ours', async () => {
  await write(1)
  expect((await verifyAudit(db, 'another')).broken).toEqual({ seq: 1, kind: 'end-forged' })
})

test('rows from before the chain stay, and what follows them is a chain', async () => {
  const old = await emptyDatabase()
  try {
    db = await old.open()
    const statements = [authorization, fhir, launch].flatMap((migration) => migration(words[db.dialect]))
    for (const statement of statements) await sql.raw(statement).execute(db.kysely)
    await change(sql`insert into audit (at, event, outcome) values (1, 'token.issue', 'success')`)
    await change(
      sql`create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`,
    )
    for (const name of ['001-authorization', '002-fhir', '003-launch'])
      await change(sql`insert into kysely_migration values (${name}, '2026-01-01')`)
    expect(await migrate(db)).toContain('004-audit')
    await write(3, auditOn(db))
    expect(await verify()).toMatchObject({ rows: 3, before: 1, end: { seq: 4 }, broken: undefined })
    await change(sql`update audit set at = 5 where seq = 2`)
    expect(await breakOf()).toEqual({ seq: 2, kind: 'altered' })
  } finally {
    await old.remove()
  }
})
