import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/audit/audit.ts'
import { DAY, MINUTE, SECOND } from '../../src/lib/time.ts'
import type { User } from '../../src/users/user.ts'
import { type Browser, createBrowser, textOf } from '../support/browser-client.ts'
import { authorize, ehrHandle, type Launched, launch } from '../support/launch.ts'
import { registerPublicApp } from '../support/oauth.ts'
import { engine, noon, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { category, linksTo, signedIn, startWithRecords } from './account.ts'

const PAGE = '/account/activity'
const scope = 'launch/patient patient/Patient.rs patient/Observation.rs'

let server: TestServer
beforeAll(async () => {
  server = await startWithRecords(engine)
})
afterAll(() => server.close())

let ana: User
let app: { id: string }
let browser: Browser
beforeEach(async () => {
  server.clock.now = noon
  // Whoever read Ana's record in another test is not in this one.
  await server.house.audit.flush()
  await server.house.db.kysely.deleteFrom('audit').execute()
  ana = await addUser(server.house, { fhir_user: 'Patient/ana', display_name: 'Ana Lindqvist' })
  const metadata = { scope: 'patient/Patient.rs patient/Observation.rs' }
  app = await registerPublicApp(server, { client_name: 'Pulse Diary', ...metadata })
  browser = await signedIn(server, ana.username)
})

async function read({ token }: Launched, path: string): Promise<number> {
  const headers = { authorization: `Bearer ${token.body.access_token}` }
  return (await fetch(`${server.fhir}/${path}`, { headers })).status
}

async function note(entry: Omit<AuditEntry, 'outcome'>): Promise<void> {
  server.house.audit.note({ outcome: 'success', clientId: app.id, ...entry })
  await server.house.audit.flush()
}

/** The lines of the timeline, newest first: time, sentence and hints. */
async function events(visitor: Browser, query = ''): Promise<string[]> {
  await server.house.audit.flush()
  const { html } = await visitor.open(PAGE + query)
  return [...html.matchAll(/<li><time[\s\S]*?<\/li>/g)].map(([item]) => textOf(item).trim())
}

describe('what happened', () => {
  test('AUD-09 an app reads, is refused, is narrowed, is withdrawn: in the words of the consent', async () => {
    const run = await launch(server, app, { browser, scope })
    server.clock.advance(MINUTE)
    expect(await read(run, 'Patient/ana')).toBe(200)
    expect(await read(run, `Observation?category=${category}|laboratory`)).toBe(200)
    expect(await read(run, 'Observation?category=vital-signs')).toBe(200)
    server.clock.advance(9 * MINUTE)
    expect(await read(run, 'Observation/pulse')).toBe(200)
    expect(await read(run, 'Observation/pulse/_history/1')).toBe(200)
    expect(await read(run, 'Condition')).toBe(403)
    expect(await read(run, 'Observation/nothing')).toBe(404)
    server.clock.advance(11 * MINUTE)
    expect(await read(run, 'Patient/ana/Observation')).toBe(200)
    server.clock.advance(MINUTE)
    const [narrow = '', withdraw = ''] = linksTo(await browser.open('/account'), '/account/apps/')
    const vitals = `patient/Observation.rs?category=${category}|vital-signs`
    await browser.submit(await browser.open(narrow), { scope: vitals })
    server.clock.advance(MINUTE)
    await browser.submit(await browser.open(withdraw), {})

    const record = 'Record of Ana Lindqvist'
    expect(await events(browser)).toEqual([
      `12:23 You withdrew the access of Pulse Diary ${record}`,
      `12:22 You allowed Pulse Diary less than before ${record}`,
      `12:21 Pulse Diary read measurements and results (3) ${record}`,
      `12:10 Pulse Diary asked for conditions and was refused ${record} This was not allowed. Nothing was shared.`,
      `12:10 Pulse Diary read your name, birth date and contact details, lab results (1), vital signs, such as blood pressure (2) and measurements and results (2) ${record}`,
      `12:00 You allowed Pulse Diary to use a record ${record}`,
    ])
  })

  test('what was not allowed is told too, and in the language of the page', async () => {
    await launch(server, app, { browser, scope })
    await authorize(server, app, { browser, scope, request: { prompt: 'consent' }, decision: 'deny' })
    expect(await events(browser, '?lang=es')).toEqual([
      '12:00 Usted no permitió a Pulse Diary lo que pedía',
      '12:00 Usted permitió a Pulse Diary usar una historia Historia de Ana Lindqvist',
    ])
  })

  test('days are told apart, and an app that is gone keeps its id', async () => {
    await note({
      event: 'fhir.search',
      userId: ana.id,
      patient: 'ana',
      detail: { path: 'Condition', matches: 0 },
    })
    server.clock.advance(DAY)
    await note({ event: 'fhir.read', userId: ana.id, detail: { reference: 'Location/1' } })
    await note({ event: 'fhir.search', userId: ana.id, detail: { path: 'Patient', matches: 20 } })
    await server.house.clients.remove(app.id)
    browser = await signedIn(server, ana.username)
    expect(await events(browser)).toEqual([
      `12:00 ${app.id} read places of care (1) and names, birth dates and contact details of the patients you may see (20)`,
      `12:00 ${app.id} read conditions (0) Record of Ana Lindqvist`,
    ])
    const titles = [...(await browser.open(PAGE)).html.matchAll(/<h2 id="day-\d+">([^<]*)</g)].map(
      ([, title]) => title,
    )
    expect(titles).toEqual(['Today, 2 March', 'Sunday 1 March'])
  })

  test('the end of a session or of a code is not a withdrawal', async () => {
    await note({ event: 'grant.revoke', reason: 'signed-out', userId: ana.id })
    await note({ event: 'grant.revoke', reason: 'code-reused', userId: ana.id })
    await note({ event: 'token.issue', userId: ana.id })
    await note({ event: 'user.sign-in', userId: ana.id })
    const { html } = await browser.open(PAGE)
    expect(textOf(html)).toContain('Nothing has happened yet')
  })
})

describe('whose it is', () => {
  const clinician = async (launchContext: { patient?: string }, asked: string) => {
    const doctor = await addUser(server.house, { roles: ['clinician'], display_name: 'Dr Samir Haddad' })
    const theirs = createBrowser(server)
    const handle = await ehrHandle(server, app, doctor, launchContext)
    const request = { launch: handle }
    const run = await launch(server, app, {
      browser: theirs,
      username: doctor.username,
      scope: asked,
      request,
    })
    return { theirs, run }
  }

  test('a patient sees who read their record by another app, and nothing else of that person', async () => {
    const { theirs, run } = await clinician(
      { patient: 'ana' },
      'launch patient/Patient.rs patient/Observation.rs',
    )
    expect(await read(run, 'Observation')).toBe(200)
    expect(await read(run, 'Condition')).toBe(403)
    expect(await events(browser)).toEqual([
      '12:00 Dr Samir Haddad read measurements and results (3) in Pulse Diary Record of Ana Lindqvist',
    ])
    expect(await events(theirs)).toEqual([
      '12:00 Pulse Diary asked for conditions and was refused Record of Ana Lindqvist This was not allowed. Nothing was shared.',
      '12:00 Pulse Diary read measurements and results (3) Record of Ana Lindqvist',
      '12:00 You allowed Pulse Diary to use a record Record of Ana Lindqvist',
    ])
  })

  test('a record of somebody else is nobody’s business, also when asked for by name', async () => {
    const { run } = await clinician({ patient: 'ben' }, 'launch patient/Patient.rs')
    expect(await read(run, 'Patient/ben')).toBe(200)
    expect(await events(browser)).toEqual([])
    const page = await browser.open(`${PAGE}?record=ben`)
    expect(textOf(page.html)).toContain('Nothing has happened yet')
    expect(page.html).not.toContain('Okafor')
  })

  test('who acts for a patient sees their own activity, and not that of others', async () => {
    const parent = await addUser(server.house, { roles: ['proxy'], patients: ['ana'] })
    await note({
      event: 'fhir.search',
      userId: ana.id,
      patient: 'ana',
      detail: { path: 'Condition', matches: 1 },
    })
    await note({
      event: 'fhir.search',
      userId: parent.id,
      patient: 'ana',
      detail: { path: 'Encounter', matches: 2 },
    })
    expect(await events(await signedIn(server, parent.username))).toEqual([
      '12:00 Pulse Diary read visits (2) Record of Ana Lindqvist',
    ])
  })

  test('a patient whom the user may not see any more is not named', async () => {
    await note({ event: 'fhir.read', userId: ana.id, patient: 'ben', detail: { reference: 'Patient/ben' } })
    const { html } = await browser.open(PAGE)
    expect(textOf(html)).toContain('read the patient’s name, birth date and contact details')
    expect(html).not.toContain('Okafor')
  })
})

describe('looking for something', () => {
  test('by record and by app, each of those that there are', async () => {
    const other = await registerPublicApp(server, { client_name: 'Tall Tales' })
    await note({
      event: 'fhir.search',
      userId: ana.id,
      patient: 'ana',
      detail: { path: 'Condition', matches: 1 },
    })
    await note({ event: 'fhir.search', userId: ana.id, detail: { path: 'Location', matches: 1 } })
    await note({
      clientId: other.id,
      event: 'fhir.search',
      userId: ana.id,
      patient: 'ana',
      detail: { path: 'Goal', matches: 1 },
    })
    expect(await events(browser)).toHaveLength(3)
    expect(await events(browser, '?record=ana&app=')).toEqual([
      expect.stringContaining('Tall Tales read goals (1)'),
      expect.stringContaining('Pulse Diary read conditions (1)'),
    ])
    expect(await events(browser, `?record=ana&app=${other.id}`)).toEqual([
      expect.stringContaining('Tall Tales'),
    ])
    const { html } = await browser.open(`${PAGE}?app=${other.id}`)
    expect(html).toContain(`<option value="${other.id}" selected>Tall Tales</option>`)
    expect(html).toContain('<option value="ana">Ana Lindqvist</option>')
  })

  test.each([
    '?record=..%2f&app=%3Cscript%3E',
    '?app=a&app=b',
    '?before=1e9',
    '?before=-1',
    `?record=${'x'.repeat(100)}`,
  ])('what cannot be is not asked for: %s', async (query) => {
    await note({
      event: 'fhir.search',
      userId: ana.id,
      patient: 'ana',
      detail: { path: 'Condition', matches: 1 },
    })
    expect(await events(browser, query)).toHaveLength(1)
  })

  test.each([
    ['events of their own', 150, 20 * MINUTE, [60, 60, 30]],
    ['reads that are one event', 1200, SECOND, [1, 1, 1]],
  ])('older activity is behind a link, nothing is lost between: %s', async (_, rows, apart, expected) => {
    const { audit } = server.house
    for (let index = 0; index < rows; index++) {
      server.clock.now = noon + index * apart
      audit.note({
        event: 'fhir.read',
        outcome: 'success',
        clientId: app.id,
        userId: ana.id,
        patient: 'ana',
        detail: { reference: `Condition/${index}` },
      })
    }
    // The session would be over by now.
    server.clock.now = noon
    const counts: number[] = []
    let query = `?app=${app.id}`
    while (query !== '' && counts.length < 5) {
      counts.push((await events(browser, query)).length)
      const [older = ''] = linksTo(await browser.open(PAGE + query), `${PAGE}?app=${app.id}&before=`)
      query = older.slice(PAGE.length)
    }
    expect(counts).toEqual(expected)
  })
})
