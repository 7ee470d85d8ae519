import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { sweepOnce } from '../../src/store/sweep.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

/** The most rows of one table that a batch may take: what a request may have to wait for. */
const BATCH = 100
const now = 1_000_000

let database: TestDatabase
let db: Database
beforeEach(async () => {
  database = await migratedDatabase()
  db = await database.open()
})
afterEach(() => database.remove())

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`)

/** So many rows of each kind that end by themselves. */
async function fill(name: string, count: number, expires: number): Promise<void> {
  const keys = numbers(count).map((number) => `${name}-${number}`)
  await db.kysely
    .insertInto('used_assertion')
    .values(keys.map((jti) => ({ client_id: 'c', jti, expires })))
    .execute()
  await db.kysely
    .insertInto('denied_token')
    .values(keys.map((jti) => ({ jti, expires })))
    .execute()
  await db.kysely
    .insertInto('opaque_token')
    .values(keys.map((token_hash) => ({ token_hash, claims: '{}', expires })))
    .execute()
  await db.kysely
    .insertInto('launch_grant')
    .values(
      keys.map((grant_id) => ({
        grant_id,
        client_id: 'c',
        user_id: null,
        scope: '',
        context: '{}',
        created: 0,
        expires,
        revoked: null,
      })),
    )
    .execute()
}

async function left(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const table of ['used_assertion', 'denied_token', 'opaque_token', 'launch_grant'] as const) {
    const { rows } = await db.kysely
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow()
    found[table] = rows
  }
  return found
}

const each = (rows: number) => ({
  used_assertion: rows,
  denied_token: rows,
  opaque_token: rows,
  launch_grant: rows,
})

test('only rows that have expired go, a batch at a time', async () => {
  await fill('old', 250, now - 1)
  await fill('live', 30, now + 1)
  await fill('edge', 1, now)
  for (const remaining of [150, 50, 0]) {
    const gone = await sweepOnce(db.kysely, now)
    expect(gone).toBe(4 * (remaining === 0 ? 50 : BATCH))
    expect(await left()).toEqual(each(remaining + 31))
  }
  expect(await sweepOnce(db.kysely, now)).toBe(0)
  expect(await left()).toEqual(each(31))
})

test('two nodes that sweep at once remove each row once', async () => {
  await fill('old', 150, now - 1)
  const other = await database.open()
  let gone = 0
  while (Object.values(await left()).some((rows) => Number(rows) !== 0)) {
    const [ours, theirs] = await Promise.all([sweepOnce(db.kysely, now), sweepOnce(other.kysely, now)])
    gone += ours + theirs
  }
  expect(gone).toBe(4 * 150)
})
