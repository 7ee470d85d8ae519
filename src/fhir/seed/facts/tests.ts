import { type Concept, concept, LOINC, table } from '../codes.ts'
import type { CategoryName } from './surveys.ts'

type Row = readonly [loinc: string, category: CategoryName, ucum: string, decimals: number]

/** Measured outside the laboratory: tracings, pictures, breathing tests, examinations. */
const ROWS = {
  fev1: ['20150-9 FEV1', 'procedure', 'L', 2],
  fvc: ['19868-9 Forced vital capacity [Volume] Respiratory system by Spirometry', 'procedure', 'L', 2],
  fev1Ratio: ['19926-5 FEV1/FVC', 'procedure', '%', 0],
  pr: ['8625-6 P-R Interval', 'procedure', 'ms', 0],
  qrs: ['8633-0 QRS duration', 'procedure', 'ms', 0],
  qt: ['8636-3 Q-T interval corrected', 'procedure', 'ms', 0],
  ejectionFraction: ['10230-1 Left ventricular Ejection fraction', 'imaging', '%', 0],
  fundalHeight: ['11881-0 Uterus Fundal height Tape measure', 'exam', 'cm', 0],
  fetalPulse: ['55283-6 Fetal Heart rate', 'exam', '/min', 0],
  exerciseDays: [
    '89555-7 How many days per week did you engage in moderate to strenuous physical activity in the last 30 days',
    'activity',
    'd/wk',
    0,
  ],
  homeOxygen: ['3151-8 Inhaled oxygen flow rate', 'therapy', 'L/min', 1],
} as const satisfies Record<string, Row>

export type TestName = keyof typeof ROWS
export type ClinicalTest = { code: Concept; category: CategoryName; ucum: string; decimals: number }

export const TESTS = table<TestName, Row, ClinicalTest>(ROWS, ([loinc, category, ucum, decimals]) => {
  return { code: concept(LOINC, loinc), category, ucum, decimals }
})
