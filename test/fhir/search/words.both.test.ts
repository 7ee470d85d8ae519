import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MRN_SYSTEM as MRN } from '../../../src/fhir/seed/demo.ts'
import { type FhirServer, fhirServer, refusal } from '../http/fhir-server.ts'

const LOINC = 'http://loinc.org'
const V2 = 'http://terminology.hl7.org/CodeSystem/v2-0203'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([...observations, ...patients, ...valueSets])
})
afterAll(() => server.close())

const observations = Object.entries({
  glucose: {
    code: { coding: [{ system: LOINC, code: '2345-7', display: 'Glucose [Mass/volume]' }] },
    category: [{ coding: [{ system: CATEGORY, code: 'laboratory' }] }],
  },
  // The first coding is the hospital's own, so that any coding must count.
  'glucose-too': {
    code: {
      coding: [
        { system: 'urn:own', code: 'GLU', display: 'Zucker' },
        { system: LOINC, code: '2345-7' },
      ],
      text: 'Blood sugar, fasting',
    },
    category: [{ coding: [{ system: CATEGORY, code: 'laboratory' }] }, { coding: [{ code: 'urgent' }] }],
  },
  plain: { code: { coding: [{ code: '2345-7' }] } },
  'other-system': { code: { coding: [{ system: 'urn:other', code: '2345-7' }] } },
  odd: { code: { coding: [{ system: 'urn:odd', code: 'a,b|c$d\\e' }] } },
}).map(([id, rest]) => ({ resourceType: 'Observation', id, status: 'final', ...rest }))

const patients = Object.entries({
  angstrom: {
    active: true,
    gender: 'female',
    name: [{ family: 'Ångström', given: ['Eve', 'Marie'], prefix: ['Dr.'] }],
    telecom: [
      { system: 'phone', value: '+1 555 0100' },
      { system: 'email', value: 'eve@example.org' },
    ],
    address: [{ line: ['12 Rue de l’Été'], city: 'Orléans', postalCode: '45000' }],
    identifier: [
      {
        system: MRN,
        value: '12345',
        type: { coding: [{ system: V2, code: 'MR' }], text: 'Hospital number' },
      },
    ],
  },
  angst: {
    active: false,
    gender: 'male',
    name: [{ family: 'Angst', given: ['Steve'] }],
    identifier: [{ system: 'urn:other', value: '12345' }, { value: 'no|system' }],
    deceasedBoolean: false,
  },
  late: { name: [{ text: 'Stranger  Things' }], deceasedDateTime: '2020-01-01' },
}).map(([id, rest]) => ({ resourceType: 'Patient', id, ...rest }))

const valueSets = Object.entries({
  root: 'http://acme.example.org/fhir',
  set: 'http://acme.example.org/fhir/ValueSet/1',
  deeper: 'http://acme.example.org/fhir/ValueSet/1/more',
  sibling: 'http://acme.example.org/fhir/ValueSet/123',
  oid: 'urn:oid:1.2.3',
}).map(([id, url]) => ({ resourceType: 'ValueSet', id, status: 'active', url }))

const observed = (query: string) => server.ids(`Observation?${query}`)
const known = (query: string) => server.ids(`Patient?${query}`)

describe('SRCH-07 tokens', () => {
  test('SRCH-07 the four ways of writing one', async () => {
    expect(await observed('code=2345-7')).toEqual(['glucose', 'glucose-too', 'other-system', 'plain'])
    expect(await observed(`code=${LOINC}|2345-7`)).toEqual(['glucose', 'glucose-too'])
    expect(await observed('code=|2345-7')).toEqual(['plain'])
    expect(await observed(`code=${LOINC}|`)).toEqual(['glucose', 'glucose-too'])
    expect(await observed(`code=${LOINC}|2345-7,urn:other|2345-7`)).toEqual([
      'glucose',
      'glucose-too',
      'other-system',
    ])
  })

  test('SRCH-05 a code or system that nobody uses finds nothing, and is no error', async () => {
    expect(await observed('code=no-such-code')).toEqual([])
    expect(await observed('code=urn:nobody|2345-7')).toEqual([])
    expect(await observed('code=urn:nobody|')).toEqual([])
    expect(await observed('code=2345')).toEqual([])
    expect(refusal(await server.get('Observation?code=|'))).toEqual([400, 'value'])
  })

  test('SRCH-07 codes of R4 itself take their system or not; booleans are codes', async () => {
    expect(await known('gender=female')).toEqual(['angstrom'])
    expect(await known('gender=http://hl7.org/fhir/administrative-gender|female')).toEqual(['angstrom'])
    expect(await known('gender=|female')).toEqual(['angstrom'])
    expect(await known('gender=Female')).toEqual([])
    expect(await known('active=true')).toEqual(['angstrom'])
    expect(await known('active=false')).toEqual(['angst'])
    expect(await known('deceased=true')).toEqual(['late'])
    expect(await known('deceased=false')).toEqual(['angst', 'angstrom'])
  })

  test('SRCH-07 :not includes what has no code at all', async () => {
    expect(await known('gender:not=male')).toEqual(['angstrom', 'late'])
    expect(await observed(`category:not=${CATEGORY}|laboratory`)).toEqual(['odd', 'other-system', 'plain'])
    expect(await observed('category:not=urgent')).toEqual(['glucose', 'odd', 'other-system', 'plain'])
    expect(await known('gender:not=male,female')).toEqual(['late'])
  })

  test('SRCH-07 :text searches display and text', async () => {
    expect(await observed('code:text=glucose')).toEqual(['glucose'])
    expect(await observed('code:text=blood SUGAR')).toEqual(['glucose-too'])
    expect(await observed('code:text=zucker')).toEqual(['glucose-too'])
    expect(await observed('code:text=mass')).toEqual([])
    expect(await known('identifier:text=hospital')).toEqual(['angstrom'])
  })

  test('SRCH-07 :of-type takes the type of an identifier with its value', async () => {
    expect(await known(`identifier:of-type=${V2}|MR|12345`)).toEqual(['angstrom'])
    expect(await known(`identifier:of-type=${V2}|SS|12345`)).toEqual([])
    expect(refusal(await server.get(`Patient?identifier:of-type=${V2}|MR`))).toEqual([400, 'value'])
    expect(refusal(await server.get('Observation?code:of-type=a|b|c'))).toEqual([400, 'not-supported'])
  })

  test('SRCH-07 identifiers and telecoms', async () => {
    expect(await known('identifier=12345')).toEqual(['angst', 'angstrom'])
    expect(await known(`identifier=${MRN}|12345`)).toEqual(['angstrom'])
    expect(await known('identifier=|12345')).toEqual([])
    expect(await known('email=eve@example.org')).toEqual(['angstrom'])
    expect(await known('phone=eve@example.org')).toEqual([])
    expect(await known(`telecom=${encodeURIComponent('+1 555 0100')}`)).toEqual(['angstrom'])
  })

  test('SRCH-07 the demo knows MRN as the short name of its identifiers, and only so written', async () => {
    expect(await known('identifier=MRN|12345')).toEqual(['angstrom'])
    expect(await known('identifier=MRN|')).toEqual(['angstrom'])
    expect(await known('identifier:not=MRN|12345')).toEqual(['angst', 'late'])
    expect(await known('identifier=mrn|12345')).toEqual([])
    expect(await known('identifier=SSN|12345')).toEqual([])
    expect(await known('identifier=MRN')).toEqual([])
  })

  test('SRCH-10 escaped separators belong to the value', async () => {
    const value = String.raw`a\,b\|c\$d\\e`
    expect(await observed(`code=${encodeURIComponent(value)}`)).toEqual(['odd'])
    expect(await observed(`code=${encodeURIComponent(`urn:odd|${value}`)}`)).toEqual(['odd'])
    expect(await observed(`code=${encodeURIComponent('a,b')}`)).toEqual([])
    expect(await known(`identifier=${encodeURIComponent(String.raw`no\|system`)}`)).toEqual(['angst'])
  })

  test('SRCH-05 modifiers that need a terminology are refused, never ignored', async () => {
    for (const modifier of ['in', 'not-in', 'below', 'above', 'exact', 'bogus', 'Patient', 'code-text']) {
      const answer = await server.get(`Observation?code:${modifier}=2345-7`)
      expect([modifier, refusal(answer)]).toEqual([modifier, [400, 'not-supported']])
    }
    expect(refusal(await server.get('Observation?code:not:text=x'))).toEqual([400, 'invalid'])
  })
})

describe('SRCH-08 strings', () => {
  test('SRCH-08 begin alike, whatever their case and accents', async () => {
    for (const name of ['ang', 'ANG', 'Äng']) {
      expect(await known(`name=${encodeURIComponent(name)}`)).toEqual(['angst', 'angstrom'])
    }
    for (const name of ['angstrom', 'Ångström', 'A\u030angstr']) {
      expect(await known(`family=${encodeURIComponent(name)}`)).toEqual(['angstrom'])
    }
    expect(await known('name=eve')).toEqual(['angstrom'])
    expect(await known('name=dr.')).toEqual(['angstrom'])
    expect(await known('name=gstrom')).toEqual([])
    expect(await known('name=stranger things')).toEqual(['late'])
    expect(await known('address=orleans')).toEqual(['angstrom'])
    expect(await known('address-city=Orl')).toEqual(['angstrom'])
    expect(await known('address-postalcode=45')).toEqual(['angstrom'])
  })

  test('SRCH-08 :exact is the whole, letter by letter', async () => {
    expect(await known(`family:exact=${encodeURIComponent('Ångström')}`)).toEqual(['angstrom'])
    expect(await known('family:exact=Angstrom')).toEqual([])
    expect(await known(`family:exact=${encodeURIComponent('ångström')}`)).toEqual([])
    expect(await known('family:exact=Ang')).toEqual([])
    expect(await known('given:exact=Eve')).toEqual(['angstrom'])
  })

  test('SRCH-08 :contains is anywhere, and its wildcards are letters', async () => {
    expect(await known('name:contains=EVE')).toEqual(['angst', 'angstrom'])
    expect(await known('family:contains=GSTR')).toEqual(['angstrom'])
    for (const letter of ['%', '_', 'a_g', '\\\\']) {
      expect(await known(`name:contains=${encodeURIComponent(letter)}`)).toEqual([])
    }
  })

  test('SRCH-05 a string without letters, too long, or with a modifier of another type is refused', async () => {
    expect(refusal(await server.get('Patient?name=%20'))).toEqual([400, 'value'])
    expect(refusal(await server.get(`Patient?name=${'a'.repeat(201)}`))).toEqual([400, 'too-costly'])
    expect(await known(`name=${'a'.repeat(200)}`)).toEqual([])
    expect(await known(`name:exact=${'a'.repeat(201)}`)).toEqual([])
    expect(refusal(await server.get('Patient?name:not=eve'))).toEqual([400, 'not-supported'])
  })
})

describe('SRCH-08 uris', () => {
  const sets = (query: string) => server.ids(`ValueSet?${query}`)

  test('SRCH-08 exact, to the last letter', async () => {
    expect(await sets('url=http://acme.example.org/fhir/ValueSet/1')).toEqual(['set'])
    expect(await sets('url=http://acme.example.org/fhir/ValueSet/1/')).toEqual([])
    expect(await sets('url=HTTP://acme.example.org/fhir/ValueSet/1')).toEqual([])
    expect(await sets('url=urn:oid:1.2.3')).toEqual(['oid'])
  })

  test('SRCH-08 :below and :above go by path segments', async () => {
    expect(await sets('url:below=http://acme.example.org/fhir/ValueSet/1')).toEqual(['deeper', 'set'])
    expect(await sets('url:below=http://acme.example.org/fhir')).toEqual(['deeper', 'root', 'set', 'sibling'])
    expect(await sets('url:below=http://acme.example.org/fhir/')).toEqual(['deeper', 'set', 'sibling'])
    expect(await sets('url:below=http://acme')).toEqual([])
    expect(await sets('url:above=http://acme.example.org/fhir/ValueSet/1/more/still')).toEqual([
      'deeper',
      'root',
      'set',
    ])
    expect(await sets('url:above=http://acme.example.org/fhir')).toEqual(['root'])
    expect(refusal(await server.get('ValueSet?url:contains=acme'))).toEqual([400, 'not-supported'])
  })
})

test('SRCH-08 :missing on every type of parameter', async () => {
  expect(await known('gender:missing=true')).toEqual(['late'])
  expect(await known('gender:missing=false')).toEqual(['angst', 'angstrom'])
  expect(await known('family:missing=true')).toEqual(['late'])
  expect(await known('death-date:missing=false')).toEqual(['late'])
  expect(await known('general-practitioner:missing=false')).toEqual([])
  expect(await server.ids('ValueSet?url:missing=false')).toHaveLength(5)
  expect(await observed('value-quantity:missing=true')).toHaveLength(5)
  expect(await observed('code-value-quantity:missing=false')).toEqual([])
  expect(await observed('code:missing=true')).toEqual([])
  expect(await known('_id:missing=false')).toHaveLength(3)
  expect(await known('_lastUpdated:missing=true')).toEqual([])
  expect(refusal(await server.get('Patient?gender:missing=maybe'))).toEqual([400, 'value'])
})

test('SRCH-10 a repeat is AND, a comma is OR, and nothing is nothing', async () => {
  expect(await known('given=eve&given=marie')).toEqual(['angstrom'])
  expect(await known('given=eve&given=steve')).toEqual([])
  expect(await known('given=eve,steve')).toEqual(['angst', 'angstrom'])
  expect(await known('given=eve,steve&gender=male')).toEqual(['angst'])
  expect(await known('given=eve,,')).toEqual(['angstrom'])
  expect(await known('given=&gender=male')).toEqual(['angst'])
  expect(await known('given=,,,&gender=male')).toEqual(['angst'])
})
