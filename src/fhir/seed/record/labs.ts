import type { Chart } from '../chart.ts'
import { codingOf, concept, hl7, type Quantity, type Reference, SNOMED } from '../codes.ts'
import { DETECTION_LIMIT, LABS, type LabName, type LabTest, PANELS, type PanelName } from '../facts/labs.ts'
import { inWords, observe, quantity } from './observations.ts'
import { during, type Visit } from './visits.ts'

export const LABORATORY = {
  reference: 'Organization/alder-valley-laboratory',
  display: 'Alder Valley Laboratory',
}
const ORDER_CATEGORY = [concept(SNOMED, '108252007', 'Laboratory procedure')]
const REPORT_CATEGORY = [hl7('v2-0074', 'LAB', 'Laboratory')]
const flag = (code: string, display: string) => [hl7('v3-ObservationInterpretation', code, display)]
const FLAGS = {
  low: flag('L', 'Low'),
  high: flag('H', 'High'),
  normal: flag('N', 'Normal'),
  abnormal: flag('A', 'Abnormal'),
}
const SPOILED = hl7('data-absent-reason', 'error', 'Error')

type Drawn = Partial<Record<LabName, number>>

/** Orders panels, draws what they need, and reports every test with its flag. */
export function labs(chart: Chart, visit: Visit, panels: readonly PanelName[]): void {
  const specimens = new Map<string, Reference>()
  const drawn: Drawn = {}
  for (const name of panels) {
    const panel = PANELS[name]
    const label = LABS[panel.tests[0] as LabName].label
    const order = chart.add(
      'ServiceRequest',
      {
        status: 'completed',
        intent: 'order',
        category: ORDER_CATEGORY,
        code: panel.code,
        subject: chart.patient,
        encounter: visit.encounter,
        occurrenceDateTime: during(visit, 10),
        authoredOn: during(visit, 8),
        requester: visit.clinician.who,
      },
      { label },
    )
    const kind = codingOf(panel.specimen).code
    const specimen = specimens.get(kind) ?? collect(chart, visit, panel.specimen)
    specimens.set(kind, specimen)
    const result = panel.tests.map((test) => report(chart, visit, test, drawn, specimen))
    chart.add(
      'DiagnosticReport',
      {
        basedOn: [order],
        status: 'final',
        category: REPORT_CATEGORY,
        code: panel.code,
        subject: chart.patient,
        encounter: visit.encounter,
        effectiveDateTime: during(visit, 12),
        issued: during(visit, 190),
        performer: [LABORATORY],
        specimen: [specimen],
        result,
      },
      { label },
    )
  }
}

function collect(chart: Chart, visit: Visit, type: (typeof PANELS)[PanelName]['specimen']): Reference {
  return chart.add('Specimen', {
    identifier: [
      {
        system: 'https://alder-valley.example/fhir/sid/specimen',
        value: `${visit.day}-${chart.person.mrn.slice(4)}-${codingOf(type).code.slice(-3)}`,
      },
    ],
    status: 'available',
    type,
    subject: chart.patient,
    receivedTime: during(visit, 60),
    collection: { collector: visit.clinician.who, collectedDateTime: during(visit, 12) },
  })
}

function report(chart: Chart, visit: Visit, name: LabName, drawn: Drawn, specimen: Reference): Reference {
  const test = LABS[name]
  return observe(chart, visit, {
    code: test.code,
    categories: ['laboratory'],
    profile: 'observation-lab',
    minutes: 12,
    label: test.label,
    performer: LABORATORY,
    says: {
      issued: during(visit, 180),
      ...('answers' in test ? worded(chart, name, test) : numeric(chart, name, test, drawn)),
      specimen,
    },
  })
}

function worded(chart: Chart, name: LabName, test: Extract<LabTest, { answers: unknown }>) {
  const key = String(chart.body.lab[name] ?? test.usual)
  return {
    ...inWords(test.answers[key] ?? key),
    interpretation: test.abnormal === '' ? undefined : key === test.abnormal ? FLAGS.abnormal : FLAGS.normal,
  }
}

function numeric(chart: Chart, name: LabName, test: Extract<LabTest, { unit: string }>, drawn: Drawn) {
  const { low, high, unit, ucum, decimals } = test
  const limit = (value: number) => quantity(value, unit, ucum, 2)
  const referenceRange = [
    { ...(low !== undefined && { low: limit(low) }), ...(high !== undefined && { high: limit(high) }) },
  ]
  // A potassium now and then is lost to haemolysis: the number would lie, so there is none.
  if (name === 'potassium' && chart.random.chance(0.02)) {
    return {
      dataAbsentReason: SPOILED,
      note: [{ text: 'Specimen haemolysed; please send another.' }],
      referenceRange,
    }
  }
  const value = (drawn[name] = Math.max(DERIVED[name]?.(drawn, chart) ?? draw(chart, name, test), 0))
  const below = DETECTION_LIMIT[name]
  const found: Quantity & { comparator?: string } =
    below !== undefined && value < below
      ? { ...limit(below), comparator: '<' }
      : quantity(value, unit, ucum, decimals)
  return {
    valueQuantity: found,
    interpretation:
      low !== undefined && found.value < low
        ? FLAGS.low
        : high !== undefined && found.value > high
          ? FLAGS.high
          : FLAGS.normal,
    referenceRange,
  }
}

/** The body's own level, or the usual one, with the scatter of a healthy day. */
function draw(chart: Chart, name: LabName, test: Extract<LabTest, { unit: string }>): number {
  const level = chart.body.lab[name]
  const mean = typeof level === 'number' ? level : (USUAL[name]?.(chart) ?? test.usual)
  const scatter =
    test.low !== undefined && test.high !== undefined ? (test.high - test.low) / 14 : mean * 0.06
  return mean + scatter * chart.random.bell()
}

/** What is usual depends on sex and age. */
const USUAL: Partial<Record<LabName, (chart: Chart) => number>> = {
  hemoglobin: ({ person }) => (person.age < 13 ? 12.9 : person.sex === 'female' ? 13.5 : 14.9),
  egfr: ({ person }) => Math.min(108, 128 * (1 - 0.0048 * person.age)),
}

/** Tests that follow from others: a panel must add up. */
const DERIVED: Partial<Record<LabName, (drawn: Drawn, chart: Chart) => number | undefined>> = {
  // The estimated average glucose of the ADAG study.
  glucose: (_, { body, random }) =>
    typeof body.lab.a1c === 'number' ? 28.7 * body.lab.a1c - 46.7 + 6 * random.bell() : undefined,
  // CKD-EPI 2021 turned round; the exponent 1/1.2 by square roots (see random.ts on powers).
  creatinine: ({ egfr }, { person }) => {
    if (egfr === undefined) return undefined
    const ratio = (142 * (1 - 0.0048 * person.age)) / egfr
    const half = Math.sqrt(ratio)
    return (
      (person.sex === 'female' ? 0.7 : 0.9) * half * Math.sqrt(half) * Math.sqrt(Math.sqrt(Math.sqrt(half)))
    )
  },
  cholesterol: ({ ldl, hdl, triglycerides }) =>
    ldl && hdl && triglycerides ? ldl + hdl + triglycerides / 5 : undefined,
  hematocrit: ({ hemoglobin }) => hemoglobin && hemoglobin * 2.95,
  erythrocytes: ({ hematocrit, mcv }) => hematocrit && mcv && (hematocrit * 10) / mcv,
}
