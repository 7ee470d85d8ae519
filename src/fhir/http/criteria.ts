import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import { type QueryOptions, readQuery, type SearchQuery } from '../search/query.ts'
import type { Pairs } from './parameters.ts'
import { refuseOtherPatient } from './search-handler.ts'

/** Parameters that say how an answer looks, not which resource is meant. */
const ofTheAnswer: ReadonlySet<string> = new Set(['_format', '_pretty'])

/**
 * The criteria of a conditional interaction. They are read strictly: one that is unknown or missing would mean more
 * resources than the client does (REST-11).
 * @throws LanyardError `invalid-request`, `forbidden`
 */
export function readCriteria(
  access: Access,
  type: string,
  pairs: Pairs,
  options: Omit<QueryOptions, 'strict'>,
): SearchQuery {
  const criteria = pairs.filter(([name]) => !ofTheAnswer.has(name))
  const query = readQuery([type], criteria, { ...options, strict: true })
  const shaping = query.used.length !== query.filters.length || criteria.length !== query.filters.length
  if (query.filters.length === 0 || shaping) {
    throw new LanyardError(
      'invalid-request',
      'Say by search parameters with values which resource is meant, and by nothing else.',
      { word: 'invalid', reason: 'criteria' },
    )
  }
  refuseOtherPatient(access, query)
  return query
}

/** The one id that a condition has found, if any. @throws LanyardError `precondition-failed` for more */
export function atMostOne(found: readonly string[]): string | undefined {
  if (found.length < 2) return found[0]
  throw new LanyardError('precondition-failed', 'The condition is true of several resources.', {
    word: 'multiple-matches',
    reason: 'several-matches',
  })
}

/** `If-None-Exist: identifier=…`, with or without the type before it. */
export function criteriaIn(header: string): Pairs {
  return [...new URLSearchParams(header.replace(/^[A-Za-z]*\?/, ''))]
}
