import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mistakeOf } from '../../../src/launches/flight-mistakes.ts'
import { createBrowser } from '../../support/browser-client.ts'
import { authorize, ehrHandle, flightOf, goOn, type LaunchedApp, launch } from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { password } from '../../support/users.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let people: Awaited<ReturnType<typeof fillWard>>
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  people = await fillWard(server)
})
beforeEach(async () => {
  app = await registerPublicApp(server, { scope: 'patient/*.rs' })
})
afterAll(() => server.close())

const scope = 'launch/patient patient/Patient.rs patient/Encounter.rs'

describe('the flight record', () => {
  test('tells the whole way in the order it went, with the user, the grant and what was granted', async () => {
    const { end, token } = await launch(server, app, {
      scope: `${scope} nonsense system/Patient.rs`,
      username: 'marta',
      patient: 'ben',
      untick: ['patient/Encounter.rs'],
    })
    expect(token.status).toBe(200)
    const { flight, steps } = await flightOf(server, end)
    expect(flight).toMatchObject({ clientId: app.id, userId: people.marta.id, outcome: 'done' })
    const grant = await server.house.grants.find(flight.grantId ?? '')
    expect(grant).toMatchObject({ flightId: flight.id, scope: 'launch/patient patient/Patient.rs' })
    expect(steps.map(({ event, outcome }) => [event, outcome]).slice(0, 6)).toEqual([
      ['request', 'ok'],
      ['authorize', 'ok'],
      ['sign-in', 'ok'],
      ['context', 'ok'],
      ['consent', 'ok'],
      ['code', 'ok'],
    ])
    expect(steps[1]?.detail.notGranted?.map(({ scope, reason }) => [scope, reason])).toEqual([
      ['nonsense', 'unknown'],
      ['system/Patient.rs', 'not-for-apps'],
    ])
    expect(steps[4]?.detail).toMatchObject({
      granted: 'launch/patient patient/Patient.rs',
      notGranted: [{ scope: 'patient/Encounter.rs', reason: 'unticked' }],
    })
  })

  test('holds nothing that somebody could use, and no word about the patient', async () => {
    const handle = await ehrHandle(server, app, people.doctor, { patient: 'carl' })
    const { end, request, answer } = await authorize(server, app, {
      scope: 'launch patient/Patient.rs',
      username: 'dr.okafor',
      request: { launch: handle, login_hint: 'somebody', state: 'a secret state' },
    })
    const { steps } = await flightOf(server, end)
    const text = JSON.stringify(steps)
    const secrets = [handle, answer.code, request.verifier, 'somebody', 'a secret state', password, 'carl']
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(text).toContain('https://app.example.org/callback')
  })

  test('counts each try to sign in that failed, as often as it was tried', async () => {
    const browser = createBrowser(server)
    const { end, request } = await authorize(server, app, { scope, browser, stopAt: 'sign-in' })
    let page = end
    for (const wrong of ['wrong', '', 'x'.repeat(5000)]) {
      page = await browser.submit(page, { username: 'ana', password: wrong })
      expect([page.status, page.html.includes('name="password"')]).toEqual([400, true])
    }
    const way = await goOn(browser, request, page, { username: 'ana' })
    const { steps } = await flightOf(server, way.end)
    expect(steps.filter(({ event }) => event === 'sign-in').map(({ reason }) => reason)).toEqual([
      'sign-in-failed',
      'sign-in-failed',
      'sign-in-failed',
      undefined,
    ])
  })

  test('is of launches: signing in to the account pages leaves none', async () => {
    const count = async () => {
      await server.house.flights.flush()
      return (await server.house.flights.list({ most: 1000 })).length
    }
    const before = await count()
    const browser = createBrowser(server)
    const page = await browser.open('/account')
    expect(page.html).toContain('name="password"')
    await browser.submit(page, { username: 'ana', password })
    expect(await count()).toBe(before)
  })

  test('has words for every reason for which the way to a code can end', () => {
    const reasons = [
      'client-unknown',
      'redirect-missing',
      'redirect-mismatch',
      'unsupported-response-type',
      'unsupported-response-mode',
      'parameter-repeated',
      'state-missing',
      'aud-missing',
      'aud-mismatch',
      'pkce-missing',
      'pkce-method-missing',
      'pkce-plain',
      'pkce-malformed',
      'nonce-without-openid',
      'prompt-unknown',
      'id-token-hint',
      'max-age',
      'request-not-supported',
      'request-uri-not-supported',
      'registration-not-supported',
      'scope-none-left',
      'scope-too-many',
      'launch-scope-missing',
      'launch-missing',
      'launch-unknown',
      'launch-expired',
      'launch-used',
      'launch-other-client',
      'launch-other-user',
      'login-required',
      'interaction-required',
      'consent-required',
      'sign-in-failed',
      'sign-in-expired',
      'sign-in-cancelled',
      'no-patient',
      'picker-cancelled',
      'context-not-visible',
      'consent-denied',
      'nothing-allowed',
      'user-ended',
      'unexpected',
    ]
    expect(reasons.filter((reason) => mistakeOf(reason) === undefined)).toEqual([])
  })
})
