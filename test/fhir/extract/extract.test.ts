import { describe, expect, test } from 'vitest'
import { extract, rows } from './rows.ts'

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
