import { expect, test } from 'vitest'
import { encounterCard, itemCard, patientCard } from '../../../src/fhir/lookup/cards.ts'

test('STAND-01 a patient is shown by the official name and the record number', () => {
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    name: [
      { use: 'maiden', family: 'Old', given: ['Ana'] },
      { use: 'official', family: 'Lindqvist', given: ['Ana', 'Sofia'], suffix: ['Jr.'], prefix: ['Dr.'] },
      { use: 'nickname', given: ['Nan'] },
    ],
    gender: 'female',
    birthDate: '2014-03-14',
    identifier: [
      { use: 'official', system: 'urn:passport', value: 'X1' },
      { use: 'old', value: '1', type: { coding: [{ code: 'MR' }] } },
      { use: 'usual', value: '104-882-17', type: { coding: [{ code: 'MR' }] } },
    ],
  }
  expect(patientCard(patient)).toEqual({
    id: 'p',
    name: 'Ana Sofia Lindqvist Jr.',
    given: 'Ana',
    born: '2014-03-14',
    sex: 'female',
    record: 'MRN 104-882-17',
  })
  expect(patientCard({ ...patient, identifier: [{ value: 'X1' }] }).record).toBe('X1')
  expect(patientCard({ ...patient, name: [{ text: 'Ana L.', family: 'L' }] }).name).toBe('Ana L.')
})

test('a resource of any shape makes a card', () => {
  for (const odd of [null, 7, 'x', [], {}, [null, 7, [], 'x', {}], [{ given: 'x', family: 7, value: {} }]]) {
    expect(patientCard({ id: 'p', name: odd, identifier: odd, birthDate: odd === 'x' ? 7 : odd })).toEqual({
      id: 'p',
      name: 'p',
    })
    const encounter = { id: 'e', period: odd, type: odd, class: odd, status: 7, location: odd }
    expect(encounterCard(encounter, 'p', undefined)).toEqual({ id: 'e', patient: 'p' })
    const bare = {
      resourceType: 'Basic',
      id: 'b',
      name: odd === 'x' ? [] : odd,
      code: 7,
      date: odd === 'x' ? 7 : odd,
    }
    expect(itemCard(bare)).toEqual({ reference: 'Basic/b', title: 'Basic/b' })
  }
})

test('STAND-03 an item is called by what it says of itself', () => {
  const titled = (more: object) => itemCard({ resourceType: 'X', id: '1', ...more })
  expect(titled({ code: { coding: [{ code: '1' }, { display: 'One' }] }, authoredOn: '2020' })).toEqual({
    reference: 'X/1',
    title: 'One',
    when: '2020',
  })
  expect(titled({ description: 'Scan', code: { text: 'x' } }).title).toBe('Scan')
  expect(titled({ name: [{ given: ['Samir'], family: 'Haddad' }] }).title).toBe('Samir Haddad')
  expect(titled({ name: 'Ward 7' }).title).toBe('Ward 7')
  expect(titled({ medicationReference: { display: 'Aspirin' } }).title).toBe('Aspirin')
  expect(titled({ type: [{ text: 'Check-up' }], period: { start: '2021-01-01' } })).toEqual({
    reference: 'X/1',
    title: 'Check-up',
    when: '2021-01-01',
  })
})
