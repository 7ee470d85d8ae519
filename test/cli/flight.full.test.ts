import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSeal } from '../../src/keys/seal.ts'
import { createFlights } from '../../src/launches/flights.ts'
import { openDatabase } from '../../src/store/open.ts'
import { lanyard, problem } from '../support/command.ts'

let folder: string
let refused: string
let done: string
const run = (...args: string[]) => lanyard(['flight', ...args], { folder })
const at = Date.UTC(2026, 2, 1, 12)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-flight-'))
  writeFileSync(
    join(folder, 'user.json'),
    JSON.stringify({ username: 'ana', display_name: 'Ana', roles: ['patient'] }),
  )
  const added = JSON.parse((await lanyard(['user', 'add', 'user.json', '--json'], { folder })).out)

  const db = await openDatabase(`sqlite:${join(folder, 'data/lanyard.sqlite')}`, 0)
  let now = at
  const flights = createFlights({
    db,
    clock: () => now,
    keepDays: 7,
    keepMinutes: 60,
    seal: () => createSeal(new Uint8Array(32)),
    failed: (error) => {
      throw error
    },
  })
  refused = flights.begin({
    clientId: 'growth',
    detail: { parameters: new URLSearchParams({ aud: 'http://ehr.example/fhir', state: 'a-secret-state' }) },
  })
  now += 4
  const [sent, expected] = ['http://ehr.example/fhir', ['https://ehr.example/fhir']]
  flights.note(refused, {
    event: 'authorize',
    outcome: 'refused',
    reason: 'aud-mismatch',
    detail: { sent, expected },
  })
  flights.finish(refused, 'refused', 'aud-mismatch')
  now += 60_000
  done = flights.begin({ clientId: 'other' })
  flights.bind(done, { userId: added.user_id })
  flights.finish(done, 'done')
  await flights.flush()
  await db.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

test('show: the likely mistake first, then the timeline; secrets are not in it', async () => {
  const { code, out } = await run('show', refused.toLowerCase())
  expect(code).toBe(0)
  expect(out.trimEnd().split('\n')).toEqual([
    `Flight ${refused}: refused (aud-mismatch)`,
    'App growth, user unknown, began 2026-03-01T12:00:00.000Z',
    '',
    'aud is not the FHIR base of this server. "http://ehr.example/fhir" was sent; compared with "https://ehr.example/fhir", its scheme is "http" instead of "https".',
    '→ Send aud=https://ehr.example/fhir, without anything behind it.',
    '',
    expect.stringMatching(/^time +step +outcome +reason$/),
    expect.stringMatching(/^12:00:00\.000 +request +ok$/),
    expect.stringMatching(/^ +aud: http:\/\/ehr\.example\/fhir$/),
    expect.stringMatching(/^ +state: \(14 characters\)$/),
    expect.stringMatching(/^12:00:00\.004 +authorize +refused +aud-mismatch$/),
    expect.stringMatching(/^ +sent: http:\/\/ehr\.example\/fhir$/),
    expect.stringMatching(/^ +expected: https:\/\/ehr\.example\/fhir$/),
  ])
  const json = JSON.parse((await run('show', refused, '--json')).out)
  expect(json).toMatchObject({
    id: refused,
    started: '2026-03-01T12:00:00.000Z',
    mistakes: [{ advice: expect.stringMatching(/^Send aud=/) }],
    timeline: [{ event: 'request' }, { event: 'authorize', reason: 'aud-mismatch' }],
  })
  expect(JSON.stringify(json)).not.toContain('a-secret-state')
  // Who looks is on record, as in the console.
  const { items } = JSON.parse(
    (await lanyard(['audit', 'list', '--event', 'flight.read', '--json'], { folder })).out,
  )
  expect(items[0]).toMatchObject({ client_id: 'growth', detail: { flight: refused, by: 'command' } })
})

test('list: the newest first, with the names of users; by app, user, outcome and time', async () => {
  const [, first, second] = (await run('list')).out.split('\n')
  expect(first).toMatch(new RegExp(`^${done} +2026-03-01T12:01:00\\.004Z +other +ana +done`))
  expect(second).toMatch(new RegExp(`^${refused} +\\S+ +growth +- +refused +aud-mismatch +2$`))
  const ids = async (...args: string[]) =>
    JSON.parse((await run('list', '--json', ...args)).out).map(({ id }: { id: string }) => id)
  expect(await ids('--client', 'growth')).toEqual([refused])
  expect(await ids('--user', 'ANA')).toEqual([done])
  expect(await ids('--outcome', 'refused')).toEqual([refused])
  expect(await ids('--since', '2026-03-01T12:00:30Z')).toEqual([done])
  expect(await ids('--most', '1')).toEqual([done])
})

test('share: what `show --json` prints is what the link shows; it is audited, and `unshare` takes it back', async () => {
  const saved = JSON.parse((await run('show', refused, '--json')).out)
  const shared = JSON.parse((await run('share', refused, '--reason', 'for its maker', '--json')).out)
  expect(shared.record).toEqual(saved)
  expect(shared.url).toMatch(/\/shared\/flight\/[\w-]{43}$/)
  const left = Date.parse(shared.expires) - Date.now()
  expect([left > 23 * 3600_000, left <= 24 * 3600_000]).toEqual([true, true])
  const told = await run('share', refused)
  expect(told.out).toMatch(/^\S+\/shared\/flight\/\S+\nGood until 20/)
  expect(JSON.parse((await run('unshare', refused, '--json')).out)).toEqual({ taken_back: 2 })
  expect((await run('unshare', refused)).out).toContain('There was no link')
  const rows = (await lanyard(['audit', 'export'], { folder })).out
  expect(rows).toMatch(/flight\.share.*for its maker/)
  expect(rows).toContain('flight.unshare')
})

test('share: of the person and of what names them nothing leaves', async () => {
  const { out } = await run('show', done, '--json')
  expect(out).not.toMatch(/Ana|user/i)
  expect((await run('share', 'ZZZZZZZZZZ')).code).toBe(1)
})

test('what is not there is told with exit code 1, wrong use with 2', async () => {
  const missing = await run('show', 'ZZZZZZZZZZ', '--json')
  expect([missing.code, problem(missing).code]).toEqual([1, 'not-found'])
  expect(problem(missing).message).toMatch(/may be too old, or mistyped/)
  expect((await run('list', '--user', 'nobody')).code).toBe(1)
  for (const args of [
    ['--since', 'yesterday'],
    ['--most', '0'],
    ['--outcome', 'lost'],
  ])
    expect([args, (await run('list', ...args)).code]).toEqual([args, 2])
})
