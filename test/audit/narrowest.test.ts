import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { amongIndexed } from '../../src/audit/narrowest.ts'
import type { Sought } from '../../src/audit/sought.ts'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await migratedDatabase()
  db = await database.open()
})
afterAll(() => database.remove())

/** How SQLite finds what is looked for: each step that reads a table. */
async function stepsFor(sought: Sought): Promise<string[]> {
  const among = amongIndexed(sought, { from: 1, to: 1_000_000 }, 100)
  if (among === undefined) return []
  const { rows } = await sql<{ detail: string }>`explain query plan ${among}`.execute(db.kysely)
  return rows.map(({ detail }) => detail).filter((detail) => / audit/.test(detail))
}

test('what an index finds is never looked for row by row, nor sorted', async () => {
  const all: Sought[] = [
    { patient: 'p' },
    { userId: 'u' },
    { clientId: 'c' },
    { outcome: 'refused' },
    { outcome: 'error', clientId: 'c' },
    { event: 'admin' },
    { event: 'admin', clientId: 'c' },
    { event: 'signIn' },
    { event: 'write', clientId: 'c' },
    { event: 'flight.share' },
  ]
  for (const sought of all) {
    const steps = await stepsFor(sought)
    expect([sought, steps.length > 0]).toEqual([sought, true])
    expect([sought, steps.filter((step) => !/^SEARCH .* USING .*(?:INDEX|PRIMARY KEY)/.test(step))]).toEqual([
      sought,
      [],
    ])
  }
  // Most entries are reads: the newest of them are looked through by their numbers.
  for (const sought of [{}, { event: 'read' }, { event: 'fhir.read' }, { outcome: 'success' }] as Sought[])
    expect([sought, await stepsFor(sought)]).toEqual([sought, []])
})
