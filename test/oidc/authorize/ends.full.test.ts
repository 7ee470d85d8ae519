import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../../src/lib/time.ts'
import { type Browser, createBrowser, formOf } from '../../support/browser-client.ts'
import { authorize, exchange, launch } from '../../support/launch.ts'
import { post, registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser, password } from '../../support/users.ts'
import { fillWard } from './ward.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await fillWard(server)
})
afterAll(() => server.close())

const scope = 'launch/patient openid offline_access patient/Patient.rs patient/Encounter.rs'
let username: string
let app: { id: string }
let browser: Browser
beforeEach(async () => {
  username = (await addUser(server.house, { fhir_user: 'Patient/ana' })).username
  app = await newApp()
  browser = createBrowser(server)
})

const newApp = (more: Record<string, unknown> = {}) =>
  registerPublicApp(server, {
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'patient/*.rs',
    ...more,
  })
const signedIn = async (who: Browser): Promise<boolean> => (await who.ask('/account')).status === 200
const silently = { scope, request: { prompt: 'none' } }
const refresh = (token: unknown) =>
  post(server, '/oauth2/token', {
    grant_type: 'refresh_token',
    refresh_token: String(token),
    client_id: app.id,
  })

describe('a session', () => {
  test('REVO-06 that was ended does not come back by a request that was under way', async () => {
    await launch(server, app, { scope, browser, username })
    const { kysely } = server.house.db
    const row = await kysely
      .selectFrom('oidc')
      .selectAll()
      .where('model', '=', 'Session')
      .where('user_id', 'is not', null)
      .orderBy('expires', 'desc')
      .executeTakeFirstOrThrow()
    expect(await signedIn(browser)).toBe(true)
    await server.house.users.setPassword(username, 'another long password')
    // What oidc-provider writes at the end of such a request.
    await kysely
      .insertInto('oidc')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    expect(await signedIn(browser)).toBe(false)
    expect((await authorize(server, app, { ...silently, browser })).answer.error).toBe('login_required')
  })

  test('REVO-06 a sign-in that was posted before a new password is none after it', async () => {
    const page = await browser.open('/account')
    const { action, hidden } = formOf(page)
    const posted = await browser.ask(action, {
      method: 'POST',
      body: new URLSearchParams([...hidden, ['username', username], ['password', password]]),
    })
    expect(posted.status).toBe(303)
    await server.house.users.setPassword(username, 'another long password')
    await browser.follow(posted)
    expect(await signedIn(browser)).toBe(false)
  })

  test('SEC-06 lasts a day at most, and is on the list as long', async () => {
    await launch(server, app, { scope, browser, username })
    for (let hours = 0; hours < 20; hours += 10) {
      server.clock.advance(10 * HOUR)
      expect((await authorize(server, app, { ...silently, browser })).answer.code).toBeDefined()
      expect((await browser.open('/account/sessions')).html).toContain('127.0.0.1')
    }
    server.clock.advance(5 * HOUR)
    expect(await signedIn(browser)).toBe(false)
  })
})

describe('a launch', () => {
  test('CAUTH-11 ends with the registration it rests on, and not with the name of the app', async () => {
    const { token } = await launch(server, app, { scope, browser, username })
    const metadata = (await server.house.clients.find(app.id))?.metadata
    await server.house.clients.update(app.id, { ...metadata, client_name: 'Another name' })
    const next = await refresh(token.body.refresh_token)
    expect(next.status).toBe(200)
    await server.house.clients.update(app.id, { ...metadata, scope: 'patient/Patient.rs' })
    expect((await refresh(next.body.refresh_token)).body.error).toBe('invalid_grant')
    const headers = { authorization: `Bearer ${next.body.access_token}` }
    expect((await fetch(`${server.fhir}/Encounter`, { headers })).status).toBe(401)
  })

  test('REVO-06 a new app under an old id is a stranger', async () => {
    await launch(server, app, { scope, browser, username })
    expect((await authorize(server, app, { ...silently, browser })).answer.code).toBeDefined()
    await server.house.clients.remove(app.id)
    await newApp({ client_id: app.id, client_name: 'Somebody else' })
    expect((await authorize(server, app, { ...silently, browser })).answer.error).toBe('consent_required')
  })

  test('SEC-02 a native app without a secret is asked about each time', async () => {
    app = await newApp({ application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'] })
    const at = (port: number) => ({ redirect_uri: `http://127.0.0.1:${port}/callback` })
    const first = await authorize(server, app, { scope, browser, username, request: at(5000) })
    expect(first.answer.code).toBeDefined()
    const silent = await authorize(server, app, { scope, browser, request: { ...at(6666), prompt: 'none' } })
    expect(silent.answer.error).toBe('consent_required')
  })

  test('REVO-03 a withdrawal ends also the launches that begin while it lasts', async () => {
    await launch(server, app, { scope, browser, username })
    const { kysely } = server.house.db
    const grants = () =>
      kysely
        .selectFrom('launch_grant')
        .selectAll()
        .where('client_id', '=', app.id)
        .where('revoked', 'is', null)
        .execute()
    const [grant] = await grants()
    const page = await browser.open(`/account/apps/${grant?.grant_id}/withdraw`)
    const silent = Array.from({ length: 10 }, () => authorize(server, app, { ...silently, browser }))
    await browser.submit(page, {})
    const codes = (await Promise.all(silent)).filter(({ answer }) => answer.code !== undefined)
    expect(await grants()).toEqual([])
    for (const one of codes) expect((await exchange(server, app, one)).body.error).toBe('invalid_grant')
  })

  test('its grant is short until an app redeems the code', async () => {
    await launch(server, app, { scope, browser, username })
    await authorize(server, app, { ...silently, browser })
    const rows = await server.house.db.kysely
      .selectFrom('launch_grant')
      .select(['used', 'expires'])
      .where('client_id', '=', app.id)
      .execute()
    const left = rows.map(({ used, expires }) => [used !== null, expires - server.clock.now > DAY])
    expect(left.sort()).toEqual([
      [false, false],
      [true, true],
    ])
  })
})

describe('the door', () => {
  test('a slash at the end is another address', async () => {
    const { status } = await fetch(`${server.url}/oauth2/authorize/?client_id=${app.id}`, {
      redirect: 'manual',
    })
    expect(status).toBe(404)
  })

  test('the account pages ask for nothing but a session', async () => {
    await launch(server, app, { scope, browser, username })
    const page = await browser.open(
      `/oauth2/authorize?${new URLSearchParams({
        client_id: 'lanyard-account',
        response_type: 'none',
        redirect_uri: `${server.url}/account`,
        scope: 'openid',
        prompt: 'consent',
        max_age: '0',
        flight: 'somebody-elses',
      })}`,
    )
    expect(page.status).toBe(200)
    expect(page.url).toContain('/account')
  })

  test('SEC-07 strangers are counted, with whatever cookie, at sign-out too', async () => {
    const stranger = createBrowser(server)
    const statuses = new Set<number>()
    for (let count = 0; count < 610; count++) statuses.add((await stranger.ask('/oauth2/logout')).status)
    expect(statuses).toContain(429)
    server.clock.advance(60_000)
    expect((await stranger.ask('/oauth2/logout')).status).toBe(200)
  })
})
