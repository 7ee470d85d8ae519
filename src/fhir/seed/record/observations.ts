import type { Chart } from '../chart.ts'
import { type Concept, type Label, type Quantity, type Reference, UCUM } from '../codes.ts'
import { CATEGORIES, type CategoryName } from '../facts/surveys.ts'
import { during, type Occasion } from './visits.ts'

export type Finding = {
  code: Concept
  categories: readonly CategoryName[]
  profile: string
  /** `value[x]`, `component`, `dataAbsentReason` and whatever else this finding has. */
  says: Record<string, unknown>
  /** Minutes into the visit. */
  minutes?: number
  label?: Label | undefined
  performer?: Reference
}

/** Writes one observation. */
export function observe(chart: Chart, visit: Occasion, finding: Finding): Reference {
  return chart.add(
    'Observation',
    {
      status: 'final',
      category: finding.categories.map((name) => CATEGORIES[name]),
      code: finding.code,
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: during(visit, finding.minutes ?? 5),
      performer: [finding.performer ?? visit.observer],
      ...finding.says,
    },
    { profile: finding.profile, label: finding.label },
  )
}

/** A concept or a plain sentence as the value of an observation. */
export function inWords(value: Concept | string): Record<string, unknown> {
  return typeof value === 'string' ? { valueString: value } : { valueCodeableConcept: value }
}

/** How people write a unit that UCUM writes otherwise. */
const READABLE: Record<string, string> = {
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  'm[IU]/L': 'mIU/L',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m2',
  '{copies}/mL': 'copies/mL',
  '{cells}/uL': 'cells/uL',
  'd/wk': 'days/week',
  a: 'years',
  d: 'days',
}

/** A number with its UCUM unit, rounded as one reads it off. */
export function quantity(value: number, ucum: string, decimals = 2): Quantity {
  const scale = [1, 10, 100][decimals] ?? 1
  return { value: Math.round(value * scale) / scale, unit: READABLE[ucum] ?? ucum, system: UCUM, code: ucum }
}
