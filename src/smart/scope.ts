import { type Letter, lettersInOrder } from './letters.ts'

/** Whose data: the patient's in context, what the user may see, what the client may see. */
export type Level = 'patient' | 'user' | 'system'

/** One `name=value` of a granular scope, as FHIR search writes it: commas in the value mean OR. */
export type Criterion = { readonly name: string; readonly value: string }

/** `patient/Observation.rs?category=…`: SMART App Launch 2.2, scopes for clinical data. */
export type ResourceScope = {
  readonly kind: 'resource'
  readonly level: Level
  /** A FHIR resource type, or `*` for every type, now and later. */
  readonly type: string
  /** A non-empty subset of `cruds`, in that order. */
  readonly letters: string
  /** Every criterion must hold. */
  readonly where: readonly Criterion[]
  /** Written as in SMART 1.0 (`.read`, `.write`, `.*`), and to be returned so (SCOPE-03). */
  readonly v1: boolean
  /** The prefix by which scopes are written as URIs, or empty (SCOPE-16). */
  readonly prefix: string
}
/** `launch`, `launch/patient`, `launch/imagingstudy?role=…` */
export type ContextScope = {
  readonly kind: 'context'
  /** What comes after `launch/`; empty for `launch` itself. */
  readonly type: string
  readonly role: string | undefined
  readonly prefix: string
}
/** OpenID Connect's scopes, and the two that ask for refresh tokens. */
export type IdentityScope = {
  readonly kind: 'identity'
  readonly name: IdentityName
  readonly prefix: string
}
/** A right that is not SMART's: `__introspect`, or a URI its definer controls (SCOPE-15). */
export type ExtensionScope = { readonly kind: 'extension'; readonly name: string }

export type Scope = ResourceScope | ContextScope | IdentityScope | ExtensionScope

export const identityNames = ['openid', 'profile', 'fhirUser', 'offline_access', 'online_access'] as const
export type IdentityName = (typeof identityNames)[number]

/** What the FHIR server knows; handed in, so that the grammar stays free of FHIR's thousand names. */
export type Vocabulary = {
  isResourceType(name: string): boolean
  /** The same in lower case, as `launch/imagingstudy` writes it. */
  isLowerCaseType(name: string): boolean
  /** Why a criterion cannot be evaluated on a type (`*`: on every type), or nothing (SCOPE-12). */
  criterionProblem(type: string, criterion: Criterion): string | undefined
  /** Extension scopes that mean something here. */
  isExtension(name: string): boolean
}

export type ScopeReason = 'malformed' | 'unknown' | 'unknown-type' | 'not-evaluable' | 'too-many'
/** A scope that was left out when a list was read, and why, in words for the developer of the app. */
export type ScopeProblem = { readonly text: string; readonly reason: ScopeReason; readonly sentence: string }
export type ParsedScopes = { readonly scopes: readonly Scope[]; readonly problems: readonly ScopeProblem[] }

/** Characters of RFC 6749 §3.3, without `%`: granular scopes are written literally (SCOPE-04). */
const token = /^[\x21\x23\x24\x26-\x5B\x5D-\x7E]{1,2000}$/
const resource = /^(patient|user|system)\/([A-Za-z]+|\*)\.([a-z]+|\*)(?:\?(.+))?$/
const context = /^launch(?:\/([a-z]+))?(?:\?role=([^&]+))?$/
const uriPrefix = 'http://smarthealthit.org/fhir/scopes/'
const openidPrefix = 'http://openid.net/specs/openid-connect-core-1_0#'
const v1Letters = new Map([
  ['read', 'rs'],
  ['write', 'cud'],
  ['*', 'cruds'],
])

/** Scopes in one list; more are dropped. Inferno and wide apps stay far below. */
const MOST = 1000

/**
 * Reads a `scope` parameter. Unknown and ill-formed scopes are left out with their reason, never read as
 * something else (AUTHZ-12); duplicates are read once.
 */
export function parseScopes(text: string, vocabulary: Vocabulary): ParsedScopes {
  const words = [...new Set(text.split(' ').filter((word) => word !== ''))]
  const scopes: Scope[] = []
  const problems: ScopeProblem[] = []
  for (const word of words) {
    const read: Scope | ScopeProblem =
      scopes.length >= MOST
        ? problem(word, 'too-many', `more than ${MOST} scopes were asked for`)
        : parseScope(word, vocabulary)
    if ('kind' in read) scopes.push(read)
    else problems.push(read)
  }
  return { scopes, problems }
}

/** Reads one scope. The grammar is anchored: nothing before, nothing after (SCOPE-01). */
export function parseScope(text: string, vocabulary: Vocabulary): Scope | ScopeProblem {
  if (!token.test(text)) {
    const why = text.includes('%')
      ? 'it is percent-encoded; write it literally, with : / | = as they are'
      : 'it has a character that a scope cannot have, or more than 2000'
    return problem(shortened(text), 'malformed', why)
  }
  const prefix = [uriPrefix, openidPrefix].find((start) => text.startsWith(start)) ?? ''
  const bare = text.slice(prefix.length)
  const identity = identityNames.find((name) => name === bare)
  if (identity !== undefined) return { kind: 'identity', name: identity, prefix }
  if (prefix !== openidPrefix) {
    const asContext = context.exec(bare)
    if (asContext) return contextScope(asContext, prefix, vocabulary) ?? unknown(text)
    const asResource = resource.exec(bare)
    if (asResource) return resourceScope(asResource, text, prefix, vocabulary)
  }
  if (/^(?:patient|user|system)\//.test(bare)) {
    return problem(text, 'malformed', 'it does not read as level/Type.letters, e.g. "patient/Observation.rs"')
  }
  if (vocabulary.isExtension(text)) return { kind: 'extension', name: text }
  return unknown(text)
}

function contextScope(
  match: RegExpExecArray,
  prefix: string,
  vocabulary: Vocabulary,
): ContextScope | undefined {
  const [, type = '', role] = match
  if (type === '' && role !== undefined) return undefined
  if (type !== '' && !vocabulary.isLowerCaseType(type)) return undefined
  return { kind: 'context', type, role, prefix }
}

function resourceScope(
  match: RegExpExecArray,
  text: string,
  prefix: string,
  vocabulary: Vocabulary,
): Scope | ScopeProblem {
  const [, level = '', type = '', access = '', query] = match
  const v1 = v1Letters.has(access)
  const letters = v1Letters.get(access) ?? access
  if (!lettersInOrder(letters)) {
    return problem(
      text,
      'malformed',
      `".${access}" is not a selection of the letters c, r, u, d, s in that order`,
    )
  }
  // SMART 1.0 has no granular scopes, and SMART 2 none with its words.
  if (v1 && query !== undefined) {
    return problem(text, 'malformed', `what comes after the "?" goes with letters only: write ".${letters}"`)
  }
  if (type !== '*' && !vocabulary.isResourceType(type)) {
    return problem(text, 'unknown-type', `"${type}" is not a resource type of FHIR R4`)
  }
  const where = query === undefined ? [] : criteria(query)
  if (where === undefined)
    return problem(text, 'malformed', 'after the "?" it needs name=value, joined by "&"')
  for (const criterion of where) {
    const why = vocabulary.criterionProblem(type, criterion)
    if (why !== undefined) return problem(text, 'not-evaluable', why)
  }
  return { kind: 'resource', level: level as Level, type, letters, where, v1, prefix }
}

function criteria(query: string): Criterion[] | undefined {
  const parts = query.split('&').map((part) => /^([A-Za-z_][\w:.-]*)=(.+)$/.exec(part))
  if (parts.some((part) => part === null)) return undefined
  return parts.map((part) => ({ name: part?.[1] ?? '', value: part?.[2] ?? '' }))
}

/** The text of one scope: what the client sent, to the letter (SCOPE-04). */
export function formatScope(scope: Scope): string {
  switch (scope.kind) {
    case 'identity':
      return scope.prefix + scope.name
    case 'extension':
      return scope.name
    case 'context':
      return `${scope.prefix}launch${scope.type && `/${scope.type}`}${scope.role === undefined ? '' : `?role=${scope.role}`}`
    case 'resource': {
      const v1 = scope.v1 ? [...v1Letters].find(([, same]) => same === scope.letters)?.[0] : undefined
      const query = scope.where.map(({ name, value }) => `${name}=${value}`).join('&')
      return `${scope.prefix}${scope.level}/${scope.type}.${v1 ?? scope.letters}${query && `?${query}`}`
    }
  }
}

/** The text of a list, in its order. */
export function formatScopes(scopes: readonly Scope[]): string {
  return scopes.map(formatScope).join(' ')
}

export function isResourceScope(scope: Scope): scope is ResourceScope {
  return scope.kind === 'resource'
}

/** True if a scope has this letter. */
export function has(scope: ResourceScope, letter: Letter): boolean {
  return scope.letters.includes(letter)
}

function unknown(text: string): ScopeProblem {
  return problem(text, 'unknown', 'this server does not know it')
}

function problem(text: string, reason: ScopeReason, why: string): ScopeProblem {
  return { text, reason, sentence: `The scope "${text}" was left out: ${why}.` }
}

function shortened(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`
}
