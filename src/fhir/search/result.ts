import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { searchError } from './errors.ts'
import { type Include, readInclude } from './include.ts'
import { split } from './value.ts'

export type Sort = { parameter: SearchParameter | '_id' | '_lastUpdated'; descending: boolean }
export type Summary = 'true' | 'text' | 'data' | 'count' | 'false'
export type Total = 'none' | 'estimate' | 'accurate'

/** What shapes the answer instead of choosing what is found. */
export type Shape = {
  sort: readonly Sort[]
  count: number
  page: number
  maxResults: number | undefined
  total: Total | undefined
  summary: Summary
  elements: readonly string[]
  includes: readonly Include[]
  revincludes: readonly Include[]
}

export type ResultOptions = {
  definitions: Definitions
  maxPageSize: number
  /** `Prefer: handling=strict`: what is unknown is refused (SRCH-04). */
  strict: boolean
}

/** A parameter as it counted: nothing if it did not. */
type Shaped = { shape: Partial<Shape>; counted: string | undefined; once: boolean }
type Reading = {
  value: string
  name: string
  types: readonly string[]
  before: Shape
  options: ResultOptions
}
type Reader = (reading: Reading) => { shape: Partial<Shape>; counted?: string | undefined }

/**
 * Reads a parameter that shapes the answer.
 * @param before what earlier parameters said; `_include`, `_revinclude` and `_elements` add to it
 * @returns nothing if it is a parameter of another kind
 * @throws LanyardError `invalid-request` for a value or modifier that cannot be honoured
 */
export function readResultParameter(
  types: readonly string[],
  name: string,
  value: string,
  before: Shape,
  options: ResultOptions,
): Shaped | undefined {
  const [word = '', modifier] = name.split(':')
  const read = readers.get(word)
  if (read === undefined) return undefined
  if (modifier !== undefined && !withModifier.has(word)) {
    throw searchError(
      'not-supported',
      `The modifier ':${modifier.slice(0, 40)}' is not supported on '${word}'.`,
    )
  }
  return { counted: value, once: !repeatable.has(word), ...read({ value, name, types, before, options }) }
}

const withModifier = new Set(['_include', '_revinclude'])
const repeatable = new Set(['_include', '_revinclude', '_elements'])

// A map and no object: `constructor` is a name that a query may have.
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    '_count',
    ({ value, name, options: { maxPageSize } }) => {
      const count = Math.min(wholeNumber(name, value, 0), maxPageSize)
      return { shape: { count }, counted: String(count) }
    },
  ],
  ['_maxresults', ({ value, name }) => ({ shape: { maxResults: wholeNumber(name, value, 0) } })],
  ['page', ({ value, name }) => ({ shape: { page: wholeNumber(name, value, 1) } })],
  ['_sort', readSort],
  ['_total', ({ value }) => ({ shape: { total: oneOf<Total>('_total', value, totals) } })],
  ['_summary', ({ value }) => ({ shape: { summary: oneOf<Summary>('_summary', value, summaries) } })],
  [
    '_elements',
    ({ value, before }) => ({ shape: { elements: [...before.elements, ...elementNames(value)] } }),
  ],
  ['_contained', readContained],
  ['_include', (reading) => ({ shape: { includes: [...reading.before.includes, includeOf(reading)] } })],
  [
    '_revinclude',
    (reading) => ({ shape: { revincludes: [...reading.before.revincludes, includeOf(reading)] } }),
  ],
])

const totals: readonly Total[] = ['none', 'estimate', 'accurate']
const summaries: readonly Summary[] = ['true', 'text', 'data', 'count', 'false']
const MOST_INCLUDES = 30

function includeOf({ name, value, before, options }: Reading): Include {
  if (before.includes.length + before.revincludes.length >= MOST_INCLUDES)
    throw searchError('too-costly', `A search has at most ${MOST_INCLUDES} includes.`)
  return readInclude(name, value, options.definitions)
}

function readContained({ value }: Reading): { shape: Partial<Shape> } {
  if (value !== 'false')
    throw searchError(
      'not-supported',
      '_contained can only be false: contained resources are found by what contains them.',
    )
  return { shape: {} }
}

/** `name`, `Patient.name` and `value[x]` alike; elements of elements cannot be chosen. */
function elementNames(value: string): string[] {
  const names = value.split(',').map((name) =>
    name
      .trim()
      .replace(/^[A-Z]\w*\./, '')
      .replace(/\[x\]$/, ''),
  )
  if (names.some((name) => !/^[A-Za-z][A-Za-z0-9]*$/.test(name)))
    throw searchError('value', '_elements takes names of elements, joined by commas.')
  return names
}

const sortable = new Set(['date', 'string', 'token', 'number', 'quantity', 'uri', 'reference'])

/** SRCH-13: a rule that is unknown is left out, and the self link tells. */
function readSort({ value, types, options }: Reading): {
  shape: Partial<Shape>
  counted: string | undefined
} {
  const rules = split(value, ',').filter((rule) => rule !== '')
  if (rules.length > 5) throw searchError('too-costly', '_sort takes at most five rules.')
  const known = rules.flatMap((rule) => {
    const sort = readRule(types, rule, options)
    return sort === undefined ? [] : [{ rule, sort }]
  })
  return {
    shape: { sort: known.map(({ sort }) => sort) },
    counted: known.length === 0 ? undefined : known.map(({ rule }) => rule).join(','),
  }
}

function readRule(
  types: readonly string[],
  rule: string,
  { definitions, strict }: ResultOptions,
): Sort | undefined {
  const descending = rule.startsWith('-')
  const code = descending ? rule.slice(1) : rule
  if (code === '_id' || code === '_lastUpdated') return { parameter: code, descending }
  const [type = ''] = types
  const parameter = types.length === 1 ? definitions.searchParameter(type, code) : undefined
  if (parameter !== undefined && sortable.has(parameter.type)) return { parameter, descending }
  if (parameter !== undefined || strict)
    throw searchError('not-supported', `_sort cannot sort by '${code.slice(0, 80)}'.`)
  return undefined
}

function wholeNumber(name: string, value: string, least: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= least))
    throw searchError('value', `'${name}' is a whole number from ${least}, not '${value.slice(0, 30)}'.`)
  return number
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found === undefined) throw searchError('value', `'${name}' is one of ${words.join(', ')}.`)
  return found
}
