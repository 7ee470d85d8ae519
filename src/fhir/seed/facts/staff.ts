/** Specialties with their NUCC code, and the department that houses them. */
export const SPECIALTIES = {
  family: ['207Q00000X Family Medicine Physician', 'Family Medicine'],
  pediatrics: ['208000000X Pediatrics Physician', 'Paediatrics'],
  cardiology: ['207RC0000X Cardiovascular Disease Physician', 'Cardiology'],
  endocrinology: ['207RE0101X Endocrinology, Diabetes & Metabolism Physician', 'Endocrinology'],
  obstetrics: ['207V00000X Obstetrics & Gynecology Physician', 'Maternity and Women’s Health'],
  emergency: ['207P00000X Emergency Medicine Physician', 'Emergency Medicine'],
  psychiatry: ['2084P0800X Psychiatry Physician', 'Behavioural Health'],
  pulmonology: ['207RP1001X Pulmonary Disease Physician', 'Respiratory Medicine'],
  nephrology: ['207RN0300X Nephrology Physician', 'Kidney Care'],
  oncology: ['207RH0003X Hematology & Oncology Physician', 'Oncology'],
  surgery: ['208600000X Surgery Physician', 'Surgery'],
  radiology: ['2085R0202X Diagnostic Radiology Physician', 'Radiology'],
} as const
export type Specialty = keyof typeof SPECIALTIES

/** The first clinicians, one of each specialty: a hospital of any size has them. */
export const FOUNDERS: readonly (readonly [
  given: string,
  family: string,
  sex: 'female' | 'male',
  Specialty,
])[] = [
  ['Samir', 'Haddad', 'male', 'cardiology'],
  ['Lena', 'Fors', 'female', 'family'],
  ['Grace', 'Mbeki', 'female', 'pediatrics'],
  ['Oskar', 'Nyberg', 'male', 'endocrinology'],
  ['Priya', 'Raman', 'female', 'obstetrics'],
  ['Daniel', 'Kowalczyk', 'male', 'emergency'],
  ['Mei-Ling', 'Chow', 'female', 'psychiatry'],
  ['Tomás', 'Rivera', 'male', 'pulmonology'],
  ['Adaeze', 'Obi', 'female', 'nephrology'],
  ['Erik', 'Dahl', 'male', 'oncology'],
  ['Ruth', 'Ellison', 'female', 'surgery'],
  ['Yusuf', 'Demirci', 'male', 'radiology'],
]

/** In which order a growing hospital hires. */
export const HIRES: readonly Specialty[] = [
  'family',
  'pediatrics',
  'family',
  'emergency',
  'cardiology',
  'family',
  'obstetrics',
  'endocrinology',
  'pediatrics',
  'psychiatry',
  'family',
  'pulmonology',
  'surgery',
  'oncology',
  'nephrology',
  'radiology',
]

/** People who sign in but treat nobody: name, sex, role (HL7 practitioner-role or text alone), department. */
export const OFFICE = [
  {
    given: 'Iris',
    family: 'Okafor',
    sex: 'female',
    code: 'ict ICT professional',
    title: 'Integration lead',
    unit: 'Digital Services',
  },
  { given: 'Jonas', family: 'Berg', sex: 'male', code: '', title: 'Front desk clerk', unit: 'Front Desk' },
  {
    given: 'Ines',
    family: 'Moreau',
    sex: 'female',
    code: 'researcher Researcher',
    title: 'Data analyst',
    unit: 'Research Office',
  },
] as const

type Place = readonly [
  id: string,
  name: string,
  type: 'ER' | 'OF' | 'HU' | 'DX',
  serves: readonly Specialty[],
]

/** Locations in the order in which a growing hospital opens them; the type is an HL7 v3 RoleCode. */
export const PLACES: readonly Place[] = [
  ['emergency-department', 'Emergency Department', 'ER', ['emergency']],
  [
    'outpatient-clinic-a',
    'Outpatient Clinic A',
    'OF',
    ['family', 'endocrinology', 'nephrology', 'oncology', 'surgery'],
  ],
  ['paediatric-clinic', 'Paediatric Clinic', 'OF', ['pediatrics']],
  ['heart-and-lung-clinic', 'Heart and Lung Clinic', 'OF', ['cardiology', 'pulmonology']],
  ['womens-clinic', 'Women’s Clinic', 'OF', ['obstetrics']],
  ['quiet-house', 'Quiet House', 'OF', ['psychiatry']],
  ['ward-3', 'Ward 3, general medicine', 'HU', []],
  ['imaging', 'Imaging and Diagnostics', 'DX', ['radiology']],
  ['outpatient-clinic-b', 'Outpatient Clinic B', 'OF', ['family', 'endocrinology']],
  ['ward-4', 'Ward 4, surgery', 'HU', []],
  ['riverside-practice', 'Riverside Practice', 'OF', ['family', 'pediatrics']],
  ['diabetes-centre', 'Diabetes Centre', 'OF', ['endocrinology']],
  ['oncology-day-unit', 'Oncology Day Unit', 'OF', ['oncology']],
  ['ward-5', 'Ward 5, heart and lungs', 'HU', []],
  ['millbrook-practice', 'Millbrook Practice', 'OF', ['family', 'pediatrics']],
  ['kidney-centre', 'Kidney Centre', 'OF', ['nephrology']],
  ['heart-clinic-2', 'Heart Clinic 2', 'OF', ['cardiology']],
  ['ward-6', 'Ward 6, older people', 'HU', []],
  ['stonebridge-practice', 'Stonebridge Practice', 'OF', ['family', 'psychiatry']],
  ['surgical-clinic', 'Surgical Clinic', 'OF', ['surgery']],
  ['school-clinic', 'School Clinic', 'OF', ['pediatrics']],
  ['north-alder-practice', 'North Alder Practice', 'OF', ['family', 'obstetrics']],
]

/** Who pays: id, name, SOPT code and name of the kind of cover. */
export const PAYERS = {
  medicare: ['federal-medicare', 'Medicare', '1 MEDICARE'],
  medicaid: ['state-medicaid', 'State Medicaid Program', '2 MEDICAID'],
  birchwood: ['birchwood-mutual', 'Birchwood Mutual Insurance', '512 Commercial Managed Care - PPO'],
  harbor: ['harbor-health-plan', 'Harbor Health Plan', '511 Commercial Managed Care - HMO'],
} as const
export type PayerName = keyof typeof PAYERS
