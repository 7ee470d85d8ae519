import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FhirServer, fhirServer, linkOf, matchesOf, refusal } from '../http/fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(resources)
})
afterAll(() => server.close())

const ana = { reference: 'Patient/ana' }
const visit = { reference: 'Encounter/visit' }
const gp = { reference: 'Practitioner/gp' }
const pump = { reference: 'Device/pump' }
const mother = { reference: 'RelatedPerson/mother' }
const observation = (id: string, rest: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ code: 'x' }] },
  ...rest,
})
const resources = [
  { resourceType: 'Patient', id: 'ana', link: [{ other: { reference: 'Patient/old' }, type: 'replaces' }] },
  { resourceType: 'Patient', id: 'old', link: [{ other: ana, type: 'seealso' }] },
  { resourceType: 'Patient', id: 'bo' },
  { resourceType: 'Practitioner', id: 'gp' },
  { resourceType: 'Device', id: 'pump', patient: ana },
  { resourceType: 'RelatedPerson', id: 'mother', patient: ana },
  { resourceType: 'Encounter', id: 'visit', status: 'finished', class: { code: 'AMB' }, subject: ana },
  observation('about-ana', { subject: ana, encounter: visit }),
  observation('by-ana', { subject: { reference: 'Patient/bo' }, performer: [ana] }),
  observation('about-bo', { subject: { reference: 'Patient/bo' }, performer: [gp] }),
  observation('by-pump', { subject: { reference: 'Patient/bo' }, device: pump }),
  observation('by-mother', { subject: ana, performer: [mother] }),
  {
    resourceType: 'Condition',
    id: 'asthma',
    subject: ana,
    encounter: visit,
    asserter: gp,
    code: { text: 'Asthma' },
  },
  { resourceType: 'Organization', id: 'clinic' },
]

/** `Type/id` of what is found, sorted. */
async function found(path: string): Promise<string[]> {
  const { status, text, body } = await server.get(path)
  if (status !== 200) throw new Error(`${path}: ${text}`)
  const entries: { resource: { resourceType: string; id: string } }[] = body.entry ?? []
  return entries.map(({ resource }) => `${resource.resourceType}/${resource.id}`).sort()
}

test('SRCH-16 a type within a compartment, by R4 its list of parameters', async () => {
  expect(await server.ids('Patient/ana/Observation')).toEqual(['about-ana', 'by-ana', 'by-mother'])
  expect(await server.ids('Patient/bo/Observation')).toEqual(['about-bo', 'by-ana', 'by-pump'])
  expect(await server.ids('Patient/ana/Condition')).toEqual(['asthma'])
  expect(await server.ids('Patient/ana/Patient')).toEqual(['ana', 'old'])
  expect(await server.ids('Encounter/visit/Observation')).toEqual(['about-ana'])
  expect(await server.ids('Encounter/visit/Encounter')).toEqual(['visit'])
  expect(await server.ids('Practitioner/gp/Observation')).toEqual(['about-bo'])
  expect(await server.ids('Practitioner/gp/Condition')).toEqual(['asthma'])
  expect(await server.ids('Device/pump/Observation')).toEqual(['by-pump'])
  expect(await server.ids('RelatedPerson/mother/Observation')).toEqual(['by-mother'])
})

test('SRCH-16 the parameters of a search count within the compartment too', async () => {
  expect(await server.ids('Patient/ana/Observation?code=x&performer=RelatedPerson/mother')).toEqual([
    'by-mother',
  ])
  expect(await server.ids('Patient/ana/Observation?patient=bo')).toEqual(['by-ana'])
  expect(await server.ids('Patient/ana/Observation?_id=about-bo')).toEqual([])
  expect(await server.found('Patient/ana/Observation?_sort=-_id&_count=2')).toEqual(['by-mother', 'by-ana'])
  expect(await server.ids('Patient/ana/Observation?encounter.class=AMB')).toEqual(['about-ana'])
  const posted = await server.send('Patient/ana/Observation/_search', {
    method: 'POST',
    body: new URLSearchParams({ performer: 'RelatedPerson/mother' }),
  })
  expect(matchesOf(posted.body)).toEqual(['by-mother'])
  expect(linkOf(posted.body, 'self')).toBe(
    `${server.fhir}/Patient/ana/Observation?performer=RelatedPerson%2Fmother`,
  )
})

test('SRCH-16 the star is every type of the compartment', async () => {
  expect(await found('Patient/ana/*')).toEqual([
    'Condition/asthma',
    'Encounter/visit',
    'Observation/about-ana',
    'Observation/by-ana',
    'Observation/by-mother',
    'Patient/ana',
    'Patient/old',
    'RelatedPerson/mother',
  ])
  expect(await found('Encounter/visit/*')).toEqual([
    'Condition/asthma',
    'Encounter/visit',
    'Observation/about-ana',
  ])
  expect(await found('Device/pump/*')).toEqual(['Device/pump', 'Observation/by-pump'])
  expect(await found('Practitioner/gp/*')).toEqual([
    'Condition/asthma',
    'Observation/about-bo',
    'Practitioner/gp',
  ])
  expect(await found('Patient/nobody/*')).toEqual([])
  expect(await found('Patient/ana/*?_id=visit,ana')).toEqual(['Encounter/visit', 'Patient/ana'])
  expect((await server.get('Patient/ana/*?_summary=count')).body.total).toBe(8)
  expect(await found('Patient/ana/*?_lastUpdated=gt2100')).toEqual([])
})

test('SRCH-16 the star has pages too', async () => {
  const ids: string[] = []
  let url: string | undefined = 'Patient/ana/*?_count=3&_sort=-_lastUpdated,_id'
  while (url !== undefined) {
    const { body } = await server.get(url)
    ids.push(...matchesOf(body))
    url = linkOf(body, 'next')
  }
  expect(ids).toEqual(['about-ana', 'ana', 'asthma', 'by-ana', 'by-mother', 'mother', 'old', 'visit'])
})

test('SRCH-16 the star is narrowed to the types that a token may search; without any it is refused', async () => {
  const narrow = {
    authorization: `Bearer ${await server.tokenFor('system/Observation.rs system/Patient.r')}`,
  }
  const { body } = await server.get('Patient/ana/*', narrow)
  expect(matchesOf(body).sort()).toEqual(['about-ana', 'by-ana', 'by-mother'])
  const reader = { authorization: `Bearer ${await server.tokenFor('system/Observation.r')}` }
  expect(refusal(await server.get('Patient/ana/*', reader))).toEqual([403, 'forbidden'])
  expect(refusal(await server.get('Patient/ana/Condition', narrow))).toEqual([403, 'forbidden'])
})

test('SRCH-16 what is no compartment, or not in it, is not found', async () => {
  for (const path of [
    'Organization/clinic/Observation',
    'Patient/ana/Organization',
    'Patient/ana/Bogus',
    'Patient/ana/observation',
    'Patient/ana/Observation/1',
    'Bogus/1/Observation',
    'Patient/a_b/Observation',
    'Encounter/visit/Patient',
  ]) {
    expect([path, refusal(await server.get(path))]).toEqual([path, [404, 'not-found']])
  }
  expect(refusal(await server.get('Patient/ana/*?code=x'))).toEqual([400, 'not-supported'])
  const get = await server.get('Patient/ana/Observation/_search')
  expect([refusal(get), get.headers.get('allow')]).toEqual([[405, 'not-supported'], 'POST'])
})
