import {
  type Choice,
  choicesOf,
  isForPeople,
  lettersWithin,
  only,
  type Piece,
  partsOf,
  piecesOf,
  rangeOf,
} from './consent-choices.ts'
import { joinedLetters } from './letters.ts'
import { formatScope, type IdentityScope, type ResourceScope, type Scope } from './scope.ts'
import { covers, narrow } from './scope-algebra.ts'
import { usCoreTypes } from './us-core.ts'

/** What the consent form posts. */
export type Ticks = {
  /** The checkboxes that were ticked: values of lines and of their parts, or asked scopes to the letter. */
  readonly scopes: readonly string[]
  /** The lines whose parts were on the page, so that an unticked part means no. */
  readonly partsShown: readonly string[]
  readonly offline: boolean
}

/**
 * What a person decided about an app. `refused` is what was asked and not granted in full; where the two overlap,
 * `granted` counts.
 */
export type Consented = { readonly granted: readonly Scope[]; readonly refused: readonly Scope[] }

/** What became of one piece of an asked scope. */
type Answered = { piece: Piece; granted: readonly ResourceScope[]; refused: readonly Piece[] }

/**
 * What the ticks of the consent page grant of the asked scopes, in the order asked and to the letter where a scope
 * is granted in full (SCOPE-03, SCOPE-04). Nothing is ever wider than asked, and nothing that was left unticked is
 * opened by another tick: `patient/*.rs` beside an unticked `patient/Condition.rs` becomes the types of US Core
 * without Condition (SCOPE-06).
 */
export function grantedByTicks(asked: readonly Scope[], ticks: Ticks): Consented {
  const answers = answersTo(asked, ticks)
  const refused = [...answers.values()].flat().flatMap((answered) => answered.refused)
  const limits = Map.groupBy(refused, ({ group }) => group)
  const outcomes = asked.map((scope) =>
    isForPeople(scope)
      ? merged(scope, answers.get(scope) ?? [], limits)
      : grantsByName(scope, ticks)
        ? { granted: [scope], refused: [] }
        : { granted: [], refused: [scope] },
  )
  return {
    granted: unique(outcomes.flatMap(({ granted }) => granted)),
    refused: unique(outcomes.flatMap(({ refused }) => refused)),
  }
}

/**
 * Which asked scopes, or which letters of them, nobody has decided about yet; only about these a person is asked
 * again. Context scopes and `online_access` are not asked about.
 */
export function needsConsent(asked: readonly Scope[], remembered: Consented): readonly Scope[] {
  const known = [...remembered.granted, ...remembered.refused]
  return asked.flatMap((scope): readonly Scope[] => {
    if (isForPeople(scope)) {
      const old = lettersWithin(known, scope)
      const letters = [...scope.letters].filter((letter) => !old.includes(letter)).join('')
      return letters === '' ? [] : [only(letters, scope)]
    }
    return isAskedByName(scope) && !known.some((other) => isNamed(other, scope.name)) ? [scope] : []
  })
}

/**
 * What a decision that is remembered grants of the asked scopes, without asking anybody. Context scopes may differ
 * from one launch to the next.
 */
export function grantedBefore(asked: readonly Scope[], remembered: Consented): readonly Scope[] {
  const unasked = asked.filter((scope) => isForApps(scope) && !isAskedByName(scope))
  return narrow(asked, [...remembered.granted, ...unasked]).granted
}

function answersTo(asked: readonly Scope[], ticks: Ticks): Map<ResourceScope, Answered[]> {
  const choices = choicesOf(asked)
  const posted = new Set(ticks.scopes)
  const shown = new Set(ticks.partsShown)
  const answer = (piece: Piece, asked: ResourceScope): Answered => {
    const choice = choices.get(rangeOf(piece))
    if (choice === undefined) throw new Error('a piece of what was asked belongs to a choice')
    if (choice.required) return { piece, granted: [piece.scope], refused: [] }
    if (!posted.has(choice.value) && !posted.has(formatScope(asked)))
      return { piece, granted: [], refused: [piece] }
    return shown.has(choice.value)
      ? narrowed(piece, choice, posted)
      : { piece, granted: [piece.scope], refused: [] }
  }
  return new Map(
    asked.filter(isForPeople).map((scope) => [scope, piecesOf(scope).map((piece) => answer(piece, scope))]),
  )
}

/** AUTHZ-14: some parts replace the whole, none leaves nothing, and all of them are the whole. */
function narrowed(piece: Piece, choice: Choice, posted: ReadonlySet<string>): Answered {
  const { group, scope } = piece
  const parts = choice.parts.map((part) => ({
    scope: only(scope.letters, part),
    ticked: posted.has(formatScope(part)),
  }))
  const unticked = parts.filter(({ ticked }) => !ticked)
  if (unticked.length === 0) return { piece, granted: [scope], refused: [] }
  return {
    piece,
    granted: parts.filter(({ ticked }) => ticked).map((part) => part.scope),
    refused: [piece, ...unticked.map((part) => ({ group, scope: part.scope }))],
  }
}

/** Puts the pieces of one asked scope together again. */
function merged(
  scope: ResourceScope,
  answers: readonly Answered[],
  limits: ReadonlyMap<string, readonly Piece[]>,
): Consented {
  const left = answers.map(({ piece, granted }) => ({
    piece,
    granted: granted.flatMap((part) => without(limits.get(piece.group) ?? [], { ...piece, scope: part })),
  }))
  const isWhole = ({ piece, granted }: Pick<Answered, 'piece' | 'granted'>) => granted[0] === piece.scope
  const lettersOf = (some: typeof left) =>
    some.map(({ piece }) => piece.scope.letters).reduce(joinedLetters, '')
  const [whole, rest] = [left.filter(isWhole), left.filter((one) => !isWhole(one))]
  return {
    granted: [
      ...(whole.length === 0 ? [] : [only(lettersOf(whole), scope)]),
      ...rest.flatMap(({ granted }) => granted),
    ],
    refused: rest.length === 0 ? [] : [only(lettersOf(rest), scope)],
  }
}

/** What of a ticked scope is left when what was refused inside it is taken out: whole types, or whole categories. */
function without(refused: readonly Piece[], { group, scope }: Piece): readonly ResourceScope[] {
  const range = (scope: ResourceScope) => rangeOf({ group, scope })
  const wide = { ...scope, letters: 'cruds' }
  // The person saw a group, not its letters.
  const inside = refused
    .map((piece) => piece.scope)
    .filter((other) => covers(wide, other) && range(other) !== range(scope))
  if (inside.length === 0) return [scope]
  if (scope.type === '*') {
    const touched = new Set(inside.map(({ type }) => type))
    return touched.has('*')
      ? []
      : usCoreTypes.filter((type) => !touched.has(type)).map((type) => ({ ...scope, type }))
  }
  const taken = new Set(inside.map(range))
  const parts = partsOf(scope)
  const left = parts.filter((part) => !taken.has(range(part)))
  return parts.length - left.length === taken.size ? left : []
}

/** Scopes that are no range of data: what is not asked about is granted, but for rights that only services have. */
function grantsByName(scope: Scope, ticks: Ticks): boolean {
  return isNamed(scope, 'offline_access') ? ticks.offline : isForApps(scope)
}

function isForApps(scope: Scope): boolean {
  return scope.kind === 'identity' || scope.kind === 'context'
}

function isAskedByName(scope: Scope): scope is IdentityScope {
  return scope.kind === 'identity' && scope.name !== 'online_access'
}

function isNamed(scope: Scope, name: string): boolean {
  return scope.kind === 'identity' && scope.name === name
}

function unique(scopes: readonly Scope[]): Scope[] {
  return [...new Map(scopes.map((scope) => [formatScope(scope), scope])).values()]
}
