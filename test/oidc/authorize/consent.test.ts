import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/lib/time.ts'
import { answerAt, boxesIn, createBrowser, textOf, tickedIn } from '../../support/browser-client.ts'
import {
  authorize,
  consentFields,
  exchange,
  flightOf,
  type LaunchedApp,
  type LaunchOptions,
  launch,
} from '../../support/launch.ts'
import { auditRows, introspect, registerBackend, registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { expectTold } from './answers.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let people: Awaited<ReturnType<typeof fillWard>>
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  people = await fillWard(server)
})
// A new one each time, which nobody has allowed anything.
beforeEach(async () => {
  app = await newApp()
})
afterAll(() => server.close())

const newApp = async (metadata: Record<string, unknown> = {}): Promise<LaunchedApp> =>
  await registerPublicApp(server, {
    scope: 'patient/*.cruds',
    grant_types: ['authorization_code', 'refresh_token'],
    ...metadata,
  })
const scope = 'launch/patient patient/Patient.rs patient/Observation.rs patient/Encounter.rs'
const ana = (options: Partial<LaunchOptions> = {}, of = app) =>
  launch(server, of, { scope, username: 'ana', ...options })
const grantOf = async () => {
  const rows = server.house.db.kysely.selectFrom('launch_grant').selectAll().where('client_id', '=', app.id)
  return await rows.orderBy('created', 'desc').executeTakeFirst()
}
const category = (code: string) =>
  `patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|${code}`

describe('what is ticked is granted', () => {
  test('AUTHZ-13, SCOPE-13 the response, introspection, the grant and the FHIR server say the same', async () => {
    const { token } = await ana({ ticks: ['patient/Encounter.rs'] })
    const granted = 'launch/patient patient/Patient.rs patient/Encounter.rs'
    expect(token.body.scope).toBe(granted)
    expect((await grantOf())?.scope).toBe(granted)
    const all = await registerBackend(server, { introspects_all: true })
    const { body } = await introspect(server, all, String(token.body.access_token))
    expect(body).toMatchObject({ active: true, scope: granted, patient: 'ana' })
    const headers = { authorization: `Bearer ${token.body.access_token}` }
    const status = async (path: string) => (await fetch(`${server.fhir}/${path}`, { headers })).status
    expect(await Promise.all(['Patient/ana', 'Encounter', 'Observation'].map(status))).toEqual([
      200, 200, 403,
    ])
  })

  test('AUTHZ-13 what was not allowed stands in the flight record, and only that', async () => {
    const { end } = await ana({ ticks: ['patient/Encounter.rs'] })
    const { steps } = await flightOf(server, end)
    expect(steps.find(({ event }) => event === 'consent')?.detail).toMatchObject({
      granted: 'launch/patient patient/Patient.rs patient/Encounter.rs',
      notGranted: [{ scope: 'patient/Observation.rs', reason: 'unticked' }],
    })
  })

  test('AUTHZ-14 categories replace the whole, all of them are the whole, none is nothing', async () => {
    const open = await authorize(server, app, { scope, username: 'ana', stopAt: 'consent' })
    const parts = boxesIn(open.end, 'scope').filter((value) => value.startsWith('patient/Observation.rs?'))
    expect(parts).toHaveLength(6)
    const line = 'patient/Observation.rs'
    const granted = async (...ticks: string[]) =>
      (await ana({ ticks, request: { prompt: 'consent' } })).token.body.scope
    const always = 'launch/patient patient/Patient.rs'
    expect(await granted(line, category('laboratory'))).toBe(`${always} ${category('laboratory')}`)
    expect(await granted(line, ...parts)).toBe(`${always} patient/Observation.rs`)
    expect(await granted(line)).toBe(always)
    expect(await granted(category('laboratory'))).toBe(always)
  })

  test('AUTHZ-14 an app that asked for nothing but the whole gets the parts', async () => {
    const { token } = await ana({
      scope: 'patient/Observation.rs',
      ticks: ['patient/Observation.rs', category('laboratory')],
    })
    expect(token.body).toMatchObject({ scope: category('laboratory'), patient: 'ana' })
  })

  test('AUTHZ-13 letters are decided group by group', async () => {
    const { token } = await ana({ scope: 'patient/Encounter.cruds', ticks: ['patient/Encounter.rs'] })
    expect(token.body.scope).toBe('patient/Encounter.rs')
  })

  test('AUTHZ-13, AUTHZ-15 offline access is said in plain words, and can be refused by itself', async () => {
    const asked = { scope: `${scope} offline_access`, ticks: 'all' as const }
    const { end } = await authorize(server, app, { ...asked, username: 'ana', stopAt: 'consent' })
    expect(textOf(end.html)).toMatch(/when you are not using the app/)
    const refused = await ana({ ...asked, offline: false })
    expect(refused.token.body).not.toHaveProperty('refresh_token')
    expect(refused.token.body.scope).toBe(scope)
    const allowed = await ana({ ...asked, offline: true, request: { prompt: 'consent' } })
    expect(allowed.token.body.refresh_token).toBeDefined()
    expect(allowed.token.body.scope).toBe(asked.scope)
  })

  test('SCOPE-18 a forged form widens nothing', async () => {
    const forged = ['patient/*.cruds', 'user/*.rs', 'patient/Observation.cruds', 'system/*.rs', 'x', '']
    const { token } = await ana({ ticks: [...forged, 'patient/Encounter.rs'] })
    expect(token.body.scope).toBe('launch/patient patient/Patient.rs patient/Encounter.rs')
  })
})

describe('no', () => {
  test('AUTHZ-08 sends the app access_denied, and is in the audit', async () => {
    const { end, browser } = await authorize(server, app, { scope, username: 'ana', decision: 'deny' })
    await expectTold(server, end, 'access_denied', { reason: 'consent-denied' })
    const rows = await auditRows(server)
    expect(
      rows.filter(({ client_id }) => client_id === app.id).map((row) => [row.event, row.reason]),
    ).toEqual(
      expect.arrayContaining([
        ['consent.deny', 'consent-denied'],
        ['launch.authorize', 'consent-denied'],
      ]),
    )
    expect(await grantOf()).toBeUndefined()
    // Nobody is taken at this word for ever.
    expect((await authorize(server, app, { scope, browser })).pages).toEqual(['consent'])
  })

  test('AUTHZ-08 to everything is the same, and is not remembered either', async () => {
    const asked = 'launch/patient patient/Observation.rs patient/Encounter.rs offline_access'
    const first = await authorize(server, app, { scope: asked, username: 'ana', ticks: [] })
    await expectTold(server, first.end, 'access_denied', { reason: 'nothing-allowed' })
    const second = await authorize(server, app, { scope: asked, browser: first.browser })
    expect(second.pages).toEqual(['consent'])
    expect(second.answer.code).toBeDefined()
  })

  test('but who the person is may be all that an app gets', async () => {
    const { token } = await ana({ scope: 'launch/patient openid patient/Encounter.rs', ticks: [] })
    expect(token.body).toMatchObject({ scope: 'launch/patient openid', patient: 'ana' })
    const onlyContext = await ana({ scope: 'launch/patient' })
    expect(onlyContext.token.body).toMatchObject({ scope: 'launch/patient', patient: 'ana' })
  })

  test('AUTHZ-17 neither yes nor no shows the page again', async () => {
    const { browser, end } = await authorize(server, app, { scope, username: 'ana', stopAt: 'consent' })
    const again = await browser.submit(end, { duration: 'months' })
    expect([again.status, boxesIn(again, 'scope')]).toEqual([200, boxesIn(end, 'scope')])
  })
})

describe('what was decided is remembered', () => {
  test('for this user, this app and this patient; nobody else is spared the question', async () => {
    const asked = { scope, username: 'marta', patient: 'ana' }
    const first = await launch(server, app, asked)
    expect(first.pages).toEqual(['sign-in', 'patient', 'consent'])
    const { browser } = first
    const again = await launch(server, app, { ...asked, browser })
    expect(again.pages).toEqual(['patient'])
    expect(again.token.body.scope).toBe(first.token.body.scope)
    expect((await launch(server, app, { ...asked, browser, patient: 'ben' })).pages).toEqual([
      'patient',
      'consent',
    ])
    expect((await launch(server, await newApp(), { ...asked, browser })).pages).toContain('consent')
    expect((await ana()).pages).toEqual(['sign-in', 'consent'])
  })

  test('refusals too: what was unticked stays so, and is not asked again', async () => {
    const { browser } = await ana({ untick: ['patient/Encounter.rs'] })
    const { token, pages } = await ana({ browser })
    expect(pages).toEqual([])
    expect(token.body.scope).not.toContain('Encounter')
  })

  test('so that only what is new is asked about, and what was decided before still counts', async () => {
    const first = await ana({ scope: 'launch/patient patient/Patient.rs patient/Encounter.rs' })
    const { browser } = first
    const more = `${scope} patient/Procedure.rs offline_access`
    const { end } = await authorize(server, app, { scope: more, browser, stopAt: 'consent' })
    expect(boxesIn(end, 'scope').filter((value) => !value.includes('?'))).toEqual([
      'patient/Observation.rs',
      'patient/Procedure.rs',
    ])
    const wider = await ana({ scope: more, browser, ticks: ['patient/Procedure.rs'] })
    expect(wider.token.body.scope).toBe(
      'launch/patient patient/Patient.rs patient/Encounter.rs patient/Procedure.rs offline_access',
    )
    // A launch that asks for something else in between takes nothing away.
    const other = await ana({ scope: 'launch/patient patient/Immunization.rs', browser })
    expect(other.pages).toEqual(['consent'])
    const last = await ana({ scope: more, browser })
    expect(last.pages).toEqual([])
    expect(last.token.body.scope).toBe(wider.token.body.scope)
  })

  test('and more letters of the same data are new', async () => {
    const { browser } = await ana({ scope: 'launch/patient patient/Encounter.rs' })
    const { end, pages } = await authorize(server, app, {
      scope: 'launch/patient patient/Encounter.cruds',
      browser,
      stopAt: 'consent',
    })
    expect(pages).toEqual(['consent'])
    expect(boxesIn(end, 'scope')).toEqual(['patient/Encounter.cu', 'patient/Encounter.d'])
  })

  test('prompt=consent asks about everything, and starts from what was decided', async () => {
    const { browser } = await ana({ untick: ['patient/Encounter.rs'] })
    const open = await authorize(server, app, {
      scope,
      browser,
      request: { prompt: 'consent' },
      stopAt: 'consent',
    })
    expect(boxesIn(open.end, 'scope')).toContain('patient/Encounter.rs')
    expect(tickedIn(open.end, 'scope')).not.toContain('patient/Encounter.rs')
    const fields = consentFields(open.end, { ticks: ['patient/Encounter.rs'] })
    expect((await browser.submit(open.end, fields)).location).toContain('code=')
    expect((await ana({ browser })).token.body.scope).toBe(
      'launch/patient patient/Patient.rs patient/Encounter.rs',
    )
  })

  test('as long as the user said, and until it is taken back', async () => {
    const { browser } = await ana({ duration: 'hour' })
    server.clock.advance(HOUR - 1)
    expect((await ana({ browser })).pages).toEqual([])
    server.clock.advance(1)
    expect((await ana({ browser })).pages).toEqual(['consent'])
    const of = { userId: people.ana.id, clientId: app.id, patient: 'ana' }
    await server.house.consents.forget(of)
    expect((await ana({ browser })).pages).toEqual(['consent'])
  })

  test('AUTHZ-18 but never grants what the app may not have any more', async () => {
    const { browser } = await ana()
    const { metadata } = (await server.house.clients.find(app.id)) ?? {}
    const { response_types: _, ...rest } = metadata ?? {}
    await server.house.clients.update(app.id, { ...rest, scope: 'patient/Patient.rs' })
    const { pages, token } = await ana({ browser })
    expect(pages).toEqual([])
    expect(token.body.scope).toBe('launch/patient patient/Patient.rs')
  })

  test('prompt=none works with it, and tells without it that somebody must be asked', async () => {
    const request = { prompt: 'none' }
    const stranger = await authorize(server, app, { scope, request })
    await expectTold(server, stranger.end, 'login_required', { reason: 'login-required' })
    const { browser } = await authorize(server, app, { scope, username: 'ana', decision: 'deny' })
    const undecided = await authorize(server, app, { scope, request, browser })
    await expectTold(server, undecided.end, 'consent_required', { reason: 'consent-required' })
    await ana({ browser })
    expect((await ana({ browser, request })).pages).toEqual([])
  })
})

describe('how long', () => {
  test('an hour, or three months that begin anew; a year only for who was checked', async () => {
    const ends = async () => Number((await grantOf())?.expires) - server.clock.now
    const browser = createBrowser(server)
    const again = { browser, scope: `${scope} offline_access`, request: { prompt: 'consent' } }
    await ana({ ...again, duration: 'hour' })
    expect(await ends()).toBe(HOUR)
    server.clock.advance(1)
    await ana({ ...again, duration: 'months' })
    expect(await ends()).toBe(93 * DAY)
    server.clock.advance(1)
    const { end, request } = await authorize(server, app, { ...again, stopAt: 'consent' })
    expect(end.html).not.toContain('value="year"')
    const back = await browser.submit(end, consentFields(end, { duration: 'year' }))
    // Until the code comes, the grant is good for no more than that.
    expect(await ends()).toBe(2 * MINUTE)
    await exchange(server, app, { request, answer: answerAt(back) })
    expect(await ends()).toBe(HOUR)
    app = await newApp({ verified: true })
    await ana({ ...again, duration: 'year' })
    expect(await ends()).toBe(365 * DAY)
    // Without a refresh token there is nothing to go on with.
    server.clock.advance(1)
    await ana({ ...again, duration: 'year', offline: false })
    expect(await ends()).toBe(HOUR)
  })
})

describe('the hospital’s own apps', () => {
  test('are not asked about, unless they want to be', async () => {
    const own = await newApp({ skip_consent: true })
    const first = await ana({ scope: `${scope} offline_access` }, own)
    expect(first.pages).toEqual(['sign-in'])
    expect(first.token.body.scope).toBe(`${scope} offline_access`)
    const asking = await ana({ browser: first.browser, request: { prompt: 'consent' } }, own)
    expect(asking.pages).toEqual(['consent'])
  })
})
