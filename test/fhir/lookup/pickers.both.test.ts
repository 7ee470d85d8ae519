import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserReach } from '../../../src/smart/permit.ts'
import { reaching } from '../../support/roles.ts'
import {
  clinician,
  coded,
  guardian,
  type Household,
  marta,
  nobody,
  openHousehold,
  people,
  ref,
} from './household.ts'

let house: Household
beforeAll(async () => {
  house = await openHousehold()
})
afterAll(async () => await house?.close())

const found = async (who: UserReach, q: string): Promise<string[]> =>
  (await house.lookup.patients(who, { q })).cards.map(({ id }) => id)

test('STAND-01 a clinician finds patients by name, birth date and record number', async () => {
  for (const [q, ids] of [
    ['lindq', ['ana', 'marta']],
    ['LINDSTROM', ['ove']],
    ['lindström ove', ['ove']],
    ['sofia lind', ['ana']],
    ['ana marta', []],
    ['van der Berg', ['jan']],
    ['jan van der', ['jan']],
    ['2014-03-14', ['ana']],
    ['14 Mar 2014', ['ana']],
    ['5/6/1984', ['marta']],
    ['6/5/1984 lind', ['marta']],
    ['lind 1984-05-07', []],
    ['104-882-17', ['ana']],
    ['I104-882-17', ['ana']],
    ['ana 104-882-18', []],
    ['100', ['jan']],
    ['nobody', []],
  ] as const)
    expect(await found(clinician, q), q).toEqual(ids)
})

test('STAND-01 a card tells people apart', async () => {
  const { cards, more } = await house.lookup.patients(clinician, { q: 'ana' })
  expect(more).toBe(false)
  expect(cards).toEqual([
    {
      id: 'ana',
      name: 'Ana Sofia Lindqvist',
      given: 'Ana',
      born: '2014-03-14',
      sex: 'female',
      record: 'MRN 104-882-17',
    },
  ])
  expect(await house.lookup.patient(clinician, 'ana')).toEqual(cards[0])
})

test('STAND-01 who may act for some patients sees these, and of others as little as of people who do not exist', async () => {
  expect(await found(marta, '')).toEqual(['ana', 'marta'])
  expect(await found(marta, 'lind')).toEqual(['ana', 'marta'])
  expect(await found(guardian, 'lindqvist')).toEqual(['ana'])
  expect(await found(nobody, '')).toEqual([])
  const absent = await house.lookup.patients(marta, { q: 'zzz' })
  for (const q of ['ove', 'lindström', '097-220-64', '1941-06-08', 'jan van der berg'])
    expect(await house.lookup.patients(marta, { q }), q).toEqual(absent)
  expect(await house.lookup.patient(marta, 'ana')).toBeDefined()
  for (const id of ['ove', 'not-there', '', 'ana/_history/1', '../Patient/ana', 'a\u0000b', 'ana,ove'])
    expect(await house.lookup.patient(marta, id), id).toBeUndefined()
  // Many patients, and one who is not here.
  const many = { ...marta, patients: [...marta.patients, ...Array.from({ length: 600 }, (_, i) => `x${i}`)] }
  expect(await found(many, '')).toEqual(['ana', 'marta'])
})

test('STAND-01 who sees all patients is shown nobody before something is typed', async () => {
  expect(await house.lookup.patients(clinician, { q: ' ' })).toEqual({ cards: [], more: false })
})

test('STAND-01 nothing that is typed widens a search or breaks it', async () => {
  const hostile = [
    '%',
    '_',
    '*',
    "' or 1=1 --",
    '\\',
    ',',
    '|',
    '$',
    'lind%',
    'urn:mrn|100',
    'a'.repeat(5000),
  ]
  for (const q of [
    ...hostile,
    '\u0000',
    '\ud800',
    '각'.repeat(150),
    'a '.repeat(2000),
    '\u0301',
    '1'.repeat(199),
  ])
    for (const who of [clinician, nobody]) expect(await found(who, q), q.slice(0, 20)).toEqual([])
  expect(await found(clinician, 'li\u0007nd')).toEqual([])
  expect(await found(clinician, 'lindq\u0000ana')).toEqual(['ana'])
})

test('STAND-01 a list is bounded and tells that there is more', async () => {
  const { cards, more } = await house.lookup.patients(clinician, { q: 'l', most: 2 })
  expect([cards.map(({ id }) => id), more]).toEqual([['ana', 'marta'], true])
  expect((await house.lookup.patients(marta, { q: '', most: 1 })).more).toBe(true)
  expect((await house.lookup.patients(clinician, { q: 'l', most: 3 })).more).toBe(false)
})

test('STAND-03 the encounters of the chosen patient, newest first', async () => {
  const visits = await house.lookup.encounters(marta, 'ana')
  expect(visits.map(({ id }) => id)).toEqual(['latest', 'middle', 'first'])
  expect(visits.slice(0, 2)).toEqual([
    {
      id: 'latest',
      patient: 'ana',
      start: '2026-01-01T09:00:00Z',
      end: '2026-01-01T09:00:00Z',
      status: 'finished',
      kind: 'Check-up',
      place: 'Children’s clinic',
    },
    expect.objectContaining({ kind: 'ambulatory', place: 'Ward 7' }),
  ])
  expect((await house.lookup.encounters(clinician, 'ana', 1)).map(({ id }) => id)).toEqual(['latest'])
  expect(await house.lookup.encounter(marta, 'latest')).toEqual(visits[0])
  for (const patient of ['ove', 'not-there', 'a\u0000b'])
    expect(await house.lookup.encounters(marta, patient), patient).toEqual([])
  for (const id of ['of-ove', 'not-there'])
    expect(await house.lookup.encounter(marta, id), id).toBeUndefined()
  expect((await house.lookup.encounter(clinician, 'of-ove'))?.patient).toBe('ove')
  // About no patient, so for no context.
  expect(await house.lookup.encounter(clinician, 'of-none')).toBeUndefined()
})

test('CTX-10 what is put in context is visible to the user and belongs to the patient', async () => {
  const visible = house.lookup.visible
  for (const [who, reference, patient, answer] of [
    [clinician, 'Patient/ana', undefined, true],
    [marta, 'Patient/ana', undefined, true],
    [marta, 'Patient/ove', undefined, false],
    [clinician, 'Patient/not-there', undefined, false],
    [clinician, 'Encounter/latest', 'ana', true],
    [marta, 'Encounter/latest', 'ana', true],
    [marta, 'Encounter/latest', 'marta', false],
    [clinician, 'Encounter/of-ove', 'ana', false],
    [clinician, 'Encounter/of-ove', undefined, true],
    [marta, 'Encounter/of-ove', 'ove', false],
    [clinician, 'ImagingStudy/scan-0', 'ana', true],
    [clinician, 'ImagingStudy/scan-ove', 'ana', false],
    // About two patients: in the record of neither.
    [clinician, 'Appointment/family-talk', 'ana', false],
    [clinician, 'Appointment/family-talk', undefined, true],
    // In nobody's record: whoever sees it may be launched with it.
    [clinician, 'Questionnaire/form', 'ana', true],
    [clinician, 'Group/all', 'ana', true],
    [marta, 'Questionnaire/form', 'ana', false],
    [marta, 'Location/clinic', 'ana', true],
    [guardian, 'RelatedPerson/ana-guardian', 'ana', true],
    [clinician, 'Nonsense/1', undefined, false],
    [clinician, 'Encounter/latest/_history/1', 'ana', false],
    [clinician, 'latest', 'ana', false],
  ] as const)
    expect(await visible(who, reference, patient), `${reference} for ${patient}`).toBe(answer)
})

test('CTX-10 what was deleted or belongs to another by now is not visible any more', async () => {
  await house.write({
    resourceType: 'ImagingStudy',
    id: 'moved',
    status: 'available',
    subject: ref('Patient/ana'),
  })
  expect(await house.lookup.visible(marta, 'ImagingStudy/moved', 'ana')).toBe(true)
  await house.write({
    resourceType: 'ImagingStudy',
    id: 'moved',
    status: 'available',
    subject: ref('Patient/ove'),
  })
  expect(await house.lookup.visible(marta, 'ImagingStudy/moved', 'ana')).toBe(false)
  expect(await house.lookup.visible(clinician, 'ImagingStudy/moved', 'ana')).toBe(false)
})

test('STAND-03 items of the other launch scopes are those of the chosen patient', async () => {
  expect(await house.lookup.contextItems(marta, 'imagingstudy', 'ana')).toEqual([
    { reference: 'ImagingStudy/scan-1', title: 'Scan 1', when: '2025-01-01' },
    { reference: 'ImagingStudy/scan-0', title: 'Scan 0', when: '2024-01-01' },
  ])
  expect(await house.lookup.contextItems(marta, 'ImagingStudy', 'ana', 1)).toHaveLength(1)
  expect(await house.lookup.contextItems(marta, 'location', 'ana')).toEqual([
    { reference: 'Location/clinic', title: 'Children’s clinic' },
  ])
  for (const [who, type, patient] of [
    [marta, 'imagingstudy', 'ove'],
    [nobody, 'imagingstudy', 'ana'],
    [clinician, 'nonsense', 'ana'],
    [clinician, 'group', 'ana'],
  ] as const)
    expect(await house.lookup.contextItems(who, type, patient), type).toEqual([])
})

test('STAND-03 every type of R4 can be asked for', async () => {
  for (const type of house.house.definitions.resourceTypes)
    expect(Array.isArray(await house.lookup.contextItems(clinician, type, 'ana')), type).toBe(true)
})

test('OIDC-04 a relative is told by what the record says', async () => {
  const relation = house.lookup.relation
  expect(await relation(guardian, 'ana')).toBe('GUARD')
  expect(await relation({ ...guardian, patients: ['ana', 'ove'] }, 'ove')).toBeUndefined()
  const person = reaching({ fhirUser: 'Person/lena', patients: ['ana', 'ove'] })
  expect(await relation(person, 'ana')).toBe('GUARD')
  expect(await relation(person, 'ove')).toBe('WIFE')
  // A link to a record that this user may not see tells nothing.
  expect(await relation({ ...person, patients: ['ana'] }, 'ove')).toBeUndefined()
  for (const who of [marta, clinician, nobody]) expect(await relation(who, 'ana')).toBeUndefined()
})

test('STAND-01 names, dates and numbers of any shape come to nothing but a card', async () => {
  await house.write({
    resourceType: 'Patient',
    id: 'odd',
    name: 'Odd',
    birthDate: 7,
    identifier: [null, coded('x')],
  })
  expect(await house.lookup.patient(clinician, 'odd')).toEqual({ id: 'odd', name: 'odd' })
  expect(people.map(({ id }) => id)).not.toContain('odd')
})
