import { YEAR } from '../calendar.ts'
import { type Chart, on } from '../chart.ts'
import { concept, LOINC } from '../codes.ts'
import { AGES, along, GROWTH, percentile } from '../facts/growth.ts'
import { BLOOD_PRESSURE, VITALS, type VitalName } from '../facts/vitals.ts'
import { observe, quantity } from './observations.ts'
import type { Occasion } from './visits.ts'

export type Reading = Exclude<VitalName, 'systolic' | 'diastolic' | 'oxygenFlow'> | 'pressure'
/** Values that the moment gives (a fever, a rapid pulse) instead of the body's own. */
export type Given = Partial<Record<VitalName, number>>

const SATURATION = {
  coding: [
    ...(VITALS.saturation.code.coding ?? []),
    ...(concept(LOINC, '2708-6 Oxygen saturation in Arterial blood').coding ?? []),
  ],
  text: 'Oxygen saturation by pulse oximetry',
}

/** Sets of readings that belong together. */
export const ROUTINE: readonly Reading[] = ['pressure', 'pulse', 'weight', 'bmi']
export const FIRST: readonly Reading[] = ['pressure', 'pulse', 'height', 'weight', 'bmi']
export const ILL: readonly Reading[] = ['temperature', 'pulse', 'respiration', 'saturation']

/** Measures at a visit what is named, in that order. */
export function vitals(chart: Chart, visit: Occasion, readings: readonly Reading[], given: Given = {}): void {
  const values: Given = { ...given }
  const value = (name: VitalName): number => {
    values[name] ??= measure(chart, visit, name, value)
    return values[name]
  }
  const quantityOf = (name: VitalName) => {
    const { ucum, decimals } = VITALS[name]
    return quantity(value(name), ucum, decimals)
  }
  const component = (name: VitalName) => ({ code: VITALS[name].code, valueQuantity: quantityOf(name) })
  for (const [i, reading] of readings.entries()) {
    const finding = { categories: ['vital'] as const, minutes: 3 + i }
    if (reading === 'pressure') {
      const says = { component: [component('systolic'), component('diastolic')] }
      observe(chart, visit, { ...finding, code: BLOOD_PRESSURE, profile: 'blood-pressure', says })
    } else {
      const { code, profile } = VITALS[reading]
      const says: Record<string, unknown> = { valueQuantity: quantityOf(reading) }
      if (reading === 'saturation' && given.oxygenFlow) says.component = [component('oxygenFlow')]
      observe(chart, visit, { ...finding, code: reading === 'saturation' ? SATURATION : code, profile, says })
    }
  }
}

/** What the instrument shows today; `other` gives another reading of the same visit. */
function measure(chart: Chart, visit: Occasion, name: VitalName, other: (name: VitalName) => number): number {
  const { body, person, random } = chart
  const age = (visit.day - person.birth) / YEAR
  const curves = GROWTH[person.sex]
  const child = age < 18
  switch (name) {
    case 'height':
      return along(AGES, curves.height, age) * (1 + 0.042 * body.tall)
    case 'weight':
      return child
        ? along(AGES, curves.weight, age) * (1 + 0.13 * body.heavy)
        : (on(body.bmi, visit.day) + 0.3 * random.bell()) * (other('height') / 100) ** 2
    case 'bmi':
      return other('weight') / (other('height') / 100) ** 2
    case 'bmiPercentile':
      return percentile((body.heavy - 0.5 * body.tall) / 0.7)
    case 'head':
      return along(AGES, curves.head, age) * (1 + 0.015 * body.tall)
    case 'systolic':
      return (
        (child ? along([1, 4, 8, 12, 16], [86, 95, 102, 109, 116], age) : on(body.systolic, visit.day)) +
        4 * random.bell()
      )
    case 'diastolic':
      return (
        (child ? along([1, 4, 8, 12, 16], [50, 57, 63, 66, 69], age) : on(body.diastolic, visit.day)) +
        3 * random.bell()
      )
    case 'pulse':
      return (
        (child
          ? along([0, 1, 3, 6, 10, 14, 18], [140, 120, 105, 95, 85, 78, 72], age)
          : on(body.pulse, visit.day)) +
        4 * random.bell()
      )
    case 'respiration':
      return along([0, 1, 3, 6, 12, 18], [42, 30, 25, 22, 18, 15], age) + random.bell()
    case 'temperature':
      return 36.7 + 0.2 * random.bell()
    case 'saturation':
      return Math.min(100, on(body.saturation, visit.day) + 0.8 * random.bell())
    case 'oxygenFlow':
      return 2
  }
}
