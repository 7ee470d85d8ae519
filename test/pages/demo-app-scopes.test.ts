import { resolve } from 'node:path'
import { expect, test } from 'vitest'

type Scopes = {
  opens(granted: string, letter: string, type: string, category?: string): boolean
  keptBack(wanted: string, granted: string): string[]
}
const { opens, keptBack }: Scopes = await import(
  resolve(import.meta.dirname, '../../views/demo-app/scopes.js')
)

const ofCategory = (code: string) =>
  `patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|${code}`

test.each([
  ['patient/Observation.rs', 's', 'Observation', 'laboratory', true],
  ['openid patient/Observation.rs fhirUser', 's', 'Observation', 'laboratory', true],
  ['patient/*.rs', 's', 'Observation', 'laboratory', true],
  [ofCategory('laboratory'), 's', 'Observation', 'laboratory', true],
  [ofCategory('laboratory'), 's', 'Observation', undefined, true],
  [`${ofCategory('laboratory')} ${ofCategory('vital-signs')}`, 's', 'Observation', 'vital-signs', true],
  ['user/Practitioner.rs', 'r', 'Practitioner', undefined, true],
  [ofCategory('laboratory'), 's', 'Observation', 'vital-signs', false],
  ['patient/Observation.r', 's', 'Observation', 'laboratory', false],
  ['patient/Observation.s', 'r', 'Observation', undefined, false],
  ['patient/Patient.rs', 's', 'Observation', undefined, false],
  ['patient/Observation.rsX', 's', 'Observation', undefined, false],
  ['launch/patient openid fhirUser', 's', 'Observation', undefined, false],
  ['', 's', 'Observation', undefined, false],
])('"%s" opens %s of %s %s: %s', (granted, letter, type, category, expected) => {
  expect(opens(granted, letter, type, category)).toBe(expected)
})

test('what was kept back: a scope that was narrowed was not', () => {
  const wanted = 'launch/patient openid patient/Observation.rs patient/Condition.rs offline_access'
  expect(keptBack(wanted, `launch/patient openid ${ofCategory('laboratory')}`)).toEqual([
    'patient/Condition.rs',
    'offline_access',
  ])
  expect(keptBack(wanted, wanted)).toEqual([])
})
