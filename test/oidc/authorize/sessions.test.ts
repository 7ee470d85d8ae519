import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../../src/lib/time.ts'
import {
  authorizationRequest,
  type Browser,
  createBrowser,
  formOf,
  type Visit,
} from '../../support/browser-client.ts'
import {
  authorize,
  consentFields,
  flightOf,
  goOn,
  type LaunchedApp,
  type LaunchOptions,
  launch,
  pageOf,
} from '../../support/launch.ts'
import { post, registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { tampered } from '../../support/tampered.ts'
import { addUser, password } from '../../support/users.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let people: Awaited<ReturnType<typeof fillWard>>
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  people = await fillWard(server)
})
beforeEach(async () => {
  app = await registerPublicApp(server, {
    scope: 'patient/*.rs',
    grant_types: ['authorization_code', 'refresh_token'],
  })
})
afterAll(() => server.close())

const scope = 'launch/patient patient/Patient.rs'
const way = (options: Partial<LaunchOptions> = {}) =>
  authorize(server, app, { scope, username: 'ana', ...options })
const sessionOf = ({ jar }: Browser) => jar.get('lanyard_session /')?.value
/** A page that says that this way is closed, and shows nothing of anybody. */
function expectClosed({ status, location, html }: Visit): void {
  expect([status, location]).toEqual([400, undefined])
  expect(html).toContain('This page has closed')
  expect(html).not.toMatch(/Ana|Lindqvist/)
}
const signedOut = async (browser: Browser) =>
  (await way({ browser, request: { prompt: 'none' } })).answer.error === 'login_required'

describe('the session of a browser', () => {
  test('SEC-06 begins when somebody signs in, and gets a new name each time', async () => {
    const browser = createBrowser(server)
    const begun = await way({ browser, stopAt: 'sign-in' })
    expect(sessionOf(browser)).toBeUndefined()
    await goOn(browser, begun.request, begun.end, { username: 'ana' })
    const first = sessionOf(browser)
    expect(first).toMatch(/^[\w-]{40,}$/)
    await way({ browser, request: { prompt: 'login' } })
    const second = sessionOf(browser)
    expect(second).not.toBe(first)
    // Whoever kept the old one has nothing.
    const thief = createBrowser(server)
    for (const [name, cookie] of browser.jar) thief.jar.set(name, cookie)
    expect(await signedOut(thief)).toBe(false)
    thief.jar.set('lanyard_session /', { value: first ?? '', path: '/' })
    expect(await signedOut(thief)).toBe(true)
  })

  test('SEC-06 is of no use with a forged name, or without its signature', async () => {
    const { browser } = await way()
    const genuine = new Map(browser.jar)
    for (const name of ['lanyard_session /', 'lanyard_session.sig /']) {
      browser.jar.set(name, { value: tampered(genuine.get(name)?.value ?? ''), path: '/' })
      expect(await signedOut(browser)).toBe(true)
      browser.jar.delete(name)
      expect(await signedOut(browser)).toBe(true)
      for (const [key, cookie] of genuine) browser.jar.set(key, cookie)
    }
    expect(await signedOut(browser)).toBe(false)
  })

  test('SEC-06 ends when somebody else signs in, with what was open and what lived by it', async () => {
    const online = `${scope} online_access`
    const { browser, token } = await launch(server, app, { scope: online, username: 'ana' })
    const offline = await launch(server, app, { scope: `${scope} offline_access`, browser })
    const before = sessionOf(browser)
    const { pages, answer } = await way({
      browser,
      username: 'marta',
      patient: 'ben',
      request: { prompt: 'login' },
    })
    expect(pages).toEqual(['sign-in', 'patient', 'consent'])
    expect(answer.code).toBeDefined()
    expect(sessionOf(browser)).not.toBe(before)
    const refresh = async (of: unknown) =>
      (
        await post(server, '/oauth2/token', {
          grant_type: 'refresh_token',
          refresh_token: String(of),
          client_id: app.id,
        })
      ).status
    expect(await refresh(token.body.refresh_token)).toBe(400)
    expect(await refresh(offline.token.body.refresh_token)).toBe(200)
  })

  test('"Not you?" leads to signing in, and nothing chosen by the one goes over to the other', async () => {
    const { browser, end, request } = await way({ username: 'marta', patient: 'ben', stopAt: 'consent' })
    const again = await browser.submit(end, { decision: 'switch' })
    expect(pageOf(again)).toBe('sign-in')
    expect(await signedOut(browser)).toBe(true)
    const { pages, answer } = await goOn(browser, request, again, { username: 'dr.okafor', patient: 'ana' })
    expect(pages).toEqual(['sign-in', 'patient', 'consent'])
    expect(answer.code).toBeDefined()
  })
})

describe('a way that another window overtakes', () => {
  test('SEC-06 by another user is closed: nobody decides for somebody else', async () => {
    const first = await way({ username: 'marta', patient: 'ben', stopAt: 'consent' })
    const { browser } = first
    const other = await way({ browser, username: 'ana', request: { prompt: 'login' } })
    expect(other.answer.code).toBeDefined()
    expectClosed(await browser.ask(first.end.url))
    expectClosed(await browser.submit(first.end, consentFields(first.end, {})))
    const remembered = await server.house.consents.find({
      userId: people.marta.id,
      clientId: app.id,
      patient: 'ben',
    })
    expect(remembered).toBeUndefined()
  })

  test('by "Not you?", and by signing out, too', async () => {
    const first = await way({ stopAt: 'consent' })
    const { browser } = first
    const second = await way({ browser, stopAt: 'consent' })
    await browser.submit(second.end, { decision: 'switch' })
    expectClosed(await browser.submit(first.end, consentFields(first.end, {})))
    const third = await way({ browser, stopAt: 'consent' })
    const signOut = await browser.open('/oauth2/logout')
    await browser.submit(signOut, {})
    expectClosed(await browser.ask(third.end.url))
    expectClosed(await browser.submit(third.end, consentFields(third.end, {})))
    expect(await signedOut(browser)).toBe(true)
  })

  test('by the same user is not: two launches at once both arrive', async () => {
    const browser = createBrowser(server)
    const one = await way({ browser, stopAt: 'sign-in' })
    const two = await way({ browser, stopAt: 'sign-in' })
    const first = await goOn(browser, one.request, one.end, { username: 'ana' })
    const second = await goOn(browser, two.request, two.end, { username: 'ana' })
    expect([first.pages, second.pages]).toEqual([['sign-in', 'consent'], ['sign-in']])
    expect(first.answer.code).toBeDefined()
    expect(second.answer.code).not.toBe(first.answer.code)
    const [left, right] = [
      await way({ browser, stopAt: 'consent', request: { prompt: 'consent' } }),
      await way({ browser, stopAt: 'consent', request: { prompt: 'consent' } }),
    ]
    expect((await goOn(browser, right.request, right.end, {})).answer.code).toBeDefined()
    expect((await goOn(browser, left.request, left.end, {})).answer.code).toBeDefined()
  })

  test('the back button, and sending a form again, show that the page is closed', async () => {
    const { browser, request, end } = await way({ stopAt: 'sign-in' })
    const consent = await browser.submit(end, { username: 'ana', password })
    expectClosed(await browser.ask(end.url))
    expectClosed(await browser.submit(end, { username: 'ana', password }))
    const done = await goOn(browser, request, consent, {})
    expect(done.answer.code).toBeDefined()
    expectClosed(await browser.ask(consent.url))
    expectClosed(await browser.submit(consent, consentFields(consent, {})))
  })
})

describe('a way that is not what it was', () => {
  test('after half an hour it is closed', async () => {
    const { browser, end } = await way({ stopAt: 'consent' })
    server.clock.advance(30 * MINUTE)
    expectClosed(await browser.ask(end.url))
    expectClosed(await browser.submit(end, consentFields(end, {})))
  })

  test('in another browser it never was open', async () => {
    const { end } = await way({ stopAt: 'consent' })
    const other = (await way()).browser
    for (const browser of [createBrowser(server), other]) {
      expectClosed(await browser.ask(end.url))
      expectClosed(await browser.submit(end, consentFields(end, {})))
      const uid = end.url.split('/').at(-1)
      expectClosed(await browser.ask(`/oauth2/authorize/${uid}`))
    }
  })

  test('where the user is disabled meanwhile it is closed, and does not open again', async () => {
    const leaver = await addUser(server.house, { username: 'leaver', fhir_user: 'Patient/ana' })
    const { browser, end } = await way({ username: 'leaver', stopAt: 'consent' })
    await server.house.users.setStatus('leaver', 'disabled')
    expectClosed(await browser.submit(end, consentFields(end, {})))
    const again = await way({ browser, stopAt: 'sign-in' })
    expect(again.pages).toEqual(['sign-in'])
    const failed = await browser.submit(again.end, { username: 'leaver', password })
    expect([failed.status, pageOf(failed)]).toEqual([400, 'sign-in'])
    const of = { userId: leaver.id, clientId: app.id, patient: 'ana' }
    expect(await server.house.consents.find(of)).toBeUndefined()
  })

  test('where the app is disabled meanwhile, nobody is sent there', async () => {
    for (const stopAt of ['sign-in', 'consent'] as const) {
      const { browser, end } = await way({ stopAt })
      await server.house.clients.setStatus(app.id, 'disabled')
      const fields =
        stopAt === 'consent'
          ? consentFields(end, {})
          : [
              ['username', 'ana'],
              ['password', password],
            ]
      const next = await browser.submit(end, fields as [string, string][])
      expect([next.status, next.location]).toEqual([400, undefined])
      expect((await flightOf(server, next)).flight.reason).toBe('client-unknown')
      await server.house.clients.setStatus(app.id, 'active')
    }
  })
})

describe('a form that is not ours', () => {
  const send = async (browser: Browser, { url }: Visit, fields: [string, string][]) =>
    await browser.ask(url, { method: 'POST', body: new URLSearchParams(fields) })

  test('AUTHZ-17 without its token, or with that of another step or of another way, changes nothing', async () => {
    const browser = createBrowser(server)
    const at = await way({ browser, stopAt: 'sign-in' })
    const ofSignIn = formOf(at.end).hidden
    const elsewhere = await way({ browser, stopAt: 'sign-in' })
    const consent = await browser.submit(at.end, { username: 'ana', password })
    const allow = consentFields(consent, {})
    for (const token of [
      [],
      ofSignIn,
      formOf(elsewhere.end).hidden,
      [['csrf', '']],
      [['csrf', 'x'.repeat(43)]],
    ]) {
      const visit = await send(browser, consent, [...(token as [string, string][]), ...allow])
      expect([visit.status, visit.location]).toEqual([403, undefined])
      expect(visit.html).toContain('We could not tell that this came from you')
    }
    expect((await send(browser, consent, [...formOf(consent).hidden, ...allow])).status).toBe(303)
  })

  test('AUTHZ-17 of another step is not taken for this one', async () => {
    const { browser, end } = await way({ username: 'marta', stopAt: 'patient' })
    const { hidden } = formOf(end)
    const forms: [string, string][][] = [
      [
        ['decision', 'allow'],
        ['scope', 'patient/Patient.rs'],
      ],
      [
        ['username', 'ana'],
        ['password', password],
      ],
      [['encounter', 'visit-of-ana']],
      [],
    ]
    for (const fields of forms) {
      const visit = await send(browser, end, [...hidden, ...fields])
      expect([visit.status, visit.location]).toEqual([400, undefined])
    }
    expect(pageOf(await browser.ask(end.url))).toBe('patient')
  })

  test('SEC-02 leads nowhere but on: what it says about addresses is not read', async () => {
    const { browser, end } = await way({ stopAt: 'sign-in' })
    const evil: [string, string][] = [
      ['redirect_uri', 'https://evil.example/'],
      ['returnTo', 'https://evil.example/'],
      ['goOn', '//evil.example'],
    ]
    const fields: [string, string][] = [
      ['username', 'ana'],
      ['password', password],
    ]
    const visit = await send(browser, end, [...formOf(end).hidden, ...fields, ...evil])
    expect(visit.location).toMatch(new RegExp(`^${server.url}/oauth2/authorize/[\\w-]+$`))
    const { address } = authorizationRequest(server, app.id, scope)
    const page = await browser.ask(`${address}&returnTo=https://evil.example/&post_logout_redirect_uri=x`)
    expect(page.location).toMatch(new RegExp(`^${server.url}/sign-in/[\\w-]+$`))
  })
})
