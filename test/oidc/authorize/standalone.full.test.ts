import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { authorizationRequest, createBrowser, textOf } from '../../support/browser-client.ts'
import { claimsOf } from '../../support/client-keys.ts'
import { authorize, flightOf, goOn, type LaunchedApp, launch } from '../../support/launch.ts'
import { registerPublicApp, registerSecretApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'
import { expectTold } from './answers.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  await fillWard(server)
})
// A new one each time, which nobody has allowed anything.
beforeEach(async () => {
  app = await registerPublicApp(server, { scope: 'patient/*.rs user/*.rs' })
})
afterAll(() => server.close())

const scope = 'launch/patient patient/Patient.rs patient/Encounter.rs'
const read = async (token: unknown, path: string) =>
  (await fetch(`${server.fhir}/${path}`, { headers: { authorization: `Bearer ${token}` } })).status

describe('the patient', () => {
  test('STAND-01, STAND-04, CTX-01, CTX-02 who has one record is not asked for which', async () => {
    const apps = [app, await registerSecretApp(server, { scope: 'patient/*.rs' })]
    for (const one of apps) {
      const { pages, token } = await launch(server, one, {
        scope: `${scope} openid fhirUser`,
        username: 'ana',
      })
      expect(pages).toEqual(['sign-in', 'consent'])
      expect(token.body).toMatchObject({ patient: 'ana', id_token: expect.any(String) })
      expect(token.body).not.toHaveProperty('encounter')
      expect(token.body).not.toHaveProperty('fhirContext')
      expect(await read(token.body.access_token, 'Patient/ana')).toBe(200)
      expect(await read(token.body.access_token, 'Patient/ben')).toBe(404)
    }
  })

  test('STAND-01 who acts for two chooses between these two', async () => {
    const { end, pages } = await authorize(server, app, { scope, username: 'marta' })
    expect(pages).toEqual(['sign-in', 'patient'])
    expect([...end.html.matchAll(/name="patient" value="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'ana',
      'ben',
    ])
    for (const patient of ['ana', 'ben']) {
      const { token } = await launch(server, app, { scope, username: 'marta', patient })
      expect(token.body.patient).toBe(patient)
      expect(await read(token.body.access_token, `Patient/${patient}`)).toBe(200)
      expect(await read(token.body.access_token, `Patient/${patient === 'ana' ? 'ben' : 'ana'}`)).toBe(404)
    }
  })

  test('STAND-01 who sees everybody searches, and sees nobody without a search', async () => {
    const browser = createBrowser(server)
    const { end } = await authorize(server, app, { scope, username: 'dr.okafor', browser })
    expect(end.html).not.toContain('name="patient"')
    const found = await browser.submit(end, { q: 'lindqvist' })
    // No name of a patient is in an address, nor taken from one.
    expect([found.status, found.url]).toEqual([200, end.url])
    expect(found.html).toMatch(/<input id="q" [^>]*value="lindqvist"/)
    expect(found.html).not.toMatch(/<form\b[^>]*method="get"|[?&;]q=/)
    expect((await browser.ask(`${end.url}?q=lindqvist`)).html).not.toContain('name="patient"')
    expect([...found.html.matchAll(/name="patient" value="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'ana',
      'ben',
    ])
    const request = authorizationRequest(server, app.id, scope)
    const forged = await browser.ask(end.url, { method: 'POST', body: new URLSearchParams({ q: 'ben' }) })
    expect([forged.status, forged.html.includes('name="patient"')]).toEqual([403, false])
    const way = await goOn(browser, request, found, { patient: 'ben' })
    expect(way.pages).toEqual(['patient', 'consent'])
    expect(way.answer.code).toBeDefined()
  })

  test('OIDC-04, STAND-01 whatever the person is in the record, or if it is nobody there', async () => {
    for (const [username, fhir_user] of [
      ['mother', 'RelatedPerson/mother'],
      ['father', 'Person/father'],
      ['guardian', undefined],
    ] as const) {
      await addUser(server.house, { username, fhir_user, roles: ['proxy'], patients: ['ana', 'ben'] })
      const asked = { scope: `${scope} openid fhirUser`, username, patient: 'ben' }
      const { pages, token } = await launch(server, app, asked)
      expect(pages).toEqual(['sign-in', 'patient', 'consent'])
      const { fhirUser } = claimsOf(String(token.body.id_token))
      expect(fhirUser).toBe(fhir_user && `${server.fhir}/${fhir_user}`)
    }
  })

  test('STAND-02 a patient/ scope alone asks for a patient too, and no token is without one', async () => {
    const { pages, token } = await launch(server, app, {
      scope: 'patient/Encounter.rs',
      username: 'marta',
      patient: 'ben',
    })
    expect(pages).toContain('patient')
    expect(token.body).toMatchObject({ patient: 'ben', scope: 'patient/Encounter.rs' })
  })

  test('SCOPE-07, STAND-01 user/ scopes need no patient, unless the app asks for one', async () => {
    const without = await launch(server, app, { scope: 'user/Patient.rs', username: 'marta' })
    expect(without.pages).toEqual(['sign-in', 'consent'])
    expect(without.token.body).not.toHaveProperty('patient')
    const asked = { scope: 'launch/patient user/Patient.rs', username: 'marta', patient: 'ana' }
    expect((await launch(server, app, asked)).token.body.patient).toBe('ana')
  })

  test('STAND-05 where there is nobody to choose, the app is told access_denied', async () => {
    for (const asked of [scope, 'patient/Patient.rs', 'launch/patient openid', 'launch/encounter openid']) {
      const { end, pages } = await authorize(server, app, { scope: asked, username: 'clerk' })
      expect(pages).toEqual(['sign-in'])
      await expectTold(server, end, 'access_denied', { reason: 'no-patient' })
    }
  })

  test('STAND-05 whoever closes the list sends the app access_denied', async () => {
    const browser = createBrowser(server)
    const { end } = await authorize(server, app, { scope, username: 'marta', browser })
    const back = await browser.submit(end, { decision: 'deny' })
    await expectTold(server, back, 'access_denied', { reason: 'picker-cancelled' })
    const { steps } = await flightOf(server, back)
    expect(steps.at(-1)?.event).toBe('context')
  })

  test('CTX-10 what was not on the list cannot be chosen by a forged form', async () => {
    for (const patient of [
      'carl',
      'nobody',
      'ana/_history/1',
      '../Patient/ana',
      'Patient/ana',
      'ana?x',
      '%61na',
    ]) {
      const { end } = await authorize(server, app, { scope, username: 'marta', patient })
      await expectTold(server, end, 'access_denied', { reason: 'context-not-visible' })
    }
    for (const patient of ['', 'x'.repeat(201)]) {
      const { end } = await authorize(server, app, { scope, username: 'marta', patient })
      expect([end.status, end.location]).toEqual([400, undefined])
    }
  })

  test('CTX-10 a record that is not there is nobody’s', async () => {
    await addUser(server.house, { username: 'ghost', fhir_user: 'Patient/ghost' })
    const { end } = await authorize(server, app, { scope, username: 'ghost' })
    await expectTold(server, end, 'access_denied', { reason: 'context-not-visible' })
  })

  test('CTX-06, CTX-07 the app is told to show whose record it is, and how the server looks', async () => {
    const { token } = await launch(server, app, { scope, username: 'ana' })
    expect(token.body).toMatchObject({ need_patient_banner: true, smart_style_url: expect.any(String) })
    const style = await fetch(String(token.body.smart_style_url))
    expect([style.status, typeof (await style.json())]).toEqual([200, 'object'])
  })
})

describe('the visit', () => {
  const asked = `${scope} launch/encounter`
  const visit = async (encounter: string) =>
    await authorize(server, app, { scope: asked, username: 'marta', patient: 'ana', encounter })

  test('STAND-03 is chosen after the patient, and is this patient’s', async () => {
    const { pages, token } = await launch(server, app, {
      scope: asked,
      username: 'marta',
      patient: 'ana',
      encounter: 'visit-of-ana',
    })
    expect(pages).toEqual(['sign-in', 'patient', 'encounter', 'consent'])
    expect(token.body).toMatchObject({ patient: 'ana', encounter: 'visit-of-ana', scope: asked })
    for (const encounter of [
      'visit-of-ben',
      'nothing',
      'Encounter/visit-of-ana',
      'visit-of-ana/_history/1',
    ]) {
      const { end } = await visit(encounter)
      await expectTold(server, end, 'access_denied', { reason: 'context-not-visible' })
    }
  })

  test('STAND-03, STAND-05 without one, the scope is not granted', async () => {
    const { end, pages } = await visit('')
    expect(pages.at(-1)).toBe('consent')
    const { steps } = await flightOf(server, end)
    const consent = steps.find(({ event }) => event === 'consent')
    expect(consent?.detail.granted).toBe(scope)
    expect(consent?.detail.notGranted).toMatchObject([{ scope: 'launch/encounter', reason: 'no-context' }])
  })
})

describe('another thing of the record', () => {
  const role = 'https://example.org/roles/to-report'
  const choose = async (asked: string, context: string) =>
    await authorize(server, app, { scope: `${scope} ${asked}`, username: 'ana', context })

  test('STAND-03, SCOPE-14, CTX-03, CTX-04 comes in fhirContext, with the role that was asked for', async () => {
    const { pages, token } = await launch(server, app, {
      scope: `${scope} launch/imagingstudy?role=${role}`,
      username: 'ana',
      context: 'ImagingStudy/scan-of-ana',
    })
    expect(pages).toEqual(['sign-in', 'context', 'consent'])
    expect(token.body.fhirContext).toEqual([{ reference: 'ImagingStudy/scan-of-ana', role }])
    const plain = await launch(server, app, {
      scope: `${scope} launch/imagingstudy`,
      username: 'ana',
      context: 'ImagingStudy/scan-of-ana',
    })
    expect(plain.token.body.fhirContext).toEqual([{ reference: 'ImagingStudy/scan-of-ana' }])
  })

  test('CTX-05, CTX-10 of the type that was asked for, and of this patient', async () => {
    for (const context of [
      'ImagingStudy/scan-of-ben',
      'ImagingStudy/nothing',
      'Observation/lab-of-ana',
      'Patient/ana',
      'Encounter/visit-of-ana',
      'scan-of-ana',
      `${server.fhir}/ImagingStudy/scan-of-ana`,
    ]) {
      const { end } = await choose('launch/imagingstudy', context)
      await expectTold(server, end, 'access_denied', { reason: 'context-not-visible' })
    }
  })

  test('STAND-05 "none of them" leaves the scope out, and the app nothing if it wanted nothing else', async () => {
    const { token } = await launch(server, app, {
      scope: `${scope} launch/imagingstudy`,
      username: 'ana',
      context: '',
    })
    expect(token.body.scope).toBe(scope)
    expect(token.body).not.toHaveProperty('fhirContext')
    const alone = await authorize(server, app, { scope: 'launch/imagingstudy', username: 'ana', context: '' })
    await expectTold(server, alone.end, 'access_denied', { reason: 'picker-cancelled' })
  })
})

test('who is asked sees the app, its address, and no word of the protocol', async () => {
  const { end } = await authorize(server, app, { scope, username: 'marta' })
  expect(textOf(end.html)).toContain('A public app')
  expect(textOf(end.html)).not.toMatch(/launch\/patient|scope|OAuth/)
})
