import { matches } from './matching.ts'
import { parameterOf, referencesOf, targetsOf } from './parameters.ts'
import { at, keyOf, localKey, type Resource } from './resource.ts'
import type { World } from './world.ts'

/** A scope as its parts; `letters` may be a word of SMART 1.0. */
export type ModelScope = {
  level: 'patient' | 'user' | 'system'
  type: string
  letters: string
  where: readonly (readonly [string, string])[]
}
/** A rule of a role, without hidden elements. */
export type ModelRule = {
  type: string
  letters: string
  where: readonly (readonly [string, string])[]
}
/** What stands behind a token. */
export type Grant = {
  scopes: readonly ModelScope[]
  /** The scope `fhirUser`. */
  identity: boolean
  patient: string | undefined
  user:
    | {
        fhirUser: string | undefined
        patients: 'all' | readonly string[]
        /** Of the user's only role; without them, the user is a clinician. */
        rules?: readonly ModelRule[]
      }
    | undefined
}

const words: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

export function scopeText({ scopes, identity }: Pick<Grant, 'scopes' | 'identity'>): string {
  const texts = scopes.map(({ level, type, letters, where }) => {
    const query = where.map(([name, value]) => `${name}=${value}`).join('&')
    return `${level}/${type}.${letters}${query === '' ? '' : `?${query}`}`
  })
  return [...(identity ? ['fhirUser'] : []), ...texts].join(' ')
}

/** What is done with a resource: it is read, an old version of it is, or it is found. */
export type Act = 'read' | 'vread' | 'search'
export type Sight = {
  /** The patient in context. */
  patient: string | undefined
  /** Decided without looking at data. */
  may(act: Act, type: string): boolean
  sees(act: Act, resource: Resource): boolean
  /** Sees every resource of the type, whatever it holds. */
  seesAll(act: Act, type: string): boolean
  /** Every scope that lets it search the type is for the patient in context. */
  isBound(type: string): boolean
}

/** Whom a resource is about: the paths that say so. What is not here is in nobody's record. */
const about: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'patient',
  Appointment: 'participant.actor',
  CarePlan: 'subject',
  Claim: 'patient',
  Condition: 'subject',
  Coverage: 'beneficiary',
  Device: 'patient',
  DiagnosticReport: 'subject',
  Encounter: 'subject',
  ExplanationOfBenefit: 'patient',
  Goal: 'subject',
  ImagingStudy: 'subject',
  Immunization: 'patient',
  List: 'subject',
  MedicationRequest: 'subject',
  Observation: 'subject',
  Person: 'link.target',
  Procedure: 'subject',
  RelatedPerson: 'patient',
  Schedule: 'actor',
}
const shared = new Set(['Location', 'Medication', 'Organization', 'Practitioner', 'PractitionerRole'])

/** The one patient whose record a resource belongs to: the only Patient among those it is about. */
export function ownerOf(resource: Resource, base: string): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id
  const path = about[resource.resourceType]
  if (path === undefined) return undefined
  const texts = at(resource, path).map((element) => String((element as { reference?: unknown }).reference))
  const patients = new Set(
    texts.filter((text) => /(^|\/)Patient\/[^/]+$/.test(text)).map((text) => text.replace(`${base}/`, '')),
  )
  const [only = ''] = patients
  return patients.size === 1 && only.startsWith('Patient/') ? only.slice('Patient/'.length) : undefined
}

/** What a grant opens in a world, by the rules of the documentation and nothing else. */
export function sightOf({ scopes, identity, patient, user }: Grant, world: World): Sight {
  const { base } = world
  const reachOf = ({ level }: ModelScope): 'all' | readonly string[] | undefined =>
    level === 'system'
      ? 'all'
      : level === 'user'
        ? user?.patients
        : patient === undefined
          ? undefined
          : [patient]
  const effective = (act: Act, type: string) =>
    scopes.filter(
      (scope) =>
        (scope.type === '*' || scope.type === type) &&
        (words[scope.letters] ?? scope.letters).includes(act === 'search' ? 's' : 'r') &&
        reachOf(scope) !== undefined &&
        rulesFor(act, type).length > 0,
    )
  const everything: readonly ModelRule[] = [{ type: '*', letters: 'cruds', where: [] }]
  /** The rules by which the user's roles let this be done with some resources of a type. */
  const rulesFor = (act: Act, type: string) =>
    (user?.rules ?? everything).filter(
      (rule) =>
        (rule.type === '*' || rule.type === type) && rule.letters.includes(act === 'search' ? 's' : 'r'),
    )
  const isOwn = (act: Act, type: string, id?: string) =>
    identity &&
    act === 'read' &&
    (id === undefined ? user?.fhirUser?.startsWith(`${type}/`) === true : user?.fhirUser === `${type}/${id}`)

  const holds = (resource: Resource, [name, value]: readonly [string, string]): boolean => {
    const parameter = parameterOf(resource.resourceType, name)
    return value.split(',').some((text) => matches(resource, parameter, '', text))
  }
  const sees = (act: Act, resource: Resource): boolean =>
    isOwn(act, resource.resourceType, resource.id) ||
    effective(act, resource.resourceType).some((scope) => {
      const reach = reachOf(scope) ?? []
      return (
        scope.where.every((criterion) => holds(resource, criterion)) &&
        rulesFor(act, resource.resourceType).some(({ where }) =>
          where.every((criterion) => holds(resource, criterion)),
        ) &&
        (reach === 'all' || isInRecord(resource, reach))
      )
    })

  const isInRecord = (resource: Resource, patients: readonly string[]): boolean => {
    if (shared.has(resource.resourceType)) return recordOf(patients).referred.has(keyOf(resource))
    if (resource.resourceType === 'Provenance') {
      const targets = at(resource, 'target').map((target) => localKey(target, base) ?? '')
      return targets.length > 0 && targets.every((key) => recordOf(patients).keys.has(key))
    }
    const owner = ownerOf(resource, base)
    return owner !== undefined && patients.includes(owner) && !namesOthers(resource, patients)
  }

  /** A List that shows other patients, or what is in their records. */
  const namesOthers = (resource: Resource, patients: readonly string[]): boolean =>
    resource.resourceType === 'List' &&
    targetsOf(resource, parameterOf('List', 'item'), base).some((key) => {
      const item = world.byKey.get(key)
      const owner = key.startsWith('Patient/') ? key.slice('Patient/'.length) : item && ownerOf(item, base)
      return owner !== undefined && !patients.includes(owner)
    })

  const records = new Map<string, { keys: Set<string>; referred: Set<string> }>()
  /** What this grant sees in the record of some patients, and what that refers to. */
  const recordOf = (patients: readonly string[]) => {
    const name = patients.join()
    const known = records.get(name)
    if (known !== undefined) return known
    const seen = world.current.filter((resource) => {
      const owner = ownerOf(resource, base)
      return (
        owner !== undefined &&
        patients.includes(owner) &&
        (sees('read', resource) || sees('search', resource))
      )
    })
    const record = {
      keys: new Set(seen.map(keyOf)),
      referred: new Set(seen.flatMap((resource) => referencesOf(resource, base))),
    }
    records.set(name, record)
    return record
  }

  return {
    patient,
    may: (act, type) => effective(act, type).length > 0 || isOwn(act, type),
    sees,
    seesAll: (act, type) =>
      effective(act, type).some((scope) => reachOf(scope) === 'all' && scope.where.length === 0) &&
      rulesFor(act, type).some(({ where }) => where.length === 0),
    isBound: (type) => effective('search', type).every((scope) => scope.level === 'patient'),
  }
}
