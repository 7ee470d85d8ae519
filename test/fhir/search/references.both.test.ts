import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launcher } from '../../support/launched-token.ts'
import { type FhirServer, fhirServer, refusal } from '../http/fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer(people)
  await server.store(written())
})
afterAll(() => server.close())

const people = [
  {
    resourceType: 'Patient',
    id: 'ana',
    name: [{ family: 'Lima', given: ['Ana'] }],
    birthDate: '1980-04-01',
    identifier: [{ system: 'urn:mrn', value: '1' }],
    generalPractitioner: [{ reference: 'Practitioner/gp' }],
  },
  { resourceType: 'Patient', id: 'bo', name: [{ family: 'Berg' }], birthDate: '1990-04-01' },
  { resourceType: 'Patient', id: 'twin', name: [{ family: 'Zwei' }] },
  { resourceType: 'Group', id: 'twin', type: 'person', actual: true, name: 'Zwei' },
  {
    resourceType: 'Practitioner',
    id: 'gp',
    name: [{ family: 'Doctor' }],
    identifier: [{ system: 'urn:npi', value: '77' }],
  },
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic', partOf: { reference: 'Organization/trust' } },
  { resourceType: 'Organization', id: 'trust', name: 'Trust' },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/ana' },
    serviceProvider: { reference: 'Organization/clinic' },
    participant: [{ individual: { reference: 'Practitioner/gp' } }],
  },
  {
    resourceType: 'Provenance',
    id: 'origin',
    target: [{ reference: 'Observation/bare' }],
    recorded: '2020-01-01T00:00:00Z',
    agent: [{ who: { reference: 'Practitioner/gp' } }],
  },
]

/** One Observation for each way of writing a reference to Ana. */
function written(): object[] {
  const subjects: Record<string, object> = {
    bare: { reference: 'Patient/ana' },
    versioned: { reference: 'Patient/ana/_history/1' },
    own: { reference: `${server.fhir}/Patient/ana` },
    'own-versioned': { reference: `${server.fhir}/Patient/ana/_history/3` },
    foreign: { reference: 'https://other.example.org/fhir/Patient/ana' },
    'foreign-versioned': { reference: 'https://other.example.org/fhir/Patient/ana/_history/2' },
    logical: { identifier: { system: 'urn:mrn', value: '9' }, type: 'Patient' },
    group: { reference: 'Group/ana' },
    dangling: { reference: 'Patient/nobody' },
    'the-twin': { reference: 'Patient/twin' },
    'twin-group': { reference: 'Group/twin' },
    bo: { reference: 'Patient/bo' },
  }
  const observations = Object.entries(subjects).map(([id, subject]) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ code: id === 'bo' ? 'weight' : 'height' }] },
    subject,
    ...(id === 'bare' ? { encounter: { reference: 'Encounter/visit' } } : {}),
  }))
  return [...observations, { resourceType: 'Observation', id: 'none', status: 'final', code: { text: 'x' } }]
}

const observed = (query: string) => server.ids(`Observation?${query}`)
const here = ['bare', 'own', 'own-versioned', 'versioned']

describe('SRCH-09 a reference', () => {
  test('SRCH-09 is found however it is written, on either side', async () => {
    for (const patient of [
      'ana',
      'Patient/ana',
      'Patient/ana/_history/7',
      `${server.fhir}/Patient/ana`,
      `${server.fhir}/Patient/ana/_history/1`,
    ]) {
      expect([patient, await observed(`patient=${encodeURIComponent(patient)}`)]).toEqual([patient, here])
    }
    expect(await observed('subject=Patient/ana')).toEqual(here)
    expect(await observed('subject:Patient=ana')).toEqual(here)
    expect(await observed('subject:Patient=Patient/ana')).toEqual(here)
    expect(await observed('subject=Group/ana')).toEqual(['group'])
    // Only one of the two Anas lives here; a reference to what is not there is still a reference.
    expect(await observed('subject=ana')).toEqual([...here, 'group'].sort())
    expect(await observed('subject=Patient/nobody')).toEqual(['dangling'])
    expect(await observed('patient=nobody')).toEqual(['dangling'])
  })

  test('SRCH-09 to elsewhere is found by its address, and only so', async () => {
    const address = 'https://other.example.org/fhir/Patient/ana'
    const both = ['foreign', 'foreign-versioned']
    expect(await observed(`subject=${address}`)).toEqual(both)
    expect(await observed(`patient=${address}`)).toEqual(both)
    expect(await observed(`subject=${address}/_history/2`)).toEqual(both)
    expect(await observed(`subject:Patient=${address}`)).toEqual(both)
    expect(await observed('subject=https://third.example.org/fhir/Patient/ana')).toEqual([])
    expect(await server.ids('Observation?encounter=https://other.example.org/fhir/Patient/ana')).toEqual([])
  })

  test('SRCH-09 :identifier looks at the identifier in the reference itself', async () => {
    expect(await observed('subject:identifier=urn:mrn|9')).toEqual(['logical'])
    expect(await observed('subject:identifier=9')).toEqual(['logical'])
    expect(await observed('patient:identifier=urn:mrn|9')).toEqual(['logical'])
    // Ana's own identifier stands in Ana, not in the references to her.
    expect(await observed('subject:identifier=urn:mrn|1')).toEqual([])
  })

  test('SRCH-08 :missing counts every kind of reference', async () => {
    expect(await observed('subject:missing=true')).toEqual(['none'])
    expect(await observed('encounter:missing=false')).toEqual(['bare'])
    expect(await observed('patient:missing=true')).toEqual(['group', 'logical', 'none', 'twin-group'])
  })

  test('SRCH-10 commas and repeats', async () => {
    expect(await observed('subject=Patient/bo,Group/ana')).toEqual(['bo', 'group'])
    expect(await observed('subject=Patient/bo&encounter=Encounter/visit')).toEqual([])
    expect(await observed('subject=Patient/ana&encounter=visit')).toEqual(['bare'])
  })

  test('SRCH-05 what is no reference, or of a type that it cannot have, is refused', async () => {
    for (const value of ['Patient/a b', 'patient/ana', 'Bogus/1', '#contained', 'Patient/', '/ana']) {
      const answer = await server.get(`Observation?subject=${encodeURIComponent(value)}`)
      expect([value, refusal(answer)]).toEqual([value, [400, 'value']])
    }
    expect(refusal(await server.get('Observation?subject:Patient=Group/ana'))).toEqual([400, 'value'])
    expect(refusal(await server.get('Observation?subject:Encounter=1'))).toEqual([400, 'not-supported'])
    expect(refusal(await server.get('Observation?subject:Bogus=1'))).toEqual([400, 'not-supported'])
    expect(refusal(await server.get('Observation?patient:Group=ana'))).toEqual([400, 'not-supported'])
    expect(await observed('subject=Encounter/visit')).toEqual([])
  })

  test('SRCH-09 a bare id that names resources of several types is refused, a typed one is not', async () => {
    expect(refusal(await server.get('Observation?subject=twin'))).toEqual([400, 'value'])
    expect(refusal(await server.get('Provenance?target.subject=twin'))).toEqual([400, 'value'])
    expect(refusal(await server.get('Practitioner?_has:Observation:performer:subject=twin'))).toEqual([
      400,
      'value',
    ])
    expect(await observed('subject=Patient/twin')).toEqual(['the-twin'])
    expect(await observed('patient=twin')).toEqual(['the-twin'])
  })

  test('SRCH-09 the refusal tells nothing of what a token may not see', async () => {
    const narrow = await server.tokenFor('system/Observation.rs system/Patient.rs')
    const answer = await server.get('Observation?subject=twin', { authorization: `Bearer ${narrow}` })
    expect(answer.status).toBe(200)
    const { token } = await launcher(server)
    const bound = await token({ scope: 'patient/*.rs', patient: 'twin' })
    const own = await server.get('Observation?subject=twin', { authorization: `Bearer ${bound}` })
    expect([own.status, own.body.total]).toEqual([200, 1])
  })
})

describe('SRCH-12 chains', () => {
  test('SRCH-12 typed and untyped, of one hop and of two', async () => {
    expect(await observed('subject:Patient.family=lima')).toEqual(here)
    expect(await observed('patient.family=lima')).toEqual(here)
    expect(await observed('patient.birthdate=lt1985')).toEqual(here)
    expect(await observed('subject.name=zwei')).toEqual(['the-twin'])
    expect(await observed('subject.identifier=urn:mrn|1')).toEqual(here)
    expect(await observed('subject.type=person')).toEqual(['twin-group'])
    expect(await observed('subject:Group.type=person')).toEqual(['twin-group'])
    expect(await observed('patient.general-practitioner.family=doctor')).toEqual(here)
    expect(await observed('encounter.service-provider.name=clinic')).toEqual(['bare'])
    expect(await observed('encounter.service-provider.partof.name=trust')).toEqual(['bare'])
    expect(await observed('encounter.service-provider.partof.name=clinic')).toEqual([])
    expect(await observed('subject:Patient._id=ana')).toEqual(here)
    expect(await observed('patient.family:exact=lima')).toEqual([])
    expect(await observed('patient.identifier=urn:mrn|1')).toEqual(here)
    expect(await observed('patient.name=nobody')).toEqual([])
  })

  test('SRCH-05 a chain that leads nowhere is refused', async () => {
    for (const [query, issue] of [
      ['patient.bogus=1', 'not-supported'],
      ['code.name=1', 'invalid'],
      ['subject:Encounter.status=finished', 'not-supported'],
      ['patient.birthdate=soon', 'value'],
      ['patient.family:bogus=x', 'not-supported'],
      ['encounter.service-provider.partof.partof.partof.name=x', 'too-costly'],
      ['subject:Group.name=zwei', 'not-supported'],
      ['focus.focus.focus._id=x', 'too-costly'],
    ]) {
      expect([query, refusal(await server.get(`Observation?${query}`))]).toEqual([query, [400, issue]])
    }
  })
})

describe('SRCH-12 _has', () => {
  test('SRCH-12 finds what others refer to, also through others', async () => {
    const patients = (query: string) => server.ids(`Patient?${query}`)
    expect(await patients('_has:Observation:patient:code=height')).toEqual(['ana', 'twin'])
    expect(await patients('_has:Observation:patient:code=weight')).toEqual(['bo'])
    expect(await patients('_has:Observation:subject:code=weight,height')).toEqual(['ana', 'bo', 'twin'])
    expect(await patients('_has:Observation:patient:code=height&family=lima')).toEqual(['ana'])
    expect(await patients('_has:Observation:patient:_has:Provenance:target:agent=gp')).toEqual(['ana'])
    expect(await patients('_has:Observation:patient:encounter.service-provider.name=clinic')).toEqual(['ana'])
    expect(await patients('_has:Encounter:patient:_id=visit')).toEqual(['ana'])
    expect(await server.ids('Observation?patient._has:Encounter:patient:_id=visit')).toEqual(here)
    expect(await server.ids('Group?_has:Observation:subject:code=height')).toEqual(['twin'])
  })

  test('SRCH-05 one that is misspelt is refused', async () => {
    for (const name of [
      '_has',
      '_has:Observation',
      '_has:Observation:patient',
      '_has:Bogus:patient:code',
      '_has:Observation:bogus:code',
      '_has:Observation:patient:bogus',
      '_has:Observation:code:code',
      '_has:Observation:encounter:code',
    ]) {
      const answer = await server.get(`Patient?${name}=1`)
      expect([name, answer.status, answer.body.resourceType]).toEqual([name, 400, 'OperationOutcome'])
    }
  })
})
