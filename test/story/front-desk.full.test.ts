import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoRoles } from '../../src/cli/demo-roles.ts'
import type { Stored } from '../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../src/house.ts'
import { launcher } from '../support/launched-token.ts'
import { startServer, type TestServer } from '../support/server.ts'

// A hospital with 22 locations, 70 practitioners, 20,000 patients and 7,000 appointments. A front desk sees the
// appointments of its own location; an analyst sees all of them, and nobody's. Both ask the same questions.

const LOCATIONS = 22
const PRACTITIONERS = 70
const PATIENTS = 20_000
const APPOINTMENTS = 7_000
const STATUSES = ['booked', 'arrived', 'fulfilled', 'cancelled', 'noshow'] as const
const ANSWERS = ['accepted', 'tentative', 'declined'] as const
const BATCH = 2_000

const ref = (type: string, index: number) => ({ reference: `${type}/${type.toLowerCase()}-${index}` })
const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + (index % 120), 8 + (index % 9))).toISOString()

function* resources(): Iterable<Stored> {
  for (let i = 0; i < LOCATIONS; i++)
    yield { resourceType: 'Location', id: `location-${i}`, name: `Clinic ${i}`, status: 'active' }
  for (let i = 0; i < PRACTITIONERS; i++)
    yield { resourceType: 'Practitioner', id: `practitioner-${i}`, name: [{ family: `Doctor${i}` }] }
  for (let i = 0; i < PATIENTS; i++)
    yield {
      resourceType: 'Patient',
      id: `patient-${i}`,
      name: [{ family: `Person${i}` }],
      gender: i % 2 ? 'male' : 'female',
    }
  for (let i = 0; i < APPOINTMENTS; i++) yield appointment(i)
}

/** Of every 22 appointments each location has one; the rest goes round in steps that share no divisor with it. */
function appointment(i: number): Stored {
  const actors = [
    ref('Patient', (i * 7) % PATIENTS),
    ref('Practitioner', i % PRACTITIONERS),
    ref('Location', i % LOCATIONS),
  ]
  const [who, by, at] = actors
  return {
    resourceType: 'Appointment',
    id: `appointment-${i}`,
    identifier: [{ system: 'urn:appointments', value: `A-${i}` }],
    status: STATUSES[i % 5] ?? 'booked',
    description: `Visit of Person${(i * 7) % PATIENTS}`,
    start: day(i),
    participant: [
      { actor: { ...who, display: `Person${(i * 7) % PATIENTS}` }, status: ANSWERS[i % 3] },
      { actor: by, status: 'accepted' },
      { actor: at, status: 'accepted' },
    ],
  }
}

let server: TestServer
let desk: Ask
let analyst: Ask
// biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
type Answer = { status: number; body: any; text: string }
type Ask = (query: string) => Promise<Answer>

beforeAll(async () => {
  server = await startServer({})
  for (const role of demoRoles) await server.house.roles.add(role, 'command')
  const store = await fhirStoreOf(server.house)
  const all = [...resources()]
  for (let from = 0; from < all.length; from += BATCH) await store.write(all.slice(from, from + BATCH))
  const app = await launcher(server)
  const asker = (role: string, attributes = {}): Ask => {
    const user = { fhirUser: undefined, patients: 'all' as const, roles: [role], attributes }
    const token = app.token({ scope: 'user/*.cruds', patient: undefined, user })
    return async (query) => {
      const headers = { authorization: `Bearer ${await token}` }
      const response = await fetch(`${server.fhir}/${query}`, { headers })
      const text = await response.text()
      return { status: response.status, body: JSON.parse(text), text }
    }
  }
  desk = asker('frontdesk', { location: 'Location/location-12' })
  analyst = asker('analyst')
}, 240_000)
afterAll(async () => await server?.close())

const indexes = Array.from({ length: APPOINTMENTS }, (_, index) => index)
const ofDesk = (i: number) => i % LOCATIONS === 12
const countOf = (test: (i: number) => boolean) => indexes.filter(test).length

test('the same address has another total and other fields for the front desk and for the analyst', async () => {
  const cases: [query: string, test: (i: number) => boolean][] = [
    ['', () => true],
    ['status=booked', (i) => i % 5 === 0],
    ['status=booked,arrived', (i) => i % 5 < 2],
    ['part-status=declined', (i) => i % 3 === 2],
    ['date=ge2026-02-01&date=lt2026-03-01', (i) => i % 120 >= 31 && i % 120 < 59],
    ['location=Location/location-12', (i) => i % LOCATIONS === 12],
    ['location=Location/location-3', (i) => i % LOCATIONS === 3],
    ['location.name=Clinic%2012&status=noshow', (i) => i % LOCATIONS === 12 && i % 5 === 4],
  ]
  for (const [query, holds] of cases) {
    const path = `Appointment?${query}&_total=accurate&_count=7&_sort=-date,status`
    const [atDesk, byAnalyst] = await Promise.all([desk(path), analyst(path)])
    expect([query, atDesk.body.total], query).toEqual([query, countOf((i) => holds(i) && ofDesk(i))])
    expect([query, byAnalyst.body.total], query).toEqual([query, countOf(holds)])
    expect(byAnalyst.text).not.toMatch(/Patient\/|Person|Practitioner\/|A-\d/)
  }
  const [mine, theirs] = await Promise.all(
    ['Appointment?_count=1&status=booked'].flatMap((path) => [desk(path), analyst(path)]),
  )
  expect(Object.keys(mine?.body.entry[0].resource)).toEqual(
    expect.arrayContaining(['identifier', 'description', 'participant']),
  )
  expect(mine?.text).toMatch(/Patient\/patient-\d+.*Person\d+/)
  expect(Object.keys(theirs?.body.entry[0].resource)).toEqual([
    'resourceType',
    'id',
    'meta',
    'status',
    'start',
    'participant',
  ])
  expect(
    theirs?.body.entry[0].resource.participant.filter(({ actor }: { actor?: object }) => actor),
  ).toHaveLength(1)
})

test('who comes, with whom and under which number is for the desk to ask, and betrays nothing to the analyst', async () => {
  const one = 34 // at location 12
  const own: [query: string, found: number][] = [
    [`patient=Patient/patient-${one * 7}`, 1],
    [`actor=Patient/patient-${one * 7}`, 1],
    [`identifier=urn:appointments|A-${one}`, 1],
    [`practitioner=Practitioner/practitioner-${one}`, countOf((i) => ofDesk(i) && i % PRACTITIONERS === one)],
    [
      `patient.name=Person${one * 7}`,
      countOf((i) => ofDesk(i) && `Person${(i * 7) % PATIENTS}`.startsWith(`Person${one * 7}`)),
    ],
    // Of another location, whoever it is: not there.
    ['patient=Patient/patient-7', 0],
    ['identifier=urn:appointments|A-1', 0],
  ]
  for (const [query, found] of own) {
    const path = `Appointment?${query}&_total=accurate&_elements=status,start`
    expect([query, (await desk(path)).body.total]).toEqual([query, found])
    const refused = await analyst(path)
    expect([query, refused.status]).toEqual([query, 403])
    expect(refused.text).toMatch(/hidden from the roles|not granted|No role/)
  }
  expect((await analyst('Appointment?actor=Location/location-12')).status).toBe(403)
  expect((await analyst('Appointment?_sort=identifier')).status).toBe(403)
  expect((await analyst('Patient')).status).toBe(403)
  expect((await analyst('Appointment?_include=Appointment:patient')).status).toBe(403)
  // Only those who come to this desk are people for it.
  const people = new Set(indexes.filter(ofDesk).map((i) => (i * 7) % PATIENTS))
  expect((await desk('Patient?_summary=count')).body.total).toBe(people.size)
  const brought = await desk('Appointment?status=booked&_count=3&_include=Appointment:patient')
  expect(
    brought.body.entry.filter(({ search }: { search: { mode: string } }) => search.mode === 'include'),
  ).toHaveLength(3)
})

test('pages, cuts and limits work on what each sees', async () => {
  const collect = async (ask: Ask, query: string) => {
    const ids: string[] = []
    let page = await ask(query)
    for (;;) {
      ids.push(...(page.body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id))
      const next = page.body.link.find(({ relation }: { relation: string }) => relation === 'next')
      if (next === undefined) return ids
      page = await ask(next.url.slice(server.fhir.length + 1))
    }
  }
  const atDesk = await collect(desk, 'Appointment?_count=100&_sort=date&_elements=status')
  expect(new Set(atDesk).size).toBe(countOf(ofDesk))
  expect(await collect(desk, 'Appointment?_count=20&_maxresults=50')).toHaveLength(50)
  expect(await collect(analyst, 'Appointment?_count=500&_maxresults=1200&status=booked')).toHaveLength(1200)
  const some = await analyst('Appointment?_elements=participant,identifier&_count=2&_sort=date')
  expect(Object.keys(some.body.entry[0].resource)).toEqual([
    'resourceType',
    'id',
    'meta',
    'status',
    'participant',
  ])
})
