import { describe, expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { createExtract } from '../../../src/fhir/extract/extract.ts'

const extract = createExtract(loadDefinitions(), { base: 'https://ehr.example/fhir' })

/** The rows of one parameter, each as one line of text. */
function rows(param: string, resourceType: string, content: Record<string, unknown>): string[] {
  return extract({ resourceType, ...content })
    .filter((row) => row.param === param)
    .map(({ kind, param: _, ...row }) => `${kind} ${JSON.stringify(row).replaceAll('"', '')}`)
}

const time = (text: string): number => Date.parse(text)

describe('SRCH-07 a token is', () => {
  test('a code, an id, a boolean, a string: without a system', () => {
    expect(rows('gender', 'Patient', { gender: 'female' })).toEqual(['token {code:female}'])
    expect(rows('_id', 'Patient', { id: 'p1' })).toEqual(['token {code:p1}'])
    expect(rows('active', 'Patient', { active: false })).toEqual(['token {code:false}'])
    expect(rows('version', 'ValueSet', { version: '1|a' })).toEqual(['token {code:1|a}'])
  })

  test('a Coding, with its display for :text', () => {
    const meta = { tag: [{ system: 's', code: 'c', display: 'Über  all' }, { display: 'no code' }] }
    expect(rows('_tag', 'Patient', { meta })).toEqual([
      'token {system:s,code:c}',
      'string {text:Über  all,norm:uber all}',
      'string {text:no code,norm:no code}',
    ])
  })

  test('each coding of a CodeableConcept, with its text', () => {
    const code = {
      coding: [
        { system: 's', code: '1' },
        { code: '2', display: 'Two' },
      ],
      text: 'Either',
    }
    expect(rows('code', 'Observation', { code })).toEqual([
      'token {system:s,code:1}',
      'token {code:2}',
      'string {text:Two,norm:two}',
      'string {text:Either,norm:either}',
    ])
  })

  test('an Identifier, with its type for :of-type and :text', () => {
    const type = { coding: [{ system: 'v2', code: 'MR', display: 'Record' }], text: 'Number' }
    const identifier = [{ system: 's', value: '12', type }, { value: '13' }]
    expect(rows('identifier', 'Patient', { identifier })).toEqual([
      'token {system:s,code:12}',
      'string {text:Number,norm:number}',
      'string {text:Record,norm:record}',
      'token {code:13}',
    ])
    expect(rows('identifier:of-type', 'Patient', { identifier })).toEqual(['token {system:v2,code:MR|12}'])
  })

  test('a ContactPoint, and only those of the right kind', () => {
    const telecom = [
      { system: 'phone', value: '555' },
      { system: 'email', value: 'a@b.c' },
      { value: 'by owl' },
    ]
    expect(rows('telecom', 'Patient', { telecom })).toEqual([
      'token {code:555}',
      'token {code:a@b.c}',
      'token {code:by owl}',
    ])
    expect(rows('email', 'Patient', { telecom })).toEqual(['token {code:a@b.c}'])
  })

  test('for Patient?deceased, whether anything says that the patient has died', () => {
    expect(rows('deceased', 'Patient', {})).toEqual(['token {code:false}'])
    expect(rows('deceased', 'Patient', { deceasedBoolean: false })).toEqual(['token {code:false}'])
    expect(rows('deceased', 'Patient', { deceasedBoolean: true })).toEqual(['token {code:true}'])
    expect(rows('deceased', 'Patient', { deceasedDateTime: '2020' })).toEqual(['token {code:true}'])
    expect(rows('death-date', 'Patient', { deceasedDateTime: '2020' })).toHaveLength(1)
  })
})

describe('SRCH-08 a string is', () => {
  test('any part of a name or of an address', () => {
    const name = [
      { family: 'Núñez', given: ['Ana', 'María'], prefix: ['Dr.'], suffix: ['PhD'], text: 'Ana N.' },
    ]
    expect(rows('name', 'Patient', { name }).map((row) => row.split('norm:')[1])).toEqual([
      'ana n.}',
      'nunez}',
      'ana}',
      'maria}',
      'dr.}',
      'phd}',
    ])
    expect(rows('family', 'Patient', { name })).toEqual(['string {text:Núñez,norm:nunez}'])
    const address = [{ line: ['1 Road', 'Flat 2'], city: 'Bath', postalCode: 'BA1', use: 'home' }]
    expect(rows('address', 'Patient', { address }).map((row) => row.split('norm:')[1])).toEqual([
      '1 road}',
      'flat 2}',
      'bath}',
      'ba1}',
    ])
  })

  test('a plain string, or the text of a concept where the parameter says so', () => {
    expect(rows('value-string', 'Observation', { valueString: 'Thick' })).toEqual([
      'string {text:Thick,norm:thick}',
    ])
    expect(rows('value-string', 'Observation', { valueCodeableConcept: { text: 'Thin' } })).toEqual([
      'string {text:Thin,norm:thin}',
    ])
  })
})

describe('SRCH-06 a date is', () => {
  const span = (lo: string | number, hi: string | number) => {
    const edge = (at: string | number) => (typeof at === 'number' ? at : time(at))
    return [`date {lo:${edge(lo)},hi:${edge(hi)}}`]
  }

  test('as long as its precision says', () => {
    expect(rows('birthdate', 'Patient', { birthDate: '1970-02' })).toEqual(span('1970-02-01', '1970-03-01'))
    expect(rows('date', 'Observation', { effectiveInstant: '2020-01-01T00:00:00.5Z' })).toEqual(
      span('2020-01-01T00:00:00.500Z', '2020-01-01T00:00:00.600Z'),
    )
  })

  test('from the start to the end of a Period, whose missing end is open', () => {
    const period = (start?: string, end?: string) => rows('date', 'Encounter', { period: { start, end } })
    expect(period('2020-01', '2020-02')).toEqual(span('2020-01-01', '2020-03-01'))
    expect(period('2020-01')).toEqual(span('2020-01-01', 8.64e15))
    expect(period(undefined, '2020-02')).toEqual(span(-8.64e15, '2020-03-01'))
    expect(period()).toEqual([])
    expect(period('2020-01', 'soon')).toEqual([])
    expect(period('2021', '2020')).toEqual([])
  })

  test('from the first to the last event of a Timing, and over the period it repeats in', () => {
    const timing = (effectiveTiming: object) => rows('date', 'Observation', { effectiveTiming })
    expect(timing({ event: ['2020-03-01', '2020-01-01', 'often'] })).toEqual(span('2020-01-01', '2020-03-02'))
    expect(timing({ repeat: { boundsPeriod: { start: '2020' } } })).toEqual(span('2020-01-01', 8.64e15))
    expect(timing({ event: ['2019'], repeat: { boundsPeriod: { start: '2020', end: '2020' } } })).toEqual(
      span('2019-01-01', '2021-01-01'),
    )
    expect(timing({ repeat: { frequency: 1 } })).toEqual([])
  })
})

describe('SRCH-09 a reference is', () => {
  const subject = (reference: unknown, more = {}) =>
    rows('subject', 'Observation', { subject: { reference, ...more } })

  test('local when relative or on our own base, whatever the version', () => {
    const local = ['reference {type:Patient,id:1}']
    expect(subject('Patient/1')).toEqual(local)
    expect(subject('Patient/1/_history/2')).toEqual(local)
    expect(subject('https://ehr.example/fhir/Patient/1')).toEqual(local)
    expect(subject('https://ehr.example/fhir/Patient/1/_history/2')).toEqual(local)
  })

  test('a URI when it leads elsewhere', () => {
    expect(subject('https://other.example/fhir/Patient/1/_history/2')).toEqual([
      'uri {value:https://other.example/fhir/Patient/1}',
    ])
    expect(subject('https://ehr.example/fhirs/Patient/1')).toEqual([
      'uri {value:https://ehr.example/fhirs/Patient/1}',
    ])
    expect(subject('urn:uuid:6f0d')).toEqual(['uri {value:urn:uuid:6f0d}'])
  })

  test('nothing when it is contained, conditional, or of no known type', () => {
    for (const reference of [
      '#p',
      'Patient?identifier=1',
      'Cat/1',
      'Patient/',
      'Patient/a b',
      '/Patient/1',
      7,
    ]) {
      expect(subject(reference)).toEqual([])
    }
  })

  test('the token of its identifier, when it is a logical one', () => {
    expect(subject(undefined, { identifier: { system: 's', value: '1' } })).toEqual([
      'token {system:s,code:1}',
    ])
  })

  test('only of the type that the parameter asks for', () => {
    const manager = (careManager: object) => rows('care-manager', 'EpisodeOfCare', { careManager })
    expect(manager({ reference: 'Practitioner/1' })).toEqual(['reference {type:Practitioner,id:1}'])
    expect(manager({ reference: 'PractitionerRole/1' })).toEqual([])
    expect(manager({ reference: 'https://o.example/Practitioner/1' })).toHaveLength(1)
    expect(manager({ reference: 'https://o.example/PractitionerRole/1' })).toEqual([])
    expect(manager({ reference: 'urn:uuid:1', type: 'PractitionerRole' })).toEqual([])
    expect(manager({ type: 'PractitionerRole', identifier: { value: '1' } })).toEqual([])
    expect(manager({ type: 'Practitioner', identifier: { value: '1' } })).toEqual(['token {code:1}'])
  })

  test('a canonical URL with and without its version, and local too if it is an address of ours', () => {
    const questionnaire = (questionnaire: string) =>
      rows('questionnaire', 'QuestionnaireResponse', { questionnaire })
    expect(questionnaire('http://q.example/phq|2')).toEqual([
      'uri {value:http://q.example/phq|2}',
      'uri {value:http://q.example/phq}',
    ])
    expect(questionnaire('Questionnaire/phq')).toEqual([
      'reference {type:Questionnaire,id:phq}',
      'uri {value:Questionnaire/phq}',
    ])
    expect(questionnaire('#contained')).toEqual([])
  })

  test('in a document, the resource that the bundle begins with', () => {
    const bundle = (resourceType: string) =>
      rows('composition', 'Bundle', { entry: [{ resource: { resourceType, id: 'c' } }, {}] })
    expect(bundle('Composition')).toEqual(['reference {type:Composition,id:c}'])
    expect(bundle('Patient')).toEqual([])
  })
})

describe('a uri is', () => {
  test('a url, or a canonical with and without its version', () => {
    expect(rows('url', 'ValueSet', { url: 'http://v.example|1' })).toEqual(['uri {value:http://v.example|1}'])
    expect(rows('_profile', 'Patient', { meta: { profile: ['http://p.example|1'] } })).toEqual([
      'uri {value:http://p.example|1}',
      'uri {value:http://p.example}',
    ])
  })
})

describe('SRCH-06 a number or quantity is', () => {
  const value = (valueQuantity: object) => rows('value-quantity', 'Observation', { valueQuantity })

  test('exact', () => {
    expect(value({ value: 5.4, unit: 'mg', system: 'ucum', code: 'mg' })).toEqual([
      'quantity {lo:5.4,hi:5.4,system:ucum,code:mg,unit:mg}',
    ])
    expect(rows('probability', 'RiskAssessment', { prediction: [{ probabilityDecimal: 0.5 }] })).toEqual([
      'quantity {lo:0.5,hi:0.5}',
    ])
  })

  test('open on the side of its comparator', () => {
    expect(value({ value: 5, comparator: '<' })).toEqual(['quantity {lo:-1e+308,hi:5}'])
    expect(value({ value: 5, comparator: '<=' })).toEqual(['quantity {lo:-1e+308,hi:5}'])
    expect(value({ value: 5, comparator: '>' })).toEqual(['quantity {lo:5,hi:1e+308}'])
    expect(value({ value: 5, comparator: '>=' })).toEqual(['quantity {lo:5,hi:1e+308}'])
  })

  test('an amount of money, its currency being the code', () => {
    expect(rows('totalgross', 'Invoice', { totalGross: { value: 9.5, currency: 'EUR' } })).toEqual([
      'quantity {lo:9.5,hi:9.5,system:urn:iso:std:iso:4217,code:EUR}',
    ])
  })

  test('as wide as a Range, whose missing end is open', () => {
    const age = (onsetRange: object) => rows('onset-age', 'Condition', { onsetRange })
    expect(age({ low: { value: 30, unit: 'a' }, high: { value: 40 } })).toEqual([
      'quantity {lo:30,hi:40,unit:a}',
    ])
    expect(age({ low: { value: 30 } })).toEqual(['quantity {lo:30,hi:1e+308}'])
    expect(age({ high: { value: 40, unit: 'a' } })).toEqual(['quantity {lo:-1e+308,hi:40,unit:a}'])
    expect(age({ low: { value: 40 }, high: { value: 30 } })).toEqual([])
    expect(age({})).toEqual([])
  })

  test('from the least to the greatest point of sampled data', () => {
    const sampled = (data: unknown, more = {}) =>
      rows('value-quantity', 'Observation', {
        valueSampledData: { origin: { value: 10, unit: 'mV' }, data, ...more },
      })
    expect(sampled('-2 E 3 U L 0', { factor: 2 })).toEqual(['quantity {lo:6,hi:16,unit:mV}'])
    expect(sampled('E E')).toEqual([])
    expect(sampled('1', { factor: 'two' })).toEqual([])
    expect(sampled(undefined)).toEqual([])
  })
})

describe('SRCH-10 a composite is', () => {
  const code = { coding: [{ system: 's', code: 'a', display: 'A' }, { code: 'b' }] }

  test('each combination of its two values', () => {
    const content = { code, valueQuantity: { value: 1, code: 'mg' } }
    expect(rows('code-value-quantity', 'Observation', content)).toEqual([
      'pair {first:{kind:token,system:s,code:a},second:{kind:quantity,lo:1,hi:1,code:mg}}',
      'pair {first:{kind:token,code:b},second:{kind:quantity,lo:1,hi:1,code:mg}}',
    ])
    expect(rows('code-value-quantity', 'Observation', { code })).toEqual([])
  })

  test('made of values on the same element only', () => {
    const component = [
      { code: { coding: [{ code: 'sys' }] }, valueQuantity: { value: 120 } },
      { code: { coding: [{ code: 'dia' }] }, valueQuantity: { value: 80 } },
    ]
    expect(rows('component-code-value-quantity', 'Observation', { component })).toEqual([
      'pair {first:{kind:token,code:sys},second:{kind:quantity,lo:120,hi:120}}',
      'pair {first:{kind:token,code:dia},second:{kind:quantity,lo:80,hi:80}}',
    ])
  })

  test('of any kind of value', () => {
    const relatesTo = [{ code: 'replaces', target: { reference: 'DocumentReference/1' } }]
    expect(rows('relationship', 'DocumentReference', { relatesTo })).toEqual([
      'pair {first:{kind:token,code:replaces},second:{kind:reference,type:DocumentReference,id:1}}',
    ])
    expect(
      rows('code-value-string', 'Observation', { code: { coding: [{ code: 'a' }] }, valueString: 'X' }),
    ).toEqual(['pair {first:{kind:token,code:a},second:{kind:string,text:X,norm:x}}'])
  })

  test('not a way to fill the index with one resource', () => {
    const codings = Array.from({ length: 2000 }, (_, index) => ({ code: `${index}` }))
    const content = { code: { coding: codings }, valueCodeableConcept: { coding: codings } }
    expect(rows('code-value-concept', 'Observation', content)).toHaveLength(1000)
  })
})

test('an alias has no rows, its parts have them', () => {
  const params = extract({ resourceType: 'Observation', subject: { reference: 'Patient/1' } }).map(
    (row) => row.param,
  )
  expect(params).toEqual(['subject'])
})

test('the same value twice is one row', () => {
  const coding = { system: 's', code: 'c' }
  expect(rows('code', 'Observation', { code: { coding: [coding, coding, { code: 'c' }] } })).toEqual([
    'token {system:s,code:c}',
    'token {code:c}',
  ])
})

test('a type that R4 does not know has no rows', () => {
  expect(extract({ resourceType: 'Cat', id: 'tom' })).toEqual([])
  expect(extract({ resourceType: 'constructor', id: 'tom' })).toEqual([])
})
