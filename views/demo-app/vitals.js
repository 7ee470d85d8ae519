// The vital signs that Glance draws.

import { codesOf, dayOf, unitOf } from './values.js'

/** By LOINC; blood pressure has its two values in components. */
export const vitals = [
  {
    code: '85354-9',
    name: 'Blood pressure',
    parts: [
      { code: '8480-6', name: 'Systolic' },
      { code: '8462-4', name: 'Diastolic' },
    ],
  },
  { code: '29463-7', name: 'Weight' },
  { code: '8867-4', name: 'Heart rate' },
]

/** The readings of one vital sign, oldest first: when, its one or two values, and in words. */
export function readingsOf({ code, parts }, observations) {
  return observations
    .filter((one) => codesOf(one.code).includes(code) && one.effectiveDateTime)
    .map((one) => ({ one, quantities: quantitiesOf(one, parts) }))
    .filter(({ quantities }) => quantities.every(Boolean))
    .map(({ one, quantities }) => ({
      at: Date.parse(one.effectiveDateTime),
      day: dayOf(one.effectiveDateTime),
      values: quantities.map(({ value }) => value),
      words: quantities.map(({ value }) => value).join('/'),
      unit: unitOf(quantities[0]),
    }))
    .sort((a, b) => a.at - b.at)
}

function quantitiesOf(observation, parts) {
  if (parts === undefined) return [observation.valueQuantity]
  return parts.map(
    ({ code }) => observation.component?.find((part) => codesOf(part.code).includes(code))?.valueQuantity,
  )
}
