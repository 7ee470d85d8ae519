import { type Concept, coding, ICD10, type Label, SNOMED, table } from '../codes.ts'

type Row = readonly [snomed: string, icd10: string, label?: Label]

const ROWS = {
  // heart and vessels
  hypertension: ['59621000 Essential hypertension', 'I10 Essential (primary) hypertension'],
  raisedPressure: [
    '24184005 Finding of increased blood pressure',
    'R03.0 Elevated blood-pressure reading, without diagnosis of hypertension',
  ],
  hyperlipidemia: ['55822004 Hyperlipidemia', 'E78.5 Hyperlipidemia, unspecified'],
  heartFailure: [
    '703272007 Heart failure with reduced ejection fraction',
    'I50.22 Chronic systolic (congestive) heart failure',
  ],
  atrialFibrillation: ['49436004 Atrial fibrillation', 'I48.91 Unspecified atrial fibrillation'],
  septalDefect: ['30288003 Ventricular septal defect', 'Q21.0 Ventricular septal defect'],
  // lungs and nose
  asthma: ['195967001 Asthma', 'J45.909 Unspecified asthma, uncomplicated'],
  asthmaAttack: [
    '708038006 Acute exacerbation of asthma',
    'J45.901 Unspecified asthma with (acute) exacerbation',
  ],
  copd: [
    '13645005 Chronic obstructive pulmonary disease',
    'J44.9 Chronic obstructive pulmonary disease, unspecified',
  ],
  copdAttack: [
    '195951007 Acute exacerbation of chronic obstructive airways disease',
    'J44.1 Chronic obstructive pulmonary disease with (acute) exacerbation',
  ],
  bronchitis: ['10509002 Acute bronchitis', 'J20.9 Acute bronchitis, unspecified'],
  pneumonia: ['233604007 Pneumonia', 'J18.9 Pneumonia, unspecified organism'],
  rhinitis: ['367498001 Seasonal allergic rhinitis', 'J30.2 Other seasonal allergic rhinitis'],
  pharyngitis: ['195662009 Acute viral pharyngitis', 'J02.9 Acute pharyngitis, unspecified'],
  strepThroat: ['43878008 Streptococcal sore throat', 'J02.0 Streptococcal pharyngitis'],
  otitis: ['65363002 Otitis media', 'H66.90 Otitis media, unspecified, unspecified ear'],
  // hormones, blood and kidneys
  diabetes: ['44054006 Type 2 diabetes mellitus', 'E11.65 Type 2 diabetes mellitus with hyperglycemia'],
  prediabetes: ['15777000 Prediabetes', 'R73.03 Prediabetes'],
  obesity: ['414916001 Obesity', 'E66.9 Obesity, unspecified'],
  hypothyroidism: ['40930008 Hypothyroidism', 'E03.9 Hypothyroidism, unspecified'],
  ironDeficiency: ['87522002 Iron deficiency anemia', 'D50.9 Iron deficiency anemia, unspecified'],
  kidneyDisease3: [
    '433144002 Chronic kidney disease stage 3',
    'N18.30 Chronic kidney disease, stage 3 unspecified',
  ],
  kidneyDisease4: [
    '431857002 Chronic kidney disease stage 4',
    'N18.4 Chronic kidney disease, stage 4 (severe)',
  ],
  urinaryInfection: [
    '68566005 Urinary tract infectious disease',
    'N39.0 Urinary tract infection, site not specified',
  ],
  // skin, bones and gut
  eczema: ['24079001 Atopic dermatitis', 'L20.9 Atopic dermatitis, unspecified'],
  kneeArthrosis: ['239873007 Osteoarthritis of knee', 'M17.9 Osteoarthritis of knee, unspecified'],
  backPain: ['279039007 Low back pain', 'M54.50 Low back pain, unspecified'],
  ankleSprain: [
    '44465007 Sprain of ankle',
    'S93.409A Sprain of unspecified ligament of unspecified ankle, initial encounter',
  ],
  forearmFracture: [
    '65966004 Fracture of forearm',
    'S52.90XA Unspecified fracture of unspecified forearm, initial encounter for closed fracture',
  ],
  appendicitis: ['74400008 Appendicitis', 'K37 Unspecified appendicitis'],
  reflux: [
    '235595009 Gastroesophageal reflux disease',
    'K21.9 Gastro-esophageal reflux disease without esophagitis',
  ],
  // pregnancy and cancer
  pregnancy: [
    '72892002 Normal pregnancy',
    'Z34.90 Encounter for supervision of normal pregnancy, unspecified, unspecified trimester',
  ],
  breastCancer: [
    '254837009 Malignant neoplasm of breast',
    'C50.919 Malignant neoplasm of unspecified site of unspecified female breast',
  ],
  prostateCancer: ['399068003 Malignant tumor of prostate', 'C61 Malignant neoplasm of prostate'],
  colonCancer: ['363406005 Malignant tumor of colon', 'C18.9 Malignant neoplasm of colon, unspecified'],
  // restricted
  depression: [
    '370143000 Major depressive disorder',
    'F33.1 Major depressive disorder, recurrent, moderate',
    'mental',
  ],
  anxiety: ['21897009 Generalized anxiety disorder', 'F41.1 Generalized anxiety disorder', 'mental'],
  alcoholDependence: ['66590003 Alcohol dependence', 'F10.20 Alcohol dependence, uncomplicated', 'substance'],
  opioidDependence: ['75544000 Opioid dependence', 'F11.20 Opioid dependence, uncomplicated', 'substance'],
  hiv: [
    '86406008 Human immunodeficiency virus infection',
    'B20 Human immunodeficiency virus [HIV] disease',
    'hiv',
  ],
  // health concerns
  foodInsecurity: ['733423003 Food insecurity', 'Z59.41 Food insecurity'],
  unemployed: ['73438004 Unemployed', 'Z56.0 Unemployment, unspecified'],
  livesAlone: ['105529008 Lives alone', 'Z60.2 Problems related to living alone'],
  riskOfFalls: ['129839007 At increased risk for falls', 'Z91.81 History of falling'],
  familyHypertension: [
    '160357008 Family history: Hypertension',
    'Z82.49 Family history of ischemic heart disease and other diseases of the circulatory system',
  ],
} as const satisfies Record<string, Row>

export type ConditionName = keyof typeof ROWS
export type ConditionFacts = { code: Concept; name: string; label: Label | undefined }

/** Diagnoses, problems and concerns: SNOMED CT and ICD-10-CM side by side, as US Core asks. */
export const CONDITIONS = table<ConditionName, Row, ConditionFacts>(ROWS, ([snomed, icd10, label]) => {
  const first = coding(SNOMED, snomed)
  return { code: { coding: [first, coding(ICD10, icd10)], text: first.display }, name: first.display, label }
})
