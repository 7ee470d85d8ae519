import type { Access } from '../access/access.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { searchError } from '../search/errors.ts'
import type { Pairs } from './parameters.ts'

/** The types of a search, and its parameters but `_type`. */
type Asked = { types: readonly string[]; named: Pairs; others: Pairs }

/**
 * What is searched where the path names several types: those of `_type` (SRCH-15), each of which the token must be
 * allowed to search. Without it a compartment is searched for all that the token may search; without any it is refused
 * (ENF-03).
 * @throws LanyardError `invalid-request`
 */
export function askedTypes(
  access: Access,
  { types, path }: { types: readonly string[]; path: string },
  pairs: Pairs,
  { isResourceType }: Definitions,
): Asked {
  const isNamed = ([name, value]: Pairs[number]) => name === '_type' && value !== '' && types.length > 1
  const named = pairs.filter(isNamed)
  const others = pairs.filter((pair) => !isNamed(pair))
  if (named.length === 0) {
    if (path === '') throw searchError('too-costly', 'Say by _type which types are searched.')
    const open = types.filter((type) => access.decide('search-type', type).allowed)
    return { types: open.length === 0 ? types : open, named, others }
  }
  const wanted = typeList(
    named.map(([, value]) => value),
    isResourceType,
  )
  const outside = wanted.find((type) => !types.includes(type))
  if (outside !== undefined) throw searchError('invalid', `${outside} is not part of ${path}.`)
  // Events are answered from the audit, and by a search of their own.
  if (path === '' && wanted.includes('AuditEvent'))
    throw searchError('not-supported', 'Search AuditEvent by its own address.')
  return { types: wanted, named, others }
}

/**
 * The types of `_type`: separated by commas, or repeated.
 * @throws LanyardError `invalid-request` for one that is unknown
 */
export function typeList(
  values: readonly string[],
  isResourceType: Definitions['isResourceType'],
): readonly string[] {
  const types = [...new Set(values.flatMap((value) => value.split(',')).filter((type) => type !== ''))]
  const unknown = types.find((type) => !isResourceType(type))
  if (unknown === undefined) return types
  throw searchError('invalid', `_type names "${unknown.slice(0, 64)}", which is no resource type.`)
}
