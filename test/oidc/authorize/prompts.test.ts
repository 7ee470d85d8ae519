import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../../src/lib/time.ts'
import type { Browser } from '../../support/browser-client.ts'
import { claimsOf } from '../../support/client-keys.ts'
import {
  authorize,
  exchange,
  goOn,
  type LaunchedApp,
  type LaunchOptions,
  launch,
} from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { noon, startServer, type TestServer } from '../../support/server.ts'
import { expectTold } from './answers.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  await fillWard(server)
  app = await registerPublicApp(server, { scope: 'patient/*.rs' })
})
afterAll(() => server.close())

const scope = 'launch/patient openid patient/Patient.rs'
const ana = async (options: Partial<LaunchOptions> = {}) =>
  await launch(server, app, { scope, username: 'ana', ...options })
/** What a browser is asked with these parameters; nobody answers. */
const asked = async (browser: Browser, request: Record<string, string>) =>
  (await authorize(server, app, { scope, browser, request })).pages

describe('signing in again', () => {
  test('AUTHZ-08 prompt=login asks who it is, of the one who is signed in too', async () => {
    const { browser } = await ana()
    expect(await asked(browser, {})).toEqual([])
    expect(await asked(browser, { prompt: 'login' })).toEqual(['sign-in'])
    expect((await ana({ browser, request: { prompt: 'login' } })).pages).toEqual(['sign-in'])
    const both = await ana({ browser, request: { prompt: 'login consent' } })
    expect(both.pages).toEqual(['sign-in', 'consent'])
  })

  test('max_age asks who signed in too long ago; 0 always', async () => {
    // oidc-provider looks at the real clock.
    server.clock.now = Date.now() - 2 * HOUR
    const { browser } = await ana()
    expect(await asked(browser, { max_age: '3600' })).toEqual(['sign-in'])
    expect(await asked(browser, { max_age: '36000' })).toEqual([])
    expect(await asked(browser, { max_age: '0' })).toEqual(['sign-in'])
    server.clock.now = Date.now()
    expect((await ana({ browser, request: { max_age: '3600' } })).pages).toEqual(['sign-in'])
    expect(await asked(browser, { max_age: '3600' })).toEqual([])
    const silent = await authorize(server, app, {
      scope,
      browser,
      request: { max_age: '0', prompt: 'none' },
    })
    await expectTold(server, silent.end, 'login_required')
    server.clock.now = noon
  })

  test('OIDC-03 auth_time is when the password was right, not when the rest was decided', async () => {
    server.clock.now = noon
    const at = await authorize(server, app, {
      scope,
      username: 'ana',
      request: { prompt: 'login consent', max_age: '100' },
      stopAt: 'consent',
    })
    server.clock.advance(5 * MINUTE)
    const way = await goOn(at.browser, at.request, at.end, {})
    const { body } = await exchange(server, app, way)
    expect(claimsOf(String(body.id_token)).auth_time).toBe(noon / 1000)
  })

  test('login_hint fills the name in, and no more', async () => {
    const hint = async (login_hint: string, browser?: Browser) =>
      await authorize(server, app, { scope, request: { login_hint }, ...(browser && { browser }) })
    const { end } = await hint('ana')
    expect(end.html).toMatch(/name="username"[^>]* value="ana"/)
    const forged = '"><script>alert(1)</script>'
    expect((await hint(forged)).end.html).not.toContain('<script>alert')
    // It is a hint: whoever is signed in stays so.
    const { browser } = await ana()
    expect((await hint('marta', browser)).pages).toEqual([])
  })
})

describe('id_token_hint', () => {
  test('says who must be there: nobody else comes through', async () => {
    const { browser, token } = await ana()
    const hint = { id_token_hint: String(token.body.id_token) }
    expect(await asked(browser, hint)).toEqual([])
    expect(await asked(browser, { ...hint, prompt: 'none' })).toEqual([])
    const other = await authorize(server, app, { scope, username: 'marta', patient: 'ben' })
    expect(await asked(other.browser, hint)).toEqual(['sign-in'])
    const silent = await authorize(server, app, {
      scope,
      browser: other.browser,
      request: { ...hint, prompt: 'none' },
    })
    await expectTold(server, silent.end, 'login_required', { reason: 'login-required' })
    const wrong = await authorize(server, app, { scope, username: 'marta', request: hint })
    expect([wrong.end.status, wrong.pages]).toEqual([403, ['sign-in']])
    expect((await ana({ request: hint })).answer.code).toBeDefined()
  })

  test('of another app, of another server, or no token at all is refused', async () => {
    const foreign = await registerPublicApp(server, { scope: 'patient/*.rs' })
    const { token } = await launch(server, foreign, { scope, username: 'ana' })
    const ofForeign = String(token.body.id_token)
    const access = String(token.body.access_token)
    const unsigned = ofForeign.replace(/[^.]*$/, 'x')
    for (const id_token_hint of [ofForeign, access, unsigned, 'nonsense', 'a.b.c']) {
      const { end } = await authorize(server, app, { scope, request: { id_token_hint } })
      await expectTold(server, end, 'invalid_request', { reason: 'id-token-hint' })
    }
  })
})
