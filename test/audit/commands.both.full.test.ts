import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashOf } from '../../src/audit/chain.ts'
import { lanyard, type Told } from '../support/command.ts'
import { engine, noon, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startServer({ engine })
})
afterEach(async () => {
  await server.close()
})

/** Runs a command beside the server, as in another process. */
async function audit(...words: string[]): Promise<Told> {
  const { databaseUrl, keysDir } = server.house.config
  const environment = { LANYARD_DATABASE_URL: databaseUrl, LANYARD_KEYS_DIR: keysDir }
  return await lanyard(['audit', ...words], { environment, folder: keysDir })
}
const told = async (...words: string[]): Promise<string> => (await audit(...words)).out

async function write(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await server.house.audit.write({ event: 'token.issue', outcome: 'success', clientId: `app-${index}` })
}

test('AUD-10 `audit verify` says that all stands, and up to where', async () => {
  await write(3)
  const found = JSON.parse(await told('verify', '--json'))
  expect(found).toMatchObject({ ok: true, before: 0 })
  const place = `${found.end.seq}:${found.end.hash}`
  expect(await told('verify')).toBe(
    `All ${found.rows} rows are right: 1 to ${found.end.seq}.\nKeep this place where nobody can change it, for --known next time: ${place}\n`,
  )
  expect(await audit('verify', '--known', place)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`All ${found.rows} rows are right`),
  })
  expect(await audit('verify', '--known', 'nonsense')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Write the place'),
  })
})

test('AUD-10 `audit verify` says which row was altered, removed or put in, and fails', async () => {
  await write(5)
  const { db } = server.house
  const { end } = JSON.parse(await told('verify', '--json'))
  await sql`insert into audit (seq, at, event, outcome) values (${end.seq + 1}, 1, 'x', 'x')`.execute(
    db.kysely,
  )
  expect(await told('verify')).toContain(`Row ${end.seq + 1} was put in by somebody else`)
  await sql`delete from audit where seq = ${end.seq - 1} or seq > ${end.seq}`.execute(db.kysely)
  expect(await told('verify')).toBe(
    `Row ${end.seq - 1} was removed.\n${end.seq - 2} rows before it are right.\n`,
  )
  await sql`update audit set client_id = 'other' where seq = 2`.execute(db.kysely)
  expect(await told('verify')).toBe(
    'Row 2 does not follow from row 1: it was altered.\n1 rows before it are right.\n',
  )
  const broken = await audit('verify', '--json')
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.out)).toMatchObject({ ok: false, broken: { seq: 2, kind: 'altered' } })
})

test('AUD-10 `audit export` gives all rows, whose hashes anyone can compute', async () => {
  await write(2500)
  const lines = (await told('export')).trimEnd().split('\n')
  let hash = ''
  for (const line of lines) {
    const { seq, hash: own, ...facts } = JSON.parse(line)
    hash = hashOf(hash, seq, Object.values(facts))
    expect(own).toBe(hash)
  }
  expect(JSON.parse(await told('export', '--json'))).toEqual(lines.map((line) => JSON.parse(line)))
})

test('`audit export` gives what was written within a time', async () => {
  await write(1)
  server.clock.advance(1000)
  await write(2)
  server.clock.advance(1000)
  await write(3)
  const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString()
  const lines = async (...args: string[]) => (await told('export', ...args)).split('\n').length - 1
  expect(await lines('--since', at(1))).toBe(5)
  expect(await lines('--since', at(1), '--until', at(2))).toBe(2)
  expect(await lines('--since', at(9))).toBe(0)
  expect(await told('export', '--json', '--since', at(9))).toBe('[]\n')
})
