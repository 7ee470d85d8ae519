import { type Interaction, letterOf } from './letters.ts'
import { isAbout, type Policy, type Rule, ruleName } from './policy.ts'
import { commonPaths, intersection, type Range, uniqueCriteria, unruled, withoutMoot } from './range.ts'
import { formatScope, has, isResourceScope, type ResourceScope, type Scope } from './scope.ts'
import { intersect } from './scope-algebra.ts'
import { type Attributes, type Facts, filledIn } from './variables.ts'

export type { Range } from './range.ts'

/** Everything that a decision rests on; made from a token that was verified. */
export type Authority = {
  readonly scopes: readonly Scope[]
  /** The patient in the launch context: a bare id. */
  readonly patient: string | undefined
  readonly user: UserReach | undefined
  /** What the roles of the credential itself allow, of a backend service say; undefined if it has none. */
  readonly policy: Policy | undefined
}
/** What a user may see anyway; a `user/` scope never adds to it (SCOPE-07). */
export type UserReach = {
  /** The user's own resource, e.g. `Practitioner/7`. */
  readonly fhirUser: string | undefined
  /** All records, or those of some patients (bare ids): the user's own, a child's. */
  readonly patients: 'all' | readonly string[]
  /** What rules may ask of the user. */
  readonly attributes: Attributes
  /** What the user's roles allow of it. */
  readonly policy: Policy
}

export type RefusalReason =
  | 'type-not-granted'
  | 'letter-not-granted'
  | 'no-patient-in-context'
  | 'no-user'
  | 'patient-create'
  | 'not-for-role'
  | 'no-common-range'
export type Decision =
  | { readonly allowed: true; readonly ranges: readonly Range[] }
  | { readonly allowed: false; readonly reason: RefusalReason; readonly sentence: string }

/**
 * The one permission function: may this authority do this on this type, and on which rows. It looks at no data
 * (ENF-03), and a range comes from one scope alone: letters of one never combine with the range of another
 * (ENF-02). What roles allow narrows it further, each rule by itself.
 */
export function permit(authority: Authority, interaction: Interaction, type: string): Decision {
  const letter = letterOf[interaction]
  const ofType = authority.scopes
    .filter(isResourceScope)
    .filter((scope) => scope.type === '*' || scope.type === type)
  const candidates = ofType.filter((scope) => has(scope, letter))
  const ranges = [
    ...candidates.flatMap((scope) => rangesOf(scope, authority, interaction, type)),
    ...ownResource(authority, interaction, type),
  ].filter((range) => !(interaction === 'create' && type === 'Patient' && range.level === 'patient'))
  if (ranges.length > 0) return { allowed: true, ranges: withoutMoot(ranges) }
  return refusal(authority, ofType, candidates, interaction, type)
}

/**
 * The same of several authorities, all of which must allow it: what lies in a range of each.
 * @param authorities one at least
 */
export function permitAll(
  authorities: readonly Authority[],
  interaction: Interaction,
  type: string,
): Decision {
  const decisions = authorities.map((authority) => permit(authority, interaction, type))
  const common = decisions.reduce((one, other) => {
    if (!one.allowed || !other.allowed) return one.allowed ? other : one
    const ranges = one.ranges.flatMap((a) => other.ranges.flatMap((b) => intersection(a, b) ?? []))
    return { allowed: true, ranges: withoutMoot(ranges) }
  })
  if (!common.allowed || common.ranges.length > 0) return common
  const sentence = `Each of the credentials opens some ${type}, and none opens what another does.`
  return { allowed: false, reason: 'no-common-range', sentence }
}

/** The range of a scope, as far as the roles of the user and those of the credential allow it. */
function rangesOf(
  scope: ResourceScope,
  authority: Authority,
  interaction: Interaction,
  type: string,
): readonly Range[] {
  const range = rangeOf(scope, authority)
  const facts = factsOf(authority)
  const under = (ranges: readonly Range[], policy: Policy | undefined): readonly Range[] =>
    policy === undefined
      ? ranges
      : ranges.flatMap((one) =>
          policy.flatMap((rule) => (isAbout(rule, type, letterOf[interaction]) ? ruled(one, rule) : [])),
        )
  const ruled = (one: Range, rule: Rule) => underRule(one, scope, rule, { interaction, type, facts })
  return range === undefined ? [] : under(under([range], authority.user?.policy), authority.policy)
}

type Question = { interaction: Interaction; type: string; facts: Facts }

/** What of a range one rule allows. */
function underRule(
  range: Range,
  scope: ResourceScope,
  rule: Rule,
  { interaction, type, facts }: Question,
): Range[] {
  const filled = filledIn(rule.where, type, facts)
  // A variable without a value opens nothing.
  if (filled === undefined) return []
  const parts =
    rule.scopes === undefined
      ? [scope]
      : rule.scopes.flatMap((most) => intersect(scope, atLevelOf(scope, most)) ?? [])
  return parts
    .filter((part) => has(part, letterOf[interaction]) && (part.type === '*' || part.type === type))
    .map((part) => ({
      ...range,
      where: uniqueCriteria([...range.where, ...part.where, ...filled]),
      rule: range.rule === undefined ? ruleName(rule) : `${range.rule} and ${ruleName(rule)}`,
      hidden: [...new Set([...range.hidden, ...rule.hide])],
      writable: range.writable === undefined ? rule.writable : commonPaths(range.writable, rule.writable),
    }))
}

/** What a role says of users' apps holds of a service that has it, too: it acts as one of them would. */
function atLevelOf({ level }: ResourceScope, most: ResourceScope): ResourceScope {
  return level === 'system' && most.level === 'user' ? { ...most, level } : most
}

/** What variables stand for under this authority. */
export function factsOf({ user, patient }: Authority): Facts {
  return { fhirUser: user?.fhirUser, attributes: user?.attributes ?? {}, patient }
}

function rangeOf(scope: ResourceScope, authority: Authority): Range | undefined {
  const base = {
    scope: formatScope(scope),
    level: scope.level,
    only: undefined,
    where: scope.where,
    ...unruled,
  }
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
  return [{ scope: 'fhirUser', level: 'user', patients: 'all', only: own, where: [], ...unruled }]
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
  if (candidates.every((scope) => rangesOf(scope, authority, interaction, type).length === 0)) {
    return no(
      'not-for-role',
      `No role that counts here lets it do this: ${interaction} of ${type} is not among what the role allows.`,
    )
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
