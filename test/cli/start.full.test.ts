import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { lanyard, problem } from '../support/command.ts'
import { emptyPostgres } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { lanyardProcess } from '../support/process.ts'

// What ends a start: one sentence, exit code 1, and nothing that was changed.

let folder: string
let occupant: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-start-'))
})
afterEach(() => {
  occupant?.close()
  occupant = undefined
  rmSync(folder, { recursive: true })
})

type Environment = Record<string, string>
const database = () => join(folder, 'data/lanyard.sqlite')

/** Every file with its content, and every folder. */
function contents(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name)
      return [name, statSync(path).isDirectory() ? 'folder' : readFileSync(path, 'latin1')]
    }),
  )
}

/** What a start says that must fail, in this process or in one of its own, whose log and end are seen too. */
async function sentence(environment: Environment, start: typeof lanyard = lanyard): Promise<string> {
  const given = { LANYARD_PORT: String(await freePort()), LANYARD_SEED_PATIENTS: '0', ...environment }
  const before = contents()
  const ended = await start(['serve', '--json'], { folder, environment: given })
  expect(ended).toMatchObject({ code: 1, out: '' })
  // Nothing but that one line.
  expect(ended.err.trimEnd().split('\n')).toHaveLength(1)
  expect(contents()).toEqual(before)
  const { code, message } = problem(ended)
  expect(code).toBe('configuration')
  expect(message.split('\n')).toHaveLength(1)
  return message
}

/** A folder as a first start leaves it. */
async function firstStart(environment: Environment = {}): Promise<void> {
  expect(await lanyard(['keys', 'list'], { folder, environment })).toMatchObject({ code: 0, err: '' })
}

test('the port is taken', async () => {
  const port = await freePort()
  occupant = createServer().listen(port, '127.0.0.1')
  const environment = { LANYARD_PORT: String(port) }
  const told = await sentence(environment, lanyardProcess)
  expect(told).toBe(
    `Port ${port} on 127.0.0.1 is taken by another program. Stop that one, or choose another port with LANYARD_PORT.`,
  )
  // People read the same.
  expect(await lanyard(['serve'], { folder, environment })).toEqual({
    code: 1,
    out: '',
    err: `${told}\n`,
  })
})

test('an address that this machine does not have', async () => {
  expect(await sentence({ LANYARD_HOST: '192.0.2.1', LANYARD_DEMO_EXPOSED: 'yes' })).toMatch(
    /^The server cannot listen on 192\.0\.2\.1, port \d+ \(.*EADDRNOTAVAIL.*\)\. Change LANYARD_HOST or LANYARD_PORT\.$/,
  )
})

test('a data folder that cannot be made or written', async () => {
  writeFileSync(join(folder, 'file'), '')
  expect(await sentence({ LANYARD_DATA_DIR: 'file/data' })).toMatch(
    /^The database file .*file\/data\/lanyard\.sqlite cannot be opened for writing \(ENOTDIR.*\)\. Check that its folder exists and that this user may write there, or set LANYARD_DATA_DIR\.$/,
  )
})

test('a keys folder that cannot be made', async () => {
  await firstStart({ LANYARD_SEALING_KEY: 'A'.repeat(43) })
  const db = await openDatabase(`sqlite:${database()}`, 0)
  await db.kysely.deleteFrom('signing_key').execute()
  await db.close()
  writeFileSync(join(folder, 'file'), '')
  expect(await sentence({ LANYARD_KEYS_DIR: 'file/keys' })).toMatch(
    /^The sealing key .* cannot be made \(ENOTDIR.*\)\. Make the folder writable, or hand the key in with LANYARD_SEALING_KEY\.$/,
  )
})

test('a database of a newer version', async () => {
  await firstStart()
  const db = await openDatabase(`sqlite:${database()}`, 0)
  await sql`insert into kysely_migration (name, timestamp) values ('900-future', '')`.execute(db.kysely)
  await db.close()
  expect(await sentence({})).toBe(
    'This database was last used by a newer Lanyard (it has 900-future). Start that version or a newer one; nothing was changed.',
  )
})

test('a database file that is no database', async () => {
  mkdirSync(join(folder, 'data'))
  writeFileSync(database(), 'Dear diary, today I was mistaken for a database. '.repeat(100))
  expect(await sentence({})).toMatch(
    /lanyard\.sqlite: The database file is no SQLite database\. Put a backup in its place\. \(SQLITE_NOTADB/,
  )
})

test('a database file that is damaged', async () => {
  await firstStart()
  const bytes = readFileSync(database())
  // The header is whole, the pages behind it are not.
  bytes.fill(0xff, 8192)
  writeFileSync(database(), bytes)
  expect(await sentence({}, lanyardProcess)).toMatch(
    /The database file is damaged\. Put a backup in its place\. \(SQLITE_CORRUPT/,
  )
})

test('a sealing key that is wrong, broken, or lost', async () => {
  await firstStart()
  const wrong = randomBytes(32).toString('base64url')
  expect(await sentence({ LANYARD_SEALING_KEY: wrong })).toBe(
    'The signing keys in the database cannot be opened with this sealing key. Start with the key they were sealed with.',
  )
  writeFileSync(join(folder, 'keys/sealing.key'), 'short')
  expect(await sentence({})).toMatch(
    /^The sealing key .* must hold 32 random bytes in base64url \(43 characters\)/,
  )
  rmSync(join(folder, 'keys/sealing.key'))
  expect(await sentence({})).toMatch(/^The sealing key .* is missing, but the database holds signing keys/)
})

test('mistakes of the configuration and of client files are told all together', async () => {
  mkdirSync(join(folder, 'config/clients'), { recursive: true })
  writeFileSync(join(folder, 'config/lanyard.json'), '{"prot": 1}')
  const told = await lanyard(['serve'], { folder, environment: { LANYARD_WORKERS: 'x' } })
  expect(told).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^The configuration has 2 mistakes:\n {2}- .*\n {2}- .*\n$/),
  })

  writeFileSync(join(folder, 'config/lanyard.json'), '{}')
  writeFileSync(join(folder, 'config/clients/a.json'), '{}')
  writeFileSync(join(folder, 'config/clients/b.json'), '{')
  const environment = { LANYARD_PORT: '0', LANYARD_SEED_PATIENTS: '0' }
  const files = await lanyard(['serve', '--json'], { folder, environment })
  expect(files).toMatchObject({ code: 1, out: '' })
  expect(problem(files).message).toMatch(
    /^The client files in .* cannot be applied; nothing was changed:\n {2}- a\.json: .*\n {2}- b\.json: [^\n]*$/,
  )
})

describe('on PostgreSQL', () => {
  test('a server that does not answer', async () => {
    const url = `postgres://lanyard:s3cret@127.0.0.1:${await freePort()}/lanyard`
    const told = await sentence({ LANYARD_DATABASE_URL: url }, lanyardProcess)
    expect(told).toMatch(
      /^The PostgreSQL database cannot be reached \(connect ECONNREFUSED .*\)\. Check LANYARD_DATABASE_URL and that the server runs\.$/,
    )
    expect(told).not.toContain('s3cret')
  })

  test('a database that is not there, and a password that is wrong', async () => {
    const url = new URL(await emptyPostgres())
    url.pathname = '/nowhere'
    expect(await sentence({ LANYARD_DATABASE_URL: url.href })).toMatch(
      /\(database "nowhere" does not exist\)/,
    )
    url.password = 's3cret'
    const told = await sentence({ LANYARD_DATABASE_URL: url.href })
    expect(told).toMatch(/\(password authentication failed for user "postgres"\)/)
    expect(told).not.toContain('s3cret')
  })

  test('migrations that are pending: several nodes may run, so a start does not run them', async () => {
    const url = await emptyPostgres()
    expect(await sentence({ LANYARD_DATABASE_URL: url })).toMatch(
      /^The database lacks 001-authorization, .*\. Run `npx lanyard migrate` once, then start again\.$/,
    )
    const db = await openDatabase(url, 0)
    expect(await db.kysely.introspection.getTables()).toEqual([])
    await migrate(db)
    await sql`insert into kysely_migration (name, timestamp) values ('900-future', '')`.execute(db.kysely)
    await db.close()
    expect(await sentence({ LANYARD_DATABASE_URL: url })).toMatch(
      /^This database was last used by a newer Lanyard/,
    )
  })
})
