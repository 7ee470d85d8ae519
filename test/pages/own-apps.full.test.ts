import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import { en } from '../../src/pages/words/en.ts'
import type { Browser } from '../support/browser-client.ts'
import { ecKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { exchange, launch } from '../support/launch.ts'
import { type Backend, basic, requestToken } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedInAs } from './admin.ts'
import { startProduction, visit } from './pages.ts'

const { myApps } = en
const callback = 'https://app.example.org/callback'
const publicApp = {
  client_name: 'Sundial',
  owner: 'Dial Works',
  redirect_uris: callback,
  launch_uris: 'https://app.example.org/launch',
  scope: 'launch/patient patient/Patient.rs patient/Observation.rs',
}
const key = ecKey('own')
const service = {
  client_name: 'Night run',
  from: 'keys',
  jwks: JSON.stringify({ keys: [key.jwk] }),
  scope: 'system/Patient.rs',
}

let server: TestServer
let dev: Browser
let other: Browser
beforeAll(async () => {
  server = await startProduction()
  for (const username of ['dev', 'other']) await addUser(server.house, { username, roles: ['developer'] })
  await addUser(server.house, { username: 'someone' })
  dev = await signedInAs(server, 'dev')
  other = await signedInAs(server, 'other')
})
afterAll(() => server.close())

/** Registers an app by the form; the page that comes of it, and the app. */
async function register(browser: Browser, kind: string, fields: Record<string, string>, at = server) {
  const form = await browser.open(`/developer/apps/new?kind=${kind}`)
  const page = await browser.submit(form, fields)
  const all = await at.house.clients.list()
  return { page, client: all.find(({ metadata }) => metadata.client_name === fields.client_name) as Client }
}

const now = async (id: string, at = server): Promise<Client> => (await at.house.clients.find(id)) as Client

async function change(browser: Browser, id: string, fields: Record<string, string>) {
  return await browser.submit(await browser.open(`/developer/apps/${id}/edit`), fields)
}

describe('in production', () => {
  test('the pages are for developers who are signed in', async () => {
    const stranger = await visit(server, '/developer/apps')
    expect(stranger.status).toBe(303)
    expect(stranger.headers.get('location')).toContain('/oauth2/authorize')
    const someone = await signedInAs(server, 'someone')
    const refused = await someone.open('/developer/apps')
    expect([refused.status, refused.html.includes('This is for the developers of apps')]).toEqual([403, true])
    expect((await dev.open('/developer/apps')).html).toContain(myApps.none.heading)
  })

  test('DCR-05 an app waits and gets nothing; let in, it works; what an admin has seen does not change unseen', async () => {
    const { page, client } = await register(dev, 'browser', publicApp)
    expect(page.html).toContain(myApps.done.added('Sundial'))
    expect(page.html).toContain(myApps.state.waiting)
    const { id } = client
    const owner = await server.house.users.findByName('dev')
    expect(client).toMatchObject({ status: 'waiting', origin: 'developer', ownerUser: owner?.id })
    const asked = `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: id, redirect_uri: callback, state: 'a-state-of-the-app' })}`
    const refused = await visit(server, asked)
    expect([refused.status, refused.text.includes('This app is not open yet')]).toEqual([400, true])

    await server.house.clients.setStatus(id, 'active')
    await server.house.clients.update(id, { ...client.metadata, verified: true, skip_consent: true })
    expect((await dev.open(`/developer/apps/${id}`)).html).toContain(myApps.state.active)

    // Less than before, and other contacts: as free as before.
    await change(dev, id, {
      ...publicApp,
      contacts: 'mail@dial.example',
      scope: 'launch/patient patient/Patient.rs',
    })
    expect(await now(id)).toMatchObject({
      status: 'active',
      metadata: { verified: true, skip_consent: true },
    })
    // What an admin has registered beside the fields of the form is neither lost, nor a reason to wait.
    const { metadata } = await now(id)
    const more = { grant_types: ['authorization_code', 'refresh_token'] }
    await server.house.clients.update(id, { ...metadata, ...more, software_id: 'dial-1' })
    await change(dev, id, { ...publicApp, contacts: 'desk@dial.example', scope: 'launch/patient' })
    expect(await now(id)).toMatchObject({ status: 'active', metadata: { ...more, software_id: 'dial-1' } })
    for (const fields of [
      { ...publicApp, scope: 'launch/patient patient/Patient.rs patient/Condition.rs' },
      { ...publicApp, scope: 'launch/patient', redirect_uris: 'https://elsewhere.example/callback' },
      { ...publicApp, scope: 'launch/patient', client_name: 'The hospital itself' },
    ]) {
      const changed = await change(dev, id, fields)
      expect(changed.html).toContain(myApps.state.waiting)
      const after = await now(id)
      expect(after.status).toBe('waiting')
      expect(after.metadata).not.toHaveProperty('verified')
      expect(after.metadata).not.toHaveProperty('skip_consent')
      await server.house.clients.setStatus(id, 'active')
      await server.house.clients.update(id, { ...after.metadata, verified: true, skip_consent: true })
    }
  })

  test('DCR-05 nobody gives their own app trust, a right over the server, a name in the audit or an id', async () => {
    const { client } = await register(dev, 'service', {
      ...service,
      client_name: 'Greedy',
      verified: 'true',
      skip_consent: 'true',
      introspects_all: 'true',
      roles: 'clinician',
      responsible_user: 'someone',
      access_token_lifetime: '3600',
      max_consent_duration: 'months',
      client_id: 'admin-console',
    })
    expect(client.id).not.toBe('admin-console')
    for (const member of [
      'verified',
      'skip_consent',
      'introspects_all',
      'roles',
      'responsible_user',
      'access_token_lifetime',
      'max_consent_duration',
    ])
      expect(client.metadata).not.toHaveProperty(member)
    for (const scope of ['__admin', '__auditor', '__introspect', '__launch']) {
      const { page } = await register(dev, 'service', { ...service, client_name: 'Right', scope })
      expect([page.status, page.html.includes('given by its admins only')]).toEqual([400, true])
    }
  })

  test('an app that was disabled or refused is not let in again by a change', async () => {
    const { client } = await register(dev, 'native', { ...publicApp, client_name: 'Pocket dial' })
    await server.house.clients.setStatus(client.id, 'disabled')
    const same = { ...publicApp, client_name: 'Pocket dial' }
    await change(dev, client.id, { ...same, contacts: 'mail@dial.example', scope: 'launch/patient' })
    expect((await now(client.id)).status).toBe('disabled')
    // What nobody has looked at is no question of enabling it any more.
    await change(dev, client.id, { ...same, scope: 'launch' })
    expect((await now(client.id)).status).toBe('waiting')
    const { client: other } = await register(dev, 'native', { ...publicApp, client_name: 'Wall dial' })
    await server.house.clients.setStatus(other.id, 'refused')
    await change(dev, other.id, { ...publicApp, client_name: 'Wall dial 2', scope: 'launch' })
    expect((await now(other.id)).status).toBe('waiting')
  })

  test('a service: no token while it waits; its last failed assertion is explained to its developer alone', async () => {
    const { page, client } = await register(dev, 'service', service)
    expect(page.html).toContain(myApps.state.waiting)
    const backend: Backend = { id: client.id, key }
    expect((await requestToken(server, backend)).status).toBe(401)
    await server.house.clients.setStatus(client.id, 'active')
    expect((await requestToken(server, backend)).status).toBe(200)

    const forged = signAssertion(server, client.id, key, { signature: (bytes) => bytes.fill(7, 0, 8) })
    await requestToken(server, backend, { form: withAssertion(forged) })
    expect((await dev.open(`/developer/apps/${client.id}`)).html).toContain(myApps.failed)
    const path = `/developer/tools/assertion?failed=${client.id}`
    const { html } = await dev.open(path)
    const words = en.developer.assertion
    expect(html).toContain('The last assertion of Night run that failed')
    expect(html).toContain(words.mend.signature)
    expect(html).not.toContain(words.mend.audience)
    expect(html).not.toContain(forged.split('.')[2])
    await addUser(server.house, { username: 'boss', roles: ['admin'] })
    expect((await (await signedInAs(server, 'boss')).open(path)).html).toContain(words.mend.signature)

    for (const stranger of [other, await signedInAs(server, 'someone')])
      expect((await stranger.open(path)).html).not.toContain('Night run')
    expect((await visit(server, path)).text).not.toContain('Night run')

    // The code is that of this app and its key.
    const code = (await dev.open(path)).html.split(words.right)[1]
    for (const value of [client.id, /kid: .{1,6}own/]) expect(code).toMatch(value)

    // As of when it failed: later, its time is not held against it.
    const old = signAssertion(server, client.id, key, { claims: { aud: server.fhir } })
    await requestToken(server, backend, { form: withAssertion(old) })
    server.clock.advance(3_600_000)
    const later = (await dev.open(path)).html
    expect(later).toContain(words.mend.audience)
    expect(later).not.toContain(words.mend['not-expired'])
    const huge = signAssertion(server, client.id, key, { claims: { aud: 'x', note: 'y'.repeat(5000) } })
    await requestToken(server, backend, { form: withAssertion(huge) })
    expect((await dev.open(path)).html).not.toContain('yyyyyyyyyy')
    server.clock.advance(91 * 86_400_000)
    expect((await server.house.db.kysely.selectFrom('failed_assertion').selectAll().execute()).length).toBe(1)
    dev = await signedInAs(server, 'dev')
    other = await signedInAs(server, 'other')
    expect((await dev.open(path)).html).not.toContain('The last assertion of')
  })

  test('CAUTH-16 a private key is refused as exposed, alone or in a set; a public key alone is a set of one', async () => {
    const burnt = { ...key.jwk, d: 'the-private-part' }
    for (const jwks of [burnt, { keys: [burnt] }]) {
      const named = { ...service, client_name: 'Burnt', jwks: JSON.stringify(jwks) }
      const { page, client } = await register(dev, 'service', named)
      expect(page.html).toContain(
        'JWKS as text: A private key was given. Consider it exposed: make a new pair',
      )
      expect(page.html).not.toContain('the-private-part')
      expect(client).toBeUndefined()
    }
    const alone = { ...service, client_name: 'Alone', jwks: JSON.stringify(key.jwk) }
    const { client } = await register(dev, 'service', alone)
    expect(client.metadata.jwks?.keys.map(({ kid }) => kid)).toEqual(['own'])
  })

  test('a secret is shown once, and a new one made; an old form is told', async () => {
    const { page, client } = await register(dev, 'server', {
      ...publicApp,
      client_name: 'Tower',
      from: 'secret',
    })
    const secretOf = (html: string) =>
      [...html.matchAll(/<pre><code>([\w-]{43})<\/code>/g)].map(([, found = '']) => found).at(-1) ?? ''
    const first = secretOf(page.html)
    expect(first).not.toBe('')
    expect((await dev.open(`/developer/apps/${client.id}`)).html).not.toContain(first)
    await server.house.clients.setStatus(client.id, 'active')
    const form = await dev.open(`/developer/apps/${client.id}/secret`)
    const made = await dev.submit(form, { overlap: '0' })
    const second = secretOf(made.html)
    const tokenWith = (secret: string) =>
      exchange(server, { id: client.id, basic: basic(client.id, secret) }, {
        request: { redirectUri: callback, verifier: 'v'.repeat(43) },
        answer: { code: 'none' },
      } as never)
    expect((await tokenWith(first)).body.error).toBe('invalid_client')
    expect((await tokenWith(second)).body.error).toBe('invalid_grant')
    expect((await dev.submit(form, { overlap: '0' })).status).toBe(409)
  })

  test('an app of another developer is not there, by any address, and stays as it is', async () => {
    const [mine] = (await server.house.clients.list()).filter(
      ({ metadata }) => metadata.client_name === 'Tower',
    )
    const id = mine?.id ?? ''
    expect((await other.open('/developer/apps')).html).not.toContain('Tower')
    const ownForm = await other.open('/developer/apps/new?kind=browser')
    const csrf = /name="csrf" value="([^"]*)"/.exec(ownForm.html)?.[1] ?? ''
    const before = await now(id)
    for (const part of ['', '/edit', '/keys', '/secret', '/remove', '/flights/0000000000'])
      expect([part, (await other.ask(`/developer/apps/${id}${part}`)).status]).toEqual([part, 404])
    const body = new URLSearchParams({
      csrf,
      version: String(before.version),
      ...publicApp,
      who: 'patient x',
    })
    for (const part of ['edit', 'keys', 'secret', 'remove', 'launch'])
      expect([
        part,
        (await other.ask(`/developer/apps/${id}/${part}`, { method: 'POST', body })).status,
      ]).toEqual([part, 404])
    expect(await now(id)).toEqual(before)
    // The owner without the token of their own form is refused too.
    const forged = new URLSearchParams({ version: String(before.version) })
    expect((await dev.ask(`/developer/apps/${id}/remove`, { method: 'POST', body: forged })).status).toBe(403)
    // An app that no developer owns is nobody's.
    const { client } = await server.house.clients.add({ ...mine?.metadata, client_id: 'ours' }, 'command')
    expect((await dev.ask(`/developer/apps/${client.id}`)).status).toBe(404)
  })

  test('it is removed after a question, and there is an end to how many one has', async () => {
    const [mine] = (await server.house.clients.list()).filter(
      ({ id, metadata }) => metadata.client_name === 'Tower' && id !== 'ours',
    )
    const page = await dev.submit(await dev.open(`/developer/apps/${mine?.id}/remove`), {})
    expect(page.html).toContain(myApps.done.removed('Tower'))
    expect(await server.house.clients.find(mine?.id ?? '')).toBeUndefined()
    const form = await other.open('/developer/apps/new?kind=browser')
    for (let count = 0; count < 20; count++) await other.submit(form, publicApp)
    const refused = await other.submit(form, publicApp)
    expect([refused.status, refused.html.includes('as many apps as one may have')]).toEqual([409, true])
  })
})

test('in the demo everybody may: an app works at once, but not without a person; its launches are told without names', async () => {
  const demo = await startServer()
  try {
    await addUser(demo.house, { username: 'ana', display_name: 'Ana Example', fhir_user: 'Patient/p1' })
    const browser = await signedInAs(demo, 'ana')
    const waits = await register(browser, 'service', service, demo)
    expect(waits.client.status).toBe('waiting')
    const { client } = await register(browser, 'browser', { ...publicApp, scope: 'openid' }, demo)
    expect(client.status).toBe('active')
    const app = { id: client.id }
    const { token } = await launch(demo, app, { scope: 'openid', username: 'ana' })
    expect(token.status).toBe(200)
    await demo.house.flights.flush()
    const page = await browser.open(`/developer/apps/${client.id}`)
    const flight = /flights\/(\w{10})/.exec(page.html)?.[1] ?? ''
    const { html } = await browser.open(`/developer/apps/${client.id}/flights/${flight}`)
    expect(html).toContain(en.admin.flights.one.events.token.title)
    const told = html.slice(html.indexOf('<main'))
    expect(told).not.toMatch(/Ana Example|Patient\/p1/)
    expect((await browser.ask(`/developer/apps/${waits.client.id}/flights/${flight}`)).status).toBe(404)
    await change(browser, client.id, { ...publicApp, scope: 'openid user/Patient.rs system/Patient.rs' })
    expect((await now(client.id, demo)).status).toBe('waiting')
  } finally {
    await demo.close()
  }
})
