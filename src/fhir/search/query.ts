import { hasControlCharacters } from '../../lib/form.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { searchError } from './errors.ts'
import { type Filter, readFilter } from './filter.ts'
import { type Include, readInclude } from './include.ts'
import { split, type ValueContext } from './value.ts'

export type Sort = { parameter: SearchParameter | '_id' | '_lastUpdated'; descending: boolean }
export type Summary = 'true' | 'text' | 'data' | 'count' | 'false'
export type Total = 'none' | 'estimate' | 'accurate'

/** A search as it was understood. */
export type SearchQuery = {
  /** One type, or several of a compartment. */
  types: readonly string[]
  filters: readonly Filter[]
  /** `Patient/123/…`: only what is in this compartment. */
  within: { compartment: string; id: string } | undefined
  sort: readonly Sort[]
  /** Entries a page. */
  count: number
  /** From 1. */
  page: number
  /** Matches on all pages together, at most. */
  maxResults: number | undefined
  total: Total | undefined
  summary: Summary
  elements: readonly string[]
  includes: readonly Include[]
  revincludes: readonly Include[]
  /** The parameters that counted, for `link.self` (SRCH-02). */
  used: readonly (readonly [string, string])[]
}

export type QueryOptions = ValueContext & {
  definitions: Definitions
  pageSize: number
  maxPageSize: number
  /** `Prefer: handling=strict`: unknown parameters are refused (SRCH-04). */
  strict: boolean
}

type Draft = { -readonly [K in keyof SearchQuery]: SearchQuery[K] }

const MOST_PARAMETERS = 100
/** Read elsewhere, and of no meaning for what is found. */
const ofTheDoor = new Set(['_format', '_pretty'])
/** Known to FHIR and not to us: leaving one out silently would widen the answer. */
const refused = new Set([
  '_filter',
  '_text',
  '_content',
  '_list',
  '_query',
  '_type',
  '_containedType',
  'near',
])

/**
 * Reads the parameters of a search.
 * @param pairs names and values, decoded, in their order
 * @param within the compartment of the path, if there is one
 * @throws LanyardError `invalid-request` with the first parameter that cannot be honoured
 */
export function readQuery(
  types: readonly string[],
  pairs: readonly (readonly [string, string])[],
  options: QueryOptions,
  within?: SearchQuery['within'],
): SearchQuery {
  if (pairs.length > MOST_PARAMETERS)
    throw searchError('too-costly', `A search has at most ${MOST_PARAMETERS} parameters.`)
  const draft: Draft = {
    types,
    filters: [],
    within,
    sort: [],
    count: options.pageSize,
    page: 1,
    maxResults: undefined,
    total: undefined,
    summary: 'false',
    elements: [],
    includes: [],
    revincludes: [],
    used: [],
  }
  for (const [name, value] of pairs) {
    if (hasControlCharacters(name) || hasControlCharacters(value)) {
      throw searchError('invalid', `The parameter '${name.slice(0, 50)}' holds a control character.`)
    }
    if (ofTheDoor.has(name)) continue
    if (value !== '' && readParameter(draft, name, value, options))
      draft.used = [...draft.used, [name, value]]
  }
  if (draft.summary === 'text' && draft.includes.length + draft.revincludes.length > 0) {
    throw searchError('invalid', '_summary=text cannot be combined with _include or _revinclude.')
  }
  return draft
}

/** @returns whether the parameter counts */
function readParameter(draft: Draft, name: string, value: string, options: QueryOptions): boolean {
  const [type = ''] = draft.types
  const result = resultParameters[name.split(':')[0] ?? '']
  if (result !== undefined) {
    result(draft, value, name, options)
    return true
  }
  if (refused.has(name.split(':')[0] ?? ''))
    throw searchError('not-supported', `The search parameter '${name}' is not supported.`)
  if (draft.types.length > 1 && name !== '_id' && name !== '_lastUpdated') {
    throw searchError(
      'not-supported',
      `A search over several types takes _id and _lastUpdated, not '${name.slice(0, 80)}'.`,
    )
  }
  const filter = readFilter(type, name, value, options)
  if (filter !== undefined) draft.filters = [...draft.filters, filter]
  else if (options.strict) {
    throw searchError(
      'not-supported',
      `${draft.types.join(', ').slice(0, 100)} has no search parameter '${name.slice(0, 80)}'.`,
    )
  }
  return filter !== undefined
}

type ResultParameter = (draft: Draft, value: string, name: string, options: QueryOptions) => void

/** The parameters that shape the answer instead of choosing what is found. */
const resultParameters: Readonly<Record<string, ResultParameter>> = {
  _count(draft, value, name, { maxPageSize }) {
    draft.count = Math.min(wholeNumber(name, value, 0), maxPageSize)
  },
  _maxresults(draft, value, name) {
    draft.maxResults = wholeNumber(name, value, 0)
  },
  page(draft, value, name) {
    draft.page = wholeNumber(name, value, 1)
  },
  _sort(draft, value, _name, options) {
    const wanted = split(value, ',').filter((rule) => rule !== '')
    if (wanted.length > 5) throw searchError('too-costly', '_sort takes at most five rules.')
    draft.sort = wanted.flatMap((rule) => readSort(draft.types, rule, options) ?? [])
  },
  _total(draft, value) {
    draft.total = oneOf<Total>('_total', value, ['none', 'estimate', 'accurate'])
  },
  _summary(draft, value) {
    draft.summary = oneOf<Summary>('_summary', value, ['true', 'text', 'data', 'count', 'false'])
  },
  _elements(draft, value) {
    const names = value.split(',').map((name) => name.trim().replace(/^[A-Z]\w*\./, ''))
    if (names.some((name) => !/^[A-Za-z]+$/.test(name)))
      throw searchError('value', '_elements takes names of elements, joined by commas.')
    draft.elements = [...draft.elements, ...names]
  },
  _contained(_draft, value) {
    if (value !== 'false')
      throw searchError(
        'not-supported',
        '_contained can only be false: contained resources are found by what contains them.',
      )
  },
  _include(draft, value, name, { definitions }) {
    draft.includes = [...draft.includes, readInclude(name, value, definitions)]
  },
  _revinclude(draft, value, name, { definitions }) {
    draft.revincludes = [...draft.revincludes, readInclude(name, value, definitions)]
  },
}

const sortable = new Set(['date', 'string', 'token', 'number', 'quantity', 'uri'])

function readSort(
  types: readonly string[],
  rule: string,
  { definitions, strict }: QueryOptions,
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
