import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sealingKey } from '../../src/keys/seal.ts'
import type { Database } from '../../src/store/database.ts'
import { migratedDatabase, type TestDatabase } from '../support/database.ts'

let folder: string
let file: string
let database: TestDatabase
let db: Database
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-seal-'))
  file = join(folder, 'keys/sealing.key')
  database = await migratedDatabase('sqlite')
  db = await database.open()
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true })
})

const key = () => sealingKey({ sealingKeyFile: file }, db)

test('the first start makes a key for its owner only, and every later one reads it', async () => {
  const made = await key()
  expect(made).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await key()).toEqual(made)
})

test('a key from the environment makes no file', async () => {
  const given = 'A'.repeat(42).concat('E')
  expect(
    Buffer.from(await sealingKey({ sealingKey: given, sealingKeyFile: file }, db)).toString('base64url'),
  ).toBe(given)
  expect(existsSync(file)).toBe(false)
})

test('when the database holds keys, a lost sealing key is not made anew', async () => {
  await db.kysely
    .insertInto('signing_key')
    .values({
      kid: 'k',
      alg: 'ES256',
      state: 'current',
      private_sealed: 'v1.x',
      public_jwk: '{}',
      created: 0,
      since: 0,
    })
    .execute()
  await expect(key()).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(
      /^The sealing key .*sealing\.key is missing, but the database holds signing keys/,
    ),
  })
  expect(existsSync(file)).toBe(false)
})

test('a file that holds something else is told, without its content', async () => {
  await key()
  writeFileSync(file, 'hunter2')
  const refused = await key().catch((error: Error) => error.message)
  expect(refused).toMatch(/must hold 32 random bytes in base64url \(43 characters\) and nothing else\.$/)
  expect(refused).not.toContain('hunter2')
  expect(readFileSync(file, 'utf8')).toBe('hunter2')
})

test('a file that another process is about to fill is waited for', async () => {
  const made = await key()
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, '')
  setTimeout(() => writeFileSync(file, text), 60)
  expect(await key()).toEqual(made)
})

test('a folder that cannot be made is told with what to do', async () => {
  writeFileSync(join(folder, 'keys'), '')
  await expect(key()).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(
      /^The sealing key .* cannot be made \(E(?:NOTDIR|EXIST).*\)\. Make the folder writable/,
    ),
  })
})
