import { LanyardError } from '../../lib/errors.ts'
import { isJson, type Json } from './body.ts'
import type { Exchange } from './exchange.ts'
import { firstOf, type Pairs } from './parameters.ts'

/**
 * The parameters of an operation as names and values: those of the address, and those of a Parameters resource in the
 * body of a POST, which count alike.
 * @throws LanyardError `invalid-request` for a parameter that is no plain value
 */
export async function operationPairs(exchange: Exchange, isPost: boolean, inAddress: Pairs): Promise<Pairs> {
  if (!isPost || !exchange.hasBody()) return inAddress
  const { value } = await exchange.json()
  return [...inAddress, ...partsOf(value).map(plainValue)]
}

/** The parts of a Parameters resource. @throws LanyardError `invalid-request` for anything else */
export function partsOf({ resourceType, parameter = [] }: Json): Json[] {
  if (resourceType !== 'Parameters' || !Array.isArray(parameter) || !parameter.every(isJson))
    throw refused('Send a Parameters resource.')
  return parameter
}

/** The value of a part, as text. */
export function plainValue({ name, ...rest }: Json): [string, string] {
  const values = Object.entries(rest).filter(([key]) => key.startsWith('value'))
  const [, value] = values[0] ?? []
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (typeof name === 'string' && values.length === 1 && isPlain) return [name, String(value)]
  throw refused(`The parameter "${String(name).slice(0, 64)}" needs one plain value.`)
}

/**
 * The parameters that an operation knows; others are left out, or refused where the client wants it strict (SRCH-04).
 * @param repeatable those that may come more than once
 * @throws LanyardError `invalid-request`
 */
export function knownPairs(
  pairs: Pairs,
  known: readonly string[],
  { repeatable, strict }: { repeatable: readonly string[]; strict: boolean },
): Pairs {
  const ofTheDoor = ['_format', '_pretty', '_page']
  const unknown = pairs.find(([name]) => !known.includes(name) && !ofTheDoor.includes(name))
  if (strict && unknown !== undefined)
    throw refused(`This operation has no parameter "${unknown[0].slice(0, 64)}".`)
  const counted = pairs.filter(([name, value]) => known.includes(name) && value !== '')
  const names = counted.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index && !repeatable.includes(name))
  if (twice !== undefined) throw refused(`The parameter ${twice} is given twice.`)
  return counted
}

/** A parameter of one of our forms. @throws LanyardError `invalid-request` that says which */
export function readAs<Value>(
  pairs: Pairs,
  name: string,
  what: string,
  read: (text: string) => Value | undefined,
): Value | undefined {
  const text = firstOf(pairs, name)
  const value = text === undefined ? undefined : read(text)
  if (text !== undefined && value === undefined) throw refusedParameter(name, what)
  return value
}

export function refusedParameter(name: string, what: string): LanyardError {
  return refused(`The parameter ${name} must be ${what}.`)
}

function refused(sentence: string): LanyardError {
  return new LanyardError('invalid-request', sentence, { word: 'value', reason: 'operation-parameters' })
}
