import { createHash } from 'node:crypto'
import type { Day } from './calendar.ts'
import { LABELS, type Label, type Reference, usCore } from './codes.ts'
import type { AllergenName } from './facts/allergies.ts'
import type { LabName } from './facts/labs.ts'
import type { Specialty } from './facts/staff.ts'
import { fullName, type Person } from './person.ts'
import type { Random } from './random.ts'
import type { Resource } from './resource.ts'
import type { Clinician, Site } from './site.ts'

/** A level that stays, or goes its way from day to day. */
export type Course<T = number> = T | ((day: Day) => T)

/** How the body goes: stories decide that before anything is measured, so that they agree. */
export type Body = {
  /** Standard scores of growth: 0 is the median. */
  tall: number
  heavy: number
  /** Of adults, kg/m2. */
  bmi: Course
  systolic: Course
  diastolic: Course
  pulse: Course
  saturation: Course
  /** Results that differ from the usual: a number, or the key of an answer. */
  lab: Partial<Record<LabName, Course<number | string>>>
  smoking: 'never' | 'former' | 'daily'
}

/** The record of one patient while it is being written. */
export type Chart = {
  person: Person
  patient: Reference
  /** The last day of the story: the day before the anchor, or the day of death. */
  now: Day
  /** The day the hospital stands at. */
  today: Day
  random: Random
  site: Site
  body: Body
  resources: Resource[]
  allergies: Set<AllergenName>
  /** The names of the stories it tells. */
  stories: Set<string>
  /** Family doctor or paediatrician. */
  doctor: Clinician
  /** The patient's specialist: the same one each time. */
  specialist(specialty: Specialty): Clinician
  /**
   * Writes a resource: gives it an id such as `ana-lindqvist-visit-3`, its US Core profile and the security
   * label; fields that are undefined are left out.
   */
  add(type: keyof typeof TYPES, fields: Record<string, unknown>, options?: AddOptions): Reference
}

type AddOptions = {
  /** The last part of the id, instead of the type's tag and a number. */
  id?: string
  /** A US Core profile other than the type's own, without `us-core-`; empty for none. */
  profile?: string
  label?: Label | undefined
}

/** The tag in the ids of a type, and its US Core profile. */
const TYPES = {
  RelatedPerson: ['kin', 'relatedperson'],
  Coverage: ['cover', 'coverage'],
  Encounter: ['visit', 'encounter'],
  Condition: ['condition', 'condition-problems-health-concerns'],
  AllergyIntolerance: ['allergy', 'allergyintolerance'],
  Observation: ['obs', 'simple-observation'],
  QuestionnaireResponse: ['form', 'questionnaireresponse'],
  ServiceRequest: ['order', 'servicerequest'],
  Specimen: ['specimen', 'specimen'],
  DiagnosticReport: ['report', 'diagnosticreport-lab'],
  DocumentReference: ['note', 'documentreference'],
  MedicationRequest: ['rx', 'medicationrequest'],
  MedicationDispense: ['dispense', 'medicationdispense'],
  MedicationStatement: ['taking', ''],
  Immunization: ['dose', 'immunization'],
  Procedure: ['procedure', 'procedure'],
  Device: ['implant', 'implantable-device'],
  FamilyMemberHistory: ['family', 'familymemberhistory'],
  Goal: ['goal', 'goal'],
  CareTeam: ['team', 'careteam'],
  CarePlan: ['plan', 'careplan'],
  Appointment: ['appointment', ''],
  Provenance: ['source', 'provenance'],
} as const

/** Where a course stands on that day. */
export function on<T extends number | string>(course: Course<T>, day: Day): T {
  return typeof course === 'function' ? course(day) : course
}

/** A course in steps: the first value, and after each of the days (in their order) another one. */
export function changing<T>(first: T, ...steps: (readonly [after: Day, value: T])[]): (day: Day) => T {
  return (day) => steps.findLast(([after]) => day > after)?.[1] ?? first
}

/** Opens an empty chart for a person. */
export function openChart(person: Person, site: Site, today: Day, random: Random): Chart {
  const resources: Resource[] = []
  const counts: Record<string, number> = {}
  const specialists = new Map<Specialty, Clinician>()
  const specialist = (specialty: Specialty) => {
    const known = specialists.get(specialty) ?? site.clinician(specialty, person.index, random)
    specialists.set(specialty, known)
    return known
  }
  return {
    person,
    patient: { reference: `Patient/${person.id}`, display: fullName(person) },
    now: person.died ?? today - 1,
    today,
    random,
    site,
    body: healthyBody(person, random),
    resources,
    allergies: new Set(),
    stories: new Set(),
    doctor: specialist(person.age < 18 ? 'pediatrics' : 'family'),
    specialist,
    add(type, fields, { id, profile = TYPES[type][1], label } = {}) {
      const tag = TYPES[type][0]
      if (!id) counts[tag] = (counts[tag] ?? 0) + 1
      const name = `${person.id}-${id ?? `${tag}-${counts[tag]}`}`
      const resource: Resource = { resourceType: type, id: type === 'Appointment' ? numberOf(name) : name }
      if (profile || label) {
        resource.meta = {
          ...(profile && { profile: [usCore(profile)] }),
          ...(label && { security: LABELS[label] }),
        }
      }
      for (const key in fields) if (fields[key] !== undefined) resource[key] = fields[key]
      resources.push(resource)
      return { reference: `${type}/${resource.id}` }
    },
  }
}

/** Who may see appointments need not see whose they are: their ids do not say it. */
function numberOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16)
}

function healthyBody(person: Person, random: Random): Body {
  const tall = random.bell()
  const heavy = 0.5 * tall + 0.7 * random.bell()
  return {
    tall,
    heavy,
    // The young still grow along their curve, so that no year adds twenty kilograms.
    bmi:
      person.age < 24
        ? (22 * (1 + 0.13 * heavy)) / (1 + 0.084 * tall)
        : 25.2 + 2.9 * random.bell() + (person.age > 35 ? 1 : 0),
    systolic: 116 + 6 * random.bell() + Math.max(0, person.age - 40) * 0.2,
    diastolic: 73 + 4 * random.bell(),
    pulse: 72 + 6 * random.bell(),
    saturation: 98,
    lab: {},
    smoking:
      person.age < 18
        ? 'never'
        : random.weighted([
            [68, 'never'],
            [20, 'former'],
            [12, 'daily'],
          ] as const),
  }
}
