import type { CategoryCode } from '../us-core.ts'
import { type About, type Kind, kind } from './kind.ts'

const reactions = (about: About): string => {
  switch (about.who) {
    case 'self':
      return 'What you react to, and how strongly.'
    case 'named':
      return `What ${about.name} reacts to, and how strongly.`
    case 'patient':
      return 'What the patient reacts to, and how strongly.'
    case 'everyone':
      return 'What they react to, and how strongly.'
  }
}

const demographics = (about: About): string => {
  switch (about.who) {
    case 'self':
      return 'Your name, birth date and contact details'
    case 'named':
      return `${about.name}’s name, birth date and contact details`
    case 'patient':
      return 'The patient’s name, birth date and contact details'
    case 'everyone':
      return 'Names, birth dates and contact details'
  }
}

/** Kinds of records, by FHIR type: all of US Core, and others that records commonly hold. */
export const kinds = {
  AllergyIntolerance: kind('Allergies', reactions, 'allergy', 'allergies'),
  CarePlan: kind('Care plans', 'What the care team has planned, and why.', 'plan', 'plans'),
  CareTeam: kind('Care teams', 'Who takes part in the care, and in which role.', 'team', 'teams'),
  Condition: kind('Conditions', 'Diagnoses, past and present.', 'condition', 'conditions'),
  Coverage: kind('Insurance', 'Who pays for the care, and the policy numbers.', 'policy', 'policies'),
  Device: kind(
    'Implants and devices',
    'For example a pacemaker, with its serial number.',
    'device',
    'devices',
  ),
  DiagnosticReport: kind(
    'Test reports',
    'Reports of lab tests, scans and other examinations.',
    'report',
    'reports',
  ),
  DocumentReference: kind('Documents', 'Letters, notes and other documents.', 'document', 'documents'),
  Encounter: kind('Visits', 'Hospital stays and visits: when, where and why.', 'visit', 'visits'),
  FamilyMemberHistory: kind('Family history', 'Illnesses of relatives.', 'relative', 'relatives'),
  Goal: kind('Goals', 'What the care is meant to reach.', 'goal', 'goals'),
  Immunization: kind('Vaccinations', 'Which vaccines were given, and when.', 'vaccination', 'vaccinations'),
  Location: kind('Places of care', 'Names and addresses of clinics, wards and rooms.', 'place', 'places'),
  Medication: kind('Details of medicines', 'Ingredients, strength and form.', 'medicine', 'medicines'),
  MedicationDispense: kind(
    'Medicines handed out',
    'What a pharmacy gave, how much of it and when.',
    'entry',
    'entries',
  ),
  MedicationRequest: kind(
    'Medicines',
    'What is prescribed, the dose, and who prescribed it.',
    'medicine',
    'medicines',
  ),
  Observation: kind(
    'Measurements and results',
    'Lab results, vital signs and other findings.',
    'result',
    'results',
  ),
  Organization: kind(
    'Hospitals and other organizations',
    'Names, addresses and phone numbers.',
    'organization',
    'organizations',
  ),
  Patient: kind(
    demographics,
    ({ who }) => (who === 'everyone' ? 'To find people.' : 'The app needs this to show whose record it is.'),
    'person',
    'people',
  ),
  Practitioner: kind(
    'Health professionals',
    'Names, qualifications and contact details of doctors, nurses and others.',
    'person',
    'people',
  ),
  PractitionerRole: kind('Roles of health professionals', 'What they do, and where.', 'role', 'roles'),
  Procedure: kind('Operations and treatments', 'What was done, when and by whom.', 'entry', 'entries'),
  Provenance: kind('Origin of entries', 'Who wrote each entry, and when.', 'entry', 'entries'),
  QuestionnaireResponse: kind(
    'Answers to questionnaires',
    'Forms that were filled in, with the answers.',
    'form',
    'forms',
  ),
  RelatedPerson: kind(
    'Relatives and other contacts',
    'Who they are and how to reach them.',
    'person',
    'people',
  ),
  ServiceRequest: kind(
    'Orders and referrals',
    'Tests, treatments and visits that were ordered.',
    'order',
    'orders',
  ),
  Specimen: kind('Samples', 'Blood and other samples, and when they were taken.', 'sample', 'samples'),

  Account: kind('Accounts', 'What care was charged to which account.', 'account', 'accounts'),
  AdverseEvent: kind(
    'Incidents',
    'Harm that care or a medicine did, or could have done.',
    'incident',
    'incidents',
  ),
  Appointment: kind('Appointments', 'Booked and past appointments.', 'appointment', 'appointments'),
  Binary: kind('Files', 'Contents of documents, such as scans and letters.', 'file', 'files'),
  Claim: kind('Bills to the insurance', 'What the insurance was asked to pay.', 'bill', 'bills'),
  ClinicalImpression: kind(
    'Assessments',
    'What a health professional concluded.',
    'assessment',
    'assessments',
  ),
  Communication: kind('Messages', 'Messages about the care.', 'message', 'messages'),
  Composition: kind('Summaries', 'Summaries of the record or of a stay.', 'summary', 'summaries'),
  Consent: kind('Decisions about privacy', 'What was agreed to, and what not.', 'decision', 'decisions'),
  DeviceUseStatement: kind('Use of devices', 'Which devices are used, and since when.', 'entry', 'entries'),
  EpisodeOfCare: kind(
    'Courses of care',
    'Who was responsible for which illness, and when.',
    'entry',
    'entries',
  ),
  ExplanationOfBenefit: kind(
    'Payments of the insurance',
    'What was paid, and for what.',
    'payment',
    'payments',
  ),
  Flag: kind('Warnings', 'What everybody who gives care must know.', 'warning', 'warnings'),
  Group: kind('Groups of people', 'Lists of people with something in common.', 'group', 'groups'),
  ImagingStudy: kind('Scans and X-rays', 'Which pictures were taken, and when.', 'scan', 'scans'),
  List: kind('Lists', 'Lists such as current problems or medicines.', 'list', 'lists'),
  Media: kind('Photos and recordings', 'Pictures, sound and video.', 'recording', 'recordings'),
  MedicationAdministration: kind('Doses given', 'Which medicine was given, and when.', 'dose', 'doses'),
  MedicationStatement: kind(
    'Medicines taken',
    'What is taken, also without a prescription.',
    'entry',
    'entries',
  ),
  MolecularSequence: kind('Genetic data', 'Sequences of genes.', 'sequence', 'sequences'),
  NutritionOrder: kind('Diets', 'Diets and feeding that were ordered.', 'order', 'orders'),
  Person: kind('People', 'Names and contact details.', 'person', 'people'),
  RiskAssessment: kind('Risks', 'How likely an illness is thought to be.', 'entry', 'entries'),
  Schedule: kind('Timetables', 'When appointments can be had.', 'timetable', 'timetables'),
  Task: kind('Tasks', 'What is to be done, and by whom.', 'task', 'tasks'),
} satisfies Readonly<Record<string, Kind>>

/** Categories that records are narrowed to. */
export const categories: Readonly<Record<CategoryCode, Kind>> = {
  'problem-list-item': kind('Problem list', 'Illnesses that last or come back.', 'condition', 'conditions'),
  'encounter-diagnosis': kind(
    'Diagnoses of visits',
    'What a visit or a stay was for.',
    'diagnosis',
    'diagnoses',
  ),
  'health-concern': kind(
    'Health concerns',
    'Worries about health, not only illnesses.',
    'concern',
    'concerns',
  ),
  'vital-signs': kind(
    'Vital signs, such as blood pressure',
    'Also pulse, temperature, height and weight.',
    'reading',
    'readings',
  ),
  laboratory: kind('Lab results', 'Tests of blood and other samples.', 'result', 'results'),
  procedure: kind('Clinical tests', 'For example an ECG or a breathing test.', 'result', 'results'),
  survey: kind('Answers to questionnaires', 'For example about pain or mood.', 'answer', 'answers'),
  'social-history': kind('Social history', 'For example tobacco or alcohol use.', 'entry', 'entries'),
  sdoh: kind('Living conditions', 'For example housing, food and money.', 'entry', 'entries'),
  'clinical-note': kind('Clinical notes', 'What doctors and nurses wrote.', 'note', 'notes'),
}
