/** SCOPE-11: the types of US Core 9.0.0. */
export const usCoreTypes: readonly string[] = [
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Coverage',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'FamilyMemberHistory',
  'Goal',
  'Immunization',
  'Location',
  'Medication',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'Provenance',
  'QuestionnaireResponse',
  'RelatedPerson',
  'ServiceRequest',
  'Specimen',
]

const conditionCategory = 'http://terminology.hl7.org/CodeSystem/condition-category'
const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
const usCore = 'http://hl7.org/fhir/us/core/CodeSystem'

/** SCOPE-09, SCOPE-10: the categories of US Core's granular scopes, in the order of the consent page. */
export const usCoreCategories = [
  { type: 'Condition', system: conditionCategory, code: 'problem-list-item' },
  { type: 'Condition', system: conditionCategory, code: 'encounter-diagnosis' },
  { type: 'Condition', system: `${usCore}/condition-category`, code: 'health-concern' },
  { type: 'Observation', system: observationCategory, code: 'vital-signs' },
  { type: 'Observation', system: observationCategory, code: 'laboratory' },
  { type: 'Observation', system: observationCategory, code: 'procedure' },
  { type: 'Observation', system: observationCategory, code: 'survey' },
  { type: 'Observation', system: observationCategory, code: 'social-history' },
  { type: 'Observation', system: `${usCore}/us-core-category`, code: 'sdoh' },
  {
    type: 'DocumentReference',
    system: `${usCore}/us-core-documentreference-category`,
    code: 'clinical-note',
  },
] as const

export type CategoryCode = (typeof usCoreCategories)[number]['code']
