import * as openid from 'openid-client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../../pages/browser.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, fhir, read, signIn, startDemo } from './support.ts'
import { type ServerApp, startServerApp } from './support-server-app.ts'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startDemo()
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

/** A patient connects the app to their record. */
async function connect(app: ServerApp): Promise<void> {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(app.url)
  await page.getByRole('link', { name: 'Connect to the hospital' }).click()
  await arrive(page, 'Sign in')
  await signIn(page, 'patient')
  await arrive(page, 'Pulse Diary asks to use your health record')
  await read(page, 'Alder Valley Hospital has not checked this app.')
  await allow(page)
  await arrive(page, 'Connected')
  await read(page, 'to the record of anders-lindqvist')
  expect(complaints).toEqual([])
  await page.context().close()
}

test.each(['client_secret_basic', 'private_key_jwt'] as const)(
  'CAUTH-02 OIDC-04 REFR-02 REVO-02 an app on a server with %s: discovery, code, ID token, userinfo, refresh, revocation',
  async (method) => {
    const app = await startServerApp(server, { method })
    await connect(app)
    const { config } = app
    const given = app.tokens()
    const patient = async (token: string) => (await fhir(server, token, 'Patient/anders-lindqvist')).status
    expect(given).toMatchObject({ token_type: 'bearer', patient: 'anders-lindqvist' })
    expect(given.expiresIn()).toBeGreaterThan(3500)
    expect(await patient(given.access_token)).toBe(200)

    const claims = given.claims()
    expect(claims).toMatchObject({
      iss: server.url,
      aud: app.id,
      fhirUser: `${server.fhir}/Patient/anders-lindqvist`,
    })
    const user = await openid.fetchUserInfo(config, given.access_token, claims?.sub ?? '')
    expect(user).toMatchObject({ sub: claims?.sub, fhirUser: claims?.fhirUser })

    const next = await openid.refreshTokenGrant(config, given.refresh_token ?? '')
    expect(next).toMatchObject({ scope: given.scope, patient: given.patient })
    expect(next.access_token).not.toBe(given.access_token)
    expect(await patient(next.access_token)).toBe(200)

    const active = async (token: string) => (await openid.tokenIntrospection(config, token)).active
    expect(await active(next.access_token)).toBe(true)
    const refreshToken = next.refresh_token ?? given.refresh_token ?? ''
    await openid.tokenRevocation(config, refreshToken)
    expect(await patient(next.access_token)).toBe(401)
    expect(await active(next.access_token)).toBe(false)
    await expect(openid.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    })
    app.close()
  },
)

test('CAUTH-17 an app with a wrong secret gets nothing for a right code', async () => {
  const app = await startServerApp(server, { wrongSecret: 'guessed' })
  const { page } = await openWindow(browser, {})
  await page.goto(`${app.url}/connect`)
  await signIn(page, 'patient')
  await allow(page)
  await arrive(page, 'Not connected')
  expect(() => app.tokens()).toThrow()
  await page.context().close()
  app.close()
})

test('AUTHZ-10 who reloads the page that a code led to ends what came of it', async () => {
  const app = await startServerApp(server)
  const { page } = await openWindow(browser, {})
  await page.goto(`${app.url}/connect`)
  await signIn(page, 'patient')
  await allow(page)
  await arrive(page, 'Connected')
  const { access_token } = app.tokens()
  expect((await fhir(server, access_token, 'Patient/anders-lindqvist')).status).toBe(200)
  await page.reload()
  await arrive(page, 'Not connected')
  await read(page, /^invalid_grant: /)
  expect((await fhir(server, access_token, 'Patient/anders-lindqvist')).status).toBe(401)
  await page.context().close()
  app.close()
})

test('TOK-05 AUTHZ-07 a code cannot be put into another launch, as the answer to it or with its state', async () => {
  const app = await startServerApp(server)
  const { page: victim } = await openWindow(browser, {})
  await victim.goto(`${app.url}/connect`)
  await signIn(victim, 'patient')
  await arrive(victim, 'Pulse Diary asks to use your health record')
  const { page: thief } = await openWindow(browser, {})
  const [asked] = await Promise.all([
    thief.waitForRequest((request) => request.url().includes('/oauth2/authorize?')),
    thief.goto(`${app.url}/connect`),
  ])
  await allow(victim)
  // The state is not that of the launch which the app waits for now.
  await arrive(victim, 'Not connected')

  const stolen = new URL(victim.url())
  stolen.searchParams.set('state', new URL(asked.url()).searchParams.get('state') ?? '')
  await thief.goto(stolen.href)
  await arrive(thief, 'Not connected')
  await read(thief, /^invalid_grant: /)
  expect(() => app.tokens()).toThrow()
  await victim.context().close()
  await thief.context().close()
  app.close()
})

test('AUTHZ-08 AUTHZ-09 who does not allow it: the library reads the refusal, and from whom it is', async () => {
  const app = await startServerApp(server)
  const { page } = await openWindow(browser, {})
  await page.goto(`${app.url}/connect`)
  await signIn(page, 'patient')
  await page.getByRole('button', { name: 'Don’t allow' }).click()
  await arrive(page, 'Not connected')
  await read(page, 'access_denied: the user did not allow it')
  expect(() => app.tokens()).toThrow()
  await page.context().close()
  app.close()
})
