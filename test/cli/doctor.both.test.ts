import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { apart } from '../../src/cli/doctor/database.ts'
import { diskChecks } from '../../src/cli/doctor/disk.ts'
import { examine } from '../../src/cli/doctor.ts'
import { loadConfig } from '../../src/config/load.ts'
import { shownSettings } from '../../src/config/shown-settings.ts'
import { DAY } from '../../src/lib/time.ts'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { emptyDatabase, engine, type TestDatabase } from '../support/database.ts'
import { sealingKeyText, storeSigningKeys } from '../support/signing-keys.ts'

let folder: string
let database: TestDatabase
let environment: Record<string, string>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-doctor-'))
  database = await emptyDatabase()
  // A port on which nobody answers.
  environment = { LANYARD_DATABASE_URL: database.url, LANYARD_PORT: '1' }
})
afterEach(async () => {
  await database.remove()
  rmSync(folder, { recursive: true })
})

const config = () => loadConfig(environment, folder)

/** What the doctor says, as `state: sentence` by name. */
async function told(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const { name, state, sentence } of await examine(config())) {
    found[name] = [...(found[name] ?? []), `${state}: ${sentence}`]
  }
  return found
}

const sqliteFile = () => database.url.slice('sqlite:'.length)

/** What a first start leaves: tables, a sealing key, signing keys. */
async function firstStart(): Promise<Database> {
  const db = await database.open()
  if (engine === 'sqlite') chmodSync(sqliteFile(), 0o600)
  await migrate(db)
  await storeSigningKeys(db)
  mkdirSync(join(folder, 'keys'))
  writeFileSync(config().sealingKeyFile, sealingKeyText, { mode: 0o600 })
  return db
}

test('before the first start there is nothing wrong, and looking makes nothing', async () => {
  const found = await told()
  expect(found['sealing key']).toEqual([
    `note: There is none yet: the first start makes ${folder}/keys/sealing.key.`,
  ])
  expect(found['data folder']).toEqual([`note: ${folder}/data is not there yet: the first start makes it.`])
  if (engine === 'sqlite') {
    expect(found.database).toEqual([`note: ${database.url} is not there yet: the first start makes it.`])
    expect(existsSync(sqliteFile())).toBe(false)
  } else {
    expect(found.database).toEqual([
      expect.stringMatching(
        /^ok: postgres:\/\/postgres@127\.0\.0\.1:\d+\/lanyard_\w+ answers \(PostgreSQL \d+\.\d+\)\.$/,
      ),
      expect.stringMatching(
        /^failed: It lacks 001-authorization, .*\. Run `npx lanyard migrate` once, then start\.$/,
      ),
    ])
  }
  expect(readdirSync(folder)).toEqual([])
})

test('a healthy database that no server runs on', async () => {
  await firstStart()
  const found = await told()
  expect(found['sealing key']).toEqual([`ok: ${folder}/keys/sealing.key can be read, by its owner only.`])
  expect(found['signing keys']).toEqual([
    'ok: The ES256 key has signed for 0 days; the next one is known for 0 days.',
    'ok: The RS256 key has signed for 0 days; the next one is known for 0 days.',
  ])
  expect(found.database).toEqual(
    engine === 'sqlite'
      ? [`ok: ${database.url} answers.`, 'ok: The file was read through, and is whole.']
      : [expect.stringMatching(/^ok: postgres:.* answers \(PostgreSQL /)],
  )
  expect(found.clock).toEqual(
    engine === 'sqlite' ? undefined : ['ok: It agrees with the clock of the database.'],
  )
  expect(found['public address']).toEqual([
    expect.stringMatching(
      /^note: The server is not running, or http:\/\/localhost:1 cannot be reached from here/,
    ),
  ])
  expect(found.clients).toEqual(['ok: 0 active; all have what they authenticate with.'])
  expect(found.TLS).toEqual(['ok: The public address is http on loopback, which nobody can listen to.'])
})

test('migrations that are pending', async () => {
  const db = await firstStart()
  await sql`delete from kysely_migration where name = '002-fhir'`.execute(db.kysely)
  expect((await told()).database?.[1]).toMatch(
    engine === 'sqlite'
      ? /^note: It lacks 002-fhir: the next start brings it up to date\.$/
      : /^failed: It lacks 002-fhir\. Run `npx lanyard migrate` once, then start\.$/,
  )
})

test('a database of a newer version', async () => {
  const db = await firstStart()
  await sql`insert into kysely_migration (name, timestamp) values ('900-future', '')`.execute(db.kysely)
  expect((await told()).database).toEqual([
    expect.stringMatching(/^failed: This database was last used by a newer Lanyard \(it has 900-future\)\./),
  ])
})

test('a sealing key that is wrong, lost, or open to others', async () => {
  await firstStart()
  const file = config().sealingKeyFile
  chmodSync(file, 0o640)
  expect((await told())['sealing key']).toEqual([
    expect.stringMatching(/^warning: .*sealing\.key can be read by others \(mode 640\)\. Run `chmod 600 /),
  ])
  writeFileSync(file, randomBytes(32).toString('base64url'))
  expect((await told())['signing keys']).toEqual([
    'failed: The signing keys in the database cannot be opened with this sealing key. Start with the key they were sealed with.',
  ])
  rmSync(file)
  expect((await told())['signing keys']).toEqual([
    'failed: They cannot be opened without the sealing key. Put it back from your backup.',
  ])
  expect(existsSync(file)).toBe(false)
})

test('signing keys that are old, and one that is missing', async () => {
  const db = await firstStart()
  await db.kysely
    .updateTable('signing_key')
    .set({ since: Date.now() - 400 * DAY })
    .where('alg', '=', 'ES256')
    .where('state', '=', 'current')
    .execute()
  await db.kysely.deleteFrom('signing_key').where('alg', '=', 'RS256').where('state', '=', 'next').execute()
  expect((await told())['signing keys']).toEqual([
    'warning: The ES256 key has signed for 400 days. Run `npx lanyard keys rotate`.',
    'warning: RS256 lacks a current or a next key: the next start makes it.',
  ])
})

test('a clock that does not agree', async () => {
  const db = await firstStart()
  if (engine === 'sqlite') {
    await db.kysely
      .insertInto('audit')
      .values({ at: Date.now() + 60_000, event: 'token.issue', outcome: 'success' } as never)
      .execute()
    expect((await told()).clock).toEqual([
      'warning: The audit has rows of the future: this clock is behind, or was ahead. Check NTP.',
    ])
  }
  expect(apart(4900, 'the other').state).toBe('ok')
  expect(apart(61_000, 'the other')).toMatchObject({
    state: 'warning',
    sentence: expect.stringMatching(/^This clock is 61 seconds behind the other\./),
  })
  expect(apart(-61_000, 'the other').sentence).toMatch(/^This clock is 61 seconds ahead of the other\./)
})

test.runIf(engine === 'sqlite')('a database file that is open to others', async () => {
  await firstStart()
  chmodSync(sqliteFile(), 0o644)
  expect((await told()).database?.[2]).toBe(
    `warning: ${sqliteFile()} can be read by others (mode 644). Run \`chmod 600 ${sqliteFile()}*\`.`,
  )
})

test.runIf(engine === 'sqlite')('a database file that is damaged, and a folder that is none', async () => {
  writeFileSync(sqliteFile(), 'This is not a database. '.repeat(100))
  expect((await told()).database).toEqual([
    expect.stringMatching(
      /^failed: .*: The database file is no SQLite database\. Put a backup in its place\./,
    ),
  ])
  writeFileSync(join(folder, 'data'), '')
  expect((await told())['data folder']).toEqual([
    `failed: ${folder}/data cannot be a folder: ${folder}/data is a file. Change LANYARD_DATA_DIR.`,
  ])
  rmSync(join(folder, 'data'))
  mkdirSync(join(folder, 'data'))
  expect(diskChecks(join(folder, 'data')).map(({ state }) => state)).toEqual(['ok', 'ok'])
})

test('settings are shown with their origin, without secrets', () => {
  environment.LANYARD_SEALING_KEY = 'A'.repeat(43)
  environment.LANYARD_DATABASE_URL = 'postgres://lanyard:s3cret@db.example.org:5433/main?password=s3cret'
  const shown = shownSettings(config())
  expect(shown).toContainEqual({ setting: 'sealingKey', value: '[hidden]', origin: 'environment' })
  expect(shown).toContainEqual({
    setting: 'databaseUrl',
    value: 'postgres://lanyard@db.example.org:5433/main',
    origin: 'environment',
  })
  expect(shown).toContainEqual({ setting: 'workers', value: 1, origin: 'default' })
  expect(JSON.stringify(shown)).not.toMatch(/s3cret|AAAA/)
})
