import { Writable } from 'node:stream'
import { Command } from 'commander'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashOf } from '../../src/audit/chain.ts'
import { auditCommands } from '../../src/cli/audit.ts'
import { engine, noon, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startServer({ engine })
})
afterEach(async () => {
  process.exitCode = undefined
  await server.close()
})

/** What a command prints, run beside the server as in another process. */
async function lanyard(...args: string[]): Promise<string> {
  let told = ''
  const out = new Writable({
    // Small, so that what writes must wait.
    highWaterMark: 64,
    write(chunk, _encoding, done) {
      told += chunk
      setImmediate(done)
    },
  })
  const { databaseUrl, keysDir } = server.house.config
  const environment = { LANYARD_DATABASE_URL: databaseUrl, LANYARD_KEYS_DIR: keysDir }
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  auditCommands(program, { environment, folder: keysDir, out, err: out })
  await program.parseAsync(['audit', ...args], { from: 'user' })
  await new Promise<void>((done) => out.end(done))
  return told
}

async function write(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await server.house.audit.write({ event: 'token.issue', outcome: 'success', clientId: `app-${index}` })
}

test('AUD-10 `audit verify` says that all stands, and up to where', async () => {
  await write(3)
  const found = JSON.parse(await lanyard('verify', '--json'))
  expect(found).toMatchObject({ ok: true, before: 0 })
  const place = `${found.end.seq}:${found.end.hash}`
  expect(await lanyard('verify')).toBe(
    `All ${found.rows} rows are right: 1 to ${found.end.seq}.\nKeep this place where nobody can change it, for --known next time: ${place}\n`,
  )
  expect(await lanyard('verify', '--known', place)).toContain(`All ${found.rows} rows are right`)
  expect(process.exitCode).toBeUndefined()
  await expect(lanyard('verify', '--known', 'nonsense')).rejects.toThrow('Write the place')
})

test('AUD-10 `audit verify` says which row was altered, removed or put in, and fails', async () => {
  await write(5)
  const { db } = server.house
  const { end } = JSON.parse(await lanyard('verify', '--json'))
  await sql`insert into audit (seq, at, event, outcome) values (${end.seq + 1}, 1, 'x', 'x')`.execute(
    db.kysely,
  )
  expect(await lanyard('verify')).toContain(`Row ${end.seq + 1} was put in by somebody else`)
  await sql`delete from audit where seq = ${end.seq - 1} or seq > ${end.seq}`.execute(db.kysely)
  expect(await lanyard('verify')).toBe(
    `Row ${end.seq - 1} was removed.\n${end.seq - 2} rows before it are right.\n`,
  )
  await sql`update audit set client_id = 'other' where seq = 2`.execute(db.kysely)
  expect(await lanyard('verify')).toBe(
    'Row 2 does not follow from row 1: it was altered.\n1 rows before it are right.\n',
  )
  expect(JSON.parse(await lanyard('verify', '--json'))).toMatchObject({
    ok: false,
    broken: { seq: 2, kind: 'altered' },
  })
  expect(process.exitCode).toBe(1)
})

test('AUD-10 `audit export` gives all rows, whose hashes anyone can compute', async () => {
  await write(2500)
  const lines = (await lanyard('export')).trimEnd().split('\n')
  let hash = ''
  for (const line of lines) {
    const { seq, hash: own, ...facts } = JSON.parse(line)
    hash = hashOf(hash, seq, Object.values(facts))
    expect(own).toBe(hash)
  }
  expect(JSON.parse(await lanyard('export', '--json'))).toEqual(lines.map((line) => JSON.parse(line)))
})

test('`audit export` gives what was written within a time', async () => {
  await write(1)
  server.clock.advance(1000)
  await write(2)
  server.clock.advance(1000)
  await write(3)
  const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString()
  const lines = async (...args: string[]) => (await lanyard('export', ...args)).split('\n').length - 1
  expect(await lines('--since', at(1))).toBe(5)
  expect(await lines('--since', at(1), '--until', at(2))).toBe(2)
  expect(await lines('--since', at(9))).toBe(0)
  expect(await lanyard('export', '--json', '--since', at(9))).toBe('[]\n')
})
