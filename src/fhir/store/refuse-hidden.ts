import type { LanyardError } from '../../lib/errors.ts'
import type { Interaction } from '../../smart/letters.ts'
import { betrays } from '../access/betrays.ts'
import { forbidden } from '../access/refusal.ts'
import type { SearchParameter } from '../definitions/types.ts'
import type { Filter } from '../search/filter.ts'
import type { SearchQuery } from '../search/query.ts'
import { readOrFound } from './alike.ts'
import type { Engine } from './engine.ts'

/** Who asks, and what R4 says of the elements. */
type Asker = Pick<Engine, 'access' | 'definitions'>

const searching: readonly Interaction[] = ['search-type']

/**
 * Refuses filters that would tell something of hidden elements, at whichever end of a chain: by what is found, by how
 * much, or in which order. An element that any range of the type hides is hidden for this.
 * @throws LanyardError `forbidden`, before any data is touched
 */
export function refuseHidden(engine: Asker, type: string, filters: readonly Filter[]): void {
  if (!engine.access.hides) return
  for (const filter of filters) refuseFilter(engine, type, filter)
}

/** The same for what a search is sorted by, and for what it brings along. */
export function refuseHiddenShape(engine: Asker, { types, sort, includes, revincludes }: SearchQuery): void {
  if (!engine.access.hides) return
  for (const { parameter } of sort) {
    if (typeof parameter === 'string') continue
    for (const type of types) refuse(engine, type, parameter, searching, '_sort')
  }
  for (const { source, parameter } of [...includes, ...revincludes])
    refuse(engine, source, parameter, readOrFound, '_include')
}

function refuseFilter(engine: Asker, type: string, filter: Filter): void {
  switch (filter.kind) {
    case 'id':
    case 'updated':
      return
    case 'compartment': {
      const { definitions } = engine
      const codes = definitions.compartment(filter.compartment, filter.type) ?? []
      for (const code of codes) {
        const parameter = definitions.searchParameter(filter.type, code)
        if (parameter !== undefined) refuse(engine, filter.type, parameter, searching, filter.compartment)
      }
      return
    }
    case 'chain':
      refuse(engine, type, filter.parameter, searching)
      for (const target of filter.targets) {
        if (engine.access.decide('search-type', target.type).allowed)
          refuseFilter(engine, target.type, target.filter)
      }
      return
    case 'has':
      refuse(engine, filter.source, filter.parameter, searching)
      refuseFilter(engine, filter.source, filter.filter)
      return
    default:
      refuse(engine, type, filter.parameter, searching)
  }
}

function refuse(
  { access, definitions }: Asker,
  type: string,
  parameter: SearchParameter,
  interactions: readonly Interaction[],
  by = '',
): void {
  const hidden = interactions.flatMap((interaction) => {
    const decision = access.decide(interaction, type)
    return decision.allowed ? decision.ranges.flatMap((range) => range.hidden) : []
  })
  if (betrays(definitions, type, parameter, hidden)) throw hiddenElement(type, parameter.code, by)
}

function hiddenElement(type: string, code: string, by: string): LanyardError {
  const what = by === '' || by === code ? `'${code}'` : `'${code}' (${by})`
  return forbidden(
    'hidden-element',
    `The parameter ${what} looks at elements of ${type} that are hidden from the roles that count here, so it cannot be used.`,
  )
}
