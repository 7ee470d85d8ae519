import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR } from '../../src/lib/time.ts'
import { type Fault, faults, onPurpose } from '../../src/smart/fault.ts'
import { type Browser, createBrowser, textOf } from '../support/browser-client.ts'
import { authorize, exchange, putRecords } from '../support/launch.ts'
import { auditRows, registerPublicApp } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { tampered } from '../support/tampered.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'

let server: TestServer
let app: { id: string }
let iris: Browser
let otto: Browser
let csrf: string
let samir: string
beforeAll(async () => {
  server = await startServer({ engine })
  app = await registerPublicApp(server, {
    client_name: 'Growth Chart',
    launch_uris: ['https://app.example.org/launch'],
    scope: 'launch openid fhirUser patient/Patient.rs',
    skip_consent: true,
  })
  const { house } = server
  const all = { patients: 'all', fhir_user: 'Practitioner/iris' }
  const both = { display_name: 'Iris Okafor', roles: ['admin', 'clinician'], ...all }
  await addUser(house, { username: 'iris', ...both })
  await addUser(house, { username: 'alma', display_name: 'Alma', roles: ['admin'] })
  await addUser(house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  const doctor = {
    username: 'samir',
    display_name: 'Dr Samir Haddad',
    roles: ['clinician'],
    patients: 'all',
    fhir_user: 'Practitioner/samir',
  }
  samir = (await addUser(house, doctor)).id
  await putRecords(server, [
    { resourceType: 'Practitioner', id: 'samir' },
    { resourceType: 'Patient', id: 'p-ana', name: [{ family: 'Lindqvist', given: ['Ana'] }] },
    {
      resourceType: 'Encounter',
      id: 'e-ana',
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: 'Patient/p-ana' },
    },
  ])
  iris = await signedInAs(server, 'iris')
  otto = await signedInAs(server, 'otto')
  csrf = await csrfOf(iris)
})
afterAll(() => server.close())

async function call(browser: Browser, method: string, path: string, body?: object) {
  const token = browser === iris ? csrf : await csrfOf(browser)
  const { status, html } = await browser.ask(`/admin/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-csrf-token': token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status, body: JSON.parse(html) as Record<string, unknown> }
}

type Made = { flight: string; launch_url: string }
async function simulated(fault?: Fault): Promise<Made & { launch: string }> {
  // So that each begins later than the one before.
  server.clock.advance(1000)
  const asked = { client_id: app.id, user: 'samir', patient: 'p-ana', ...(fault && { fault }) }
  const { status, body } = await call(iris, 'POST', '/simulator/launches', asked)
  expect([status, body.title]).toEqual([201, undefined])
  const made = body as Made
  return { ...made, launch: new URL(made.launch_url).searchParams.get('launch') ?? '' }
}
const scope = 'launch openid fhirUser patient/Patient.rs'
const open = (launch: string) =>
  authorize(server, app, { scope, username: 'samir', request: { launch, nonce: 'n' } })
const recordOf = async (id: string) =>
  (await call(iris, 'GET', `/flights/${id}`)).body as {
    outcome: string
    reason?: string
    simulated?: string
    mistakes: { mistake: string }[]
    timeline: {
      event: string
      reason?: string
      detail: { requestId?: string; issued?: { access_token?: object } }
    }[]
  }
const patient = (token: unknown) =>
  fetch(`${server.fhir}/Patient/p-ana`, { headers: { authorization: `Bearer ${token}` } })
const read = async (token: unknown): Promise<number> => (await patient(token)).status

describe('a launch of the simulator', () => {
  test('EHRL-01, EHRL-08 is chosen step by step, made on a page, and fills its record up to the claims of its token', async () => {
    const chosen = new URLSearchParams({ app: app.id, user: 'samir', q: 'lindqvist', patient: 'p-ana' })
    const page = await iris.open(`/admin/simulator?${chosen}`)
    expect(page.html).toContain('<option value="p-ana" selected>Ana Lindqvist, p-ana</option>')
    expect(page.html).toContain('<option value="e-ana">')
    const asked = { ...Object.fromEntries(chosen), from: 'chart', encounter: 'e-ana', intent: 'review' }
    const looked = await iris.submit(page, { ...asked, do: 'find' })
    expect(looked.html).toContain('<option value="e-ana" selected>')
    expect(looked.html).not.toContain('data-live')
    const made = await iris.submit(looked, { ...asked, do: 'launch' })
    const text = textOf(made.html)
    expect(text).toContain('Sign in as samir')
    // First the way that ends nobody's session, and beside the other what it ends.
    expect(text).toMatch(
      /Open it in a private window .*Copy.* ends your session\. Open Growth Chart in this browser/,
    )
    const own = await iris.submit(looked, { ...asked, user: 'iris', do: 'launch' })
    expect(textOf(own.html)).toMatch(/open it here\. Open Growth Chart .*Address/)
    expect(textOf(own.html)).not.toMatch(/private window|ends your session/)
    const [address = ''] = /https:\/\/app\.example\.org\/launch\?iss=\S+/.exec(text) ?? []
    const launch = new URL(address).searchParams.get('launch') ?? ''
    const [, id = ''] = /data-live="[^"]*flight=(\w{10})"/.exec(made.html) ?? []
    const authorized = await open(launch)
    const { body } = await exchange(server, app, authorized)
    expect(body).toMatchObject({
      patient: 'p-ana',
      encounter: 'e-ana',
      intent: 'review',
      need_patient_banner: false,
    })
    expect(await read(body.access_token)).toBe(200)
    const { timeline, simulated: how, outcome } = await recordOf(id)
    expect([how, outcome]).toEqual(['plain', 'done'])
    expect(timeline.map(({ event }) => event)).toEqual([
      'launch',
      'discovery',
      'request',
      'authorize',
      'sign-in',
      'consent',
      'code',
      'token',
      'fhir',
    ])
    const issued = timeline.find(({ event }) => event === 'token')?.detail.issued
    expect(issued).toMatchObject({
      access_token: { sub: samir, patient: 'p-ana', client_id: app.id, scope },
      id_token: { sub: samir, nonce: 'n' },
    })
    const watched = await iris.ask(`/admin/flights/${id}?watch=1`)
    expect(watched.headers.get('refresh')).toBe('3')
    expect(textOf(watched.html)).toContain('The access token, claim by claim')
    for (const secret of [launch, body.access_token, body.id_token, authorized.answer.code])
      expect(watched.html + JSON.stringify(timeline)).not.toContain(String(secret))
  })

  test('ENF-26 who looks after the server sees no patients by it: only those whom they may see themselves', async () => {
    const chosen = new URLSearchParams({ app: app.id, user: 'samir', q: 'lindqvist', patient: 'p-ana' })
    const alma = await signedInAs(server, 'alma')
    for (const browser of [otto, alma]) {
      const { html } = await browser.open(`/admin/simulator?${chosen}`)
      expect(html.includes('Dr Samir Haddad')).toBe(browser === alma)
      for (const told of ['Lindqvist', 'e-ana']) expect(html).not.toContain(told)
    }
    // By the id, a launch can be made nevertheless.
    const made = await alma.submit(await alma.open(`/admin/simulator?${chosen}`), {
      ...Object.fromEntries(chosen),
      do: 'launch',
    })
    expect(textOf(made.html)).toContain('Sign in as samir')
  })

  test('what cannot be launched is said on the page, and nothing is made', async () => {
    const chosen = new URLSearchParams({ app: app.id, user: 'samir', patient: 'nobody' })
    const page = await iris.open(`/admin/simulator?${chosen}`)
    const launch = { ...Object.fromEntries(chosen), do: 'launch' }
    expect(textOf((await iris.submit(page, launch)).html)).toContain('cannot see Patient/nobody')
    expect(textOf((await iris.submit(page, { ...launch, context: '{' })).html)).toContain('Write a JSON list')
    expect(textOf((await iris.open('/admin/simulator?app=x&user=y')).html)).toContain(
      'Choose a user who is there',
    )
  })

  test('a record of another launch tells nothing of tokens', async () => {
    server.clock.advance(1000)
    const { house } = server
    const { launch } = await house.handles.create({
      clientId: app.id,
      userId: samir,
      context: { patient: 'p-ana' },
      by: 'command',
    })
    const { request, answer } = await open(launch)
    expect((await exchange(server, app, { request, answer })).status).toBe(200)
    await house.flights.flush()
    const [flight] = await house.flights.list({ client: app.id, most: 1 })
    expect(flight?.simulated).toBeUndefined()
    expect(JSON.stringify(await recordOf(flight?.id ?? ''))).not.toContain('p-ana')
  })
})

describe('an error on purpose', () => {
  test.each(faults)('%s concerns its own launch and no other of the same app and user', async (fault) => {
    const [broken, whole] = [await simulated(fault), await simulated()]
    const [first, second] = [await open(broken.launch), await open(whole.launch)]
    const good = await exchange(server, app, second)
    expect([good.status, await read(good.body.access_token)]).toEqual([200, 200])
    if (fault.startsWith('authorize-')) {
      expect(first.answer.error).toBe(fault.slice('authorize-'.length).replace('-', '_'))
      expect(first.answer.error_description).toBe(onPurpose)
    } else {
      const token = await exchange(server, app, first)
      if (fault.startsWith('token-')) expect(token.body.error_description).toBe(onPurpose)
      const said = { 'token-unavailable': 503, 'token-code-expired': 400, 'token-verifier-wrong': 400 }
      expect(token.status).toBe((said as Record<string, number>)[fault] ?? 200)
      const status = { 'fhir-unauthorized': 401, 'fhir-forbidden': 403, 'fhir-broken': 500 }[fault as string]
      // The second time by the short way (read-lane.ts).
      if (status !== undefined) {
        const { access_token: bearer } = token.body
        expect([await read(bearer), await read(bearer)]).toEqual([status, status])
        expect(await (await patient(bearer)).text()).toContain(onPurpose)
      }
    }
    const record = await recordOf(broken.flight)
    expect(record.simulated).toBe(fault)
    expect(record.timeline.map(({ reason }) => reason)).toContain(`simulated-${fault}`)
    expect(record.mistakes[0]?.mistake).toMatch(/^Simulated error: /)
    expect((await recordOf(whole.flight)).mistakes).toEqual([])
  })

  test('EHRL-03 the launch of one app is not continued by another, which is told on its record alone', async () => {
    const { launch, flight } = await simulated('authorize-server-error')
    const other = await registerPublicApp(server, { scope })
    const { answer } = await authorize(server, other, { scope, username: 'samir', request: { launch } })
    const unknown = await authorize(server, other, { scope, username: 'samir', request: { launch: 'x' } })
    // The other app hears what it hears of a launch that never was.
    expect(answer).toMatchObject({
      error: 'invalid_request',
      error_description: unknown.answer.error_description,
    })
    const { timeline, mistakes, outcome } = await recordOf(flight)
    expect(outcome).toBe('open')
    expect(timeline.slice(1)).toMatchObject([
      { event: 'authorize', reason: 'launch-other-client', detail: { asker: other.id } },
    ])
    expect(mistakes[0]?.mistake).toContain(`its client_id is ${other.id}`)
    const page = `/admin/simulator?${new URLSearchParams({ app: app.id, flight })}`
    expect(textOf((await iris.open(page)).html)).toContain(
      'Probably the launch address belongs to another app',
    )
    // What is saved for the maker of the one app does not name the other.
    const saved = await call(iris, 'GET', `/flights/${flight}/trace`)
    expect([saved.status, JSON.stringify(saved.body).includes(other.id)]).toEqual([200, false])
    expect(JSON.stringify(saved.body)).toContain('made for another app')
    // Nor does the page of the developer whose app it is.
    const { id: owner_user } = await addUser(server.house, { username: 'olle', roles: ['developer'] })
    const owned = server.house.db.kysely.updateTable('client').where('client_id', '=', app.id)
    await owned.set({ owner_user }).execute()
    const own = (await (await signedInAs(server, 'olle')).open(`/developer/apps/${app.id}`)).html
    await owned.set({ owner_user: null }).execute()
    expect([own.includes('made for another app'), own.includes(other.id)]).toEqual([true, false])
    // It was not used up by that.
    expect((await open(launch)).answer.error).toBe('server_error')
    const [others] = await server.house.flights.list({ client: other.id, most: 1 })
    expect(JSON.stringify(await recordOf(others?.id ?? ''))).not.toContain(app.id)
  })
})

describe('who may', () => {
  test('an auditor sees the records and launches and shares nothing', async () => {
    const { flight } = await simulated()
    const asked = { client_id: app.id, user: 'samir' }
    expect((await call(otto, 'POST', '/simulator/launches', asked)).status).toBe(403)
    expect((await call(otto, 'POST', `/flights/${flight}/share`, {})).status).toBe(403)
    expect((await call(otto, 'GET', `/flights/${flight}`)).status).toBe(200)
    const chosen = new URLSearchParams({ app: app.id, user: 'samir' })
    for (const path of [`/admin/simulator?${chosen}`, `/admin/flights/${flight}`, '/admin/flights']) {
      const { status, html } = await otto.open(path)
      expect([path, status, /method="post"/.test(html)]).toEqual([path, 200, false])
    }
  })

  test('an ordinary user comes into neither, and without the header nobody launches', async () => {
    const someone = await signedInAs(server, 'samir')
    expect((await someone.open('/admin/flights')).status).toBe(403)
    expect((await someone.open('/admin/simulator')).status).toBe(403)
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect((await iris.ask('/admin/api/simulator/launches', post)).status).toBe(403)
  })
})

describe('a link for the maker of the app', () => {
  test('shows mistake and steps to whoever has it, names nobody, is audited, and expires', async () => {
    const { launch, flight } = await simulated('fhir-forbidden')
    const token = await exchange(server, app, await open(launch))
    expect(await read(token.body.access_token)).toBe(403)
    const page = await iris.open(`/admin/flights/${flight}`)
    const made = await iris.submit(page, {})
    const [address = ''] = /http\S+\/shared\/flight\/[\w.-]+/.exec(textOf(made.html)) ?? []
    expect(await auditRows(server)).toContainEqual(
      expect.objectContaining({ event: 'flight.share', client_id: app.id }),
    )
    const shown = await createBrowser(server).ask(address)
    const text = textOf(shown.html)
    expect([shown.status, shown.headers.get('x-robots-tag')]).toEqual([200, 'noindex'])
    expect(text).toContain('Growth Chart')
    expect(text).toContain('Simulated error: the FHIR server answered 403')
    for (const secret of ['samir', 'Samir', samir, 'p-ana', 'claim by claim', 'Iris'])
      expect([secret, shown.html.includes(secret)]).toEqual([secret, false])
    const { timeline } = await recordOf(flight)
    expect(JSON.stringify(timeline)).toContain('requestId')
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    expect((await createBrowser(server).ask(tampered(address))).status).toBe(404)
    expect((await createBrowser(server).ask(`${server.url}/shared/flight/${flight}`)).status).toBe(404)
    server.clock.advance(24 * HOUR)
    expect((await createBrowser(server).ask(address)).status).toBe(410)
    iris = await signedInAs(server, 'iris')
    csrf = await csrfOf(iris)
  })
})

describe('the search', () => {
  test('finds by reference as it is typed, by request, by app, by user and by outcome, a page at a time', async () => {
    const { flight } = await simulated()
    const ids = async (query: string) =>
      ((await call(iris, 'GET', `/flights?${query}`)).body.items as { id: string }[]).map(({ id }) => id)
    expect(await ids(`reference=${flight.slice(0, 5).toLowerCase()}-${flight.slice(5)}`)).toEqual([flight])
    const { timeline } = await recordOf(flight)
    expect(await ids(`reference=${timeline[0]?.detail.requestId}`)).toEqual([flight])
    expect(await ids('reference=%25')).toEqual([])
    const all = await ids('app=growth&limit=200')
    expect(all[0]).toBe(flight)
    expect(await ids('user=samir&limit=200')).toContain(flight)
    expect(await ids('user=nobody')).toEqual([])
    expect(await ids('app=growth&outcome=refused&limit=200')).not.toContain(flight)
    const paged: string[] = []
    let query = 'app=growth&limit=7'
    for (let page = 0; page < 20 && query !== ''; page++) {
      const { body } = await call(iris, 'GET', `/flights?${query}`)
      paged.push(...(body.items as { id: string }[]).map(({ id }) => id))
      query = body.next === undefined ? '' : `app=growth&limit=7&after=${body.next}`
    }
    expect(paged).toEqual(all)
    const page = await iris.open('/admin/flights?app=growth&lang=es')
    expect(textOf(page.html)).toContain('¿Por qué se rechazó?')
  })
})
