import { type Concept, concept, type Label, LOINC, SNOMED, table } from '../codes.ts'

type Numeric = readonly [
  loinc: string,
  ucum: string,
  low: number,
  high: number,
  decimals: number,
  usual: number,
]

/** No limit on this side. */
const NONE = Number.NaN

/** Tests with a number: reference range (one end may be open) and what a healthy adult usually has. */
const NUMERIC = {
  glucose: ['2345-7 Glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 70, 99, 0, 88],
  urea: ['3094-0 Urea nitrogen [Mass/volume] in Serum or Plasma', 'mg/dL', 7, 20, 0, 13],
  creatinine: ['2160-0 Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 0.5, 1.3, 2, 0.9],
  egfr: [
    '98979-8 Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)',
    'mL/min/{1.73_m2}',
    60,
    NONE,
    0,
    98,
  ],
  sodium: ['2951-2 Sodium [Moles/volume] in Serum or Plasma', 'mmol/L', 136, 145, 0, 140],
  potassium: ['2823-3 Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 3.5, 5.1, 1, 4.2],
  chloride: ['2075-0 Chloride [Moles/volume] in Serum or Plasma', 'mmol/L', 98, 107, 0, 103],
  bicarbonate: ['2028-9 Carbon dioxide, total [Moles/volume] in Serum or Plasma', 'mmol/L', 22, 29, 0, 25],
  calcium: ['17861-6 Calcium [Mass/volume] in Serum or Plasma', 'mg/dL', 8.6, 10.2, 1, 9.4],
  cholesterol: ['2093-3 Cholesterol [Mass/volume] in Serum or Plasma', 'mg/dL', NONE, 200, 0, 178],
  triglycerides: ['2571-8 Triglyceride [Mass/volume] in Serum or Plasma', 'mg/dL', NONE, 150, 0, 105],
  hdl: ['2085-9 Cholesterol in HDL [Mass/volume] in Serum or Plasma', 'mg/dL', 40, NONE, 0, 54],
  ldl: [
    '13457-7 Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation',
    'mg/dL',
    NONE,
    130,
    0,
    103,
  ],
  leukocytes: ['6690-2 Leukocytes [#/volume] in Blood by Automated count', '10*3/uL', 4, 11, 1, 6.9],
  erythrocytes: ['789-8 Erythrocytes [#/volume] in Blood by Automated count', '10*6/uL', 3.7, 5.9, 2, 4.7],
  hemoglobin: ['718-7 Hemoglobin [Mass/volume] in Blood', 'g/dL', 11.5, 17, 1, 14.1],
  hematocrit: ['4544-3 Hematocrit [Volume Fraction] of Blood by Automated count', '%', 34, 51, 1, 42],
  mcv: ['787-2 MCV [Entitic mean volume] in Red Blood Cells by Automated count', 'fL', 80, 100, 0, 90],
  platelets: ['777-3 Platelets [#/volume] in Blood by Automated count', '10*3/uL', 150, 400, 0, 255],
  a1c: ['4548-4 Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4, 5.6, 1, 5.2],
  albuminRatio: ['9318-7 Albumin/Creatinine [Mass Ratio] in Urine', 'mg/g', NONE, 30, 0, 9],
  tsh: ['3016-3 Thyrotropin [Units/volume] in Serum or Plasma', 'm[IU]/L', 0.4, 4.5, 2, 1.9],
  ferritin: ['2276-4 Ferritin [Mass/volume] in Serum or Plasma', 'ng/mL', 15, 200, 0, 68],
  natriuretic: [
    '33762-6 Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma',
    'pg/mL',
    NONE,
    125,
    0,
    60,
  ],
  psa: ['2857-1 Prostate specific Ag [Mass/volume] in Serum or Plasma', 'ng/mL', NONE, 4, 2, 1.1],
  cea: ['2039-6 Carcinoembryonic Ag [Mass/volume] in Serum or Plasma', 'ng/mL', NONE, 5, 1, 1.8],
  glucoseChallenge: [
    '1504-0 Glucose [Mass/volume] in Serum or Plasma --1 hour post 50 g glucose PO',
    'mg/dL',
    NONE,
    140,
    0,
    112,
  ],
  viralLoad: [
    '20447-9 HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection',
    '{copies}/mL',
    NONE,
    20,
    0,
    12,
  ],
  cd4: ['24467-3 CD3+CD4+ (T4 helper) cells [#/volume] in Blood', '{cells}/uL', 490, 1740, 0, 720],
} as const satisfies Record<string, Numeric>

const detected = concept(SNOMED, '260373001 Detected')
const notDetected = concept(SNOMED, '260415000 Not detected')
const negative = concept(SNOMED, '260385009 Negative')
const positive = concept(SNOMED, '10828004 Positive')

type Answers = Record<string, Concept | string>
type Worded = readonly [loinc: string, usual: string, abnormal: string, answers: Answers]

/** Tests answered in words: which answer is usual, which one is flagged (empty: none). */
const WORDED = {
  hivScreen: [
    '56888-1 HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum or Plasma by Immunoassay',
    'negative',
    'positive',
    { negative, positive },
  ],
  strep: [
    '78012-2 Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay',
    'notDetected',
    'detected',
    { detected, notDetected },
  ],
  culture: [
    '630-4 Bacteria identified in Urine by Culture',
    'none',
    'coli',
    { none: 'No growth after 48 hours', coli: concept(SNOMED, '112283007 Escherichia coli') },
  ],
  bloodGroup: [
    '883-9 ABO group [Type] in Blood',
    'O',
    '',
    {
      A: concept(SNOMED, '112144000 Blood group A'),
      B: concept(SNOMED, '112149005 Blood group B'),
      O: concept(SNOMED, '58460004 Blood group O'),
    },
  ],
  rhesus: [
    '10331-7 Rh [Type] in Blood',
    'positive',
    '',
    {
      positive: concept(SNOMED, '165747007 RhD positive'),
      negative: concept(SNOMED, '165746003 RhD negative'),
    },
  ],
  appearance: ['5767-9 Appearance of Urine', 'clear', 'cloudy', { clear: 'Clear', cloudy: 'Cloudy' }],
} as const satisfies Record<string, Worded>

export type LabName = keyof typeof NUMERIC | keyof typeof WORDED
type Common = { code: Concept; label: Label | undefined }
/** Without a limit on a side, `low` or `high` is NaN. */
export type NumericTest = Common & {
  ucum: string
  low: number
  high: number
  decimals: number
  usual: number
}
export type WordedTest = Common & { usual: string; abnormal: string; answers: Answers }

const LABELLED: Partial<Record<LabName, Label>> = { hivScreen: 'hiv', viralLoad: 'hiv', cd4: 'hiv' }

export const LABS: Record<LabName, NumericTest | WordedTest> = {
  ...table<keyof typeof NUMERIC, Numeric, NumericTest>(
    NUMERIC,
    ([loinc, ucum, low, high, decimals, usual], key) => {
      return { code: concept(LOINC, loinc), ucum, low, high, decimals, usual, label: LABELLED[key] }
    },
  ),
  ...table<keyof typeof WORDED, Worded, WordedTest>(WORDED, ([loinc, usual, abnormal, answers], key) => {
    return { code: concept(LOINC, loinc), usual, abnormal, answers, label: LABELLED[key] }
  }),
}

const serum = concept(SNOMED, '119364003 Serum specimen')
const blood = concept(SNOMED, '119297000 Blood specimen')
const urine = concept(SNOMED, '122575003 Urine specimen')
const swab = concept(SNOMED, '258529004 Throat swab')

export type Panel = { code: Concept; specimen: Concept; tests: readonly LabName[]; label: Label | undefined }
const panel = (loinc: string, specimen: Concept, ...tests: LabName[]): Panel => {
  return { code: concept(LOINC, loinc), specimen, tests, label: undefined }
}
const single = (test: LabName, specimen: Concept): Panel => ({
  code: LABS[test].code,
  specimen,
  tests: [test],
  label: LABS[test].label,
})

/** What is ordered, and reported, together. */
export const PANELS = {
  metabolic: panel(
    '24321-2 Basic metabolic 2000 panel - Serum or Plasma',
    serum,
    'egfr',
    'glucose',
    'urea',
    'creatinine',
    'sodium',
    'potassium',
    'chloride',
    'bicarbonate',
    'calcium',
  ),
  renal: panel(
    '24362-6 Renal function 2000 panel - Serum or Plasma',
    serum,
    'egfr',
    'urea',
    'creatinine',
    'sodium',
    'potassium',
  ),
  lipids: panel(
    '24331-1 Lipid 1996 panel - Serum or Plasma',
    serum,
    'triglycerides',
    'hdl',
    'ldl',
    'cholesterol',
  ),
  bloodCount: panel(
    '58410-2 CBC panel - Blood by Automated count',
    blood,
    'leukocytes',
    'hemoglobin',
    'hematocrit',
    'mcv',
    'erythrocytes',
    'platelets',
  ),
  bloodType: panel(
    '34532-2 Blood type and Indirect antibody screen panel - Blood',
    blood,
    'bloodGroup',
    'rhesus',
  ),
  urine: panel('24356-8 Urinalysis complete panel - Urine', urine, 'appearance', 'culture'),
  a1c: single('a1c', blood),
  albuminRatio: single('albuminRatio', urine),
  tsh: single('tsh', serum),
  ferritin: single('ferritin', serum),
  natriuretic: single('natriuretic', serum),
  psa: single('psa', serum),
  cea: single('cea', serum),
  glucoseChallenge: single('glucoseChallenge', serum),
  hivScreen: single('hivScreen', serum),
  viralLoad: single('viralLoad', blood),
  cd4: single('cd4', blood),
  strep: single('strep', swab),
}
export type PanelName = keyof typeof PANELS

/** Below these the laboratory says `<` only. */
export const DETECTION_LIMIT: Partial<Record<LabName, number>> = { viralLoad: 20 }
