import type { Letter } from './letters.ts'
import { type Criterion, isResourceScope, parseScopes, type ResourceScope, type Vocabulary } from './scope.ts'

/** What a role allows on some types. Each rule counts whole: its letters never combine with the rows of another. */
export type Rule = {
  /** The role that it belongs to, and its place there, from 1. */
  readonly role: string
  readonly number: number
  /** Resource types, or `*` alone for every type. */
  readonly types: readonly string[]
  /** SMART's letters: a selection of `cruds`, in that order. */
  readonly letters: string
  /** Only resources that satisfy every one of these; values may hold variables (variables.ts). */
  readonly where: readonly Criterion[]
  /** Elements that are not shown, as paths. */
  readonly hide: readonly string[]
  /** The only elements that an update may change; all of them if it is undefined. */
  readonly writable: readonly string[] | undefined
  /** Ids of the apps with which the rule counts, or `*` for every app. */
  readonly apps: readonly string[]
  /** The rule counts as far as a scope lies within these; without a limit if it is undefined. */
  readonly scopes: readonly ResourceScope[] | undefined
  /** What it is good for with HTTP Basic: nothing, reading and finding, or everything it allows. */
  readonly basic: 'read' | 'write' | undefined
}

/** What the roles of somebody allow together: the union of the rules. Without any rule nothing is allowed. */
export type Policy = readonly Rule[]

/** A role as a file says it; users/role-file.ts reads one. */
export type RoleRules = {
  readonly role: string
  readonly rules: readonly {
    readonly types: readonly string[]
    readonly letters: string
    readonly where: readonly string[]
    readonly hide: readonly string[]
    readonly writable?: readonly string[] | undefined
  }[]
  readonly apps: readonly string[]
  readonly scopes?: string | undefined
  readonly basic?: 'read' | 'write' | undefined
}

/** A role's name, the server's own ones included. */
export const roleName = /^[a-z][a-z0-9-]{0,49}$/

/** Roles that the server knows by itself: everything within the user's reach, or nothing of the records. */
export const builtInRoles = ['patient', 'proxy', 'clinician', 'admin', 'auditor', 'developer'] as const
const ofRecords: ReadonlySet<string> = new Set(['patient', 'proxy', 'clinician'])

/** What a role of the server's own allows; undefined for any other name. */
export function builtInPolicy(role: string): Policy | undefined {
  if (!builtInRoles.some((name) => name === role)) return undefined
  return ofRecords.has(role) ? wholeReach(role) : []
}

function wholeReach(role: string): Policy {
  const all = { types: ['*'], letters: 'cruds', where: [], hide: [] }
  const basic = role === 'clinician' ? 'write' : 'read'
  return [{ role, number: 1, ...all, writable: undefined, apps: ['*'], scopes: undefined, basic }]
}

/** The rules of a role that was checked. */
export function policyOf({ role, rules, apps, scopes, basic }: RoleRules, vocabulary: Vocabulary): Policy {
  const most =
    scopes === undefined ? undefined : parseScopes(scopes, vocabulary).scopes.filter(isResourceScope)
  return rules.map(({ types, letters, where, hide, writable }, index) => ({
    role,
    number: index + 1,
    types,
    letters,
    where: where.flatMap(criteriaIn),
    hide,
    writable,
    apps,
    scopes: most,
    basic,
  }))
}

/** `status=booked&location=Location/1`, written literally. What has no name is kept, so that it is found wrong. */
export function criteriaIn(text: string): Criterion[] {
  return text.split('&').map((part) => {
    const equals = part.indexOf('=')
    return { name: part.slice(0, Math.max(0, equals)), value: part.slice(equals + 1) }
  })
}

/** What of a policy counts when somebody uses this app. */
export function withApp(policy: Policy, clientId: string): Policy {
  return policy.filter(({ apps }) => apps.includes('*') || apps.includes(clientId))
}

/** What of a policy counts with HTTP Basic. */
export function withBasic(policy: Policy): Policy {
  return policy.flatMap((rule): Rule[] => {
    if (rule.basic === undefined) return []
    if (rule.basic === 'write') return [rule]
    const letters = [...rule.letters].filter((letter) => letter === 'r' || letter === 's').join('')
    return letters === '' ? [] : [{ ...rule, letters }]
  })
}

/** True if a rule is about a type, and has the letter. */
export function isAbout({ types, letters }: Rule, type: string, letter: Letter): boolean {
  return (types.includes('*') || types.includes(type)) && letters.includes(letter)
}

/** How people are told of a rule. */
export function ruleName({ role, number, types }: Rule): string {
  return builtInPolicy(role) !== undefined && types.includes('*')
    ? `role ${role}`
    : `rule ${number} of role ${role}`
}
