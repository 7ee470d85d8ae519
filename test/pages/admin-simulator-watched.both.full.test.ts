import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/lib/time.ts'
import type { Fault } from '../../src/smart/fault.ts'
import { sweepOnce } from '../../src/store/sweep.ts'
import { type Browser, createBrowser, textOf } from '../support/browser-client.ts'
import { authorize, exchange, putRecords } from '../support/launch.ts'
import { auditRows, registerPublicApp } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'

const scope = 'launch/patient openid fhirUser patient/Patient.rs patient/Observation.rs'
let server: TestServer
let app: { id: string }
let other: { id: string }
let iris: Browser
let csrf: string
beforeAll(async () => {
  server = await startServer({ engine })
  const about = {
    launch_uris: ['https://app.example.org/launch'],
    scope: `launch ${scope}`,
    skip_consent: true,
  }
  app = await registerPublicApp(server, { client_name: 'Growth Chart', ...about })
  other = await registerPublicApp(server, { client_name: 'Other', ...about })
  const clinician = { roles: ['admin', 'clinician'], patients: 'all' as const }
  await addUser(server.house, { username: 'iris', fhir_user: 'Practitioner/iris', ...clinician })
  await addUser(server.house, { username: 'alma', ...clinician })
  await addUser(server.house, { username: 'otto', roles: ['auditor'] })
  await addUser(server.house, { username: 'samir', roles: ['clinician'], patients: 'all' })
  await putRecords(server, [
    { resourceType: 'Practitioner', id: 'iris' },
    { resourceType: 'Patient', id: 'p-ana', name: [{ family: 'Lindqvist', given: ['Ana'] }] },
  ])
  await signInIris()
})
afterAll(() => server.close())

async function signInIris(): Promise<void> {
  iris = await signedInAs(server, 'iris')
  csrf = await csrfOf(iris)
}

async function call(browser: Browser, method: string, path: string, body?: object) {
  const token = browser === iris ? csrf : await csrfOf(browser)
  const { status, html } = await browser.ask(`/admin/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-csrf-token': token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status, body: JSON.parse(html) }
}
type Step = {
  event: string
  step: number
  reason?: string
  detail: Record<string, unknown> & { issued?: { access_token?: Record<string, unknown> } }
  messages?: { line: string; request: object; response: { body?: string; whole?: number } }
}
const recordOf = async (id: string, browser = iris) =>
  (await call(browser, 'GET', `/flights/${id}`)).body as {
    outcome: string
    simulated?: string
    timeline: Step[]
    shared: string[]
    mistakes: { mistake: string }[]
  }
const fhir = (token: unknown, path: string, init: RequestInit = {}) =>
  fetch(`${server.fhir}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  })

/** A launch from the chart, up to its token. */
async function launched(username: string, patient = 'p-ana') {
  const asked = { client_id: app.id, user: username, patient }
  const { flight, launch_url } = (await call(iris, 'POST', '/simulator/launches', asked)).body
  const launch = new URL(launch_url).searchParams.get('launch') ?? ''
  const ehrScope = scope.replace('launch/patient', 'launch')
  const authorized = await authorize(server, app, { scope: ehrScope, username, request: { launch } })
  const { body } = await exchange(server, app, authorized)
  return { flight: flight as string, token: String(body.access_token), launch }
}

describe('what the app and the FHIR server said to each other', () => {
  test('is kept of a launch for oneself: sealed, cut, without credentials, for oneself alone, for an hour', async () => {
    const { flight, token } = await launched('iris')
    expect((await fhir(token, '/Patient/p-ana', { headers: { prefer: 'x' } })).status).toBe(200)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    await fhir(token, '/Patient/_search', { method: 'POST', headers: form, body: 'family=Lindqvist' })
    expect((await fhir(token, '/Condition?patient=p-ana')).status).toBe(403)
    const long = `family=${'x'.repeat(5000)}`
    await fhir(token, '/Patient/_search', { method: 'POST', headers: form, body: long })
    const { timeline } = await recordOf(flight)
    const calls = timeline.filter(({ event }) => event === 'fhir')
    expect(calls.map(({ messages }) => messages?.line)).toEqual([
      'GET /fhir/Patient/p-ana',
      'POST /fhir/Patient/_search',
      'GET /fhir/Condition?patient=p-ana',
      'POST /fhir/Patient/_search',
    ])
    const [read, search, refused, lengthy] = calls.map(({ messages }) => messages)
    expect(read?.request).toEqual({
      headers: [
        ['authorization', `Bearer (${token.length} characters)`],
        ['accept', '*/*'],
        ['prefer', 'x'],
      ],
    })
    expect(JSON.parse(read?.response.body ?? '')).toMatchObject({ id: 'p-ana' })
    expect(search?.request).toMatchObject({ body: 'family=Lindqvist' })
    expect(refused?.response.body).toContain('OperationOutcome')
    expect(lengthy?.request).toMatchObject({ body: long.slice(0, 4000), whole: long.length })
    expect(calls[0]?.detail.took).toBeGreaterThan(0)
    const page = textOf((await iris.open(`/admin/simulator?flight=${flight}`)).html)
    expect(page).toContain('GET /fhir/Patient/p-ana')
    expect(page).toContain('Show request and response')
    expect(page).toContain('The app is approved at this server')
    // What the server said stands beside the mistake behind it.
    const { diagnostics } = JSON.parse(refused?.response.body ?? '').issue[0]
    expect(page).toContain(`for which it holds no scope. ${diagnostics}`)
    expect(JSON.stringify(timeline) + page).not.toContain(token)

    const { kysely } = server.house.db
    const sealed = await kysely.selectFrom('flight_exchange').selectAll().execute()
    expect(sealed).toHaveLength(4)
    expect(JSON.stringify(sealed)).not.toMatch(/Lindqvist|Condition/)
    for (const name of ['alma', 'otto']) {
      const browser = await signedInAs(server, name)
      const seen = await recordOf(flight, browser)
      expect([name, seen.timeline.filter(({ messages }) => messages)]).toEqual([name, []])
      const { html } = await browser.open(`/admin/flights/${flight}`)
      expect(html).not.toMatch(/Lindqvist|fhir\/Patient\/p-ana/)
    }
    server.clock.advance(HOUR + MINUTE)
    await signInIris()
    expect((await recordOf(flight)).timeline.filter(({ messages }) => messages)).toEqual([])
    await sweepOnce(kysely, server.clock.now)
    expect(await kysely.selectFrom('flight_exchange').selectAll().execute()).toEqual([])
  })

  test('is kept of no launch of somebody else, nor of one that nobody simulated', async () => {
    const { flight, token } = await launched('samir')
    expect((await fhir(token, '/Patient/p-ana')).status).toBe(200)
    const { timeline } = await recordOf(flight)
    const [step] = timeline.filter(({ event }) => event === 'fhir')
    expect(step?.detail).toMatchObject({ interaction: 'read', type: 'Patient', status: 200 })
    expect(JSON.stringify(step)).not.toContain('p-ana')
    const plain = await authorize(server, app, { scope, username: 'iris', patient: 'p-ana' })
    const real = await exchange(server, app, plain)
    expect((await fhir(real.body.access_token, '/Patient/p-ana')).status).toBe(200)
    await server.house.flights.flush()
    expect(await server.house.db.kysely.selectFrom('flight_exchange').selectAll().execute()).toEqual([])
  })

  test('an auditor sees which claims there are, and of the user and the record nothing', async () => {
    const { flight } = await launched('samir')
    const otto = await signedInAs(server, 'otto')
    const claimsOf = async (browser: Browser) => {
      const { timeline } = await recordOf(flight, browser)
      return timeline.find(({ event }) => event === 'token')?.detail.issued?.access_token ?? {}
    }
    const [shown, whole] = [await claimsOf(otto), await claimsOf(iris)]
    expect(Object.keys(shown)).toEqual(Object.keys(whole))
    expect(whole).toMatchObject({ patient: 'p-ana', client_id: app.id, simulated: 'plain' })
    const hidden = '(not shown to auditors)'
    expect(shown).toMatchObject({ patient: hidden, sub: hidden, client_id: app.id, scope: whole.scope })
  })
})

describe('discovery', () => {
  test('is told by address and time; what another site reads is not taken for it, and nothing is made up', async () => {
    const read = (path: string, origin?: string) =>
      fetch(`${server.fhir}${path}`, origin === undefined ? {} : { headers: { origin } })
    const stepsOf = async (before: () => Promise<unknown>) => {
      server.clock.advance(1000)
      const asked = { client_id: app.id, user: 'samir', patient: 'p-ana' }
      const { flight, launch_url } = (await call(iris, 'POST', '/simulator/launches', asked)).body
      await before()
      server.clock.advance(40)
      const launch = new URL(launch_url).searchParams.get('launch') ?? ''
      await authorize(server, app, { scope: 'launch patient/Patient.rs', request: { launch } })
      const { timeline } = await recordOf(flight)
      return timeline.filter(({ event }) => event === 'discovery').map(({ detail }) => detail)
    }
    // Before the launch: not its own.
    await read('/.well-known/smart-configuration')
    const answered = expect.objectContaining({ token_endpoint: `${server.url}/oauth2/token` })
    expect(await stepsOf(async () => undefined)).toEqual([{ answered }])
    const foreign = () => read('/.well-known/smart-configuration', 'https://elsewhere.example')
    expect(await stepsOf(foreign)).toEqual([{ answered }])
    const own = async () => {
      await read('/metadata', 'https://app.example.org')
      await read('/.well-known/smart-configuration')
    }
    expect(await stepsOf(own)).toEqual([
      { asked: 'metadata', origin: 'https://app.example.org', before: 40, status: 200 },
      { asked: 'smart-configuration', before: 40, status: 200, answered },
    ])
  })
})

describe('a launch that the app begins by itself', () => {
  type Start = { flight: string; ready_url: string; expires_in: number }
  async function started(fault?: Fault, user = 'samir'): Promise<Start & { browser: Browser }> {
    server.clock.advance(1000)
    const asked = { client_id: app.id, user, ...(fault && { fault }) }
    const { status, body } = await call(iris, 'POST', '/simulator/starts', asked)
    expect([status, body.detail]).toEqual([201, undefined])
    const browser = createBrowser(server)
    const page = await browser.open((body as Start).ready_url)
    expect(textOf(page.html)).toMatch(/This browser is ready.*Growth Chart.*10 minutes/s)
    return { ...(body as Start), browser }
  }
  const open = (browser: Browser, of = app, username = 'samir') =>
    authorize(server, of, { scope, username, browser, patient: 'p-ana' })

  test('STAND-01 in a browser that was made ready is the simulated one: once, there, and of this app', async () => {
    const { flight, browser } = await started()
    const elsewhere = await open(createBrowser(server))
    const ofOther = await open(browser, other)
    expect((await recordOf(flight)).timeline.map(({ event }) => event)).toEqual(['armed', 'ready'])
    for (const plain of [await exchange(server, app, elsewhere), await exchange(server, other, ofOther)])
      expect(plain.status).toBe(200)
    const token = await exchange(server, app, await open(browser))
    expect([token.status, token.body.patient]).toEqual([200, 'p-ana'])
    expect((await fhir(token.body.access_token, '/Patient/p-ana')).status).toBe(200)
    const { timeline, simulated, outcome } = await recordOf(flight)
    expect([simulated, outcome]).toEqual(['plain', 'done'])
    expect(timeline.map(({ event }) => event)).toEqual([
      'armed',
      'ready',
      'discovery',
      'request',
      'authorize',
      // Samir signed in for the other app.
      'context',
      'consent',
      'code',
      'token',
      'fhir',
    ])
    await exchange(server, app, await open(browser))
    expect((await recordOf(flight)).timeline).toHaveLength(timeline.length)
  })

  test.each(['authorize-access-denied', 'token-verifier-wrong', 'fhir-broken'] as const)(
    '%s happens to it, and not to the next',
    async (fault) => {
      const { flight, browser } = await started(fault)
      const broken = await open(browser)
      if (fault === 'authorize-access-denied') expect(broken.answer.error).toBe('access_denied')
      else {
        const token = await exchange(server, app, broken)
        expect(token.status).toBe(fault === 'token-verifier-wrong' ? 400 : 200)
        if (fault === 'fhir-broken')
          expect((await fhir(token.body.access_token, '/Patient/p-ana')).status).toBe(500)
      }
      expect((await recordOf(flight)).mistakes[0]?.mistake).toMatch(/^Simulated error: /)
      const next = await exchange(server, app, await open(browser))
      expect((await fhir(next.body.access_token, '/Patient/p-ana')).status).toBe(200)
    },
  )

  test('EHRL-08 nobody but its user goes on with it; it ends after ten minutes, and is no launch of a chart', async () => {
    const { flight, browser, ready_url } = await started(undefined, 'samir')
    const wrong = await open(browser, app, 'alma')
    expect([wrong.end.status, wrong.answer]).toEqual([403, {}])
    expect(textOf(wrong.end.html)).toContain('This app was opened for somebody else')
    expect((await recordOf(flight)).timeline.at(-1)?.reason).toBe('launch-other-user')
    const handle = ready_url.split('/').at(-1) ?? ''
    const asLaunch = await authorize(server, app, {
      scope: 'launch patient/Patient.rs',
      username: 'samir',
      request: { launch: handle },
    })
    expect(asLaunch.answer.error).toBe('invalid_request')
    // Nor is the launch of a chart, which nobody has used, one that an app begins by itself.
    const chart = await call(iris, 'POST', '/simulator/launches', { client_id: app.id, user: 'samir' })
    const launch = new URL(chart.body.launch_url).searchParams.get('launch')
    expect(launch).toMatch(/^[\w-]{43}$/)
    expect((await createBrowser(server).open(`/simulated/${launch}`)).status).toBe(410)
    const late = await started()
    expect((await createBrowser(server).open(late.ready_url)).status).toBe(200)
    server.clock.advance(10 * MINUTE)
    expect((await createBrowser(server).open(late.ready_url)).status).toBe(410)
    await signInIris()
    expect((await exchange(server, app, await open(late.browser))).status).toBe(200)
    expect((await recordOf(late.flight)).timeline.map(({ event }) => event)).toEqual([
      'armed',
      'ready',
      'ready',
    ])
  })

  test('an auditor makes none, and what cannot be launched is told', async () => {
    const otto = await signedInAs(server, 'otto')
    expect((await call(otto, 'POST', '/simulator/starts', { client_id: app.id, user: 'samir' })).status).toBe(
      403,
    )
    for (const asked of [
      { client_id: 'nothing', user: 'samir' },
      { client_id: app.id, user: 'nobody' },
    ])
      expect((await call(iris, 'POST', '/simulator/starts', asked)).status).toBe(400)
    const page = await iris.open('/admin/simulator')
    const made = await iris.submit(page, { from: 'app', app: app.id, user: 'samir', do: 'launch' })
    expect(textOf(made.html)).toMatch(/Make the browser ready.*\/simulated\//s)
    expect(await auditRows(server)).toContainEqual(
      expect.objectContaining({
        event: 'launch.create',
        user_id: (await server.house.users.findByName('iris'))?.id,
        detail: expect.stringMatching(
          `^{"user":"${(await server.house.users.findByName('samir'))?.id}","alone":{"seconds":600}`,
        ),
      }),
    )
  })
})

describe('the mistake', () => {
  test('CORS-02 is told where the browser keeps the answer from the app, and where the app never came for its token', async () => {
    server.clock.advance(1000)
    const authorized = await authorize(server, app, { scope, username: 'samir', patient: 'p-ana' })
    await server.house.flights.flush()
    const [flight] = await server.house.flights.list({ client: app.id, most: 1 })
    const id = flight?.id ?? ''
    const pageOf = async () => textOf((await iris.open(`/admin/flights/${id}`)).html)
    expect(await pageOf()).toContain('has not exchanged it so far')
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: authorized.answer.code ?? '',
      client_id: app.id,
      redirect_uri: authorized.request.redirectUri,
      code_verifier: authorized.request.verifier,
    })
    const origin = 'https://elsewhere.example'
    const token = await fetch(`${server.url}/oauth2/token`, {
      method: 'POST',
      body: form,
      headers: { origin },
    })
    expect([token.status, token.headers.get('access-control-allow-origin')]).toEqual([200, null])
    expect((await recordOf(id)).mistakes[0]?.mistake).toContain(`${origin} is no registered origin`)
    expect(await pageOf()).toContain('the browser does not show it to the page of the app')
    const spanish = await iris.open(`/admin/flights/${id}?lang=es`)
    expect(textOf(spanish.html)).toContain('no es un origen registrado')
    await iris.open('/admin/flights?lang=en')
  })

  test('AUTHZ-03 of what cannot be told to the app, the record says so', async () => {
    server.clock.advance(1000)
    const request = { redirect_uri: 'https://app.example.org/other' }
    await authorize(server, app, { scope, request })
    await server.house.flights.flush()
    const [flight] = await server.house.flights.list({ client: app.id, most: 1 })
    const { timeline } = await recordOf(flight?.id ?? '')
    expect(timeline.at(-1)?.detail).toMatchObject({ status: 400, error: 'invalid_redirect_uri' })
    const page = textOf((await iris.open(`/admin/flights/${flight?.id}`)).html)
    expect(page).toContain('the app is not told')
    expect(page).not.toContain('See Other')
  })
})

describe('what leaves', () => {
  test('what is saved, linked and answered to the link is one record; a link that is taken back shows nothing', async () => {
    const { flight, token } = await launched('iris')
    await fhir(token, '/Patient/p-ana')
    const file = await iris.ask(`/admin/flights/${flight}/trace`)
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="launch-${flight}.json"`)
    const saved = JSON.parse(file.html)
    const { body: made } = await call(iris, 'POST', `/flights/${flight}/share`, {})
    expect(made.record).toEqual(saved)
    expect((await call(iris, 'GET', `/flights/${flight}/trace`)).body).toEqual(saved)
    const stranger = createBrowser(server)
    expect(JSON.parse((await stranger.ask(`${made.url}/trace`)).html)).toEqual(saved)
    for (const secret of ['iris', 'p-ana', 'Lindqvist', 'issued', 'requestId', token])
      expect([secret, JSON.stringify(saved).includes(secret)]).toEqual([secret, false])
    expect((await recordOf(flight)).shared).toEqual([made.expires])
    const page = await iris.open(`/admin/flights/${flight}`)
    expect(textOf(page.html)).toContain('Links that show this record')
    const otto = await signedInAs(server, 'otto')
    expect((await call(otto, 'POST', `/flights/${flight}/unshare`, {})).status).toBe(403)
    expect((await call(iris, 'POST', `/flights/${flight}/unshare`, { reason: 'sent too far' })).body).toEqual(
      {
        taken_back: 1,
      },
    )
    expect((await stranger.ask(made.url)).status).toBe(404)
    expect((await stranger.ask(`${made.url}/trace`)).status).toBe(404)
    expect((await recordOf(flight)).shared).toEqual([])
    expect(await auditRows(server)).toContainEqual(
      expect.objectContaining({ event: 'flight.unshare', detail: expect.stringContaining('sent too far') }),
    )
  })
})
