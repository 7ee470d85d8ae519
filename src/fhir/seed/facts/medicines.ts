import {
  type Concept,
  concept,
  hl7,
  type Label,
  type Quantity,
  RXNORM,
  SNOMED,
  table,
  UCUM,
} from '../codes.ts'
import type { ConditionName } from './conditions.ts'

const form = (code: string, unit: string): Omit<Quantity, 'value'> => ({
  unit,
  system: 'http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm',
  code,
})
const route = (snomed: string): Concept => concept(SNOMED, snomed)
const oral = route('26643006 Oral route')

type Form = {
  verb: string
  unit: Omit<Quantity, 'value'>
  /** Whether two of them take an s. */
  plural: boolean
  route: Concept
  where: string
  /** What the pharmacy hands over; without it, as many units as the days need. */
  pack?: { unit: string }
}

const FORMS = {
  tablet: { verb: 'Take', unit: form('TAB', 'tablet'), plural: true, route: oral, where: 'by mouth' },
  capsule: { verb: 'Take', unit: form('CAP', 'capsule'), plural: true, route: oral, where: 'by mouth' },
  liquid: {
    verb: 'Take',
    unit: { unit: 'mL', system: UCUM, code: 'mL' },
    plural: false,
    route: oral,
    where: 'by mouth',
  },
  puff: {
    verb: 'Inhale',
    unit: form('PUFF', 'puff'),
    plural: true,
    route: route('447694001 Respiratory tract route'),
    where: 'by mouth',
    pack: { unit: 'inhaler' },
  },
  units: {
    verb: 'Inject',
    unit: { unit: 'units', system: UCUM, code: '[iU]' },
    plural: false,
    route: route('34206005 Subcutaneous route'),
    where: 'under the skin',
    pack: { unit: '10 mL vial' },
  },
  pen: {
    verb: 'Give',
    unit: { unit: 'injection', system: UCUM, code: '{injection}' },
    plural: true,
    route: route('78421000 Intramuscular route'),
    where: 'into the outer thigh',
    pack: { unit: 'auto-injector' },
  },
  sublingual: {
    verb: 'Dissolve',
    unit: form('TAB', 'tablet'),
    plural: true,
    route: route('37839007 Sublingual route'),
    where: 'under the tongue',
  },
} satisfies Record<string, Form>

/** `times` a day; 0 is "as needed". `days` of supply; `refills` above 0 is a long-term medicine. */
type Row = readonly [
  rxnorm: string,
  form: keyof typeof FORMS,
  dose: number,
  times: number,
  days: number,
  refills: number,
  reason: ConditionName | '',
  label?: Label,
]

const ROWS = {
  lisinopril: ['314076 lisinopril 10 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'hypertension'],
  amlodipine: ['197361 amlodipine 5 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'hypertension'],
  hydrochlorothiazide: [
    '310798 hydrochlorothiazide 25 MG Oral Tablet',
    'tablet',
    1,
    1,
    90,
    3,
    'hypertension',
  ],
  atorvastatin: ['617310 atorvastatin 20 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'hyperlipidemia'],
  metformin: ['861007 metformin hydrochloride 500 MG Oral Tablet', 'tablet', 1, 2, 90, 3, 'diabetes'],
  empagliflozin: ['1545658 empagliflozin 10 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'diabetes'],
  insulin: ['311041 insulin glargine 100 UNT/ML Injectable Solution', 'units', 18, 1, 30, 5, 'diabetes'],
  levothyroxine: [
    '966222 levothyroxine sodium 0.075 MG Oral Tablet',
    'tablet',
    1,
    1,
    90,
    3,
    'hypothyroidism',
  ],
  furosemide: ['313988 furosemide 40 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'heartFailure'],
  metoprolol: [
    '866436 24 HR metoprolol succinate 50 MG Extended Release Oral Tablet',
    'tablet',
    1,
    1,
    90,
    3,
    'heartFailure',
  ],
  spironolactone: ['313096 spironolactone 25 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'heartFailure'],
  warfarin: ['855332 warfarin sodium 5 MG Oral Tablet', 'tablet', 1, 1, 30, 5, 'atrialFibrillation'],
  albuterol: [
    '745679 200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler',
    'puff',
    2,
    0,
    30,
    3,
    'asthma',
  ],
  fluticasone: [
    '895994 120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler',
    'puff',
    2,
    2,
    30,
    5,
    'asthma',
  ],
  salmeterol: [
    '896209 60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler',
    'puff',
    1,
    2,
    30,
    5,
    'copd',
  ],
  prednisone: ['312615 prednisone 20 MG Oral Tablet', 'tablet', 2, 1, 5, 0, ''],
  epinephrine: ['1870230 0.3 ML epinephrine 1 MG/ML Auto-Injector', 'pen', 1, 0, 365, 1, ''],
  cetirizine: ['1014676 cetirizine hydrochloride 5 MG Oral Tablet', 'tablet', 1, 1, 30, 2, 'rhinitis'],
  sertraline: ['312941 sertraline 50 MG Oral Tablet', 'tablet', 1, 1, 30, 5, 'depression', 'mental'],
  escitalopram: ['349332 escitalopram 10 MG Oral Tablet', 'tablet', 1, 1, 30, 5, 'anxiety', 'mental'],
  naltrexone: [
    '1483744 naltrexone hydrochloride 50 MG Oral Tablet',
    'tablet',
    1,
    1,
    30,
    2,
    'alcoholDependence',
    'substance',
  ],
  buprenorphine: [
    '351267 buprenorphine 8 MG / naloxone 2 MG Sublingual Tablet',
    'sublingual',
    1,
    1,
    14,
    2,
    'opioidDependence',
    'substance',
  ],
  antiretroviral: [
    '1999667 bictegravir 50 MG / emtricitabine 200 MG / tenofovir alafenamide 25 MG Oral Tablet',
    'tablet',
    1,
    1,
    30,
    5,
    'hiv',
    'hiv',
  ],
  anastrozole: ['199224 anastrozole 1 MG Oral Tablet', 'tablet', 1, 1, 90, 3, 'breastCancer'],
  ferrousSulfate: ['310325 ferrous sulfate 325 MG Oral Tablet', 'tablet', 1, 1, 90, 1, 'ironDeficiency'],
  folicAcid: ['4511 folic acid', 'tablet', 1, 1, 90, 2, 'pregnancy'],
  omeprazole: ['198051 omeprazole 20 MG Delayed Release Oral Capsule', 'capsule', 1, 1, 30, 1, 'reflux'],
  amoxicillin: ['308182 amoxicillin 250 MG Oral Capsule', 'capsule', 2, 2, 10, 0, 'strepThroat'],
  amoxicillinLiquid: ['308189 amoxicillin 80 MG/ML Oral Suspension', 'liquid', 5, 2, 10, 0, 'otitis'],
  azithromycin: ['308460 azithromycin 250 MG Oral Tablet', 'tablet', 1, 1, 5, 0, 'bronchitis'],
  nitrofurantoin: [
    '1648755 nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule',
    'capsule',
    1,
    2,
    5,
    0,
    'urinaryInfection',
  ],
  ibuprofen: ['310965 ibuprofen 200 MG Oral Tablet', 'tablet', 2, 0, 7, 0, ''],
  acetaminophen: ['313782 acetaminophen 325 MG Oral Tablet', 'tablet', 2, 0, 7, 0, ''],
} as const satisfies Record<string, Row>

export type MedicineName = keyof typeof ROWS
export type Medicine = {
  code: Concept
  form: Form
  dose: number
  times: number
  days: number
  refills: number
  reason: ConditionName | undefined
  label: Label | undefined
}

export const MEDICINES = table<MedicineName, Row, Medicine>(
  ROWS,
  ([rxnorm, form, dose, times, days, refills, reason, label]) => ({
    code: concept(RXNORM, rxnorm),
    form: FORMS[form],
    dose,
    times,
    days,
    refills,
    reason: reason || undefined,
    label,
  }),
)

/** Kept as `Medication` resources of the hospital's formulary; the others are coded in place. */
export const FORMULARY: readonly MedicineName[] = [
  'lisinopril',
  'metformin',
  'albuterol',
  'sertraline',
  'insulin',
  'amoxicillinLiquid',
]

export const AT_HOME = hl7('medicationrequest-category', 'community Community')
