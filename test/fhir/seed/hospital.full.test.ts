import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { DEMO, type HospitalOptions, hospital, MRN_SYSTEM } from '../../../src/fhir/seed/hospital.ts'
import { ANCHOR, aboutWhom, ofType, RESOURCES, stringsAt, walk } from './facts.ts'

function digest(options: HospitalOptions): string {
  const hash = createHash('sha256')
  for (const resource of hospital(options)) hash.update(JSON.stringify(resource))
  return hash.digest('hex')
}

test('the same options give the same hospital, byte for byte, in any time zone', () => {
  const here = digest({ patients: 60 })
  const zone = process.env.TZ
  process.env.TZ = 'Pacific/Auckland'
  const there = digest({ patients: 60 })
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
  expect(there).toBe(here)
  expect(digest({ patients: 60, seed: 2 })).not.toBe(here)
})

test('a patient is the same in a small and in a large hospital', () => {
  const charts = (patients: number) =>
    [...hospital({ patients })].filter((resource) => aboutWhom(resource)).map((one) => JSON.stringify(one))
  const small = charts(70)
  expect(charts(400).slice(0, small.length)).toEqual(small)
})

test('every id is valid and unique within its type', () => {
  const seen = new Set(RESOURCES.map(({ resourceType, id }) => `${resourceType}/${id}`))
  expect(seen.size).toBe(RESOURCES.length)
  expect(RESOURCES.filter(({ id }) => !/^[A-Za-z0-9.-]{1,64}$/.test(id))).toEqual([])
})

test('every reference leads to something that came before it', () => {
  const seen = new Set<unknown>()
  const dangling: string[] = []
  for (const resource of RESOURCES) {
    walk(resource, (value, path) => {
      if (path.endsWith('.reference') && !seen.has(value)) dangling.push(`${resource.id} ${path} ${value}`)
    })
    seen.add(`${resource.resourceType}/${resource.id}`)
  }
  expect(dangling).toEqual([])
})

test('every kind of record is there at 100 patients', () => {
  const types =
    'Organization Location Practitioner PractitionerRole Medication Patient RelatedPerson Encounter '
      .concat(
        'Condition Observation DiagnosticReport DocumentReference MedicationRequest MedicationDispense ',
      )
      .concat(
        'MedicationStatement AllergyIntolerance Immunization Procedure CareTeam CarePlan Goal Coverage Device ',
      )
      .concat('ServiceRequest Specimen Appointment Schedule Slot QuestionnaireResponse FamilyMemberHistory ')
      .concat('Provenance Group')
      .split(' ')
  expect([...new Set(RESOURCES.map(({ resourceType }) => resourceType))].sort()).toEqual(types.sort())
  expect(RESOURCES.length).toBeGreaterThan(5000)
  expect(RESOURCES.length).toBeLessThan(6500)
  expect(ofType('Appointment').length).toBeGreaterThan(50)
})

test('SCOPE-09 every category of conditions and observations that a scope can name is there', () => {
  const categories = (type: string) =>
    new Set(ofType(type).flatMap((one) => stringsAt(one, 'category[].coding[].code')))
  expect(categories('Condition')).toEqual(
    new Set(['problem-list-item', 'encounter-diagnosis', 'health-concern']),
  )
  const wanted =
    'vital-signs laboratory social-history survey procedure imaging exam therapy activity sdoh'.split(' ')
  for (const category of wanted) expect(categories('Observation')).toContain(category)
  expect(categories('DocumentReference')).toContain('clinical-note')
  expect(categories('CarePlan')).toContain('assess-plan')
})

test('observations say something in every way: numbers, codes, words, components, or why not', () => {
  const keys = new Set(ofType('Observation').flatMap((one) => Object.keys(one)))
  for (const key of [
    'valueQuantity',
    'valueCodeableConcept',
    'valueString',
    'component',
    'dataAbsentReason',
  ]) {
    expect(keys).toContain(key)
  }
})

test('the demo’s people stand for resources that exist, and the mother for her children', () => {
  const ids = new Set(RESOURCES.map(({ resourceType, id }) => `${resourceType}/${id}`))
  const named = [
    DEMO.hospital,
    DEMO.encounter,
    ...DEMO.groups,
    ...Object.values(DEMO.users).map(({ fhirUser }) => fhirUser),
    ...DEMO.children,
  ]
  for (const id of named) expect(ids).toContain(id)
  const mothers = ofType('RelatedPerson').filter(({ name }) =>
    isDeepStrictEqual(name, [{ use: 'official', family: 'Lindqvist', given: ['Marta'] }]),
  )
  expect(mothers.map(({ id }) => `RelatedPerson/${id}`)).toContain(DEMO.users.parent.fhirUser)
  expect(mothers.filter(({ id }) => id.endsWith('-mother')).map(({ patient }) => patient)).toMatchObject(
    DEMO.children.map((reference) => ({ reference })),
  )
})

test('every patient has one record number of the hospital', () => {
  const numbers = ofType('Patient').map((patient) => {
    const [identifier, ...others] = patient.identifier as { system: string; value: string }[]
    expect(others).toEqual([])
    expect(identifier?.system).toBe(MRN_SYSTEM)
    return identifier?.value
  })
  expect(new Set(numbers).size).toBe(100)
  expect(numbers[0]).toBe('104-882-17')
})

test('groups are of people, and count their members', () => {
  for (const group of ofType('Group')) {
    expect(group).toMatchObject({ type: 'person', actual: true })
    expect((group.member as unknown[]).length).toBe(group.quantity)
  }
})

test('Ana’s record holds what the drawings say', () => {
  const hers = RESOURCES.filter(
    ({ id, resourceType, participant }) =>
      id.startsWith('ana-lindqvist-') ||
      (resourceType === 'Appointment' && JSON.stringify(participant).includes('Patient/ana-lindqvist"')),
  )
  const observations = ofType('Observation', hers)
  const inCategory = (category: string) =>
    observations.filter((one) => stringsAt(one, 'category[].coding[].code').includes(category)).length
  const coded = (code: string) =>
    observations.filter((one) => stringsAt(one, 'code.coding[].code').includes(code)).length
  expect(observations.length).toBe(63)
  expect(inCategory('vital-signs')).toBe(48)
  expect(inCategory('laboratory')).toBe(12)
  expect(inCategory('social-history')).toBe(3)
  expect(coded('8302-2') + coded('29463-7')).toBe(21)
  expect(ofType('MedicationRequest', hers).length).toBe(7)
  expect(ofType('AllergyIntolerance', hers).length).toBe(2)
  expect(ofType('Condition', hers).length).toBe(5)
  expect(hers.length).toBe(214)
  const clinic = hers.find(({ id }) => id === 'ana-lindqvist-clinic')
  expect(clinic).toMatchObject({ participant: [{ individual: { reference: 'Practitioner/samir-haddad' } }] })
  expect(JSON.stringify(clinic)).toContain('"start":"2026-11-19T')
})

test('a number of patients or an anchor that makes no sense is refused in words', () => {
  const first = (options: HospitalOptions) => () => [...hospital(options)][0]
  expect(first({ patients: 0 })).toThrow('Ask for 1 to 1,000,000 patients.')
  expect(first({ patients: 1.5 })).toThrow('Ask for 1 to 1,000,000 patients.')
  expect(first({ patients: 1, anchor: 'yesterday' })).toThrow('Give the anchor as a date')
  expect(first({ patients: 1, anchor: '2025-12-31' })).toThrow('from 2026-01-01 on')
  expect(first({ patients: 1, anchor: ANCHOR })()).toMatchObject({ resourceType: 'Organization' })
})
