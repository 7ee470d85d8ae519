import { calculateJwkThumbprint, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storeExchangedGrant } from '../../src/launches/exchanged-grants.ts'
import { DAY, instant } from '../../src/lib/time.ts'
import type { Browser } from '../support/browser-client.ts'
import { ecKey } from '../support/client-keys.ts'
import { startJwksServer } from '../support/jwks-server.ts'
import {
  auditRows,
  type Backend,
  introspect,
  registerBackend,
  requestToken,
  token,
} from '../support/oauth.ts'
import { engine, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, says, signedInAs, startConsole, withFiles } from './admin.ts'

let server: TestServer
let iris: Browser
let otto: Browser
let irisId: string
let machine: Backend
let id: string
let count = 0
beforeAll(async () => {
  ;({ server, iris, irisId, otto } = await startConsole(engine))
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

  test('of an app that very many use, no more than a thousand launches are counted', async () => {
    const { db } = server.house
    const row = (one: number) => ({
      grant_id: `many-${one}`,
      client_id: id,
      user_id: irisId,
      scope: 'openid',
      context: '{}',
      created: server.clock.now - one,
      expires: server.clock.now + DAY,
      refresh: 'offline' as const,
      session_uid: null,
      revoked: null,
      used: null,
      flight_id: null,
      patient: null,
      outsider: null,
      simulated: null,
    })
    const add = (from: number, count: number) =>
      db.kysely
        .insertInto('launch_grant')
        .values(Array.from({ length: count }, (_, one) => row(from + one)))
        .execute()
    await add(0, 500)
    await add(500, 500)
    says(await iris.open(at('use')), 'Active grants 1,000 in 0 sessions')
    expect((await api('GET', `/apps/${id}/use`)).body).toMatchObject({ grants: 1000, more: false, people: 1 })
    await add(1000, 1)
    says(await iris.open(at('use')), 'Active grants more than 1,000')
    expect((await api('GET', `/apps/${id}/use`)).body).toMatchObject({ grants: 1000, more: true })
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

describe('keys and logo', () => {
  test('AUD-09 a set that was fetched now is in the audit: from where, how many, their thumbprints, or what failed', async () => {
    const site = await startJwksServer()
    try {
      const one = ecKey('one').jwk
      site.publish([one, { ...ecKey('two').jwk, note: 'SECRET-NOTE' }])
      const keys = { jwks_uri: site.url, token_endpoint_auth_method: 'private_key_jwt' }
      await server.house.clients.update(id, web(keys))
      says(await iris.submit(await iris.open(at('credentials')), { reason: 'rotated' }), 'were fetched')
      const done = await lastAct()
      expect(done).toMatchObject({ event: 'client.fetch', outcome: 'success', user_id: irisId })
      expect(JSON.parse(done?.detail ?? '')).toEqual({
        host: new URL(site.url).host,
        keys: 2,
        thumbprints: [await calculateJwkThumbprint(one as JWK), expect.stringMatching(/^[\w-]{43}$/)],
        why: 'rotated',
      })
      expect(done?.detail).not.toContain('SECRET-NOTE')
      site.handle((_request, response) => response.writeHead(500).end('SECRET-BODY'))
      expect((await api('POST', `/apps/${id}/keys/fetch`, {})).status).toBe(200)
      const failed = await lastAct()
      expect(failed).toMatchObject({
        event: 'client.fetch',
        outcome: 'error',
        reason: 'jwks-unavailable',
        detail: expect.stringMatching(/"failure":"status 500","by":"backend-/),
      })
      expect(failed?.detail).not.toContain('SECRET-BODY')
      // No request of the app, and none of its refusals.
      says(await iris.open(at('use')), 'Refused 0')
      // An auditor fetches nothing, and leaves no row.
      const csrf = await csrfOf(otto)
      const refused = await otto.ask(at('fetch'), { method: 'POST', body: new URLSearchParams({ csrf }) })
      expect([refused.status, await lastAct()]).toEqual([403, failed])
    } finally {
      await site.close()
    }
  })

  test('a logo on a page that is stale is told as one; it is kept when that is what is wanted', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    const stale = await iris.open(at('settings'))
    await server.house.clients.update(id, web({ client_name: 'Meanwhile' }))
    const told = await withFiles(iris, stale, { do: 'set' }, { logo: ['mine.png', png] })
    expect(told.status).toBe(409)
    says(told, 'Somebody else changed this meanwhile')
    says(told, 'logo None mine.png')
    expect(await found()).toMatchObject({ version: 2, logo: undefined })
    says(await iris.submit(told, {}), 'Saved.')
    expect(await found()).toMatchObject({ version: 3, metadata: { client_name: 'Meanwhile' } })
    expect((await found())?.logo).toMatch(/./)
    // The same for taking it away.
    const late = await withFiles(iris, stale, { do: 'remove' }, {})
    expect([late.status, (await found())?.version]).toEqual([409, 3])
    says(late, 'logo A picture None')
  })
})

describe('the owner of an app', () => {
  const key = (kid: string, end: number) => ({ ...ecKey(kid).jwk, exp: end / 1000 })
  let dora: Browser
  let doraId: string
  beforeAll(async () => {
    const { house } = server
    doraId = (await addUser(house, { username: 'dora', display_name: 'Dora Develops', roles: ['developer'] }))
      .id
    dora = await signedInAs(server, 'dora')
  })
  /** A service of Dora's whose key ends. */
  async function owned(client_id: string, { end = server.clock.now + 9 * DAY, waiting = false } = {}) {
    const service = {
      client_id,
      client_name: `Night run ${client_id}`,
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      scope: 'system/Patient.rs',
      contacts: ['dora@example.org', '+34 555'],
      jwks: { keys: [key('old', end)] },
    }
    const owner = { userId: doraId, most: 50 }
    await server.house.clients.add(service, 'developer', { owner, waiting })
    return service
  }

  test('is shown at the registration and in the settings, with when and with their other apps', async () => {
    await owned('dora-1')
    await owned('dora-2', { waiting: true })
    says(await iris.open('/admin/registrations'), /Night run dora-2 .* Dora Develops/)
    const review = await iris.open('/admin/apps/dora-2/review')
    says(review, 'Registered by Dora Develops dora Registered 1 March 2026, 12:00 UTC')
    says(review, 'Signed assertion private_key_jwt')
    says(review, 'It signs in by itself, without a person client_credentials')
    says(review, /Their other apps .* Night run dora-1 dora-1 Backend service Enabled Never/)
    expect(review.html).toContain('href="/admin/users/dora"')
    says(await otto.open('/admin/apps/dora-1/settings'), 'Registered by Dora Develops')
    says(await iris.open(at('settings')), 'Registered by The command line')
    expect((await api('GET', '/apps/dora-1')).body.owner_user).toBe(doraId)
    expect((await api('GET', `/apps/${id}`)).body).not.toHaveProperty('owner_user')
  })

  test('AUD-09 is asked to renew a key on their pages, until it is renewed', async () => {
    const service = await owned('dora-3')
    expect((await dora.open('/developer/apps')).html).not.toContain('What an admin asks of you')
    says(await iris.open('/admin'), /old Night run dora-3 ES384 10 March 2026 9 days Remind owner/)
    const page = await iris.open('/admin/apps/dora-3/credentials')
    says(page, /Ends soon .* old 10 March 2026 9 days Not yet Remind owner/)
    const ask = await iris.open('/admin/apps/dora-3/remind?credential=old')
    says(ask, 'Dora Develops reads it on “My apps” until the credential is renewed')
    // By mail too, to those contacts that are addresses.
    expect(ask.html).toMatch(/href="mailto:dora@example\.org\?subject=A%20credential%20of%20Night/)
    expect(ask.html).not.toContain('mailto:%2B34')
    says(await iris.submit(ask, { reason: 'expires' }), 'The owner of Night run dora-3 is asked to renew it.')
    const row = (await auditRows(server)).findLast(({ event }) => event === 'client.remind')
    expect(row).toMatchObject({ client_id: 'dora-3', user_id: irisId })
    expect(row?.detail).toContain(`"reminder":{"after":"old, ${instant(server.clock.now + 9 * DAY)}"}`)
    expect((await api('GET', '/apps/dora-3/keys')).body.keys[0]).toMatchObject({
      kid: 'old',
      reminded: instant(server.clock.now),
    })
    says(
      await dora.open('/developer/apps'),
      /What an admin asks of you .* Night run dora-3 old 10 March 2026/,
    )
    says(await dora.open('/developer/apps/dora-3'), 'Renew a credential before 10 March 2026')
    // Another version of the app with the same key is asked about as before; without the key nothing is left.
    await server.house.clients.update('dora-3', { ...service, client_name: 'Night walk' })
    says(await dora.open('/developer/apps'), 'Night walk old')
    const jwks = { keys: [key('new', server.clock.now + 300 * DAY)] }
    await server.house.clients.update('dora-3', { ...service, jwks })
    expect((await dora.open('/developer/apps')).html).not.toContain('What an admin asks of you')
  })

  test('AUD-09 may put it aside, and nobody else may; a new one can come', async () => {
    await owned('dora-4')
    const remind = (credential: string, of = 'dora-4') =>
      api('POST', `/apps/${of}/reminders`, { credential, reason: 'by a script' })
    expect((await remind('old')).body).toMatchObject({
      credential: 'old',
      ends: instant(server.clock.now + 9 * DAY),
    })
    expect((await remind('other')).status).toBe(404)
    // Nobody would read it: no account owns this one.
    await server.house.clients.update(
      id,
      web({
        jwks: { keys: [key('k', server.clock.now + DAY)] },
        token_endpoint_auth_method: 'private_key_jwt',
      }),
    )
    expect((await remind('k', id)).status).toBe(409)
    says(await iris.open(`${at('remind')}?credential=k`), 'No account owns this app')
    expect((await otto.ask('/admin/apps/dora-4/remind?credential=old')).status).toBe(403)

    const path = '/developer/apps/dora-4/reminders?credential=old'
    const eve = await addUser(server.house, { roles: ['developer'] })
    const other = await signedInAs(server, eve.username)
    const body = async (browser: Browser) => new URLSearchParams({ csrf: await csrfOf(browser) })
    expect((await other.ask(path, { method: 'POST', body: await body(other) })).status).toBe(404)
    expect((await dora.ask(path, { method: 'POST', body: new URLSearchParams() })).status).toBe(403)
    says(await dora.open('/developer/apps'), 'Night run dora-4 old')
    const own = await dora.open('/developer/apps/dora-4')
    expect((await dora.submit(own, { do: 'renew' })).url).toBe(`${server.url}/developer/apps/dora-4/keys`)
    const done = await dora.submit(own, { do: 'dismiss' })
    says(done, 'Put aside. The credential of Night run dora-4 ends all the same.')
    const row = (await auditRows(server)).findLast(({ event }) => event === 'client.dismiss')
    expect(row).toMatchObject({ client_id: 'dora-4', user_id: doraId })
    expect(row?.detail).toContain('"reminder":{"before":"old,')
    expect((await remind('old')).status).toBe(200)
    says(await dora.open('/developer/apps'), 'Night run dora-4 old')
    // Removed with the app.
    await server.house.clients.remove('dora-4')
    expect(await server.house.reminders.ofOwner(doraId)).toEqual([])
  })
})
