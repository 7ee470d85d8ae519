import { at, type Resource, referencesAt } from './resource.ts'

/** A search parameter as R4 describes it, written down by hand for the types of the oracle's worlds. */
export type Parameter =
  | { kind: 'token' | 'string' | 'date' | 'quantity'; paths: readonly string[] }
  | { kind: 'reference'; paths: readonly string[]; targets: readonly string[] }

const token = (...paths: string[]): Parameter => ({ kind: 'token', paths })
const string = (...paths: string[]): Parameter => ({ kind: 'string', paths })
const date = (...paths: string[]): Parameter => ({ kind: 'date', paths })
const quantity = (...paths: string[]): Parameter => ({ kind: 'quantity', paths })
const to = (targets: string, ...paths: string[]): Parameter => ({
  kind: 'reference',
  paths,
  targets: targets.split(' '),
})

/** What every type has. */
const tag = token('meta.tag')
const person = (...more: string[]) => string('name.family', 'name.given', 'name.text', 'name.prefix', ...more)
const subject = {
  subject: to('Patient Group', 'subject'),
  patient: to('Patient', 'subject'),
  encounter: to('Encounter', 'encounter'),
}
const anyone =
  'Patient Practitioner PractitionerRole Organization RelatedPerson Device Location Encounter Observation Condition DiagnosticReport MedicationRequest Medication Group List Provenance AllergyIntolerance Coverage Appointment Task Person Schedule'

/** Reference parameters come with all targets that R4 gives them, as far as the worlds have the type. */
export const parameters: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  Patient: {
    identifier: token('identifier'),
    family: string('name.family'),
    name: person(),
    gender: token('gender'),
    birthdate: date('birthDate'),
    organization: to('Organization', 'managingOrganization'),
    'general-practitioner': to('Practitioner Organization PractitionerRole', 'generalPractitioner'),
    link: to('Patient RelatedPerson', 'link.other'),
  },
  Practitioner: {
    identifier: token('identifier'),
    family: string('name.family'),
    name: person(),
    gender: token('gender'),
  },
  PractitionerRole: {
    practitioner: to('Practitioner', 'practitioner'),
    organization: to('Organization', 'organization'),
    location: to('Location', 'location'),
    role: token('code'),
  },
  Organization: {
    identifier: token('identifier'),
    name: string('name', 'alias'),
    type: token('type'),
    partof: to('Organization', 'partOf'),
  },
  Location: {
    name: string('name', 'alias'),
    status: token('status'),
    organization: to('Organization', 'managingOrganization'),
  },
  Medication: { code: token('code'), manufacturer: to('Organization', 'manufacturer') },
  RelatedPerson: {
    name: person(),
    gender: token('gender'),
    birthdate: date('birthDate'),
    relationship: token('relationship'),
    patient: to('Patient', 'patient'),
  },
  Person: {
    name: person(),
    gender: token('gender'),
    birthdate: date('birthDate'),
    link: to('Patient Practitioner RelatedPerson Person', 'link.target'),
    patient: to('Patient', 'link.target'),
  },
  Encounter: {
    subject: to('Patient Group', 'subject'),
    patient: to('Patient', 'subject'),
    status: token('status'),
    class: token('class'),
    type: token('type'),
    date: date('period'),
    participant: to('Practitioner PractitionerRole RelatedPerson', 'participant.individual'),
    location: to('Location', 'location.location'),
    'service-provider': to('Organization', 'serviceProvider'),
  },
  Observation: {
    ...subject,
    subject: to('Patient Group Device Location', 'subject'),
    status: token('status'),
    category: token('category'),
    code: token('code'),
    date: date('effectiveDateTime', 'effectivePeriod', 'effectiveInstant'),
    'value-concept': token('valueCodeableConcept'),
    'value-quantity': quantity('valueQuantity'),
    performer: to('Patient Practitioner PractitionerRole Organization RelatedPerson CareTeam', 'performer'),
    focus: to(anyone, 'focus'),
    device: to('Device', 'device'),
    'has-member': to('Observation', 'hasMember'),
  },
  Condition: {
    ...subject,
    category: token('category'),
    code: token('code'),
    'clinical-status': token('clinicalStatus'),
    'onset-date': date('onsetDateTime', 'onsetPeriod'),
    asserter: to('Patient Practitioner PractitionerRole RelatedPerson', 'asserter'),
  },
  AllergyIntolerance: {
    patient: to('Patient', 'patient'),
    category: token('category'),
    code: token('code', 'reaction.substance'),
    recorder: to('Patient Practitioner PractitionerRole RelatedPerson', 'recorder'),
    asserter: to('Patient Practitioner PractitionerRole RelatedPerson', 'asserter'),
  },
  MedicationRequest: {
    ...subject,
    status: token('status'),
    intent: token('intent'),
    medication: to('Medication', 'medicationReference'),
    requester: to('Patient Practitioner PractitionerRole Organization RelatedPerson Device', 'requester'),
    authoredon: date('authoredOn'),
  },
  DiagnosticReport: {
    ...subject,
    subject: to('Patient Group Device Location', 'subject'),
    status: token('status'),
    category: token('category'),
    code: token('code'),
    result: to('Observation', 'result'),
    performer: to('Practitioner PractitionerRole Organization CareTeam', 'performer'),
    date: date('effectiveDateTime', 'effectivePeriod'),
  },
  Coverage: {
    beneficiary: to('Patient', 'beneficiary'),
    patient: to('Patient', 'beneficiary'),
    payor: to('Patient Organization RelatedPerson', 'payor'),
    status: token('status'),
  },
  Device: {
    patient: to('Patient', 'patient'),
    type: token('type'),
    organization: to('Organization', 'owner'),
    location: to('Location', 'location'),
  },
  Appointment: {
    actor: to('Patient Practitioner PractitionerRole RelatedPerson Device Location', 'participant.actor'),
    patient: to('Patient', 'participant.actor'),
    status: token('status'),
    date: date('start'),
  },
  Schedule: {
    actor: to('Patient Practitioner PractitionerRole RelatedPerson Device Location', 'actor'),
    active: token('active'),
  },
  Group: {
    member: to('Patient Practitioner PractitionerRole Device Medication Group', 'member.entity'),
    type: token('type'),
    'managing-entity': to('Organization Practitioner PractitionerRole RelatedPerson', 'managingEntity'),
  },
  List: {
    subject: to('Patient Group Device Location', 'subject'),
    patient: to('Patient', 'subject'),
    status: token('status'),
    item: to(anyone, 'entry.item'),
    source: to('Patient Practitioner PractitionerRole Device', 'source'),
  },
  Provenance: {
    target: to(anyone, 'target'),
    patient: to('Patient', 'target'),
    agent: to('Patient Practitioner PractitionerRole Organization RelatedPerson Device', 'agent.who'),
    recorded: date('recorded'),
  },
  Task: {
    subject: to(anyone, 'for'),
    patient: to('Patient', 'for'),
    focus: to(anyone, 'focus'),
    owner: to('Patient Practitioner PractitionerRole Organization RelatedPerson CareTeam', 'owner'),
    status: token('status'),
  },
  // Those that only the public data has.
  CarePlan: {
    ...subject,
    status: token('status'),
    category: token('category'),
    condition: to('Condition', 'addresses'),
    goal: to('Goal', 'goal'),
  },
  Claim: {
    patient: to('Patient', 'patient'),
    encounter: to('Encounter', 'item.encounter'),
    provider: to('Practitioner PractitionerRole Organization', 'provider'),
    insurer: to('Organization', 'insurer'),
    use: token('use'),
    status: token('status'),
  },
  ExplanationOfBenefit: {
    patient: to('Patient', 'patient'),
    encounter: to('Encounter', 'item.encounter'),
    provider: to('Practitioner PractitionerRole Organization', 'provider'),
    'care-team': to('Practitioner PractitionerRole Organization', 'careTeam.provider'),
    claim: to('Claim', 'claim'),
    facility: to('Location', 'facility'),
    coverage: to('Coverage', 'insurance.coverage'),
    payee: to('Practitioner PractitionerRole Organization Patient RelatedPerson', 'payee.party'),
    enterer: to('Practitioner PractitionerRole', 'enterer'),
    status: token('status'),
  },
  Goal: {
    subject: to('Patient Group Organization', 'subject'),
    patient: to('Patient', 'subject'),
    'lifecycle-status': token('lifecycleStatus'),
  },
  ImagingStudy: {
    ...subject,
    subject: to('Patient Group Device', 'subject'),
    status: token('status'),
    modality: token('series.modality'),
  },
  Immunization: {
    patient: to('Patient', 'patient'),
    status: token('status'),
    'vaccine-code': token('vaccineCode'),
    date: date('occurrenceDateTime'),
    performer: to('Practitioner PractitionerRole Organization', 'performer.actor'),
    location: to('Location', 'location'),
  },
  Procedure: {
    ...subject,
    status: token('status'),
    code: token('code'),
    date: date('performedDateTime', 'performedPeriod'),
    performer: to(
      'Patient Practitioner PractitionerRole Organization RelatedPerson Device',
      'performer.actor',
    ),
    location: to('Location', 'location'),
    'reason-reference': to('Condition Observation Procedure DiagnosticReport', 'reasonReference'),
  },
}

export const types: readonly string[] = Object.keys(parameters)

export function parameterOf(type: string, code: string): Parameter {
  const found = parameters[type]?.[code] ?? (code === '_tag' ? tag : undefined)
  if (found === undefined) throw new Error(`the oracle knows no ${type}.${code}`)
  return found
}

/** Parameters that refer to one type only, in R4 itself. */
export const singleTarget: ReadonlySet<string> = new Set(
  'patient encounter location organization service-provider manufacturer partof practitioner medication result claim beneficiary'.split(
    ' ',
  ),
)

/** Types that have these are complete in the tables: a chain to them may leave the type open. */
export const completeCodes: ReadonlySet<string> = new Set(['family', 'gender', 'birthdate'])

export function knows(type: string, code: string): boolean {
  return code === '_tag' || parameters[type]?.[code] !== undefined
}

/** All that a type refers to by a reference parameter. */
export function referencesOf(resource: Resource, base: string): string[] {
  const all = Object.values(parameters[resource.resourceType] ?? {})
  return all.flatMap((parameter) =>
    parameter.kind === 'reference' ? targetsOf(resource, parameter, base) : [],
  )
}

/** What one reference parameter points to, its targets only. */
export function targetsOf(resource: Resource, parameter: Parameter, base: string): string[] {
  if (parameter.kind !== 'reference') return []
  return parameter.paths
    .flatMap((path) => referencesAt(resource, path, base))
    .filter((key) => parameter.targets.includes(key.split('/')[0] ?? ''))
}

export function valuesOf(resource: Resource, { paths }: Parameter): unknown[] {
  return paths.flatMap((path) => at(resource, path))
}

/** R4, CompartmentDefinition/patient, for the types above. */
export const patientCompartment: Readonly<Record<string, readonly string[]>> = {
  Patient: ['link'],
  RelatedPerson: ['patient'],
  Person: ['patient'],
  Encounter: ['patient'],
  Observation: ['subject', 'performer'],
  Condition: ['patient', 'asserter'],
  AllergyIntolerance: ['patient', 'recorder', 'asserter'],
  MedicationRequest: ['subject'],
  DiagnosticReport: ['subject'],
  Coverage: ['beneficiary', 'payor'],
  Appointment: ['actor'],
  Schedule: ['actor'],
  Group: ['member'],
  List: ['subject', 'source'],
  Provenance: ['patient'],
  CarePlan: ['patient'],
  Claim: ['patient'],
  ExplanationOfBenefit: ['patient'],
  Goal: ['patient'],
  ImagingStudy: ['patient'],
  Immunization: ['patient'],
  Procedure: ['patient', 'performer'],
}
/** R4, CompartmentDefinition/encounter and /practitioner, in part. */
export const otherCompartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Encounter: { Observation: ['encounter'], Condition: ['encounter'], DiagnosticReport: ['encounter'] },
  Practitioner: {
    Encounter: ['participant'],
    Observation: ['performer'],
    AllergyIntolerance: ['recorder', 'asserter'],
    PractitionerRole: ['practitioner'],
  },
}
