import type { Interaction } from '../../smart/letters.ts'
import type { Range } from '../../smart/permit.ts'
import type { Access } from '../access/access.ts'
import { howInRecord } from '../access/belonging.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { isOfAllTypes } from './criterion.ts'

/** What may be shown beside the result of a search. */
export const readOrFound: readonly Interaction[] = ['read', 'search-type']

type Alike = { types: string[]; ranges: readonly Range[] }

/** Types with the same ranges share one condition: `*.rs` is one, not 146. */
export function alike(
  access: Access,
  types: readonly string[],
  definitions: Definitions,
  interactions: readonly Interaction[],
): Alike[] {
  const groups = new Map<string, Alike>()
  for (const type of types) {
    const ranges = rangesFor(access, type, interactions)
    if (ranges.length === 0) continue
    // What all types have begins with an underscore; `code` is something else for each.
    const isCommon = ranges.every(({ where }) => where.every(isOfAllTypes))
    const key = [howInRecord(type, definitions), isCommon ? '' : type, ...ranges.map(limitsOf)].join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { types: [type], ranges })
    else group.types.push(type)
  }
  return [...groups.values()]
}

/** The ranges of any of the interactions. */
export function rangesFor(access: Access, type: string, interactions = readOrFound): Range[] {
  const ranges = interactions.flatMap((interaction) => {
    const decision = access.decide(interaction, type)
    return decision.allowed ? decision.ranges : []
  })
  return [...new Map(ranges.map((range) => [limitsOf(range), range])).values()]
}

function limitsOf({ patients, only, where, through, hidden }: Range): string {
  return JSON.stringify([patients, only, where, through, hidden])
}
