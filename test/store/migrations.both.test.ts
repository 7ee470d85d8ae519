import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { migrate, pendingMigrations } from '../../src/store/migrate.ts'
import { emptyDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeEach(async () => {
  database = await emptyDatabase()
  db = await database.open()
})
afterEach(() => database.remove())

/** The names of all tables but the migrator's own. */
async function tables(): Promise<string[]> {
  const found = await db.kysely.introspection.getTables()
  return found.map((table) => table.name).filter((name) => !name.startsWith('kysely_'))
}

test('an empty database gets every table, and a second run does nothing', async () => {
  const pending = await pendingMigrations(db)
  expect(pending.length).toBeGreaterThan(1)
  expect(await migrate(db)).toEqual(pending)
  expect(await tables()).toEqual(expect.arrayContaining(['client', 'signing_key', 'audit', 'resource']))
  expect(await pendingMigrations(db)).toEqual([])
  expect(await migrate(db)).toEqual([])
})

test('a database of a newer version is refused and left as it is', async () => {
  await migrate(db)
  await sql`insert into kysely_migration (name, timestamp) values ('900-future', '')`.execute(db.kysely)
  const before = await tables()
  const refused = {
    name: 'LanyardError',
    code: 'configuration',
    message:
      'This database was last used by a newer Lanyard (it has 900-future). Start that version or a newer one; nothing was changed.',
  }
  await expect(migrate(db)).rejects.toMatchObject(refused)
  await expect(pendingMigrations(db)).rejects.toMatchObject(refused)
  expect(await tables()).toEqual(before)
})

test('a migration that fails leaves nothing half done', async () => {
  // In the way of the second migration, so that the whole first one must be undone.
  await sql`create table fhir_param (stranger integer)`.execute(db.kysely)
  await expect(migrate(db)).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(
      /^The database could not be brought to this version: .*fhir_param.* Nothing was changed\.$/,
    ),
  })
  expect(await tables()).toEqual(['fhir_param'])
  await sql`drop table fhir_param`.execute(db.kysely)
  expect((await migrate(db)).length).toBeGreaterThan(1)
})
