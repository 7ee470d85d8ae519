import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSeal } from '../../src/keys/seal.ts'
import { createSigningKeys, type KeyState, OVERLAP, type SigningKey } from '../../src/keys/signing-keys.ts'
import { DAY } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { engine, migratedDatabase, type TestDatabase } from '../support/database.ts'
import { seal, storeSigningKeys } from '../support/signing-keys.ts'

let database: TestDatabase
let db: Database
let now: number
beforeEach(async () => {
  now = 0
  database = await migratedDatabase()
  db = await database.open()
})
afterEach(() => database.remove())

const register = (on = db, sealedWith = seal) =>
  createSigningKeys(
    on,
    sealedWith,
    () => now,
    async () => {},
  )

/** The kids of one algorithm by their state. */
function states(keys: readonly SigningKey[], alg = 'ES256'): Partial<Record<KeyState, string[]>> {
  const ofAlg = keys.filter((key) => key.alg === alg).sort((a, b) => byName(a.kid, b.kid))
  return Object.fromEntries(
    Object.entries(Object.groupBy(ofAlg, (key) => key.state)).map(([state, found]) => [
      state,
      found?.map((key) => key.kid),
    ]),
  )
}

const byName = (a: string, b: string) => a.localeCompare(b)
const oneOfEach = { current: [expect.any(String)], next: [expect.any(String)] }

test('SEC-08 a key is next, then current, then previous, and goes when its tokens are dead', async () => {
  const keys = register()
  await keys.ensure()
  const first = states(await keys.list())
  expect(first).toEqual(oneOfEach)

  now = DAY
  const second = states(await keys.rotate())
  expect(second).toEqual({ current: first.next, next: [expect.any(String)], previous: first.current })

  // The first key is kept as long as the overlap lasts …
  now = DAY + OVERLAP
  const third = states(await keys.rotate())
  expect(third.previous).toEqual([...(first.current ?? []), ...(first.next ?? [])].sort(byName))
  // … and gone when it is over; the other one is younger.
  now += 1
  const fourth = states(await keys.rotate())
  expect(fourth.previous).toEqual([...(first.next ?? []), ...(second.next ?? [])].sort(byName))
  expect(Object.keys(states(await keys.list(), 'RS256')).sort()).toEqual(['current', 'next', 'previous'])
})

test('what is complete is not touched', async () => {
  await storeSigningKeys(db)
  const before = await register().list()
  await register().ensure()
  expect(await register().list()).toEqual(before)
})

test('a missing next key is added, and the current one stays', async () => {
  await storeSigningKeys(db)
  const before = states(await register().list())
  await db.kysely.deleteFrom('signing_key').where('state', '=', 'next').execute()
  await register().ensure()
  const after = states(await register().list())
  expect(after).toEqual({ current: before.current, next: [expect.any(String)] })
  expect(after.next).not.toEqual(before.next)
})

test('nodes that make or rotate keys at once leave one current and one next key an algorithm', async () => {
  // SQLite has one connection a process; test/store/processes.full.test.ts has several.
  const connections = engine === 'postgres' ? [db, await database.open(), await database.open()] : [db, db]
  await Promise.all(connections.map((connection) => register(connection).ensure()))
  for (const alg of ['ES256', 'RS256']) expect(states(await register().list(), alg)).toEqual(oneOfEach)
  const first = states(await register().list())

  await Promise.all(connections.map((connection) => register(connection).rotate()))
  const after = states(await register().list())
  expect(after).toEqual({ ...oneOfEach, previous: expect.any(Array) })
  expect(after.previous).toHaveLength(connections.length)
  expect(after.previous).toEqual(expect.arrayContaining([first.current?.[0], first.next?.[0]]))
})

test('OIDC-02 the key set holds public members only', async () => {
  await storeSigningKeys(db)
  const { keys } = (await register().load()).jwks
  expect(keys.map(({ kty, alg }) => `${kty} ${alg}`).sort()).toEqual([
    'EC ES256',
    'EC ES256',
    'RSA RS256',
    'RSA RS256',
  ])
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(
      key.kty === 'EC'
        ? ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
        : ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    )
  }
})

test('SEC-08 at rest the private parts are sealed', async () => {
  await storeSigningKeys(db)
  const rows = await db.kysely.selectFrom('signing_key').select('private_sealed').execute()
  const secrets = rows.map((row) => JSON.parse(seal.open(row.private_sealed)).d as string)
  expect(secrets).toHaveLength(4)
  const stored = await everythingStored()
  // The look is in the right place: the public part is found there.
  expect(stored).toContain((await register().list())[0]?.publicJwk.x)
  for (const secret of secrets) expect(stored.includes(secret), 'a private key in clear').toBe(false)
})

/** The bytes of the SQLite files with their log; of PostgreSQL every row as text. */
async function everythingStored(): Promise<string> {
  if (engine === 'postgres') {
    const { rows } = await sql<{ row: string }>`select signing_key::text as row from signing_key`.execute(
      db.kysely,
    )
    return rows
      .map(({ row }) => row)
      .join('\n')
      .replaceAll('""', '"')
  }
  const folder = dirname(database.url.slice('sqlite:'.length))
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')
}

test('with another sealing key nothing is opened, and nothing is added that the first could not open', async () => {
  await storeSigningKeys(db)
  const before = await register().list()
  const stranger = register(db, createSeal(randomBytes(32)))
  const refused = {
    code: 'configuration',
    message:
      'The signing keys in the database cannot be opened with this sealing key. Start with the key they were sealed with.',
  }
  await expect(stranger.load()).rejects.toMatchObject(refused)
  await expect(stranger.rotate()).rejects.toMatchObject(refused)
  expect(await register().list()).toEqual(before)
  await db.kysely.deleteFrom('signing_key').where('state', '=', 'next').execute()
  await expect(stranger.ensure()).rejects.toMatchObject(refused)
  expect(await register().list()).toEqual(before.filter((key) => key.state === 'current'))
})
