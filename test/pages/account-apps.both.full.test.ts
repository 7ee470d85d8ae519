import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/lib/time.ts'
import { type Browser, boxesIn, createBrowser, formOf, textOf, tickedIn } from '../support/browser-client.ts'
import { ehrHandle, type Launched, launch } from '../support/launch.ts'
import { type Backend, introspect, post, registerBackend, registerPublicApp } from '../support/oauth.ts'
import { engine, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { category, linksTo, signedIn, startWithRecords } from './account.ts'

const vitals = `patient/Observation.rs?category=${category}|vital-signs`
const labs = `patient/Observation.rs?category=${category}|laboratory`
const data = 'patient/Patient.rs patient/Observation.rs patient/Condition.rs'
const scope = `launch/patient openid fhirUser offline_access ${data}`

let server: TestServer
let service: Backend
beforeAll(async () => {
  server = await startWithRecords(engine)
  service = await registerBackend(server, { introspects_all: true, scope: '__introspect' })
})
afterAll(() => server.close())

/** A person with one app; each test has its own, so that none meets what another left. */
let ana: string
let app: { id: string }
let browser: Browser
let count = 0
beforeEach(async () => {
  ana = `ana-${++count}`
  await addUser(server.house, { username: ana, fhir_user: 'Patient/ana', display_name: 'Ana Lindqvist' })
  app = await registerPublicApp(server, {
    client_name: 'Pulse Diary',
    owner: 'Northwind Health',
    scope: data,
    grant_types: ['authorization_code', 'refresh_token'],
  })
  browser = await signedIn(server, ana)
})

/** In Ana's browser, all ticked. */
const launched = (more: Partial<Parameters<typeof launch>[2]> = {}): Promise<Launched> =>
  launch(server, app, {
    scope,
    browser,
    ticks: ['patient/Observation.rs', vitals, labs, 'patient/Condition.rs', ...conditionParts],
    ...more,
  })
const conditionSystem = 'http://terminology.hl7.org/CodeSystem/condition-category'
const conditionParts = [
  `patient/Condition.rs?category=${conditionSystem}|problem-list-item`,
  `patient/Condition.rs?category=${conditionSystem}|encounter-diagnosis`,
  'patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern',
]

const read = async ({ token }: Launched, path: string): Promise<number> =>
  (await fetch(`${server.fhir}/${path}`, { headers: { authorization: `Bearer ${token.body.access_token}` } }))
    .status
const refresh = ({ token }: Launched) =>
  post(server, '/oauth2/token', {
    grant_type: 'refresh_token',
    refresh_token: String(token.body.refresh_token),
    client_id: app.id,
  })
const introspected = async ({ token }: Launched) =>
  (await introspect(server, service, String(token.body.access_token))).body

/** Where the one app that is listed can be changed. */
async function addressOf(visitor: Browser): Promise<string> {
  const links = linksTo(await visitor.open('/account'), '/account/apps/')
  const [address, withdraw] = links
  expect(links).toHaveLength(2)
  expect(withdraw).toBe(`${address}/withdraw`)
  return String(address)
}

describe('the list', () => {
  test('REVO-03 says what each app may do, for whom, since when, until when', async () => {
    await launched({ ticks: ['patient/Observation.rs', vitals] })
    server.clock.advance(HOUR)
    const text = textOf((await browser.open('/account')).html)
    for (const said of [
      'Pulse Diary Not verified Says that it is by Northwind Health',
      'For Ana Lindqvist, you',
      'Can see Who you are · Your name, birth date and contact details · Vital signs, such as blood pressure',
      'Since 1 March 2026',
      'Until 2 June 2026, also when you are not using it',
      'Last used Today at 12:00 UTC',
    ])
      expect(text).toContain(said)
    expect(text).not.toContain('Conditions')
    server.clock.advance(-HOUR)
  })

  test('an app that was launched again is one app, with all that its launches may do', async () => {
    await launched({ ticks: ['patient/Observation.rs', vitals] })
    server.clock.advance(DAY)
    browser = await signedIn(server, ana)
    await launched({
      request: { prompt: 'consent' },
      ticks: ['patient/Condition.rs', ...conditionParts],
      scope: `launch/patient ${data}`,
    })
    const page = await browser.open('/account')
    expect(linksTo(page, '/account/apps/')).toHaveLength(2)
    const text = textOf(page.html)
    expect(text).toContain('Conditions · Vital signs, such as blood pressure')
    expect(text).toContain('Since 1 March 2026')
    expect(text).toContain('Last used Today at')
    server.clock.advance(-DAY)
  })

  test('each patient is a connection of its own; a user sees only what they allowed', async () => {
    const { id } = await addUser(server.house, { username: `${ana}-doctor`, roles: ['clinician'] })
    const doctor = await signedIn(server, `${ana}-doctor`)
    for (const patient of ['ana', 'ben']) {
      const handle = await ehrHandle(server, app, { id }, { patient })
      await launched({ browser: doctor, scope: `launch ${data}`, request: { launch: handle } })
    }
    const text = textOf((await doctor.open('/account')).html)
    expect(text).toContain('For Ana Lindqvist')
    expect(text).toContain('For Ben Okafor')
    expect(textOf((await browser.open('/account')).html)).toContain('No app may use your record')
  })

  test('no app hides another, however often it is launched', async () => {
    await launched()
    const { grants, db } = server.house
    const user = await server.house.users.findByName(ana)
    const [grant] = await grants.ofUser(user?.id ?? '')
    if (grant === undefined) throw new Error('no grant')
    for (const patient of ['ben', undefined])
      for (let i = 0; i < 25; i++)
        await grants.create({ ...grant, clientId: 'busy-app', context: patient ? { patient } : {} })
    const { kysely } = db
    const now = server.clock.now
    await kysely
      .updateTable('launch_grant')
      .set({ used: now, created: now + 1, expires: now + HOUR })
      .where('client_id', '=', 'busy-app')
      .execute()
    const listed = await grants.ofUser(grant.userId)
    const of = (clientId: string, patient?: string) =>
      listed.filter((one) => one.clientId === clientId && one.context.patient === patient)
    expect([of('busy-app', 'ben').length, of('busy-app').length, of(app.id, 'ana')]).toEqual([
      20,
      20,
      [grant],
    ])
    expect(listed.at(-1)).toEqual(grant)
  })

  test('a patient whom the user may not see any more is not named', async () => {
    await launched()
    await server.house.users.update(
      ana,
      { username: ana, display_name: 'Ana', roles: ['patient'], patients: [] },
      { origin: 'command' },
    )
    const { html } = await browser.open('/account')
    expect(textOf(html)).toContain('Pulse Diary')
    expect(html).not.toContain('Lindqvist')
  })

  test('a launch whose code was never redeemed is not listed', async () => {
    const { grants } = server.house
    await launched()
    const address = await addressOf(browser)
    const grant = await grants.find(address.split('/').at(-1) ?? '')
    if (grant === undefined) throw new Error('no grant')
    await grants.create({ ...grant, clientId: 'another-app' })
    await addressOf(browser)
  })
})

describe('withdrawing', () => {
  test('REVO-03 ends access and refresh at the next request, with every launch of the app', async () => {
    const first = await launched()
    const second = await launched()
    expect(await read(first, 'Observation')).toBe(200)
    const question = await browser.open(`${await addressOf(browser)}/withdraw`)
    expect(textOf(question.html)).toContain('Withdraw Pulse Diary’s access to your record?')
    expect(textOf(question.html)).toContain('ask Northwind Health to delete it')
    expect(await read(second, 'Observation')).toBe(200)

    const list = await browser.submit(question, {})
    expect(list.url).toBe(`${server.url}/account`)
    expect(textOf(list.html)).toContain('Withdrawn. Pulse Diary can no longer use what you had allowed it.')
    expect(textOf(list.html)).toContain('No app may use your record')
    for (const one of [first, second]) {
      expect(await read(one, 'Observation')).toBe(401)
      expect(await introspected(one)).toEqual({ active: false })
      const again = await refresh(one)
      expect([again.status, again.body.error]).toEqual([400, 'invalid_grant'])
    }
    expect(textOf((await browser.open('/account')).html)).not.toContain('Withdrawn')
  })

  test('also a launch whose code was not redeemed yet', async () => {
    await launched()
    const { grants } = server.house
    const grant = await grants.find((await addressOf(browser)).split('/').at(-1) ?? '')
    if (grant === undefined) throw new Error('no grant')
    const pending = await grants.create(grant)
    await browser.submit(await browser.open(`${await addressOf(browser)}/withdraw`), {})
    expect(await grants.find(pending?.id ?? '')).toBeUndefined()
  })

  test('REVO-06 the next launch asks again; another patient’s and another user’s stay', async () => {
    const doctor = `${ana}-doctor`
    const { id } = await addUser(server.house, { username: doctor, roles: ['clinician'] })
    const theirs = await signedIn(server, doctor)
    const [forAna, forBen] = await Promise.all(
      ['ana', 'ben'].map(async (patient) => {
        const handle = await ehrHandle(server, app, { id }, { patient })
        const scope = `launch ${data}`
        return await launched({
          browser: createBrowser(server),
          username: doctor,
          scope,
          request: { launch: handle },
        })
      }),
    )
    const mine = await launched()
    if (forAna === undefined || forBen === undefined) throw new Error('not launched')
    expect((await launched()).pages).toEqual([])

    const page = await theirs.open('/account')
    const ofBen = linksTo(page, '/account/apps/').filter((link) => link.endsWith('withdraw'))
    for (const link of ofBen) {
      const question = await theirs.open(link)
      if (textOf(question.html).includes('Ben')) await theirs.submit(question, {})
    }
    expect(await read(forBen, 'Observation')).toBe(401)
    expect(await read(forAna, 'Observation')).toBe(200)
    expect(await read(mine, 'Observation')).toBe(200)

    await browser.submit(await browser.open(`${await addressOf(browser)}/withdraw`), {})
    expect((await launched()).pages).toEqual(['consent'])
  })

  test('AUD-09 who withdrew what is in the audit', async () => {
    await launched()
    const address = await addressOf(browser)
    await browser.submit(await browser.open(`${address}/withdraw`), {})
    await server.house.audit.flush()
    const row = await server.house.db.kysely
      .selectFrom('audit')
      .selectAll()
      .where('event', '=', 'grant.revoke')
      .where('client_id', '=', app.id)
      .executeTakeFirstOrThrow()
    const user = await server.house.users.findByName(ana)
    expect(row).toMatchObject({ outcome: 'success', reason: 'withdrawn', user_id: user?.id, patient: 'ana' })
    expect(JSON.parse(row.detail ?? '')).toMatchObject({ grant: address.split('/').at(-1) })
  })
})

describe('narrowing', () => {
  test('all that is granted is shown ticked, with how much it is', async () => {
    await launched({ ticks: ['patient/Observation.rs', vitals, 'patient/Condition.rs', ...conditionParts] })
    const page = await browser.open(await addressOf(browser))
    expect(tickedIn(page, 'scope')).toEqual([vitals, 'patient/Condition.rs', ...conditionParts])
    expect(boxesIn(page, 'scope')).toEqual(tickedIn(page, 'scope'))
    expect(textOf(page.html)).toContain('2 readings')
    expect(boxesIn(page, 'offline')).toEqual([])
  })

  test('REVO-06 takes effect at the next request: 403, and introspection and refresh say the same', async () => {
    const run = await launched()
    expect([await read(run, 'Condition'), await read(run, 'Observation/glucose')]).toEqual([200, 200])
    const page = await browser.open(await addressOf(browser))
    const left = tickedIn(page, 'scope').filter((value) => value !== labs && !value.includes('Condition'))
    const list = await browser.submit(
      page,
      left.map((value) => ['scope', value] as const),
    )
    expect(textOf(list.html)).toContain('Saved. Pulse Diary can do only what is ticked, from now on.')

    expect(await read(run, 'Condition')).toBe(403)
    expect([await read(run, 'Observation/glucose'), await read(run, 'Observation/pulse')]).toEqual([404, 200])
    const { scope: now } = await introspected(run)
    expect(String(now).split(' ')).toEqual(
      expect.arrayContaining(['offline_access', 'patient/Patient.rs', vitals]),
    )
    expect(now).not.toContain('Condition')
    expect(now).not.toContain('laboratory')
    expect((await refresh(run)).body.scope).toBe(now)
  })

  test('AUTHZ-14 the next launch gets no more, and asks about nothing that was decided', async () => {
    await launched()
    const page = await browser.open(await addressOf(browser))
    await browser.submit(page, [
      ['scope', 'patient/Condition.rs'],
      ...conditionParts.map((part) => ['scope', part] as const),
    ])
    const next = await launched()
    expect(next.pages).toEqual([])
    expect(next.token.body.scope).toBe(
      'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Condition.rs',
    )
  })

  test('what was refused at launch stays refused', async () => {
    await launched({ ticks: ['patient/Observation.rs', vitals, labs] })
    const page = await browser.open(await addressOf(browser))
    await browser.submit(page, [['scope', vitals]])
    const next = await launched()
    expect(next.pages).toEqual([])
    expect(String(next.token.body.scope)).not.toMatch(/Condition|laboratory/)
  })

  test('every launch of the app is narrowed, each in what it has', async () => {
    const wide = await launched()
    const slim = await launched({ scope: 'launch/patient patient/Observation.rs' })
    const page = await browser.open(await addressOf(browser))
    await browser.submit(
      page,
      tickedIn(page, 'scope')
        .filter((value) => !value.includes('Observation'))
        .map((value) => ['scope', value] as const),
    )
    expect([await read(wide, 'Observation'), await read(wide, 'Condition')]).toEqual([403, 200])
    // Nothing is left of it.
    expect(await read(slim, 'Observation')).toBe(401)
  })

  test('nothing new is gained by what nobody was asked', async () => {
    const run = await launched({ ticks: ['patient/Observation.rs', vitals] })
    const page = await browser.open(await addressOf(browser))
    await browser.submit(page, [
      ['scope', 'patient/Condition.rs'],
      ['scope', 'patient/*.cruds'],
      ['scope', 'user/*.cruds'],
      ['scope', vitals],
    ])
    expect((await introspected(run)).scope).toBe(run.token.body.scope)
  })

  test('if no data is left, it is asked whether to withdraw; until then all stays', async () => {
    app = await registerPublicApp(server, { client_name: 'Pulse Diary', scope: 'patient/Observation.rs' })
    const run = await launched({ scope: 'launch/patient openid patient/Observation.rs' })
    const question = await browser.submit(await browser.open(await addressOf(browser)), {})
    expect(question.url).toMatch(/\/withdraw$/)
    expect(await read(run, 'Observation')).toBe(200)
  })

  // Several times: which of the two is in between the steps of the other is chance.
  test.each([1, 2, 3, 4, 5])(
    'two decisions at the same time take both away, and the next launch asks (%i)',
    async () => {
      const run = await launched()
      const address = await addressOf(browser)
      const page = await browser.open(address)
      const without = (type: string) =>
        tickedIn(page, 'scope')
          .filter((value) => !value.includes(type))
          .map((value) => ['scope', value] as const)
      const fields = (type: string) =>
        new URLSearchParams([...formOf(page).hidden, ...without(type)] as [string, string][])
      await Promise.all(
        ['Condition', 'Observation'].map((type) =>
          browser.ask(address, { method: 'POST', body: fields(type) }),
        ),
      )
      expect([await read(run, 'Condition'), await read(run, 'Observation')]).toEqual([403, 403])
      const next = await launched()
      expect(next.pages.length === 1 || !/Condition|Observation/.test(String(next.token.body.scope))).toBe(
        true,
      )
    },
  )
})

describe('what is somebody else’s', () => {
  test.each(['', '/withdraw'])(
    'REVO-03 a grant of another user is not there, to see or to change: "%s"',
    async (rest) => {
      const run = await launched()
      const address = (await addressOf(browser)) + rest
      await addUser(server.house, { username: `${ana}-other`, roles: ['clinician'], patients: 'all' })
      const other = await signedIn(server, `${ana}-other`)
      const csrf = formOf(await other.open('/account/sessions')).hidden
      expect((await other.ask(address)).status).toBe(404)
      const body = new URLSearchParams(csrf)
      expect((await other.ask(address, { method: 'POST', body })).status).toBe(404)
      expect((await introspected(run)).scope).toBe(run.token.body.scope)
    },
  )

  test.each(['nothing', 'x'.repeat(500), '%00', '..%2fx'])(
    'an id that names no grant is 404: %s',
    async (id) => {
      expect((await browser.ask(`/account/apps/${id}`)).status).toBe(404)
      expect((await browser.ask(`/account/apps/${id}/withdraw`)).status).toBe(404)
    },
  )

  test('a grant that has ended is 404', async () => {
    await launched()
    const address = await addressOf(browser)
    await browser.submit(await browser.open(`${address}/withdraw`), {})
    expect((await browser.ask(address)).status).toBe(404)
  })
})
