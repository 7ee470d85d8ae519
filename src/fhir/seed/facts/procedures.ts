import { type Concept, concept, SNOMED, table } from '../codes.ts'

const ROWS = {
  echocardiography: '40701008 Echocardiography',
  electrocardiogram: '29303009 Electrocardiographic procedure',
  spirometry: '127783003 Spirometry',
  chestXray: '399208008 Plain chest X-ray',
  mammography: '71651007 Mammography',
  colonoscopy: '73761001 Colonoscopy',
  retinalExam: '722161008 Diabetic retinal eye examination',
  fetalUltrasound: '268445003 Ultrasound scan - obstetric',
  behavioralTherapy: '228557008 Cognitive and behavioral therapy',
  dependenceCounseling: '313071005 Counseling for substance abuse',
  smokingCessation: '710081004 Smoking cessation therapy',
  immobilization: '274474001 Bone immobilization',
  appendectomy: '80146002 Appendectomy',
  normalDelivery: '177184002 Normal delivery procedure',
  cesarean: '11466000 Cesarean section',
  lumpectomy: '392021009 Lumpectomy of breast',
  prostatectomy: '90470006 Prostatectomy',
  colectomy: '43075005 Partial resection of colon',
  chemotherapy: '367336001 Chemotherapy',
  radiotherapy: '108290001 Radiation oncology AND/OR radiotherapy',
  pacemakerInsertion: '307280005 Implantation of cardiac pacemaker',
  kneeReplacement: '609588000 Total knee replacement',
  oxygenTherapy: '57485005 Oxygen therapy',
  medicationReview: '430193006 Medication reconciliation',
  foodReferral: '710925007 Provision of food',
  physicalTherapy: '91251008 Physical therapy procedure',
  // what care plans ask for
  lowSaltDiet: '183063000 Low salt diet education',
  diabeticDiet: '160670007 Diabetic diet',
  exercise: '229065009 Exercise therapy',
  asthmaSelfManagement: '699728000 Asthma self management',
  breathingExercises: '229298005 Breathing control',
  antenatalEducation: '135892000 Antenatal education',
} as const

export type ProcedureName = keyof typeof ROWS

/** What is done, ordered or advised. */
export const PROCEDURES = table<ProcedureName, string, Concept>(ROWS, (snomed) => concept(SNOMED, snomed))

/** Implants: type, GTIN of the (made-up) model, name on the card. */
export const IMPLANTS = {
  pacemaker: {
    type: concept(SNOMED, '14106009 Cardiac pacemaker, device'),
    gtin: '00844588003288',
    maker: 'Northlight Medical',
    model: 'Steady DR 200',
  },
  kneeProsthesis: {
    type: concept(SNOMED, '304121006 Total knee replacement prosthesis'),
    gtin: '09504000059101',
    maker: 'Fellside Orthopaedics',
    model: 'Glide CR, size 5',
  },
}
export type ImplantName = keyof typeof IMPLANTS
