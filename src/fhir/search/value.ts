import type { Definitions } from '../definitions/definitions.ts'
import type { Component, SearchParameter, SearchType } from '../definitions/types.ts'
import { dateRange } from '../extract/date-range.ts'
import { decimalRange } from '../extract/decimal-range.ts'
import { normalize } from '../extract/normalize.ts'
import { searchError } from './errors.ts'

/** R4 §3.1.1.4.5. */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'
const prefixes = new Set<string>(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'])

export type TokenValue = {
  kind: 'token'
  /** Undefined: any system; empty: none (`|code`). */
  system: string | undefined
  /** Undefined: any code of the system (`sys|`). */
  code: string | undefined
}
export type StringValue = { kind: 'string'; text: string; norm: string }
export type DateValue = { kind: 'date'; prefix: Prefix; lo: number; hi: number }
export type QuantityValue = {
  kind: 'quantity'
  prefix: Prefix
  /** The number as written, and the range its precision stands for, `hi` exclusive. */
  value: number
  lo: number
  hi: number
  system: string | undefined
  /** Matches the coded unit or the unit as people write it. */
  unit: string | undefined
}
export type ReferenceValue =
  | { kind: 'reference'; type: string | undefined; id: string }
  | { kind: 'reference'; url: string }
export type UriValue = { kind: 'uri'; value: string }
export type PairValue = { kind: 'pair'; first: TokenValue; second: Exclude<Value, PairValue> }
export type Value =
  | TokenValue
  | StringValue
  | DateValue
  | QuantityValue
  | ReferenceValue
  | UriValue
  | PairValue

/** What reading a value needs to know. */
export type ValueContext = {
  definitions: Definitions
  /** The server's own FHIR base: references that begin with it are local (SRCH-09). */
  fhirBase: string
  /** Short names of identifier systems, for token values only. */
  systems: Readonly<Record<string, string>>
}

/**
 * Splits at unescaped separators; `\` escapes, also itself (R4 §3.1.1.4.4).
 * @returns the parts, still escaped
 */
export function split(text: string, separator: ',' | '|' | '$'): string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') {
      part += character + (text[at + 1] ?? '')
      at++
    } else if (character === separator) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part]
}

/** What stands behind the escapes of one part. */
export function unescaped(text: string): string {
  return text.replace(/\\([\\,|$])/g, '$1')
}

/**
 * Reads one value, without the commas around it.
 * @throws LanyardError `invalid-request` if it cannot be read as a value of this type (SRCH-05)
 */
export function readValue(parameter: SearchParameter, text: string, context: ValueContext): Value {
  if (parameter.type !== 'composite') return readSimple(parameter.type, parameter.code, text, context)
  const [first, second] = parameter.components
  const parts = split(text, '$')
  const [left, right] = parts
  if (first === undefined || second === undefined || parts.length !== 2 || !left || !right) {
    throw searchError('value', `'${parameter.code}' takes two values joined by $, such as a$b.`)
  }
  const token = readComponent(first, parameter.code, left, context)
  const other = readComponent(second, parameter.code, right, context)
  // In R4 the first component of every composite is a token.
  if (token.kind !== 'token' || other.kind === 'pair')
    throw searchError('not-supported', `'${parameter.code}' cannot be searched.`)
  return { kind: 'pair', first: token, second: other }
}

function readComponent(component: Component, code: string, text: string, context: ValueContext): Value {
  return readSimple(component.type, code, text, context)
}

function readSimple(type: SearchType, code: string, text: string, context: ValueContext): Value {
  switch (type) {
    case 'token':
      return readToken(code, text, context)
    case 'string':
      return readString(code, text)
    case 'date':
      return readDate(code, text)
    case 'number':
    case 'quantity':
      return readQuantity(type, code, text)
    case 'reference':
      return readReference(code, text, context)
    case 'uri':
      return { kind: 'uri', value: unescaped(text) }
    default:
      throw searchError('not-supported', `The search parameter '${code}' is not supported.`)
  }
}

function readToken(name: string, text: string, { systems }: ValueContext): TokenValue {
  const [first = '', ...rest] = split(text, '|')
  if (rest.length === 0) return { kind: 'token', system: undefined, code: unescaped(first) }
  const system = unescaped(first)
  const code = unescaped(rest.join('|'))
  if (system === '' && code === '')
    throw searchError('value', `'${name}' takes code, system|code, |code or system|, not '|' alone.`)
  return {
    kind: 'token',
    system: Object.hasOwn(systems, system) ? systems[system] : system,
    code: code === '' ? undefined : code,
  }
}

function readString(code: string, text: string): StringValue {
  const plain = unescaped(text)
  const norm = normalize(plain)
  if (norm === '') throw searchError('value', `'${code}' needs at least one letter.`)
  return { kind: 'string', text: plain, norm }
}

function readDate(code: string, text: string): DateValue {
  const { prefix, rest } = withPrefix(text)
  const range = dateRange(rest)
  if (range === undefined) {
    throw searchError(
      'value',
      `'${code}' cannot read '${text.slice(0, 50)}' as a date; write it like 2024, 2024-08, 2024-08-21 or 2024-08-21T09:30:00Z, after an optional prefix such as ge.`,
    )
  }
  return { kind: 'date', prefix, ...range }
}

function readQuantity(type: 'number' | 'quantity', code: string, text: string): QuantityValue {
  const parts = split(text, '|')
  const { prefix, rest } = withPrefix(parts[0] ?? '')
  const range = decimalRange(rest)
  const wrongParts = type === 'number' ? parts.length !== 1 : parts.length !== 1 && parts.length !== 3
  if (range === undefined || wrongParts) {
    const form =
      type === 'number'
        ? 'a number such as 5.4'
        : 'a quantity such as 5.4 or 5.4|http://unitsofmeasure.org|mg'
    throw searchError(
      'value',
      `'${code}' cannot read '${text.slice(0, 50)}'; write ${form}, after an optional prefix such as gt.`,
    )
  }
  const system = unescaped(parts[1] ?? '')
  const unit = unescaped(parts[2] ?? '')
  return {
    kind: 'quantity',
    prefix,
    value: Number(rest),
    ...range,
    system: system === '' ? undefined : system,
    unit: unit === '' ? undefined : unit,
  }
}

const VERSION = /\/_history\/[A-Za-z0-9.-]{1,64}$/

function readReference(code: string, text: string, { definitions, fhirBase }: ValueContext): ReferenceValue {
  const plain = unescaped(text)
  const local = plain.startsWith(`${fhirBase}/`) ? plain.slice(fhirBase.length + 1) : plain
  const match = /^(?:([A-Za-z]+)\/)?([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(local)
  const [, type, id] = match ?? []
  if (id !== undefined && (type === undefined || definitions.isResourceType(type)))
    return { kind: 'reference', type, id }
  // What is elsewhere is found without regard to its version, as what is here (extract/reference.ts).
  if (/^[a-z][a-z0-9+.-]*:./i.test(plain)) return { kind: 'reference', url: plain.replace(VERSION, '') }
  throw searchError(
    'value',
    `'${code}' cannot read '${text.slice(0, 80)}' as a reference; write an id, Type/id or an address.`,
  )
}

function withPrefix(text: string): { prefix: Prefix; rest: string } {
  const start = text.slice(0, 2)
  return prefixes.has(start) ? { prefix: start as Prefix, rest: text.slice(2) } : { prefix: 'eq', rest: text }
}
