import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, createBrowser } from '../../support/browser-client.ts'
import { lanyard } from '../../support/command.ts'
import { migratedDatabase, type TestDatabase } from '../../support/database.ts'
import { freePort } from '../../support/free-port.ts'
import { type Authorized, authorize } from '../../support/launch.ts'
import { type Answer, rawRequest } from '../../support/oauth.ts'
import { type Place, type ServerProcess, serverProcess } from '../../support/process.ts'
import type { TestServer } from '../../support/server.ts'
import { password } from '../../support/users.ts'

const app = { id: 'the-app' }
const ana = {
  username: 'ana',
  display_name: 'Ana Lind',
  roles: ['patient'],
  fhir_user: 'Patient/ana',
  password,
}
const ROUNDS = 5

// Two server processes on one database, behind one public address.
describe.each(['sqlite', 'postgres'] as const)('two servers on one %s database', (engine) => {
  let folder: string
  let database: TestDatabase
  let place: Place
  let nodes: ServerProcess[] = []
  let ports: number[]
  let issuer: string
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-launches-'))
    database = await migratedDatabase(engine)
    ports = [await freePort(), await freePort()]
    issuer = `http://localhost:${ports[0]}`
    place = { folder, environment: { LANYARD_DATABASE_URL: database.url, LANYARD_BASE_URL: issuer } }
    write('app.json', {
      client_id: app.id,
      client_name: 'The app',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.example.org/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'patient/Patient.rs',
      skip_consent: true,
    })
    write('ana.json', ana)
    writeFileSync(join(folder, 'ana.ndjson'), `${JSON.stringify({ resourceType: 'Patient', id: 'ana' })}\n`)
    await command('client', 'add', 'app.json')
    await command('user', 'add', 'ana.json')
    await command('import', 'ana.ndjson')
    nodes = await Promise.all(
      ports.map((port) =>
        serverProcess({ folder, environment: { ...place.environment, LANYARD_PORT: String(port) } }),
      ),
    )
    browser = createBrowser({ url: issuer })
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.end('SIGTERM')))
    await database.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content))
  /** Runs a command, which is a third process. */
  async function command(...args: string[]): Promise<void> {
    expect(await lanyard(args, place)).toMatchObject({ code: 0 })
  }

  const at = (node: number) => ({ url: `http://127.0.0.1:${ports[node]}` })
  const headers = () => ({ host: new URL(issuer).host })
  const tokens = (node: number, form: Record<string, string>): Promise<Answer> =>
    rawRequest(at(node), {
      method: 'POST',
      path: '/oauth2/token',
      headers: { ...headers(), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: app.id, ...form }).toString(),
    })

  /** An authorization, at the first node. */
  async function code(scope = 'launch/patient offline_access patient/Patient.rs'): Promise<Authorized> {
    const server = { url: issuer, fhir: `${issuer}/fhir` } as TestServer
    const authorized = await authorize(server, app, { scope, browser, username: ana.username })
    expect(authorized.answer).toHaveProperty('code')
    return authorized
  }
  const redeem = (node: number, { request, answer }: Authorized) =>
    tokens(node, {
      grant_type: 'authorization_code',
      code: String(answer.code),
      redirect_uri: request.redirectUri,
      code_verifier: request.verifier,
    })
  const refresh = (node: number, { body }: Answer) =>
    tokens(node, { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) })
  const launched = async (scope?: string) => await redeem(0, await code(scope))
  /** What each node says of an access token, at its next request. */
  const seen = ({ body }: Answer) =>
    Promise.all(
      [0, 1].map(async (node) => {
        const authorization = `Bearer ${String(body.access_token)}`
        const path = '/fhir/Patient/ana'
        return (await rawRequest(at(node), { path, headers: { ...headers(), authorization } })).status
      }),
    )
  const spread = (count: number, ask: (node: number) => Promise<Answer>) =>
    Promise.all(Array.from({ length: count }, (_, index) => ask(index % 2)))
  const outcomes = (answers: readonly Answer[]) =>
    answers.map(({ status, body }) => (status === 200 ? 200 : body.error)).sort()

  test('AUTHZ-10 of 20 exchanges of one code, spread over both, exactly one wins, time and again; then all is over', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const way = await code()
      const answers = await spread(20, (node) => redeem(node, way))
      expect(outcomes(answers)).toEqual([200, ...Array(19).fill('invalid_grant')])
      const [winner] = answers.filter(({ status }) => status === 200)
      if (winner === undefined) throw new Error('nobody won')
      expect(await seen(winner)).toEqual([401, 401])
      expect(outcomes([await refresh(0, winner), await refresh(1, winner)])).toEqual(
        Array(2).fill('invalid_grant'),
      )
    }
  })

  test('REFR-10 of 20 refreshes with one token, spread over both, all get the same answer, which works at both', async () => {
    let token = await launched()
    for (let round = 0; round < ROUNDS; round++) {
      const before = token
      const answers = await spread(20, (node) => refresh(node, before))
      expect(outcomes(answers)).toEqual(Array(20).fill(200))
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      token = answers[0] ?? token
      expect(await seen(token)).toEqual([200, 200])
    }
  })

  test('REFR-10 the tokens of several launches, refreshed at both at the same time in opposite order, all get their answer', async () => {
    let all: Answer[] = []
    while (all.length < 8) all.push(await launched())
    for (let round = 0; round < ROUNDS; round++) {
      const before = all
      const [here, there] = await Promise.all([
        Promise.all(before.map((token) => refresh(0, token))),
        Promise.all(before.toReversed().map((token) => refresh(1, token))),
      ])
      expect(outcomes([...here, ...there])).toEqual(Array(16).fill(200))
      expect(there.toReversed().map(({ text }) => text)).toEqual(here.map(({ text }) => text))
      all = here
    }
  })

  test('REFR-09 a token that one node has replaced twice is noticed by the other, and all is over at both', async () => {
    const first = await launched()
    const second = await refresh(0, first)
    const third = await refresh(1, second)
    expect(await seen(third)).toEqual([200, 200])
    expect((await refresh(1, first)).body.error).toBe('invalid_grant')
    expect(await seen(third)).toEqual([401, 401])
    expect((await refresh(0, third)).body.error).toBe('invalid_grant')
  })

  test('REFR-01 signing out at one node ends online access at both', async () => {
    const token = await launched('launch/patient online_access patient/Patient.rs')
    expect((await refresh(1, token)).status).toBe(200)
    await browser.submit(await browser.open('/oauth2/logout'), {})
    expect((await refresh(1, token)).body.error).toBe('invalid_grant')
    await expect.poll(() => seen(token)).toEqual([401, 401])
  })

  test('REVO-06, REFR-11 what a command does to the user counts at both at the next request', async () => {
    const token = await launched()
    expect(await seen(token)).toEqual([200, 200])
    write('ana.json', { ...ana, password: undefined, patients: [] })
    await command('user', 'update', 'ana', 'ana.json')
    expect(await seen(token)).toEqual([401, 401])
    write('ana.json', { ...ana, password: undefined })
    await command('user', 'update', 'ana', 'ana.json')
    expect(await seen(token)).toEqual([200, 200])
    await command('user', 'disable', 'ana')
    expect(await seen(token)).toEqual([401, 401])
    expect(outcomes([await refresh(0, token), await refresh(1, token)])).toEqual(
      Array(2).fill('invalid_grant'),
    )
    await command('user', 'enable', 'ana')
    expect(await seen(token)).toEqual([401, 401])
  })

  test('REVO-06, REFR-11 so does what a command does to the client', async () => {
    const token = await launched()
    expect(await seen(token)).toEqual([200, 200])
    await command('client', 'remove', app.id)
    expect(await seen(token)).toEqual([401, 401])
    expect(outcomes([await refresh(0, token), await refresh(1, token)])).toEqual(
      Array(2).fill('invalid_client'),
    )
  })

  test('no request failed on our side', () => {
    for (const node of nodes) expect(node.logged().filter(({ level }) => level === 'error')).toEqual([])
  })
})
