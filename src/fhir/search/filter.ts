import { LanyardError } from '../../lib/errors.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { newBudget, spend, spendOnEnd } from './budget.ts'
import { searchError } from './errors.ts'
import {
  type DateValue,
  readValue,
  split,
  type TokenValue,
  unescaped,
  type Value,
  type ValueContext,
} from './value.ts'

export type ValueModifier = 'not' | 'text' | 'of-type' | 'exact' | 'contains' | 'below' | 'above'

/** One `name=value` of a search, read and checked; a search is the AND of its filters. */
export type Filter =
  | {
      kind: 'values'
      type: string
      parameter: SearchParameter
      modifier: ValueModifier | undefined
      /** One of them must match. */
      values: readonly Value[]
    }
  | { kind: 'missing'; type: string; parameter: SearchParameter; missing: boolean }
  | { kind: 'id'; ids: readonly string[] }
  | { kind: 'updated'; values: readonly DateValue[] }
  /** `subject:identifier=…`: the identifier that a reference carries in itself. */
  | { kind: 'identifier'; type: string; parameter: SearchParameter; values: readonly TokenValue[] }
  /** `subject:Patient.name=…`: the filter holds for the resource referred to. */
  | {
      kind: 'chain'
      type: string
      parameter: SearchParameter
      targets: readonly { type: string; filter: Filter }[]
    }
  /** `Patient/123/Observation`: the resource is in a compartment, by R4's list of parameters. */
  | { kind: 'compartment'; type: string; compartment: string; id: string }
  /** `_has:Observation:patient:code=…`: some resource that refers here satisfies the filter. */
  | { kind: 'has'; source: string; parameter: SearchParameter; filter: Filter }

const modifiersOf: Readonly<Record<string, readonly ValueModifier[]>> = {
  token: ['not', 'text', 'of-type'],
  string: ['exact', 'contains'],
  uri: ['below', 'above'],
}

/** Hops of a chain, values joined by commas, and characters of one: beyond, a search is an attack or a mistake. */
const DEEPEST = 3
const MOST_VALUES = 500
const LONGEST = 2000
/** What the index keeps of a text to compare beginnings with (store/fitted.ts). */
const LONGEST_BEGINNING = 200

/**
 * Reads one search parameter, chains and `_has` included.
 * @param name as in the query, e.g. `subject:Patient.name`
 * @param budget what the whole search may still cost
 * @returns nothing for a name that this type does not have (SRCH-04)
 * @throws LanyardError `invalid-request` for an unsupported modifier, chain or value (SRCH-05)
 */
export function readFilter(
  type: string,
  name: string,
  text: string,
  context: ValueContext,
  budget = newBudget(),
  depth = 0,
): Filter | undefined {
  if (depth > DEEPEST)
    throw searchError('too-costly', `'${name.slice(0, 80)}' has more than ${DEEPEST} hops.`)
  const readFurther: ReadFurther = (target, rest) => {
    spend(budget, 1)
    const filter = readFilter(target, rest, text, context, budget, depth + 1)
    if (filter !== undefined) spendOnEnd(budget)
    return filter
  }
  if (name.startsWith('_has:')) return readHas(type, name, context, readFurther)
  const dot = name.indexOf('.')
  if (dot > 0) return readChain(type, name.slice(0, dot), name.slice(dot + 1), context, readFurther)
  const [code = '', modifier, ...rest] = name.split(':')
  if (rest.length > 0) throw searchError('invalid', `'${name.slice(0, 80)}' has two modifiers.`)
  const parameter = context.definitions.searchParameter(type, code)
  if (parameter === undefined) return undefined
  if (modifier === 'missing') return readMissing(type, parameter, text)
  const values = split(text, ',').filter((value) => value !== '')
  if (values.length === 0) return undefined
  if (values.length > MOST_VALUES)
    throw searchError('too-costly', `'${code}' has more than ${MOST_VALUES} values.`)
  if (values.some((value) => value.length > LONGEST))
    throw searchError('too-costly', `A value of '${code}' is longer than ${LONGEST} characters.`)
  // `:above` compares with every address on the way up.
  spend(budget, modifier === 'above' ? values.join('/').split('/').length : values.length)
  if (code === '_id') return readIds(modifier, values)
  if (code === '_lastUpdated') return readUpdated(parameter, modifier, values, context)
  if (parameter.type === 'reference') return readReferenceFilter(type, parameter, modifier, values, context)
  return {
    kind: 'values',
    type,
    parameter,
    modifier: knownModifier(parameter, modifier),
    values: values.map((value) => readModified(parameter, modifier, value, context)),
  }
}

/** Reads what a chain or `_has` says of the other end. */
type ReadFurther = (target: string, rest: string) => Filter | undefined

function readIds(modifier: string | undefined, ids: readonly string[]): Filter {
  if (modifier !== undefined) throw unsupported('_id', modifier)
  return { kind: 'id', ids }
}

function readUpdated(
  parameter: SearchParameter,
  modifier: string | undefined,
  values: readonly string[],
  context: ValueContext,
): Filter {
  if (modifier !== undefined) throw unsupported('_lastUpdated', modifier)
  const read = values.map((value) => readValue(parameter, value, context))
  return { kind: 'updated', values: read.filter((value) => value.kind === 'date') }
}

function knownModifier(parameter: SearchParameter, modifier: string | undefined): ValueModifier | undefined {
  if (modifier === undefined) return undefined
  const known = modifiersOf[parameter.type]?.find((name) => name === modifier)
  const ofIdentifier = parameter.paths.some((path) => path.datatype === 'Identifier')
  if (known === undefined || (known === 'of-type' && !ofIdentifier))
    throw unsupported(parameter.code, modifier)
  return known
}

function readModified(
  parameter: SearchParameter,
  modifier: string | undefined,
  text: string,
  context: ValueContext,
): Value {
  if (modifier === 'of-type') return readOfType(parameter, text)
  // `:text` searches the words of a code, which read like a string.
  const value = readValue(modifier === 'text' ? { ...parameter, type: 'string' } : parameter, text, context)
  const words = value.kind === 'pair' ? value.second : value
  if (words.kind === 'string' && modifier !== 'exact' && words.norm.length > LONGEST_BEGINNING) {
    throw searchError(
      'too-costly',
      `'${parameter.code}' compares ${LONGEST_BEGINNING} characters at most; ask for a shorter beginning.`,
    )
  }
  return value
}

function readOfType({ code: name }: SearchParameter, text: string): TokenValue {
  const [system, code, value, ...rest] = split(text, '|').map(unescaped)
  if (!system || !code || !value || rest.length > 0)
    throw searchError('value', `'${name}:of-type' takes system|code|value.`)
  return { kind: 'token', system, code: `${code}|${value}` }
}

function readReferenceFilter(
  type: string,
  parameter: SearchParameter,
  modifier: string | undefined,
  values: readonly string[],
  context: ValueContext,
): Filter {
  if (modifier === 'identifier') {
    const tokens = values.map((value) => readValue({ ...parameter, type: 'token' }, value, context))
    return { kind: 'identifier', type, parameter, values: tokens.filter((value) => value.kind === 'token') }
  }
  if (modifier !== undefined && !parameter.targets.includes(modifier))
    throw unsupported(parameter.code, modifier)
  const read = values.map((value) => {
    const bare = modifier !== undefined && !/[/:]/.test(value)
    const reference = readValue(parameter, bare ? `${modifier}/${value}` : value, context)
    if (modifier !== undefined && 'type' in reference && reference.type !== modifier)
      throw searchError('value', `'${parameter.code}:${modifier}' cannot be '${value.slice(0, 80)}'.`)
    return reference
  })
  return { kind: 'values', type, parameter, modifier: undefined, values: read }
}

function readMissing(type: string, parameter: SearchParameter, text: string): Filter {
  if (text !== 'true' && text !== 'false') {
    throw searchError('value', `'${parameter.code}:missing' is true or false.`)
  }
  return { kind: 'missing', type, parameter, missing: text === 'true' }
}

function readChain(
  type: string,
  first: string,
  rest: string,
  { definitions }: ValueContext,
  readFurther: ReadFurther,
): Filter | undefined {
  const [code = '', only, ...more] = first.split(':')
  const parameter = definitions.searchParameter(type, code)
  if (parameter === undefined) return undefined
  if (parameter.type !== 'reference' || more.length > 0) {
    throw searchError('invalid', `'${code}' is no reference, so nothing can be chained to it.`)
  }
  if (only !== undefined && !parameter.targets.includes(only)) throw unsupported(code, only)
  const types = only === undefined ? parameter.targets : [only]
  const unreadable: LanyardError[] = []
  const targets = types.flatMap((target) => {
    try {
      const filter = readFurther(target, rest)
      return filter === undefined ? [] : [{ type: target, filter }]
    } catch (error) {
      // What one type cannot read, another may: `focus` is a reference here and a token there.
      if (!(error instanceof LanyardError) || error.word === 'too-costly') throw error
      unreadable.push(error)
      return []
    }
  })
  if (targets.length === 0) {
    throw (
      unreadable[0] ??
      searchError(
        'not-supported',
        `'${rest.slice(0, 80)}' is no search parameter of what '${code}' refers to.`,
      )
    )
  }
  return { kind: 'chain', type, parameter, targets }
}

function readHas(
  type: string,
  name: string,
  { definitions }: ValueContext,
  readFurther: ReadFurther,
): Filter {
  const match = /^_has:([A-Za-z]+):([A-Za-z0-9_-]+):(.+)$/.exec(name)
  const [, source = '', code = '', rest = ''] = match ?? []
  const parameter = definitions.searchParameter(source, code)
  if (parameter?.type !== 'reference' || !parameter.targets.includes(type)) {
    throw searchError(
      'invalid',
      `'${name.slice(0, 80)}' must read _has:Type:reference:parameter, with a reference of that type to ${type}.`,
    )
  }
  const filter = readFurther(source, rest)
  if (filter === undefined) {
    throw searchError('not-supported', `'${rest.slice(0, 80)}' is no search parameter of ${source}.`)
  }
  return { kind: 'has', source, parameter, filter }
}

function unsupported(code: string, modifier: string) {
  return searchError(
    'not-supported',
    `The modifier ':${modifier.slice(0, 40)}' is not supported on '${code}'.`,
  )
}
