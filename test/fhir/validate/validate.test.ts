import { describe, expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { createValidate } from '../../../src/fhir/validate/validate.ts'

const validate = createValidate(loadDefinitions())

type Json = Record<string, unknown>
const observation = (more: Json = {}): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
})
const patient = (more: Json = {}): Json => ({ resourceType: 'Patient', ...more })
/** What is wrong, as code and place. */
const wrong = (resource: Json) => validate(resource).map(({ code, expression }) => `${code} ${expression[0]}`)
const div = (content: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`,
})

describe('REST-14 what R4 allows', () => {
  test.for<[string, Json]>([
    ['a choice', observation({ valueQuantity: { value: 1.5, unit: 'mg' } })],
    ['a partial date', patient({ birthDate: '1970-02', deceasedDateTime: '2020-02-29T23:59:60.5+14:00' })],
    [
      'an extension instead of a value',
      patient({ _birthDate: { extension: [{ url: 'urn:x', valueBoolean: true }] } }),
    ],
    [
      'extensions beside some of several values',
      patient({
        name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'urn:x', valueCode: 'y' }] }] }],
      }),
    ],
    [
      'a required element that has only an extension',
      observation({ status: undefined, _status: { id: 'x' } }),
    ],
    ['a logical reference', observation({ subject: { identifier: { value: '1' }, display: 'x' } })],
    [
      'a reference elsewhere',
      observation({ subject: { reference: 'https://other.example/fhir/Patient/1' } }),
    ],
    [
      'a reference to come',
      observation({ subject: { reference: 'urn:uuid:0b1f0000-0000-4000-8000-000000000000' } }),
    ],
    [
      'a contained resource',
      observation({
        contained: [{ resourceType: 'Practitioner', id: 'p' }],
        performer: [{ reference: '#p' }],
      }),
    ],
    ['narrative', patient({ text: div('<b>Ann</b> once') })],
    ['deep structures', { resourceType: 'Bundle', type: 'collection', entry: [{ resource: observation() }] }],
    [
      'nested parts of a kind',
      { resourceType: 'Parameters', parameter: [{ name: 'a', part: [{ name: 'b', valueString: 'c' }] }] },
    ],
    ['leading zeros of a year', patient({ birthDate: '0099' })],
  ])('REST-14 %s is valid', ([, resource]) => {
    expect(validate(JSON.parse(JSON.stringify(resource)))).toEqual([])
  })
})

describe('REST-14 what R4 does not allow is told with its place', () => {
  test.for<[string, Json, string[]]>([
    ['an unknown element', patient({ nickname: 'x' }), ['structure Patient.nickname']],
    ['one of a later version', patient({ name: [{ nick: 'x' }] }), ['structure Patient.name[0].nick']],
    ['a missing element', observation({ status: undefined }), ['required Observation.status']],
    [
      'a missing element further in',
      patient({ link: [{ type: 'seealso' }] }),
      ['required Patient.link[0].other'],
    ],
    [
      'two types of one choice',
      observation({ valueString: 'x', valueBoolean: true }),
      ['structure Observation.value'],
    ],
    ['a type that the choice has not', observation({ valueCode: 'x' }), ['structure Observation.valueCode']],
    ['one where several go', patient({ name: { family: 'x' } }), ['structure Patient.name']],
    ['several where one goes', patient({ gender: ['male'] }), ['structure Patient.gender']],
    ['an empty list', patient({ name: [] }), ['structure Patient.name']],
    ['an empty object', patient({ name: [{}] }), ['structure Patient.name[0]']],
    ['an empty text', patient({ name: [{ family: '' }] }), ['value Patient.name[0].family']],
    ['a blank text', patient({ name: [{ family: ' \n' }] }), ['value Patient.name[0].family']],
    ['a null', patient({ name: [{ given: ['A', null] }] }), ['structure Patient.name[0].given[1]']],
    ['a null for a whole element', patient({ gender: null }), ['structure Patient.gender']],
    ['a text for a part', patient({ name: ['Ann'] }), ['structure Patient.name[0]']],
    ['a code that is none', patient({ gender: 'woman' }), ['value Patient.gender']],
    ['a status that is none', observation({ status: 'done' }), ['value Observation.status']],
    ['a day that is none', patient({ birthDate: '2023-02-29' }), ['value Patient.birthDate']],
    ['a time without a zone', observation({ issued: '2020-01-01T10:00:00' }), ['value Observation.issued']],
    ['a quoted boolean', patient({ active: 'true' }), ['value Patient.active']],
    [
      'a quoted number',
      observation({ valueQuantity: { value: '1' } }),
      ['value Observation.value.ofType(Quantity).value'],
    ],
    ['a broken integer', observation({ valueInteger: 1.5 }), ['value Observation.value.ofType(integer)']],
    [
      'the wrong target',
      observation({ subject: { reference: 'Practitioner/1' } }),
      ['value Observation.subject'],
    ],
    [
      'the wrong target elsewhere',
      observation({ subject: { reference: 'https://o.example/Practitioner/1/_history/2' } }),
      ['value Observation.subject'],
    ],
    [
      'the wrong type of a logical reference',
      observation({ subject: { type: 'Practitioner', display: 'x' } }),
      ['value Observation.subject'],
    ],
    [
      'a reference to nothing inside',
      observation({ subject: { reference: '#p' } }),
      ['value Observation.subject'],
    ],
    [
      'the wrong target inside',
      observation({ contained: [{ resourceType: 'Practitioner', id: 'p' }], subject: { reference: '#p' } }),
      ['value Observation.subject'],
    ],
    [
      'a contained resource that nothing refers to',
      observation({ contained: [{ resourceType: 'Practitioner', id: 'p' }] }),
      ['invariant Observation.contained[0]'],
    ],
    [
      'a contained resource without an id',
      observation({ contained: [{ resourceType: 'Practitioner' }] }),
      ['invariant Observation.contained[0]'],
    ],
    [
      'an unknown contained resource',
      observation({ contained: [{ resourceType: 'X', id: 'p' }] }),
      ['structure Observation.contained[0]', 'invariant Observation.contained[0]'],
    ],
    [
      'an extension with nothing',
      patient({ extension: [{ url: 'urn:x' }] }),
      ['invariant Patient.extension[0]'],
    ],
    [
      'an extension without url',
      patient({ extension: [{ valueCode: 'x' }] }),
      ['required Patient.extension[0].url'],
    ],
    ['narrative that acts', patient({ text: div('<script>1</script>') }), ['value Patient.text.div']],
    [
      'narrative that is none',
      patient({ text: { status: 'generated', div: 'Ann' } }),
      ['value Patient.text.div'],
    ],
    [
      'a companion of no primitive',
      patient({ _name: [{ id: 'x' }] }),
      ['structure Patient._name', 'structure Patient.name[0]'],
    ],
    [
      'what comes from JavaScript',
      JSON.parse('{"resourceType":"Patient","__proto__":{"x":1},"constructor":1}'),
      ['structure Patient.__proto__', 'structure Patient.constructor'],
    ],
  ])('REST-14 %s', ([, resource, issues]) => {
    expect(wrong(JSON.parse(JSON.stringify(resource)))).toEqual(issues)
  })

  test('REST-14 many mistakes are told up to a limit', () => {
    expect(validate(patient({ name: Array(500).fill({}) }))).toHaveLength(50)
  })
})

test('REST-14 no text takes longer than its length', () => {
  const long = 'a '.repeat(500_000)
  const texts = [
    `${long}\u0001`,
    `${' '.repeat(1_000_000)}!`,
    `<div>${'</div> '.repeat(140_000)}x`,
    ` on${'a'.repeat(900_000)}`,
    `"\\${'"\\'.repeat(400_000)}`,
  ]
  const spent = process.cpuUsage()
  for (const value of texts) {
    validate({
      ...patient({ name: [{ family: value }], language: value, implicitRules: value, birthDate: value }),
      text: { status: 'generated', div: value },
      photo: [{ data: value }],
      managingOrganization: { reference: value },
    })
  }
  expect(process.cpuUsage(spent).user / 1e6).toBeLessThan(2)
})
