import { commonLetters, joinedLetters } from './letters.ts'
import { type Criterion, formatScope, isResourceScope, type ResourceScope, type Scope } from './scope.ts'

/**
 * True if all that `narrow` opens is opened by `wide` alone (REFR-04, ENF-02). It may say no where a clever
 * reasoner would say yes, never the other way round.
 */
export function covers(wide: ResourceScope, narrow: ResourceScope): boolean {
  return (
    wide.level === narrow.level &&
    (wide.type === '*' || wide.type === narrow.type) &&
    commonLetters(wide.letters, narrow.letters) === narrow.letters &&
    wide.where.every((criterion) => narrow.where.some((stricter) => implies(stricter, criterion)))
  )
}

/** What both scopes open together, or nothing. The spelling follows `a`, the one that was asked for. */
export function intersect(a: ResourceScope, b: ResourceScope): ResourceScope | undefined {
  if (a.level !== b.level) return undefined
  if (a.type !== '*' && b.type !== '*' && a.type !== b.type) return undefined
  const letters = commonLetters(a.letters, b.letters)
  if (letters === '') return undefined
  if (covers(b, a)) return a
  const added = b.where.filter((criterion) => !a.where.some((own) => implies(own, criterion)))
  const kept = a.where.filter((criterion) => !added.some((other) => implies(other, criterion)))
  const where = [...kept, ...added]
  return { ...a, type: a.type === '*' ? b.type : a.type, letters, where, v1: a.v1 && where.length === 0 }
}

export type Narrowed = {
  readonly granted: readonly Scope[]
  /** Scopes of which nothing, or less than asked, was granted. */
  readonly refused: readonly Refused[]
}
export type Refused = {
  readonly scope: Scope
  readonly reason: 'not-registered' | 'narrowed' | 'too-intricate'
}

/**
 * Parts that scopes lying partly inside the ceiling may fall into, all together: comparing them costs the square
 * of their number. `*.rs` against a ceiling that names every type of R4 makes 146.
 */
const MOST_PARTS = 500

/**
 * What of `requested` lies within `ceiling` (BACK-04). A scope inside the ceiling is granted to the letter as
 * it was asked; one that is partly inside is granted as far as it goes; nothing is ever widened.
 */
export function narrow(requested: readonly Scope[], ceiling: readonly Scope[]): Narrowed {
  const granted: Scope[] = []
  const refused: Refused[] = []
  const cut = new Set<Scope>()
  const limits = ceiling.filter(isResourceScope)
  let parts = 0
  for (const scope of requested) {
    if (isInside(scope, ceiling, limits)) {
      granted.push(scope)
      continue
    }
    const within =
      isResourceScope(scope) && parts < MOST_PARTS
        ? limits.flatMap((limit) => intersect(scope, limit) ?? [])
        : []
    parts += within.length
    if (parts >= MOST_PARTS) refused.push({ scope, reason: 'too-intricate' })
    else if (within.length === 0) refused.push({ scope, reason: 'not-registered' })
    else {
      // The letters of limits with one range count together, so the parts may yet make up the whole.
      const factored = factor(within)
      const whole = isResourceScope(scope) && factored.some((part) => covers(part, scope))
      granted.push(...(whole ? [scope] : factored))
      if (whole) continue
      for (const part of factored) cut.add(part)
      refused.push({ scope, reason: 'narrowed' })
    }
  }
  return { granted: withoutNeedless(unique(granted), cut), refused }
}

/** What was cut to fit says nothing beside a scope that opens it anyway: lab results that are vital signs too. */
function withoutNeedless(granted: readonly Scope[], cut: ReadonlySet<Scope>): Scope[] {
  const opens = (other: Scope, scope: Scope) =>
    isResourceScope(other) && isResourceScope(scope) && covers(other, scope)
  return granted.filter(
    (scope, index) =>
      !cut.has(scope) ||
      !granted.some(
        (other, at) => at !== index && opens(other, scope) && (!opens(scope, other) || at < index),
      ),
  )
}

function isInside(scope: Scope, ceiling: readonly Scope[], limits: readonly ResourceScope[]): boolean {
  return isResourceScope(scope)
    ? limits.some((limit) => covers(limit, scope))
    : ceiling.some((limit) => sameName(limit, scope))
}

/** Scopes with the same range become one with all their letters: `.r` and `.s` → `.rs` (SCOPE-04). */
export function factor(scopes: readonly ResourceScope[]): ResourceScope[] {
  const byRange = new Map<string, ResourceScope>()
  for (const scope of scopes) {
    const range = formatScope({ ...scope, letters: 'cruds', v1: false })
    const other = byRange.get(range)
    byRange.set(
      range,
      other === undefined ? scope : { ...other, letters: joinedLetters(other.letters, scope.letters) },
    )
  }
  const factored = [...byRange.values()]
  return factored.filter(
    (scope, index) =>
      !factored.some(
        (other, at) => at !== index && covers(other, scope) && (!covers(scope, other) || at < index),
      ),
  )
}

/** True if every resource that satisfies `stricter` satisfies `criterion`: the same parameter, fewer values. */
function implies(stricter: Criterion, criterion: Criterion): boolean {
  if (stricter.name !== criterion.name) return false
  if (stricter.value === criterion.value) return true
  // With a modifier such as `:not`, fewer values may mean more resources.
  if (criterion.name.includes(':')) return false
  if (!criterion.value.includes(',')) return false
  const allowed = new Set(criterion.value.split(','))
  return stricter.value.split(',').every((value) => allowed.has(value))
}

/** Context, identity and extension scopes are granted by name; a role is not part of it (SCOPE-14). */
function sameName(limit: Scope, scope: Scope): boolean {
  if (limit.kind === 'context' && scope.kind === 'context') return limit.type === scope.type
  if (limit.kind === 'resource' || scope.kind === 'resource') return false
  if (limit.kind === 'context' || scope.kind === 'context') return false
  return limit.name === scope.name
}

function unique(scopes: readonly Scope[]): Scope[] {
  return [...new Map(scopes.map((scope) => [formatScope(scope), scope])).values()]
}
