import { LanyardError } from '../../lib/errors.ts'
import type { Filter } from '../search/filter.ts'
import { readQuery } from '../search/query.ts'
import type { ValueContext } from '../search/value.ts'

/**
 * Reads the search of a `_typeFilter`, strictly: what would be ignored would widen the export.
 * @param query e.g. `status=active&date=gt2024`, as in an address
 * @throws LanyardError `invalid-request`
 */
export function readTypeFilter(type: string, query: string, context: ValueContext): readonly Filter[] {
  const pairs = [...new URLSearchParams(query)]
  const read = readQuery([type], pairs, { ...context, strict: true, pageSize: 1, maxPageSize: 1 })
  if (read.filters.length === pairs.length && read.used.length === pairs.length) return read.filters
  throw new LanyardError(
    'invalid-request',
    `_typeFilter takes search parameters of ${type} with values, none that shape a result or include others.`,
    { word: 'invalid', reason: 'export-refused' },
  )
}
