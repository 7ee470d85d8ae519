import type { Interaction } from '../../smart/letters.ts'
import type { Decision, Range } from '../../smart/permit.ts'
import { showsAll } from '../../smart/range.ts'
import { pointingTypes } from '../extract/binary-links.ts'

/** A Binary says nothing of whom it is about: only what it is linked to opens it (ENF-25). */
export const BINARY = 'Binary'

/** Linked in any way to what is seen, as opposed to by documents of one type. */
export const ANY_LINK = 'any'

const reading: readonly Interaction[] = ['read', 'vread']

type Decide = (interaction: Interaction, type: string) => Decision

/** The types of documents whose content a token sees: what a role hides of one may be what it points at. */
export function typesShowingContent(decide: Decide): readonly string[] {
  return pointingTypes.filter((type) =>
    (['read', 'search-type'] as const).every((letter) => {
      const decision = decide(letter, type)
      return !decision.allowed || decision.ranges.every(showsAll)
    }),
  )
}

/**
 * What may be done with Binaries. A scope that names them opens those that are linked to what the token sees; all of
 * them at the system level only. To read one that a document points at, the scope of the document is enough.
 * @param own what the scopes for Binary open
 * @param decide what may be done with other types
 */
export function onBinaries(interaction: Interaction, own: Decision, decide: Decide): Decision {
  const linked = own.allowed
    ? own.ranges.map((range): Range => (range.level === 'system' ? range : { ...range, through: ANY_LINK }))
    : []
  const pointed = (reading.includes(interaction) ? typesShowingContent(decide) : []).flatMap((type) => {
    const decision = decide('read', type)
    // Whether a document is seen is asked of each by itself.
    return decision.allowed
      ? decision.ranges.map((range): Range => ({ ...range, where: [], through: type }))
      : []
  })
  const ranges = [...linked, ...pointed]
  return ranges.length === 0 ? own : { allowed: true, ranges }
}
