import { type Interaction, letterOf } from './letters.ts'
import {
  type Criterion,
  formatScope,
  has,
  isResourceScope,
  type Level,
  type ResourceScope,
  type Scope,
} from './scope.ts'

/** Everything that a decision rests on; made from a token that was verified. */
export type Authority = {
  readonly scopes: readonly Scope[]
  /** The patient in the launch context: a bare id. */
  readonly patient: string | undefined
  readonly user: UserReach | undefined
}
/** What a user may see anyway; a `user/` scope never adds to it (SCOPE-07). */
export type UserReach = {
  /** The user's own resource, e.g. `Practitioner/7`. */
  readonly fhirUser: string | undefined
  /** All records, or those of some patients (bare ids): the user's own, a child's. */
  readonly patients: 'all' | readonly string[]
}

/** A part of the data that one scope alone opens for one interaction on one type; ranges form a union. */
export type Range = {
  /** The scope that opened it, as the client wrote it. */
  readonly scope: string
  readonly level: Level
  /** Only what belongs to the record of one of these patients (bare ids), or no such limit. */
  readonly patients: 'all' | readonly string[]
  /** Only this resource: the user's own. */
  readonly only: string | undefined
  /** Only what satisfies every one of these criteria. */
  readonly where: readonly Criterion[]
}

export type RefusalReason =
  | 'type-not-granted'
  | 'letter-not-granted'
  | 'no-patient-in-context'
  | 'no-user'
  | 'patient-create'
export type Decision =
  | { readonly allowed: true; readonly ranges: readonly Range[] }
  | { readonly allowed: false; readonly reason: RefusalReason; readonly sentence: string }

/**
 * The one permission function: may this authority do this on this type, and on which rows. It looks at no data
 * (ENF-03), and a range comes from one scope alone: letters of one never combine with the range of another
 * (ENF-02).
 */
export function permit(authority: Authority, interaction: Interaction, type: string): Decision {
  const letter = letterOf[interaction]
  const ofType = authority.scopes
    .filter(isResourceScope)
    .filter((scope) => scope.type === '*' || scope.type === type)
  const candidates = ofType.filter((scope) => has(scope, letter))
  const ranges = [
    ...candidates.flatMap((scope) => rangeOf(scope, authority) ?? []),
    ...ownResource(authority, interaction, type),
  ].filter((range) => !(interaction === 'create' && type === 'Patient' && range.level === 'patient'))
  if (ranges.length > 0) return { allowed: true, ranges: withoutMoot(ranges) }
  return refusal(authority, ofType, candidates, interaction, type)
}

function rangeOf(scope: ResourceScope, authority: Authority): Range | undefined {
  const base = { scope: formatScope(scope), level: scope.level, only: undefined, where: scope.where }
  switch (scope.level) {
    case 'system':
      return { ...base, patients: 'all' }
    case 'user':
      return authority.user === undefined ? undefined : { ...base, patients: authority.user.patients }
    case 'patient':
      return authority.patient === undefined ? undefined : { ...base, patients: [authority.patient] }
  }
}

/** Who was told who the user is may read the user's own resource (OIDC-05). */
function ownResource(authority: Authority, interaction: Interaction, type: string): Range[] {
  const own = authority.user?.fhirUser
  const granted = authority.scopes.some((scope) => scope.kind === 'identity' && scope.name === 'fhirUser')
  if (!granted || own === undefined || interaction !== 'read' || !own.startsWith(`${type}/`)) return []
  return [{ scope: 'fhirUser', level: 'user', patients: 'all', only: own, where: [] }]
}

/** What lies inside another range of the same decision is moot (ENF-11); of two alike the first stays. */
function withoutMoot(ranges: readonly Range[]): readonly Range[] {
  return ranges.filter(
    (range, index) =>
      !ranges.some(
        (other, at) => at !== index && liesIn(range, other) && (at < index || !liesIn(other, range)),
      ),
  )
}

function liesIn(inner: Range, outer: Range): boolean {
  if (outer.only !== undefined) return false
  const everything = outer.patients === 'all' && outer.where.length === 0
  // Each level reaches what belongs to no record in its own way, so a range with limits says nothing about others.
  return (
    everything || (inner.level === outer.level && patientsLieIn(inner, outer) && criteriaHold(inner, outer))
  )
}

function patientsLieIn({ patients }: Range, outer: Range): boolean {
  if (outer.patients === 'all') return true
  const allowed = outer.patients
  return patients !== 'all' && patients.every((patient) => allowed.includes(patient))
}

function criteriaHold(inner: Range, outer: Range): boolean {
  return outer.where.every(({ name, value }) =>
    inner.where.some((own) => own.name === name && own.value === value),
  )
}

function refusal(
  authority: Authority,
  ofType: readonly ResourceScope[],
  candidates: readonly ResourceScope[],
  interaction: Interaction,
  type: string,
): Decision {
  const letter = letterOf[interaction]
  const no = (reason: RefusalReason, sentence: string): Decision => ({ allowed: false, reason, sentence })
  if (ofType.length === 0) {
    return no(
      'type-not-granted',
      `This token opens nothing of type ${type}; a scope such as "${example(authority, type, letter)}" would.`,
    )
  }
  if (candidates.length === 0) {
    const held = ofType.map(formatScope).join(' ')
    return no(
      'letter-not-granted',
      `For ${type} this token holds "${held}", which has no "${letter}" for ${interaction}.`,
    )
  }
  if (candidates.some((scope) => scope.level === 'patient' && authority.patient === undefined)) {
    return no(
      'no-patient-in-context',
      `This token has a patient/ scope for ${type} but no patient in its launch context.`,
    )
  }
  if (candidates.some((scope) => scope.level === 'user' && authority.user === undefined)) {
    return no('no-user', `This token has a user/ scope for ${type} but no user stands behind it.`)
  }
  return no(
    'patient-create',
    'A patient/ scope cannot create a Patient: a new person is never the patient in context.',
  )
}

function example(authority: Authority, type: string, letter: string): string {
  const level = authority.scopes.find(isResourceScope)?.level ?? 'system'
  return `${level}/${type}.${letter}`
}
