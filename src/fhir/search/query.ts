import { hasControlCharacters } from '../../lib/form.ts'
import { newBudget } from './budget.ts'
import { searchError } from './errors.ts'
import { type Filter, readFilter } from './filter.ts'
import type { Include } from './include.ts'
import { type ResultOptions, readResultParameter, type Sort, type Summary, type Total } from './result.ts'
import type { ValueContext } from './value.ts'

export type { Sort } from './result.ts'

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
  /** The parameters that counted, as they counted, for `link.self` (SRCH-02). */
  used: readonly (readonly [string, string])[]
}

export type QueryOptions = ValueContext &
  ResultOptions & {
    pageSize: number
  }

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
  '_has',
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
  const query: SearchQuery = {
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
  const readOne = reader(query, options)
  const used = pairs.flatMap(([name, value]): [string, string][] => {
    if (hasControlCharacters(name) || hasControlCharacters(value)) {
      throw searchError('invalid', `The parameter '${name.slice(0, 50)}' holds a control character.`)
    }
    if (ofTheDoor.has(name) || isEmpty(value)) return []
    const counted = readOne(name, value)
    return counted === undefined ? [] : [[name, counted]]
  })
  if (query.summary === 'text' && query.includes.length + query.revincludes.length > 0) {
    throw searchError('invalid', '_summary=text cannot be combined with _include or _revinclude.')
  }
  return { ...query, used }
}

/** SRCH-10: a value of nothing, or of nothing between commas. */
function isEmpty(value: string): boolean {
  return /^,*$/.test(value)
}

/** Reads into `query`, one parameter after the other; returns each value as it counted, or nothing. */
function reader(query: SearchQuery, options: QueryOptions) {
  const seen = new Map<string, string>()
  const budget = newBudget()
  const { types } = query
  const [type = ''] = types
  return (name: string, value: string): string | undefined => {
    const word = name.split(':')[0] ?? ''
    const shaped = readResultParameter(types, name, value, query, options)
    if (shaped !== undefined) {
      if (shaped.once) refuseSecond(seen, name, value)
      Object.assign(query, shaped.shape)
      return shaped.counted
    }
    if (refused.has(word) && !name.startsWith('_has:'))
      throw searchError('not-supported', `The search parameter '${name.slice(0, 80)}' is not supported.`)
    if (types.length > 1 && name !== '_id' && name !== '_lastUpdated') {
      throw searchError(
        'not-supported',
        `A search over several types takes _id and _lastUpdated, not '${name.slice(0, 80)}'.`,
      )
    }
    const filter = readFilter(type, name, value, options, budget)
    if (filter === undefined) {
      if (!options.strict) return undefined
      throw searchError(
        'not-supported',
        `${types.join(', ').slice(0, 100)} has no search parameter '${name.slice(0, 80)}'.`,
      )
    }
    query.filters = [...query.filters, filter]
    return value
  }
}

/** A setting that is given twice says two things; the same thing twice says one. */
function refuseSecond(seen: Map<string, string>, name: string, value: string): void {
  const before = seen.get(name)
  if (before !== undefined && before !== value)
    throw searchError('invalid', `'${name.slice(0, 80)}' is given twice with different values.`)
  seen.set(name, value)
}
