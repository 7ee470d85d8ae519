import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storeExchangedGrant } from '../../src/launches/exchanged-grants.ts'
import { type Browser, textOf, type Visit } from '../support/browser-client.ts'
import {
  auditRows,
  type Backend,
  introspect,
  registerBackend,
  requestToken,
  token,
} from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedInAs } from './admin.ts'

let server: TestServer
let iris: Browser
let otto: Browser
let machine: Backend
let id: string
let count = 0
beforeAll(async () => {
  server = await startServer({ engine })
  const { house } = server
  await addUser(house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  iris = await signedInAs(server, 'iris')
  otto = await signedInAs(server, 'otto')
  machine = await registerBackend(server, { scope: '__admin' })
})
afterAll(() => server.close())
beforeEach(async () => {
  id = `care-${++count}`
  await server.house.clients.add(web(), 'command')
})

const web = (more: object = {}) => ({
  client_id: id,
  client_name: `Growth Chart ${count}`,
  redirect_uris: ['https://growth.example/cb'],
  scope: 'launch openid offline_access patient/Patient.r patient/Observation.rs',
  ...more,
})
const at = (part: string) => `/admin/apps/${id}/${part}`
const found = () => server.house.clients.find(id)
const says = ({ html }: Visit, text: string | RegExp) =>
  expect(textOf(html)).toEqual(
    typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text),
  )
const lastAct = async () =>
  (await auditRows(server)).filter((row) => row.client_id === id && row.event !== 'token.issue').at(-1)

/** What an admin's own service asks of the admin API. */
async function api(method: string, path: string, body?: object, version?: number) {
  const answer = await fetch(`${server.url}/admin/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await token(server, machine, { scope: '__admin' })}`,
      'content-type': 'application/json',
      ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

describe('lifetimes', () => {
  test('TOK-08 are shown with who says so, set with before and after in the audit, and taken back', async () => {
    const page = await iris.open(at('access'))
    says(page, 'Access token 1 hour As the server says')
    says(page, 'Longest grant 3 months after its last use By whether the app is verified')
    says(page, 'A change counts for the next token and the next launch.')
    const fields = { access_token_lifetime: '600', max_consent_duration: 'hour', reason: 'shared tablets' }
    const saved = await iris.submit(page, fields)
    expect(saved.status).toBe(200)
    says(saved, 'Access token 10 minutes This app’s own value')
    says(saved, 'Longest grant 1 hour This app’s own value')
    expect((await found())?.metadata).toMatchObject({
      access_token_lifetime: 600,
      max_consent_duration: 'hour',
    })
    const { detail } = (await lastAct()) ?? {}
    expect(detail).toContain('"access_token_lifetime":{"after":600}')
    expect(detail).toContain('"why":"shared tablets"')
    await iris.submit(saved, { access_token_lifetime: '', max_consent_duration: '' })
    expect((await found())?.metadata).not.toHaveProperty('access_token_lifetime')
    expect((await lastAct())?.detail).toContain('"access_token_lifetime":{"before":600}')
  })

  test('a value beyond the limits is told at its field, and what was typed stays', async () => {
    for (const wrong of ['3601', '29', '1.5', 'x']) {
      const answer = await iris.submit(await iris.open(at('access')), { access_token_lifetime: wrong })
      expect([wrong, answer.status]).toEqual([wrong, 400])
      says(answer, 'in seconds: Choose a whole number from 30 to 3,600')
      expect(answer.html).toMatch(new RegExp(`id="access_token_lifetime"[^>]*value="${wrong}"`))
    }
    expect(await found()).toMatchObject({ version: 1 })
  })

  test('BACK-03 of a service: five minutes at most, by page and by API; no word of consent', async () => {
    const service = await registerBackend(server)
    const page = await iris.open(`/admin/apps/${service.id}/access`)
    says(page, 'Access token 5 minutes As the server says')
    says(page, 'Tokens that the service holds end when you save.')
    expect(page.html).not.toContain('max_consent_duration')
    expect((await iris.submit(page, { access_token_lifetime: '301' })).status).toBe(400)
    expect((await iris.submit(page, { access_token_lifetime: '90' })).status).toBe(200)
    expect((await requestToken(server, service)).body.expires_in).toBe(90)
    const path = `/apps/${service.id}`
    const { metadata } = (await api('GET', path)).body
    const put = async (access_token_lifetime: number, version: number) =>
      (await api('PUT', path, { metadata: { ...metadata, access_token_lifetime } }, version)).status
    expect([await put(301, 2), await put(120, 1), await put(120, 2)]).toEqual([400, 412, 200])
    const { body } = await requestToken(server, service)
    expect(body.expires_in).toBe(120)
    const asked = await introspect(server, service, String(body.access_token))
    expect(Number(asked.body.exp) - Number(asked.body.iat)).toBe(120)
  })

  test('an auditor sees them and has no field', async () => {
    const page = await otto.open(at('access'))
    says(page, 'Access token 1 hour')
    expect(page.html).not.toContain('name="access_token_lifetime"')
  })
})

describe('what goes on', () => {
  test('launches are listed a page at a time: who, for whom, since when, last used, until when, the record', async () => {
    const { house, clock } = server
    const samir = await addUser(house, { display_name: 'Dr Samir Haddad' })
    const launched = async (more: object = {}) =>
      await house.grants.create({
        clientId: id,
        userId: samir.id,
        scope: 'patient/Patient.r',
        context: { patient: 'ana' },
        refresh: 'online',
        sessionUid: 'a-session',
        duration: 'hour',
        flightId: undefined,
        ...more,
      })
    for (let one = 0; one < 20; one++) await launched()
    clock.advance(1000)
    const flightId = house.flights.begin({ clientId: id, detail: {} })
    await house.flights.flush()
    const newest = await launched({ flightId, refresh: 'offline' })
    if (newest !== undefined) await house.db.together((trx) => house.grants.use(trx, newest))
    await storeExchangedGrant(house.db.kysely, {
      id: 'exchanged',
      clientId: id,
      outsider: {
        issuer: 'https://idp.example/realm',
        subject: '7',
        groups: [],
        attributes: {},
        isService: false,
      },
      scope: 'user/Patient.r',
      patient: undefined,
      flightId: 'GONE',
      created: clock.now + 1,
      expires: clock.now + 60_000,
    })
    const page = await iris.open(at('use'))
    says(page, '22 in one session')
    says(page, /Somebody at idp.example None this minute this minute 12:02 UTC No record/)
    says(page, new RegExp(`Dr Samir Haddad ana this minute this minute 13:00 UTC ${flightId} End`))
    says(page, 'Dr Samir Haddad ana this minute Not yet At sign-out No record')
    expect(page.html).toContain(`href="/admin/flights/${flightId}"`)
    expect(page.html).toContain(`href="/admin/users/${samir.username}"`)
    // A tile says so, and the line beside it.
    says(page, 'People 1 Last 24 hours')
    const next = /href="([^"]*after=[^"]*)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const rest = await iris.open(next)
    expect(rest.html.match(/<th scope="row" role="rowheader">/g)).toHaveLength(2)
    expect((await iris.ask(`${at('use')}?after=nonsense`)).status).toBe(400)

    const { items } = (await api('GET', `/apps/${id}/grants?limit=2`)).body
    expect(items[0]).toMatchObject({ grant_id: 'exchanged', issuer: 'https://idp.example/realm' })
    expect(items[0]).not.toHaveProperty('user_id')
    expect(items[1]).toMatchObject({ user_id: samir.id, patient: 'ana', flight_id: flightId })
    // One is ended after a question, and only from its own app.
    expect((await iris.ask(`/admin/apps/${machine.id}/use/${newest?.id}`)).status).toBe(404)
    const asked = await iris.open(at(`use/${newest?.id}`))
    says(asked, 'End what Dr Samir Haddad allowed Growth Chart')
    says(await iris.submit(asked, {}), '21 in one session')
    expect((await iris.ask(at(`use/${newest?.id}`))).status).toBe(404)
  })

  test('an auditor sees the same, without a way to end any of it', async () => {
    await server.house.grants.create({
      clientId: id,
      userId: (await addUser(server.house, { display_name: 'Dr Lena Fors' })).id,
      scope: 'openid',
      context: {},
      refresh: undefined,
      sessionUid: undefined,
      duration: 'hour',
      flightId: undefined,
    })
    const page = await otto.open(at('use'))
    says(page, 'Dr Lena Fors None')
    expect(page.html).not.toMatch(/use\/[\w-]{10,}/)
    expect(page.html).not.toContain('Stop this app')
  })
})
