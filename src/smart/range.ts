import type { Criterion, Level } from './scope.ts'

/** A part of the data that one scope alone opens for one interaction on one type; ranges form a union. */
export type Range = {
  /** The scope that opened it, as the client wrote it. */
  readonly scope: string
  readonly level: Level
  /** Only what belongs to the record of one of these patients (bare ids), or no such limit. */
  readonly patients: 'all' | readonly string[]
  /** Only this resource: the user's own. */
  readonly only: string | undefined
  /** Only what satisfies every one of these criteria: those of the scope, and those of the rule. */
  readonly where: readonly Criterion[]
  /** The rule of a role that allows it, in words; nothing where no role counts. */
  readonly rule: string | undefined
  /** Elements that are not shown, as paths (`participant.actor`). */
  readonly hidden: readonly string[]
  /** The only elements that an update may change, as paths; all of them if it is undefined. */
  readonly writable: readonly string[] | undefined
  /** Of Binaries: only those that are linked to what is seen; how is said in fhir/access/binary.ts. */
  readonly through?: string
}

/** What a range has besides its scope and reach while no role narrows it. */
export const unruled = { rule: undefined, hidden: [], writable: undefined } as const

/** True if nothing of what lies in a range is hidden. */
export function showsAll({ hidden }: Pick<Range, 'hidden'>): boolean {
  return hidden.length === 0
}

/** True if a range opens every resource of its type, though maybe not every element of it. */
export function isUnlimited({
  patients,
  only,
  where,
  through,
}: Pick<Range, 'patients' | 'only' | 'where' | 'through'>): boolean {
  return patients === 'all' && only === undefined && where.length === 0 && through === undefined
}

/**
 * What lies in both ranges, seen as both allow it; undefined if it is plain that nothing does. It may leave out what a
 * clever reasoner would let in, never the other way round: of two lists of patients only those in both count, also
 * for what a record merely refers to.
 */
export function intersection(a: Range, b: Range): Range | undefined {
  if (a.only !== undefined && b.only !== undefined && a.only !== b.only) return undefined
  const patients = commonPatients(a.patients, b.patients)
  if (patients.length === 0) return undefined
  return {
    scope: joined(a.scope, b.scope) ?? '',
    level: levels.find((level) => level === a.level || level === b.level) ?? a.level,
    patients,
    only: a.only ?? b.only,
    where: uniqueCriteria([...a.where, ...b.where]),
    rule: joined(a.rule, b.rule),
    hidden: [...new Set([...a.hidden, ...b.hidden])],
    writable: commonPaths(a.writable, b.writable),
  }
}

/** The narrowest first: what is said of one patient holds for whatever it is combined with. */
const levels: readonly Level[] = ['patient', 'user', 'system']

function commonPatients(a: Range['patients'], b: Range['patients']): Range['patients'] {
  if (a === 'all') return b
  return b === 'all' ? a : a.filter((patient) => b.includes(patient))
}

/** Each criterion once. */
export function uniqueCriteria(criteria: readonly Criterion[]): Criterion[] {
  return [...new Map(criteria.map((one) => [`${one.name}=${one.value}`, one])).values()]
}

/** Paths that two lists allow both; undefined allows all. */
export function commonPaths(a: Range['writable'], b: Range['writable']): Range['writable'] {
  if (a === undefined) return b
  return b === undefined
    ? a
    : [...a.filter((path) => isWithin(path, b)), ...b.filter((path) => isWithin(path, a))]
}

/** True if a path is one of these, or leads into one of them. */
function isWithin(path: string, paths: readonly string[]): boolean {
  return paths.some((other) => path === other || path.startsWith(`${other}.`))
}

function joined(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || a === b) return b
  return b === undefined ? a : `${a} and ${b}`
}

/** What lies inside another range of the same decision is moot (ENF-11); of two alike the first stays. */
export function withoutMoot(ranges: readonly Range[]): readonly Range[] {
  return ranges.filter(
    (range, index) =>
      !ranges.some(
        (other, at) => at !== index && liesIn(range, other) && (at < index || !liesIn(other, range)),
      ),
  )
}

function liesIn(inner: Range, outer: Range): boolean {
  if (outer.only !== undefined || !allowsAsMuch(outer, inner)) return false
  // Each level reaches what belongs to no record in its own way, so a range with limits says nothing about others.
  return (
    isUnlimited(outer) ||
    (inner.level === outer.level && patientsLieIn(inner, outer) && criteriaHold(inner, outer))
  )
}

/** Whether one range hides nothing that the other shows, and lets be written what the other does. */
function allowsAsMuch(outer: Range, inner: Range): boolean {
  return (
    outer.hidden.every((path) => inner.hidden.includes(path)) &&
    (outer.writable === undefined ||
      inner.writable?.every((path) => isWithin(path, outer.writable ?? [])) === true)
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
