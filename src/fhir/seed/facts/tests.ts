import { type Concept, concept, LOINC, table } from '../codes.ts'
import type { CategoryName } from './surveys.ts'

type Row = readonly [
  loinc: string,
  name: string,
  category: CategoryName,
  unit: string,
  ucum: string,
  decimals: number,
  usual: number,
]

/** Measured outside the laboratory: tracings, pictures, breathing tests, examinations. */
const ROWS = {
  fev1: ['20150-9', 'FEV1', 'procedure', 'L', 'L', 2, 3.2],
  fvc: [
    '19868-9',
    'Forced vital capacity [Volume] Respiratory system by Spirometry',
    'procedure',
    'L',
    'L',
    2,
    4,
  ],
  fev1Ratio: ['19926-5', 'FEV1/FVC', 'procedure', '%', '%', 0, 80],
  pr: ['8625-6', 'P-R Interval', 'procedure', 'ms', 'ms', 0, 158],
  qrs: ['8633-0', 'QRS duration', 'procedure', 'ms', 'ms', 0, 92],
  qt: ['8636-3', 'Q-T interval corrected', 'procedure', 'ms', 'ms', 0, 412],
  ejectionFraction: ['10230-1', 'Left ventricular Ejection fraction', 'imaging', '%', '%', 0, 62],
  fundalHeight: ['11881-0', 'Uterus Fundal height Tape measure', 'exam', 'cm', 'cm', 0, 24],
  fetalPulse: ['55283-6', 'Fetal Heart rate', 'exam', 'beats/minute', '/min', 0, 142],
  exerciseDays: [
    '89555-7',
    'How many days per week did you engage in moderate to strenuous physical activity in the last 30 days',
    'activity',
    'd/wk',
    'd/wk',
    0,
    3,
  ],
  homeOxygen: ['3151-8', 'Inhaled oxygen flow rate', 'therapy', 'L/min', 'L/min', 1, 2],
} as const satisfies Record<string, Row>

export type TestName = keyof typeof ROWS
export type ClinicalTest = {
  code: Concept
  category: CategoryName
  unit: string
  ucum: string
  decimals: number
  usual: number
}
export const TESTS = table<TestName, Row, ClinicalTest>(
  ROWS,
  ([loinc, name, category, unit, ucum, decimals, usual]) => ({
    code: concept(LOINC, loinc, name),
    category,
    unit,
    ucum,
    decimals,
    usual,
  }),
)
