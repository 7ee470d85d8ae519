import { afterAll, beforeAll, expect, test } from 'vitest'
import { laboratory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

/** What a search brings along. */
async function included(scope: string, path: string): Promise<string[]> {
  const { status, included, text } = await ward.as(scope).get(path)
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
  return included
}

test('ENF-15 what is included needs r or s of its own type; without, it is left out without a word', async () => {
  const path = 'Observation?_id=ann-lab&_include=Observation:encounter'
  for (const letter of ['r', 's', 'rs'])
    expect(await included(`patient/Observation.s patient/Encounter.${letter}`, path)).toEqual([
      'Encounter/ann-visit',
    ])
  for (const other of ['', ' patient/Encounter.cud', ' patient/Condition.rs'])
    expect(await included(`patient/Observation.s${other}`, path)).toEqual([])
  const { body, text } = await ward.as('patient/Observation.s').get(path)
  expect([body.total, body.entry.length]).toEqual([1, 1])
  expect(text).not.toContain('outcome')
})

test("ENF-15 another patient's resource is left out, forwards and backwards", async () => {
  // Ann's vital sign has Bob's result as its focus, her report has one among its results.
  const forwards = 'Observation?_id=ann-vital&_include=Observation:focus'
  expect(await included('patient/*.rs', forwards)).toEqual([])
  expect(await included('system/*.rs', forwards)).toEqual(['Observation/bob-lab'])
  expect(await included('patient/*.rs', 'DiagnosticReport?_include=DiagnosticReport:result')).toEqual([
    'Observation/ann-lab',
  ])
  const backwards = 'Patient?_id=ann&_revinclude=AllergyIntolerance:recorder'
  expect(await included('patient/*.rs', backwards)).toEqual([])
  expect(await included('system/*.rs', backwards)).toEqual(['AllergyIntolerance/bob-nuts'])
  expect(
    await included('patient/*.rs', 'Patient?_revinclude=Group:member&_revinclude=Appointment:actor'),
  ).toEqual(['Appointment/ann-alone'])
})

test("ENF-15 a shared resource does not lead to other patients' records", async () => {
  const path = 'Practitioner?_id=ash&_revinclude=Encounter:participant'
  expect(await included('patient/*.rs', path)).toEqual(['Encounter/ann-visit'])
  expect(await included('system/*.rs', path)).toEqual(['Encounter/ann-visit', 'Encounter/bob-visit'])
  expect(await included('patient/*.rs', 'Practitioner?_revinclude=Patient:general-practitioner')).toEqual([
    'Patient/ann',
  ])
  expect(await included('patient/*.rs', 'Organization?_revinclude=Encounter:service-provider')).toEqual([
    'Encounter/ann-visit',
  ])
})

test('ENF-15 going round with :iterate ends where the record ends', async () => {
  const round =
    'Encounter?_id=ann-visit&_include=Encounter:participant&_revinclude:iterate=Encounter:participant' +
    '&_include:iterate=Encounter:subject&_revinclude:iterate=Observation:patient&_include:iterate=Patient:link'
  expect(await included('patient/*.rs', round)).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/ann-survey',
    'Observation/ann-vital',
    'Patient/ann',
    'Practitioner/ash',
  ])
  const all = await included('system/*.rs', round)
  expect(all).toContain('Patient/bob')
  expect(all).toContain('Encounter/bob-visit')
})

test('ENF-15 a limit counts for what is included', async () => {
  const labs = `patient/Patient.rs patient/Observation.rs?${laboratory}`
  expect(await included(labs, 'Patient?_revinclude=Observation:patient')).toEqual(['Observation/ann-lab'])
  expect(await included(labs, 'Patient?_revinclude:iterate=Observation:subject')).toEqual([
    'Observation/ann-lab',
  ])
  const report = `patient/DiagnosticReport.rs patient/Observation.rs?category=vital-signs`
  expect(await included(report, 'DiagnosticReport?_include=DiagnosticReport:result')).toEqual([])
  // With one letter limited and the other not, either opens it.
  const either = `patient/Patient.rs patient/Observation.r?${laboratory} patient/Observation.s?category=survey`
  expect(await included(either, 'Patient?_revinclude=Observation:patient')).toEqual([
    'Observation/ann-lab',
    'Observation/ann-survey',
  ])
})

test('ENF-15 a reference to any type includes what may be seen of each', async () => {
  const path = 'Provenance?_include=Provenance:target&_include=Provenance:agent'
  expect(await included('patient/*.rs', path)).toEqual([
    'Observation/ann-lab',
    'Observation/ann-vital',
    'Practitioner/ash',
  ])
  expect(await included('system/Provenance.rs system/Practitioner.r', path)).toEqual(['Practitioner/ash'])
  expect(await included(`system/Provenance.rs system/Observation.rs?${laboratory}`, path)).toEqual([
    'Observation/ann-lab',
    'Observation/bob-lab',
  ])
})

test('ENF-15 one limit on two types is read for each as its own parameter', async () => {
  // `value` is a token for a Group, and must be so; it is a string for a NamingSystem, and may begin so.
  const values = ['AB', 'AB1']
  await ward.write(
    ...values.map((code) => ({
      resourceType: 'Group',
      id: code,
      characteristic: [{ valueCodeableConcept: { coding: [{ code }] } }],
    })),
    ...values.map((value) => ({ resourceType: 'NamingSystem', id: value, uniqueId: [{ value }] })),
  )
  const target = values.flatMap((id) => [{ reference: `Group/${id}` }, { reference: `NamingSystem/${id}` }])
  await ward.write({
    resourceType: 'Provenance',
    id: 'values',
    recorded: '2024-01-01T00:00:00Z',
    target,
    agent: [],
  })
  const scope = 'system/Provenance.rs system/Group.rs?value=AB system/NamingSystem.rs?value=AB'
  expect(await included(scope, 'Provenance?_include=Provenance:target')).toEqual([
    'Group/AB',
    'NamingSystem/AB',
    'NamingSystem/AB1',
  ])
})

test('ENF-15 a token with a limit on every type is answered in one statement, not in thousands of parts', async () => {
  const user = { fhirUser: undefined, patients: ['ann', 'bob'] }
  const holder = ward.as('user/*.cruds?_tag=a|b patient/*.rs?_tag=c|d', { user })
  expect(await holder.finds('Observation?_include=Observation:focus&_revinclude=Provenance:target')).toEqual(
    [],
  )
  await ward.write({
    resourceType: 'Goal',
    id: 'tagged',
    meta: { tag: [{ system: 'c', code: 'd' }] },
    subject: { reference: 'Patient/ann' },
  })
  expect(await holder.finds('Goal?_include=Goal:subject&_revinclude=Provenance:target')).toEqual([
    'Goal/tagged',
  ])
})
