import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FhirServer, fhirServer, includedIn, matchesOf, refusal } from '../http/fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(resources)
})
afterAll(() => server.close())

const medication = { reference: 'Medication/pill' }
const resources = [
  {
    resourceType: 'Patient',
    id: 'ana',
    managingOrganization: { reference: 'Organization/clinic' },
    link: [{ other: { reference: 'Patient/old-ana' }, type: 'replaces' }],
    contact: [{ name: { family: 'X' } }],
  },
  {
    resourceType: 'Patient',
    id: 'old-ana',
    link: [{ other: { reference: 'Patient/ana' }, type: 'seealso' }],
  },
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic', partOf: { reference: 'Organization/trust' } },
  { resourceType: 'Organization', id: 'trust', name: 'Trust', partOf: { reference: 'Organization/state' } },
  { resourceType: 'Organization', id: 'state', name: 'State' },
  { resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Doctor' }] },
  { resourceType: 'Medication', id: 'pill', code: { text: 'A pill' } },
  ...['first', 'second'].map((id) => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationReference: medication,
    subject: { reference: 'Patient/ana' },
    requester: { reference: id === 'first' ? 'Practitioner/gp' : 'Organization/clinic' },
  })),
  {
    resourceType: 'Provenance',
    id: 'origin',
    target: [{ reference: 'MedicationRequest/first' }, { reference: 'Patient/ana' }],
    recorded: '2020-01-01T00:00:00Z',
    agent: [{ who: { reference: 'Practitioner/gp' } }],
  },
  {
    resourceType: 'MedicationDispense',
    id: 'handed-out',
    status: 'completed',
    medicationReference: medication,
    subject: { reference: 'Patient/ana' },
    authorizingPrescription: [{ reference: 'MedicationRequest/first' }],
  },
]

/** Matches, and what came with them. */
async function search(query: string): Promise<[string[], string[]]> {
  const { status, text, body } = await server.get(query)
  if (status !== 200) throw new Error(text)
  return [matchesOf(body).sort(), includedIn(body)]
}

test('SRCH-11 _include brings what the matches refer to, once, and the total counts matches only', async () => {
  const { body } = await server.get('MedicationRequest?_include=MedicationRequest:medication')
  expect(matchesOf(body).sort()).toEqual(['first', 'second'])
  expect(includedIn(body)).toEqual(['Medication/pill'])
  expect(body.total).toBe(2)
  expect(await search('MedicationRequest?_id=first&_include=MedicationRequest:requester')).toEqual([
    ['first'],
    ['Practitioner/gp'],
  ])
})

test('SRCH-11 a target type narrows an include', async () => {
  const of = (type: string) => search(`MedicationRequest?_include=MedicationRequest:requester:${type}`)
  expect(await of('Practitioner')).toEqual([['first', 'second'], ['Practitioner/gp']])
  expect(await of('Organization')).toEqual([['first', 'second'], ['Organization/clinic']])
  expect(await search('MedicationRequest?_include=MedicationRequest:patient')).toEqual([
    ['first', 'second'],
    ['Patient/ana'],
  ])
})

test('SRCH-11 _revinclude brings what refers to the matches', async () => {
  expect(await search('MedicationRequest?_revinclude=Provenance:target')).toEqual([
    ['first', 'second'],
    ['Provenance/origin'],
  ])
  expect(await search('Medication?_revinclude=MedicationRequest:medication')).toEqual([
    ['pill'],
    ['MedicationRequest/first', 'MedicationRequest/second'],
  ])
  expect(await search('Patient?_id=ana&_revinclude=Provenance:target:MedicationRequest')).toEqual([
    ['ana'],
    [],
  ])
  expect(await search('Patient?_id=ana&_revinclude=Provenance:target:Patient')).toEqual([
    ['ana'],
    ['Provenance/origin'],
  ])
  expect(await search('Practitioner?_revinclude=Provenance:target')).toEqual([['gp'], []])
})

test('SRCH-11 includes go on from what was included only with :iterate', async () => {
  const plain = 'MedicationRequest?_id=second&_include=MedicationRequest:requester'
  expect(await search(`${plain}&_include=Organization:partof`)).toEqual([['second'], ['Organization/clinic']])
  expect(await search(`${plain}&_include:iterate=Organization:partof`)).toEqual([
    ['second'],
    ['Organization/clinic', 'Organization/state', 'Organization/trust'],
  ])
  expect(
    await search('Medication?_revinclude=MedicationRequest:medication&_revinclude:iterate=Provenance:target'),
  ).toEqual([['pill'], ['MedicationRequest/first', 'MedicationRequest/second', 'Provenance/origin']])
})

test('SRCH-11 a circle ends', async () => {
  expect(await search('Patient?_id=ana&_include:iterate=Patient:link')).toEqual([
    ['ana'],
    ['Patient/old-ana'],
  ])
  expect(await search('Patient?_include:iterate=Patient:link')).toEqual([['ana', 'old-ana'], []])
})

test('SRCH-11 too many are cut off, and the answer says so', async () => {
  const crowd = Array.from({ length: 1050 }, (_, index) => ({
    resourceType: 'Basic',
    id: `basic-${index}`,
    code: { text: 'x' },
    subject: { reference: 'Organization/state' },
  }))
  await server.store(crowd)
  const { body } = await server.get('Organization?_id=state&_revinclude=Basic:subject')
  expect(includedIn(body)).toHaveLength(1000)
  expect(body.total).toBe(1)
  const last = body.entry.at(-1)
  expect([last.search.mode, last.resource.resourceType]).toEqual(['outcome', 'OperationOutcome'])
  expect(last.resource.issue[0].severity).toBe('warning')
  const whole = await server.get('Organization?_id=trust&_revinclude=Basic:subject')
  expect(whole.body.entry.map((entry: { search: { mode: string } }) => entry.search.mode)).toEqual(['match'])
})

test('SRCH-11 an include that names nothing is refused', async () => {
  for (const include of [
    '_include=Bogus:patient',
    '_include=MedicationRequest:bogus',
    '_include=MedicationRequest:status',
    '_include=MedicationRequest',
    '_include=*',
    '_include=MedicationRequest:*',
    '_include=MedicationRequest:requester:Medication',
    '_include=MedicationRequest:requester:Practitioner:x',
    '_include:recurse=MedicationRequest:requester',
    '_revinclude:bogus=Provenance:target',
    '_revinclude=Provenance:agent-role',
  ]) {
    const answer = await server.get(`MedicationRequest?${include}`)
    expect([include, refusal(answer)]).toEqual([include, [400, 'not-supported']])
  }
  const many = Array.from({ length: 31 }, () => '_include=MedicationRequest:requester').join('&')
  expect(refusal(await server.get(`MedicationRequest?${many}`))).toEqual([400, 'too-costly'])
})
