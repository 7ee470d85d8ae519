import { commonLetters, joinedLetters } from './letters.ts'
import { formatScope, isResourceScope, type ResourceScope, type Scope } from './scope.ts'
import { covers } from './scope-algebra.ts'
import { usCoreCategories } from './us-core.ts'

export type ConsentGroup = 'see' | 'change' | 'delete'

/** The groups of the consent page in their order, and the letters of each. */
const groups: readonly (readonly [ConsentGroup, string])[] = [
  ['see', 'rs'],
  ['change', 'cu'],
  ['delete', 'd'],
]

/** What one asked scope wants of one group. */
export type Piece = { readonly group: ConsentGroup; readonly scope: ResourceScope }

/** One thing to say yes or no to: a range of the data, and what may be done with it. */
export type Choice = Piece & {
  /** What the form posts for it. */
  readonly value: string
  /** An app cannot show whose record it is without it; nobody is asked. */
  readonly required: boolean
  /** What it can be narrowed to (AUTHZ-14). */
  readonly parts: readonly ResourceScope[]
}

/** Types whose resource-level scopes can be narrowed to categories on the consent page (AUTHZ-14). */
const narrowable = new Set(['Condition', 'Observation'])

/** Everything that the asked scopes let a person decide, by range (`rangeOf`), in the order asked. */
export function choicesOf(asked: readonly Scope[]): ReadonlyMap<string, Choice> {
  const byRange = Map.groupBy(asked.filter(isForPeople).flatMap(piecesOf), rangeOf)
  return new Map([...byRange].map(([range, pieces]) => [range, choice(pieces, byRange)]))
}

/** Two scopes of one range, such as `.r` and `.s`, are one choice. */
function choice(pieces: readonly Piece[], ranges: ReadonlyMap<string, unknown>): Choice {
  const [first] = pieces
  if (first === undefined) throw new Error('a choice is made of at least one piece')
  const { group } = first
  const letters = pieces.map(({ scope }) => scope.letters).reduce(joinedLetters)
  const scope = pieces.find((piece) => piece.scope.letters === letters)?.scope ?? only(letters, first.scope)
  const isAsked = (other: ResourceScope) => ranges.has(rangeOf({ group, scope: other }))
  const { level, type } = scope
  return {
    value: formatScope(scope),
    group,
    scope,
    // With a filter too, where it is included anyway.
    required:
      group === 'see' && level === 'patient' && type === 'Patient' && isAsked({ ...scope, where: [] }),
    // A category that was asked for itself has a line of its own.
    parts: group === 'see' ? partsOf(scope).filter((part) => !isAsked(part)) : [],
  }
}

/** A `system/` scope is never a person's to give (SCOPE-17). */
export function isForPeople(scope: Scope): scope is ResourceScope {
  return isResourceScope(scope) && scope.level !== 'system'
}

/** A scope, group by group; it stays as it was written where it lies in one group. */
export function piecesOf(scope: ResourceScope): Piece[] {
  return groups.flatMap(([group, ofGroup]) => {
    const letters = commonLetters(scope.letters, ofGroup)
    return letters === '' ? [] : [{ group, scope: only(letters, scope) }]
  })
}

/** The group and the data of a piece, whatever its letters and its spelling. */
export function rangeOf({ group, scope: { level, type, where } }: Piece): string {
  const criteria = where.map(({ name, value }) => `${name}=${value}`).toSorted()
  return `${group} ${level}/${type}?${criteria.join('&')}`
}

/** The categories of a resource-level scope as granular scopes; none for a scope that has no categories here. */
export function partsOf(scope: ResourceScope): ResourceScope[] {
  if (scope.where.length > 0 || !narrowable.has(scope.type)) return []
  return usCoreCategories
    .filter(({ type }) => type === scope.type)
    .map(({ system, code }) => ({
      ...scope,
      where: [{ name: 'category', value: `${system}|${code}` }],
      v1: false,
    }))
}

/** A scope with fewer letters; SMART 1.0 has no words for most of them. */
export function only(letters: string, scope: ResourceScope): ResourceScope {
  return letters === scope.letters ? scope : { ...scope, letters, v1: false }
}

/** The letters of a scope that are opened by others, by each one alone (ENF-02). */
export function lettersWithin(held: readonly Scope[], scope: ResourceScope): string {
  return held
    .filter(isResourceScope)
    .filter((other) => covers({ ...other, letters: scope.letters }, scope))
    .reduce((letters, other) => joinedLetters(letters, commonLetters(other.letters, scope.letters)), '')
}
