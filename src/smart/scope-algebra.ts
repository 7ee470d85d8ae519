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
  return { ...a, type: a.type === '*' ? b.type : a.type, letters, where: [...kept, ...added] }
}

export type Narrowed = {
  readonly granted: readonly Scope[]
  /** Scopes of which nothing, or less than asked, was granted. */
  readonly refused: readonly { readonly scope: Scope; readonly reason: 'not-registered' | 'narrowed' }[]
}

/**
 * What of `requested` lies within `ceiling` (BACK-04). A scope inside the ceiling is granted to the letter as
 * it was asked; one that is partly inside is granted as far as it goes; nothing is ever widened.
 */
export function narrow(requested: readonly Scope[], ceiling: readonly Scope[]): Narrowed {
  const granted: Scope[] = []
  const refused: { scope: Scope; reason: 'not-registered' | 'narrowed' }[] = []
  const resourceCeiling = factor(ceiling.filter(isResourceScope))
  for (const scope of requested) {
    const within = isResourceScope(scope)
      ? factor(resourceCeiling.flatMap((limit) => intersect(scope, limit) ?? []))
      : ceiling.some((limit) => sameName(limit, scope))
        ? [scope]
        : []
    if (within.length === 0) refused.push({ scope, reason: 'not-registered' })
    else if (isResourceScope(scope) && within.some((part) => isResourceScope(part) && covers(part, scope))) {
      granted.push(scope)
    } else {
      granted.push(...within)
      if (isResourceScope(scope)) refused.push({ scope, reason: 'narrowed' })
    }
  }
  return { granted: unique(granted), refused }
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
