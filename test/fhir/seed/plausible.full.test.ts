import { expect, test } from 'vitest'
import { hospital } from '../../../src/fhir/seed/hospital.ts'
import type { Resource } from '../../../src/fhir/seed/resource.ts'
import { ANCHOR, aboutWhom, ofType, RESOURCES, stringsAt, walk } from './facts.ts'

/** What R4 demands of each type (minimum cardinality 1), `a|b` for a choice. */
const REQUIRED: Record<string, string> = {
  AllergyIntolerance: 'patient clinicalStatus code',
  Appointment: 'status participant start end',
  CarePlan: 'status intent subject category text',
  CareTeam: 'status subject participant',
  Condition: 'subject code category clinicalStatus verificationStatus',
  Coverage: 'status beneficiary payor relationship type',
  Device: 'patient type udiCarrier',
  DiagnosticReport: 'status code subject category effectiveDateTime issued',
  DocumentReference: 'status type category subject date author content',
  Encounter: 'status class type subject period participant location',
  FamilyMemberHistory: 'status patient relationship',
  Goal: 'lifecycleStatus description subject target',
  Group: 'type actual member',
  Immunization: 'status vaccineCode patient occurrenceDateTime primarySource',
  Location: 'status name managingOrganization',
  Medication: 'code',
  MedicationDispense: 'status medicationCodeableConcept|medicationReference subject whenHandedOver type',
  MedicationRequest:
    'status intent medicationCodeableConcept|medicationReference subject authoredOn requester',
  MedicationStatement: 'status medicationCodeableConcept|medicationReference subject',
  Observation:
    'status code category subject effectiveDateTime valueQuantity|valueCodeableConcept|valueString|component|dataAbsentReason',
  Organization: 'active name type',
  Patient: 'identifier name gender birthDate address telecom communication generalPractitioner extension',
  Practitioner: 'identifier name gender',
  PractitionerRole: 'practitioner organization code telecom',
  Procedure: 'status subject code performedPeriod',
  Provenance: 'target recorded agent',
  QuestionnaireResponse: 'questionnaire status subject authored item',
  RelatedPerson: 'active patient relationship name',
  Schedule: 'actor',
  ServiceRequest: 'status intent subject code category authoredOn requester',
  Slot: 'schedule status start end',
  Specimen: 'type subject collection',
}

/** What is wrong with the demo's resources, each named. */
function faults(find: (resource: Resource, tell: (fault: string) => void) => void): string[] {
  const found: string[] = []
  for (const resource of RESOURCES) {
    find(resource, (fault) => found.push(`${resource.resourceType}/${resource.id} ${fault}`))
  }
  return found
}

test('every resource has what R4 and US Core demand', () => {
  const missing = faults((resource, tell) => {
    for (const demand of (REQUIRED[resource.resourceType] as string).split(' ')) {
      if (!demand.split('|').some((key) => key in resource)) tell(demand)
    }
  })
  expect(missing).toEqual([])
})

test('REST-18 nothing is empty, undefined or not a number', () => {
  const empty = faults((resource, tell) => {
    walk(resource, (value, path) => {
      const nothing = value === undefined || value === null || value === '' || Number.isNaN(value)
      if (nothing || (typeof value === 'object' && Object.keys(value).length === 0)) tell(path)
    })
  })
  expect(empty).toEqual([])
})

const DATE = /^\d{4}-\d\d-\d\d/
/** What may lie ahead: plans and agreements. */
const AHEAD =
  /^(Appointment (start|end)|Slot |Schedule |Goal target|CarePlan period\.end|Coverage period|Device expir)/

test('nothing has happened after the anchor, before birth or after death', () => {
  const lives = new Map<string | undefined, { born: string; died: string }>()
  for (const patient of ofType('Patient')) {
    const died = String(patient.deceasedDateTime ?? ANCHOR).slice(0, 10)
    lives.set(aboutWhom(patient), { born: String(patient.birthDate), died })
  }
  expect([...lives.values()].some(({ died }) => died < ANCHOR)).toBe(true)
  const misplaced = faults((resource, tell) => {
    const { born, died } = lives.get(aboutWhom(resource)) ?? { born: '1900-01-01', died: ANCHOR }
    walk(resource, (value, path) => {
      if (typeof value !== 'string' || !DATE.test(value) || AHEAD.test(`${resource.resourceType} ${path}`))
        return
      const day = value.slice(0, 10)
      if (day < born || day > died) tell(`${path} ${value}, lived ${born} to ${died}`)
    })
  })
  expect(misplaced).toEqual([])
})

test('what begins ends later', () => {
  const reversed = faults((resource, tell) => {
    walk(resource, (value, path) => {
      const { start, end } = (value ?? {}) as { start?: string; end?: string }
      if (start && end && start > end) tell(path)
    })
  })
  expect(reversed).toEqual([])
})

test('appointments lie before and after the anchor, each with patient, clinician, place and a slot of its own', () => {
  const appointments = ofType('Appointment')
  for (const appointment of appointments) {
    const actors = stringsAt(appointment, 'participant[].actor.reference').map(
      (reference) => reference.split('/')[0],
    )
    expect(actors).toEqual(['Patient', 'Practitioner', 'Location'])
  }
  const starts = appointments.map(({ start }) => String(start))
  expect(starts.some((start) => start < ANCHOR)).toBe(true)
  expect(starts.some((start) => start > ANCHOR)).toBe(true)
  const slots = appointments.flatMap((appointment) => stringsAt(appointment, 'slot[].reference'))
  expect(new Set(slots).size).toBe(appointments.length)
})

/** All charts of a larger hospital, by patient. */
function charts(patients: number): Resource[][] {
  const byPatient = new Map<string, Resource[]>()
  for (const resource of hospital({ patients, anchor: ANCHOR })) {
    const whom = aboutWhom(resource)
    if (whom) byPatient.set(whom, [...(byPatient.get(whom) ?? []), resource])
  }
  return [...byPatient.values()]
}
const CHARTS = charts(300)
const coded = (chart: Resource[], type: string, code: string) =>
  ofType(type, chart).filter((one) => stringsAt(one, 'code.coding[].code').includes(code))
const number = (observation: Resource) => (observation.valueQuantity as { value: number }).value

test('who has diabetes has an HbA1c of a diabetic, metformin and follow-up visits', () => {
  const diabetics = CHARTS.filter((chart) => coded(chart, 'Condition', '44054006').length > 0)
  expect(diabetics.length).toBeGreaterThan(10)
  for (const chart of diabetics) {
    const levels = coded(chart, 'Observation', '4548-4').map(number)
    expect(Math.max(...levels)).toBeGreaterThan(7.5)
    expect(Math.min(...levels)).toBeGreaterThan(6.3)
    expect(JSON.stringify(ofType('MedicationRequest', chart))).toContain('metformin')
    expect(ofType('Encounter', chart).length).toBeGreaterThan(2)
  }
})

test('nobody is given what they are allergic to', () => {
  const forbidden = [
    ['7980', /cillin/],
    ['723', /cillin/],
    ['5640', /ibuprofen/],
  ] as const
  for (const chart of CHARTS) {
    for (const [allergen, medicine] of forbidden) {
      if (coded(chart, 'AllergyIntolerance', allergen).length === 0) continue
      const taken = ofType('MedicationRequest', chart).filter(({ status }) => status !== 'stopped')
      for (const { dosageInstruction, ...order } of taken) expect(JSON.stringify(order)).not.toMatch(medicine)
    }
  }
})

test('children grow, and a body mass index agrees with its height and weight', () => {
  for (const chart of CHARTS) {
    const birth = String(chart[0]?.birthDate)
    const heights = coded(chart, 'Observation', '8302-2')
      .map((one) => [String(one.effectiveDateTime), number(one)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [i, [, height]] of heights.entries()) {
      expect(height >= (heights[i - 1]?.[1] ?? 0) - 0.2, `${chart[0]?.id} shrinks`).toBe(true)
    }
    if (birth > '2008') continue
    const [weight] = coded(chart, 'Observation', '29463-7').map(number)
    const [index] = coded(chart, 'Observation', '39156-5').map(number)
    const height = heights.at(-1)?.[1]
    if (weight && index && height) expect(Math.abs(weight / (height / 100) ** 2 - index)).toBeLessThan(0.2)
  }
})

test('ENF-31 restricted kinds are labelled, and no unlabelled record tells of them', () => {
  const telling =
    /depressi|HIV|Human immunodef|dependence|PHQ-9|naltrexone|buprenorphine|sertraline|bictegravir/i
  const restricted = new Set<string>()
  for (const chart of CHARTS) {
    for (const resource of chart) {
      const labels = stringsAt(resource, 'meta.security[].code')
      if (labels.includes('R')) for (const label of labels) restricted.add(label)
      else expect(JSON.stringify(resource), `${resource.resourceType}/${resource.id}`).not.toMatch(telling)
    }
  }
  expect(restricted).toEqual(new Set(['R', 'HIV', 'MH', 'SUD']))
})
