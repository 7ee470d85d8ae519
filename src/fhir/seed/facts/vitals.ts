import { type Concept, concept, LOINC, table } from '../codes.ts'

type Row = readonly [loinc: string, ucum: string, decimals: number, profile: string]

const ROWS = {
  systolic: ['8480-6 Systolic blood pressure', 'mm[Hg]', 0, ''],
  diastolic: ['8462-4 Diastolic blood pressure', 'mm[Hg]', 0, ''],
  pulse: ['8867-4 Heart rate', '/min', 0, 'heart-rate'],
  respiration: ['9279-1 Respiratory rate', '/min', 0, 'respiratory-rate'],
  temperature: ['8310-5 Body temperature', 'Cel', 1, 'body-temperature'],
  height: ['8302-2 Body height', 'cm', 1, 'body-height'],
  weight: ['29463-7 Body weight', 'kg', 1, 'body-weight'],
  bmi: ['39156-5 Body mass index (BMI) [Ratio]', 'kg/m2', 1, 'bmi'],
  head: ['9843-4 Head Occipital-frontal circumference', 'cm', 1, 'head-circumference'],
  bmiPercentile: [
    '59576-9 Body mass index (BMI) [Percentile] Per age and sex',
    '%',
    0,
    'pediatric-bmi-for-age',
  ],
  saturation: ['59408-5 Oxygen saturation in Arterial blood by Pulse oximetry', '%', 0, 'pulse-oximetry'],
  oxygenFlow: ['3151-8 Inhaled oxygen flow rate', 'L/min', 1, ''],
} as const satisfies Record<string, Row>

export type VitalName = keyof typeof ROWS
export type Measure = { code: Concept; ucum: string; decimals: number; profile: string }

/** What is measured at the bedside. */
export const VITALS = table<VitalName, Row, Measure>(ROWS, ([loinc, ucum, decimals, profile]) => {
  return { code: concept(LOINC, loinc), ucum, decimals, profile }
})

export const BLOOD_PRESSURE = concept(LOINC, '85354-9 Blood pressure panel with all children optional')
