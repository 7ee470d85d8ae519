import type { Chart } from '../chart.ts'
import type { Concept, Label, Quantity, Reference } from '../codes.ts'
import { UCUM } from '../codes.ts'
import { CATEGORIES, type CategoryName } from '../facts/surveys.ts'
import { during, type Visit } from './visits.ts'

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

/** Writes one observation made at a visit. */
export function observe(chart: Chart, visit: Visit, finding: Finding): Reference {
  return chart.add(
    'Observation',
    {
      status: 'final',
      category: finding.categories.map((name) => CATEGORIES[name]),
      code: finding.code,
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: during(visit, finding.minutes ?? 5),
      performer: [finding.performer ?? visit.clinician.who],
      ...finding.says,
    },
    { profile: finding.profile, label: finding.label },
  )
}

/** A concept or a plain sentence as the value of an observation. */
export function inWords(value: Concept | string): Record<string, unknown> {
  return typeof value === 'string' ? { valueString: value } : { valueCodeableConcept: value }
}

/** A number with its unit, rounded as one reads it off. */
export function quantity(value: number, unit: string, ucum: string, decimals = 0): Quantity {
  const scale = [1, 10, 100][decimals] ?? 1
  return { value: Math.round(value * scale) / scale, unit, system: UCUM, code: ucum }
}
