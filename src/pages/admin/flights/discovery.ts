import type { StepDetail } from '../../../launches/flight-detail.ts'
import { SECOND } from '../../../lib/time.ts'
import type { Words } from '../../words/en.ts'

/**
 * What can be told of discovery. Whoever reads its documents shows no credential: so this says from where, and when,
 * and where nobody was seen that nobody was.
 */
export function discoveryText({ asked, origin, before = 0 }: StepDetail, words: Words): string {
  const { discovery } = words.admin.flights.one
  if (asked === undefined) return discovery.notSeen
  const [unit, value] =
    before < SECOND ? (['millisecond', before] as const) : (['second', before / SECOND] as const)
  const time = new Intl.NumberFormat(words.locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(
    value,
  )
  return origin === undefined
    ? discovery.seen(discovery.documents[asked], time)
    : discovery.seenFrom(discovery.documents[asked], time, origin)
}
