import type { LanyardError } from '../../lib/errors.ts'
import type { Range } from '../../smart/permit.ts'
import { showsAll } from '../../smart/range.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Access } from './access.ts'
import { isInCompartment } from './compartment.ts'
import { forbidden } from './refusal.ts'
import { sharedTypes } from './shared.ts'

/** What has a record of everything about it. */
export type Focus = 'Patient' | 'Encounter'
/** Whose record is taken: that of one patient, that of an encounter, or those of all patients. */
export type Whose = { patient: string } | 'of-encounter' | 'of-all'

/** What somebody who takes a whole record must be allowed with each type: to find it and to read it (ENF-23). */
export const wholeLetters = ['search-type', 'read'] as const

const inRecord = new WeakMap<Definitions, Map<Focus, readonly string[]>>()

/** The types that can be in such a record. */
export function typesInRecord(focus: Focus, definitions: Definitions): readonly string[] {
  const known = inRecord.get(definitions) ?? new Map<Focus, readonly string[]>()
  inRecord.set(definitions, known)
  const types = known.get(focus) ?? typesOf(focus, definitions)
  known.set(focus, types)
  return types
}

function typesOf(focus: Focus, definitions: Definitions): readonly string[] {
  return focus === 'Patient'
    ? definitions.resourceTypes.filter((type) => isInCompartment(definitions, type))
    : definitions.resourceTypes.filter(
        (type) => type === focus || definitions.compartment(focus, type) !== undefined,
      )
}

/** The types that come beside a record: what it refers to, and what tells where it is from. */
export function typesBesideRecord(focus: Focus): readonly string[] {
  const others = [...sharedTypes, 'Provenance']
  return focus === 'Encounter' ? ['Patient', ...others] : others
}

/**
 * Whether an access may find and read some resources of a type, without hidden elements: that they lie in the record
 * would betray those.
 */
export function opens(access: Access, type: string): boolean {
  return rightsTo(access, type).opens
}

/** Whether an access finds of a type what it reads, so that either right says it all. */
export function findsWhatItReads(access: Access, type: string): boolean {
  return rightsTo(access, type).isAlike
}

/** Of each of `wholeLetters` the ranges in which it holds; none where it does not. */
type Rights = { ranges: readonly (readonly Range[])[]; opens: boolean; isAlike: boolean }
const rights = new WeakMap<Access, Map<string, Rights>>()

/** Said once for each access and type: a record has some seventy types. */
function rightsTo(access: Access, type: string): Rights {
  const known = rights.get(access) ?? new Map<string, Rights>()
  rights.set(access, known)
  const said = known.get(type) ?? rightsOf(access, type)
  known.set(type, said)
  return said
}

function rightsOf(access: Access, type: string): Rights {
  const decisions = wholeLetters.map((letter) => access.decide(letter, type))
  const ranges = decisions.map((decision) => (decision.allowed ? decision.ranges : []))
  const [found, read] = ranges.map((some) =>
    JSON.stringify(some.map(({ patients, only, where }) => [patients, only, where])),
  )
  const opens = decisions.every(({ allowed }) => allowed) && ranges.flat().every(showsAll)
  return { ranges, opens, isAlike: found === read }
}

/** Whether it may find and read all of a type that lies in a record; said from its rights alone (ENF-03). */
export function opensWhole(access: Access, type: string, whose: Whose): boolean {
  const { ranges, opens } = rightsTo(access, type)
  return opens && ranges.every((some) => some.some((range) => isWhole(range, whose)))
}

function isWhole({ only, where, patients, level }: Range, whose: Whose): boolean {
  if (only !== undefined || where.length > 0) return false
  if (patients === 'all' || whose === 'of-encounter') return true
  // ENF-22: the records of all patients are for user and system scopes.
  return whose === 'of-all' ? level !== 'patient' : patients.includes(whose.patient)
}

/** A record that the token does not open as a whole, and what it may ask for instead (ENF-22). */
export function notWhole(missing: readonly string[], allowed: readonly string[]): LanyardError {
  const some = `${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' and others' : ''}`
  const advice =
    allowed.length === 0 ? 'It opens no type as a whole.' : `It does for _type=${allowed.join(',')}.`
  return forbidden('not-whole', `This token does not open all of what may be here (${some}). ${advice}`)
}
