import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../../src/lib/time.ts'
import { claimsOf } from '../../support/client-keys.ts'
import { authorize, consentFields } from '../../support/launch.ts'
import { introspect, registerBackend, requestToken } from '../../support/oauth.ts'
import { type Clinic, clinic, everything, launched, refresh, registerApp, works } from './clinic.ts'

/** What the server gives apps without a value of their own, in seconds. */
const EVERYBODY = 1200
let server: Clinic
beforeAll(async () => {
  server = await clinic({ environment: { LANYARD_APP_TOKEN_SECONDS: String(EVERYBODY) } })
})
afterAll(() => server.close())

/** Replaces members of an app's metadata, as an admin does. */
async function change(id: string, members: Record<string, unknown>): Promise<void> {
  const { metadata } = (await server.house.clients.find(id)) ?? {}
  await server.house.clients.update(id, { ...metadata, ...members })
}
const problems = (metadata: Record<string, unknown>): unknown => {
  const app = { client_name: 'App', redirect_uris: ['https://app.example.org/cb'], scope: '' }
  try {
    server.house.clients.check({ ...app, ...metadata })
    return undefined
  } catch (error) {
    return (error as { problems: { path: string; message: string }[] }).problems.map(
      ({ path, message }) => `${path} ${message}`,
    )
  }
}

describe('access tokens', () => {
  test('BACK-03 those of a service live as long as its registration says, from the next one on', async () => {
    const backend = await registerBackend(server, { access_token_lifetime: 60 })
    const first = (await requestToken(server, backend)).body
    expect(first.expires_in).toBe(60)
    const { iat, exp } = claimsOf(String(first.access_token))
    expect(Number(exp) - Number(iat)).toBe(60)
    const { body } = await introspect(server, server.gateway, String(first.access_token))
    expect(body).toMatchObject({ active: true, exp, iat })
    server.clock.advance(60 * SECOND)
    expect((await introspect(server, server.gateway, String(first.access_token))).body).toEqual({
      active: false,
    })
    await change(backend.id, { access_token_lifetime: undefined })
    expect((await requestToken(server, backend)).body.expires_in).toBe(300)
  })

  test('TOK-08 those of an app too, at the launch and at each refresh; a change counts for the next one', async () => {
    const app = await registerApp(server, 'secret', { access_token_lifetime: 1800 })
    const { token } = await launched(server, app)
    expect(token.body.expires_in).toBe(1800)
    await change(app.id, { access_token_lifetime: 90 })
    const next = await refresh(server, app, token.body.refresh_token)
    expect(next.body.expires_in).toBe(90)
    // What has been given keeps its end.
    server.clock.advance(90 * SECOND)
    expect(await works(server, next.body.access_token)).toBe(false)
    expect(await works(server, token.body.access_token)).toBe(true)
    await change(app.id, { access_token_lifetime: undefined })
    expect((await refresh(server, app, next.body.refresh_token)).body.expires_in).toBe(EVERYBODY)
  })

  test('TOK-08 a launch of the simulator gets what any other gets', async () => {
    const app = await registerApp(server, 'public', { access_token_lifetime: 300 })
    const user = await server.house.users.findByName('ana')
    const flightId = server.house.flights.begin({ clientId: app.id, detail: {} })
    const { launch } = await server.house.handles.create({
      clientId: app.id,
      userId: String(user?.id),
      context: { patient: 'ana' },
      by: 'console',
      simulation: { simulated: 'plain', flightId },
    })
    const { token } = await launched(server, app, { scope: 'launch patient/Patient.rs', request: { launch } })
    expect(token.body).toMatchObject({ expires_in: 300, patient: 'ana' })
  })

  test('no value is beyond what SMART and this server allow', () => {
    const service = {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://app.example.org/jwks',
      grant_types: ['client_credentials'],
    }
    expect(problems({ access_token_lifetime: 3600 })).toBeUndefined()
    expect(problems({ access_token_lifetime: 3601 })).toEqual([
      'access_token_lifetime must be at most 3600 seconds',
    ])
    expect(problems({ access_token_lifetime: 29 })).toEqual([
      'access_token_lifetime must be at least 30 seconds',
    ])
    expect(problems({ access_token_lifetime: '60' })).toHaveLength(1)
    expect(problems({ access_token_lifetime: 60.5 })).toHaveLength(1)
    expect(problems({ ...service, access_token_lifetime: 300 })).toBeUndefined()
    expect(problems({ ...service, access_token_lifetime: 301 })).toEqual([
      'access_token_lifetime must be at most 300 seconds',
    ])
    // TOK-08: an app that keeps no secret has no longer than what the server gives everybody.
    const open = { token_endpoint_auth_method: 'none' }
    expect(problems({ ...open, access_token_lifetime: EVERYBODY })).toBeUndefined()
    expect(problems({ ...open, access_token_lifetime: EVERYBODY + 1 })).toEqual([
      'access_token_lifetime must be at most 1200 seconds',
    ])
    expect(problems({ ...service, max_consent_duration: 'hour' })).toEqual([
      'max_consent_duration is for apps that users launch',
    ])
    expect(problems({ max_consent_duration: 'year' })).toHaveLength(1)
  })

  test('TOK-08 a server that became stricter is obeyed by public apps that were registered before', async () => {
    const app = await registerApp(server, 'public', { access_token_lifetime: 900 })
    // As a registration of an earlier configuration stands there.
    const { metadata } = (await server.house.clients.find(app.id)) ?? {}
    await server.house.db.kysely
      .updateTable('client')
      .set({ metadata: JSON.stringify({ ...metadata, access_token_lifetime: 3000 }) })
      .where('client_id', '=', app.id)
      .execute()
    expect((await launched(server, app)).token.body.expires_in).toBe(EVERYBODY)
  })
})

describe('what people allow', () => {
  const expiry = async (client: string) => {
    const rows = server.house.db.kysely.selectFrom('launch_grant').select('expires')
    const row = await rows.where('client_id', '=', client).orderBy('created', 'desc').executeTakeFirst()
    return Number(row?.expires) - server.clock.now
  }

  test('REFR-08 is offered for no longer than the registration says, whatever is posted', async () => {
    const asked = { skip_consent: false, verified: true, max_consent_duration: 'months' }
    const app = await registerApp(server, 'secret', asked)
    const open = await authorize(server, app, { scope: everything, username: 'ana', stopAt: 'consent' })
    expect(open.end.html).toMatch(/value="months" checked/)
    expect(open.end.html).not.toContain('value="year"')
    await launched(server, app, { browser: open.browser, duration: 'months' })
    expect(await expiry(app.id)).toBe(93 * DAY)
    server.clock.advance(1)
    // Shortened after it was decided: nobody is asked again, and the next launch is short.
    await change(app.id, { max_consent_duration: 'hour' })
    expect((await launched(server, app, { browser: open.browser })).pages).toEqual([])
    expect(await expiry(app.id)).toBe(HOUR)
    server.clock.advance(1)
    const again = { scope: everything, browser: open.browser, request: { prompt: 'consent' } }
    const short = await authorize(server, app, { ...again, stopAt: 'consent' })
    expect(short.end.html).toMatch(/value="hour" checked/)
    expect(short.end.html).not.toContain('value="months"')
    const fields = consentFields(short.end, { duration: 'year' })
    expect((await open.browser.submit(short.end, fields)).location).toContain('code=')
    const remembered = server.house.db.kysely.selectFrom('consent').select('duration')
    expect(await remembered.where('client_id', '=', app.id).execute()).toEqual([{ duration: 'hour' }])
  })

  test('REFR-08 what runs keeps its end, and begins no more anew once the time was shortened', async () => {
    const app = await registerApp(server, 'secret', { verified: true, skip_consent: false })
    const { token } = await launched(server, app, { duration: 'months' })
    const long = await launched(server, app, { duration: 'year' })
    server.clock.advance(40 * DAY)
    const next = await refresh(server, app, token.body.refresh_token)
    expect(next.status).toBe(200)
    await change(app.id, { max_consent_duration: 'hour' })
    server.clock.advance(92 * DAY)
    const last = await refresh(server, app, next.body.refresh_token)
    expect(last.status).toBe(200)
    server.clock.advance(DAY)
    expect((await refresh(server, app, last.body.refresh_token)).body.error).toBe('invalid_grant')
    // A year was said to end after a year, and does.
    const { body } = await refresh(server, app, long.token.body.refresh_token)
    server.clock.advance(232 * DAY)
    expect((await refresh(server, app, body.refresh_token)).body.error).toBe('invalid_grant')
  })

  test('the hospital’s own apps are held to it too', async () => {
    const app = await registerApp(server, 'secret', { max_consent_duration: 'hour' })
    await launched(server, app)
    expect(await expiry(app.id)).toBe(HOUR)
  })
})
