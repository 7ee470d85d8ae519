import type { Day } from '../calendar.ts'
import { type Chart, on } from '../chart.ts'
import { hl7, type Quantity, type Reference } from '../codes.ts'
import { DETECTION_LIMIT, LABS, type LabName, type NumericTest, type WordedTest } from '../facts/labs.ts'
import { inWords, observe, quantity } from './observations.ts'
import { during, type Visit } from './visits.ts'

export const LABORATORY = {
  reference: 'Organization/alder-valley-laboratory',
  display: 'Alder Valley Laboratory',
}
const flag = (code: string) => [hl7('v3-ObservationInterpretation', code)]
const FLAGS = {
  low: flag('L Low'),
  high: flag('H High'),
  normal: flag('N Normal'),
  abnormal: flag('A Abnormal'),
}
const SPOILED = hl7('data-absent-reason', 'error Error')

/** Levels of one draw: those given beforehand, and those already measured in it. */
export type Given = Partial<Record<LabName, number | string>>

/** Writes what the laboratory found, and adds it to the levels of the draw. */
export function result(
  chart: Chart,
  visit: Visit,
  name: LabName,
  levels: Given,
  specimen: Reference,
): Reference {
  const test = LABS[name]
  const own = chart.body.lab[name]
  if (levels[name] === undefined && own !== undefined) levels[name] = on(own, visit.day)
  return observe(chart, visit, {
    code: test.code,
    categories: ['laboratory'],
    profile: 'observation-lab',
    minutes: 12,
    label: test.label,
    performer: LABORATORY,
    says: {
      issued: during(visit, 180),
      ...('answers' in test ? inAnswer(test, levels[name]) : inNumber(chart, visit, name, test, levels)),
      specimen,
    },
  })
}

function inAnswer(test: WordedTest, level: string | number = test.usual) {
  return {
    ...inWords(test.answers[level] ?? String(level)),
    interpretation:
      test.abnormal === '' ? undefined : level === test.abnormal ? FLAGS.abnormal : FLAGS.normal,
  }
}

function inNumber(chart: Chart, visit: Visit, name: LabName, test: NumericTest, levels: Given) {
  const { low, high, ucum, decimals } = test
  const limit = (side: string, value: number) =>
    Number.isNaN(value) ? {} : { [side]: quantity(value, ucum) }
  const referenceRange = [{ ...limit('low', low), ...limit('high', high) }]
  // A potassium now and then is lost to haemolysis: the number would lie, so there is none.
  if (name === 'potassium' && chart.random.chance(0.02)) {
    const note = [{ text: 'Specimen haemolysed; please send another.' }]
    return { dataAbsentReason: SPOILED, note, referenceRange }
  }
  const mean = Number(levels[name] ?? DERIVED[name]?.(levels, chart, visit.day) ?? test.usual)
  const scatter = name in EXACT ? 0 : (test.high - test.low) / 14 || mean * 0.06 // NaN where the range is open
  const value = Math.max(mean + scatter * chart.random.bell(), 0)
  levels[name] = value
  const below = DETECTION_LIMIT[name]
  const found: Quantity & { comparator?: string } =
    below !== undefined && value < below
      ? { ...quantity(below, ucum), comparator: '<' }
      : quantity(value, ucum, decimals)
  return {
    valueQuantity: found,
    interpretation: found.value < low ? FLAGS.low : found.value > high ? FLAGS.high : FLAGS.normal,
    referenceRange,
  }
}

/** Calculated from others, without a scatter of their own. */
const EXACT: Partial<Record<LabName, true>> = { creatinine: true, cholesterol: true, erythrocytes: true }

/** Levels that follow from sex and age, or from others of the same draw: a panel must add up. */
const DERIVED: Partial<Record<LabName, (levels: Given, chart: Chart, day: Day) => number | undefined>> = {
  hemoglobin: (_, { person }) => (person.age < 13 ? 12.9 : person.sex === 'female' ? 13.5 : 14.9),
  egfr: (_, { person }) => Math.min(108, 128 * (1 - 0.0048 * person.age)),
  // The estimated average glucose of the ADAG study.
  glucose: (_, { body }, day) => (body.lab.a1c ? 28.7 * Number(on(body.lab.a1c, day)) - 46.7 : undefined),
  // CKD-EPI 2021 turned round; the exponent 1/1.2 by square roots (see random.ts on powers).
  creatinine: ({ egfr }, { person }) => {
    if (egfr === undefined) return undefined
    const ratio = (142 * (1 - 0.0048 * person.age)) / Number(egfr)
    const half = Math.sqrt(ratio)
    const eighths = half * Math.sqrt(half) * Math.sqrt(Math.sqrt(Math.sqrt(half)))
    return (person.sex === 'female' ? 0.7 : 0.9) * eighths
  },
  // What the kidneys keep back, or let build up.
  urea: ({ egfr }) => (egfr === undefined ? undefined : 13 + 0.85 * Math.max(0, 60 - Number(egfr))),
  potassium: ({ egfr }) => (egfr === undefined ? undefined : 4.2 + 0.018 * Math.max(0, 60 - Number(egfr))),
  bicarbonate: ({ egfr }) => (egfr === undefined ? undefined : 25 - 0.1 * Math.max(0, 60 - Number(egfr))),
  cholesterol: ({ ldl, hdl, triglycerides }) =>
    ldl && hdl && triglycerides ? Number(ldl) + Number(hdl) + Number(triglycerides) / 5 : undefined,
  hematocrit: ({ hemoglobin }) => (hemoglobin ? Number(hemoglobin) * 2.95 : undefined),
  erythrocytes: ({ hematocrit, mcv }) =>
    hematocrit && mcv ? (Number(hematocrit) * 10) / Number(mcv) : undefined,
}
