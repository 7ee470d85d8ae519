import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../../src/lib/time.ts'
import type { LaunchContext } from '../../../src/smart/launch-context.ts'
import type { User } from '../../../src/users/user.ts'
import { textOf, type Visit } from '../../support/browser-client.ts'
import {
  type Authorized,
  authorize,
  consentFields,
  ehrHandle,
  flightOf,
  goOn,
  type LaunchedApp,
  type LaunchOptions,
  launch,
} from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { password } from '../../support/users.ts'
import { expectTold } from './answers.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let people: Awaited<ReturnType<typeof fillWard>>
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  people = await fillWard(server)
})
beforeEach(async () => {
  app = await registerPublicApp(server, { scope: 'patient/*.rs user/*.rs' })
})
afterAll(() => server.close())

const scope = 'launch patient/Patient.rs patient/Encounter.rs'
const ofAna: LaunchContext = { patient: 'ana' }
const handle = async (context = ofAna, user: User = people.doctor, of = app) =>
  await ehrHandle(server, of, user, context)
/** The app opens with a handle; the doctor signs in where somebody must. */
const open = async (launch: string, options: Partial<LaunchOptions> = {}): Promise<Authorized> =>
  await authorize(server, app, {
    scope,
    username: 'dr.okafor',
    ...options,
    request: { launch, ...options.request },
  })

describe('the context that the EHR hands over', () => {
  test('EHRL-03, EHRL-07, CTX-01…CTX-08 comes through whole, and nobody is asked about it', async () => {
    const context = {
      patient: 'ana',
      encounter: 'visit-of-ana',
      fhirContext: [
        { reference: 'ImagingStudy/scan-of-ana' },
        { reference: 'ImagingStudy/scan-of-ana', role: 'https://example.org/roles/again' },
        { canonical: 'https://example.org/Questionnaire/1|2', type: 'Questionnaire' },
        { identifier: { system: 'https://example.org/orders', value: '7' }, type: 'ServiceRequest' },
        { reference: 'Patient/ben', role: 'https://example.org/roles/sibling' },
      ],
      intent: 'reconcile-medications',
      need_patient_banner: false,
      smart_style_url: 'https://ehr.example.org/style.json',
      tenant: 'ward 7',
      appContext: '{"a":1}',
    }
    const { pages, token } = await launch(server, app, {
      scope: `${scope} launch/patient launch/encounter launch/imagingstudy`,
      username: 'dr.okafor',
      request: { launch: await handle(context) },
    })
    expect(pages).toEqual(['sign-in', 'consent'])
    expect(token.body).toMatchObject(context)
    expect(token.body.scope).toContain('launch/encounter launch/imagingstudy')
    const headers = { authorization: `Bearer ${token.body.access_token}` }
    for (const path of ['Patient/ana', 'Encounter/visit-of-ana']) {
      expect((await fetch(`${server.fhir}/${path}`, { headers })).status).toBe(200)
    }
  })

  test('EHRL-06, STAND-05 what the app hints at and the EHR has not, is not granted', async () => {
    const asked = `${scope} launch/encounter launch/imagingstudy`
    const { token, pages } = await launch(server, app, {
      scope: asked,
      username: 'dr.okafor',
      request: { launch: await handle() },
    })
    expect(pages).toEqual(['sign-in', 'consent'])
    expect(token.body.scope).toBe(scope)
    expect(token.body).toMatchObject({ patient: 'ana', need_patient_banner: true })
    expect(token.body).not.toHaveProperty('encounter')
  })

  test('EHRL-05 where the EHR has no patient and a patient/ scope is asked, the user chooses one', async () => {
    const { pages, token } = await launch(server, app, {
      scope,
      username: 'marta',
      patient: 'ben',
      request: { launch: await handle({}, people.marta) },
    })
    expect(pages).toEqual(['sign-in', 'patient', 'consent'])
    expect(token.body.patient).toBe('ben')
    const visitOfAna = await handle({ encounter: 'visit-of-ana' }, people.marta)
    const mixed = await open(visitOfAna, { username: 'marta', patient: 'ben' })
    await expectTold(server, mixed.end, 'access_denied', { reason: 'context-not-visible' })
    const alone = await launch(server, app, {
      scope: 'launch user/Patient.rs',
      username: 'marta',
      request: { launch: await handle({}, people.marta) },
    })
    expect(alone.pages).not.toContain('patient')
    expect(alone.token.body).not.toHaveProperty('patient')
  })

  test('CTX-10 what the user cannot see any more does not enter', async () => {
    for (const context of [
      { patient: 'carl' },
      { patient: 'ana', encounter: 'visit-of-ben' },
      { patient: 'ana', fhirContext: [{ reference: 'ImagingStudy/scan-of-ben' }] },
      { patient: 'ana', fhirContext: [{ reference: 'Observation/gone' }] },
    ]) {
      const { end } = await open(await handle(context, people.marta), { username: 'marta' })
      await expectTold(server, end, 'access_denied', { reason: 'context-not-visible' })
    }
  })
})

describe('a handle is good for one app, one user, one time, some minutes', () => {
  const refused = async (visit: Visit, reason: string) =>
    await expectTold(server, visit, 'invalid_request', { reason })

  test('EHRL-03 unknown, expired, and another app’s are refused before anybody signs in', async () => {
    const other = await registerPublicApp(server, { scope: 'patient/*.rs' })
    const old = await handle()
    await refused((await open('nothing')).end, 'launch-unknown')
    await refused((await open(`${old}x`)).end, 'launch-unknown')
    await refused((await open(await handle(ofAna, people.doctor, other))).end, 'launch-other-client')
    server.clock.advance(5 * MINUTE)
    const { end, pages } = await open(old)
    expect(pages).toEqual([])
    await refused(end, 'launch-expired')
  })

  test('EHRL-02, EHRL-03 used', async () => {
    const once = await handle()
    const first = await open(once)
    expect(first.answer.code).toBeDefined()
    await refused((await open(once, { browser: first.browser })).end, 'launch-used')
  })

  test('EHRL-04 the scope needs the parameter; the parameter without the scope is ignored, and that is told', async () => {
    await refused((await authorize(server, app, { scope })).end, 'launch-missing')
    const unused = await handle()
    const without = await open(unused, { scope: 'launch/patient patient/Patient.rs', patient: 'ben' })
    expect(without.pages).toEqual(['sign-in', 'patient', 'consent'])
    const { steps, flight } = await flightOf(server, without.end)
    expect(flight.outcome).toBe('done')
    expect(steps[1]).toMatchObject({ event: 'authorize', outcome: 'ok', reason: 'launch-scope-missing' })
    expect((await open(unused)).answer.code).toBeDefined()
  })

  test('EHRL-08 another user who is signed in has to make room, and keeps nothing', async () => {
    const { browser } = await authorize(server, app, { scope: 'patient/Patient.rs', username: 'ana' })
    const { end } = await open(await handle(), { browser, stopAt: 'sign-in' })
    expect(textOf(end.html)).toContain('This launch is for somebody else')
    expect(end.html).not.toMatch(/okafor|You were away/i)
    const { pages, answer, token } = await launch(server, app, {
      scope,
      username: 'dr.okafor',
      browser,
      request: { launch: await handle() },
    })
    expect(pages).toEqual(['sign-in', 'consent'])
    expect(answer.code).toBeDefined()
    expect(token.body.patient).toBe('ana')
    const silent = await open(await handle(ofAna, people.ana), { browser, request: { prompt: 'none' } })
    await expectTold(server, silent.end, 'login_required')
  })

  test('EHRL-08 another user cannot sign in for it; the right one still can', async () => {
    const { browser, request, end, pages } = await open(await handle(), { username: 'marta' })
    expect(pages).toEqual(['sign-in'])
    expect([end.status, end.location]).toEqual([403, undefined])
    expect(end.html).toContain('This app was opened for somebody else')
    const again = await goOn(browser, request, await browser.ask(end.url), { username: 'dr.okafor' })
    expect(again.answer.code).toBeDefined()
    const { steps } = await flightOf(server, again.end)
    expect(steps.map(({ event, reason }) => [event, reason]).slice(2, 4)).toEqual([
      ['sign-in', 'launch-other-user'],
      ['sign-in', undefined],
    ])
  })

  test('EHRL-03 that runs out while the user signs in or decides is never a launch without it', async () => {
    const signingIn = await open(await handle(), { stopAt: 'sign-in' })
    const deciding = await open(await handle(), { stopAt: 'consent' })
    const reloading = await open(await handle(), { stopAt: 'consent' })
    server.clock.advance(5 * MINUTE)
    const fields = { username: 'dr.okafor', password }
    await refused(await signingIn.browser.submit(signingIn.end, fields), 'launch-expired')
    const allow = consentFields(deciding.end, {})
    await refused(await deciding.browser.submit(deciding.end, allow), 'launch-expired')
    await refused(await reloading.browser.open(reloading.end.url), 'launch-expired')
  })

  test('EHRL-03 that is used in another window while the user decides neither', async () => {
    const both = await handle()
    const slow = await open(both, { stopAt: 'consent' })
    expect((await open(both)).answer.code).toBeDefined()
    await refused(await slow.browser.submit(slow.end, consentFields(slow.end, {})), 'launch-used')
  })
})

describe('without questions', () => {
  test('CTX-10, EHRL-08 who is signed in in the EHR’s browser, and has allowed the app, is asked nothing', async () => {
    const first = await open(await handle())
    expect(first.pages).toEqual(['sign-in', 'consent'])
    const { browser } = first
    for (const request of [{}, { prompt: 'none' }]) {
      const { pages, answer } = await open(await handle(), { browser, request })
      expect(pages).toEqual([])
      expect(answer.code).toBeDefined()
    }
    // Of another patient nothing was allowed yet.
    const ben = await open(await handle({ patient: 'ben' }), { browser })
    expect(ben.pages).toEqual(['consent'])
    const silent = await open(await handle({ patient: 'carl' }), { browser, request: { prompt: 'none' } })
    await expectTold(server, silent.end, 'consent_required', { reason: 'consent-required' })
    const none = await open(await handle({}), { browser, request: { prompt: 'none' } })
    await expectTold(server, none.end, 'interaction_required', { reason: 'interaction-required' })
  })
})

test('AUTHZ-08 what breaks on our side is told to the app as server_error, without a word of what it was', async () => {
  const { kysely } = server.house.db
  await sql`alter table launch_handle rename to launch_handle_away`.execute(kysely)
  const { end, answer } = await open('x'.repeat(43))
  await sql`alter table launch_handle_away rename to launch_handle`.execute(kysely)
  await expectTold(server, end, 'server_error', { reason: 'unexpected' })
  expect(JSON.stringify(answer)).not.toMatch(/launch_handle|SQL|sqlite/i)
  expect(server.logged.filter(({ level }) => level === 'error')).toHaveLength(1)
})
