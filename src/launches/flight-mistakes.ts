import type { NotGranted } from '../smart/asked-scopes.ts'
import { assertionMistakes } from './assertion-mistakes.ts'
import { authorizeMistakes, type Mistake, type MistakeFacts, type Mistakes } from './authorize-mistakes.ts'
import type { Flight, FlightStep } from './flight.ts'
import { simulatedMistakes } from './simulated-mistakes.ts'
import { tokenMistakes } from './token-mistakes.ts'

const mistakes = { ...authorizeMistakes, ...assertionMistakes, ...tokenMistakes, ...simulatedMistakes }

/** The reasons for which the record has words. */
export type FlightReason = keyof typeof mistakes

/** What mistakes are called, in one language. */
export type MistakeWords = {
  byReason: Readonly<Record<FlightReason, Mistakes[string]>>
  /** Why a scope was not granted. */
  scope(one: NotGranted): string
}

/** In English, as the command and the API tell them. */
export const englishMistakes: MistakeWords = { byReason: mistakes, scope: ({ sentence }) => sentence }

/** The likely mistake behind a reason code, or nothing if there are no words for it. */
export function mistakeOf(
  reason: string,
  facts: MistakeFacts = {},
  { byReason }: Pick<MistakeWords, 'byReason'> = englishMistakes,
): Mistake | undefined {
  const all: Mistakes = byReason
  const found = Object.hasOwn(all, reason) ? all[reason] : undefined
  return typeof found === 'function' ? found(facts) : found
}

/**
 * What probably went wrong on a flight, each mistake once: the latest first, as it is the most telling, and at the end
 * what became of the scopes.
 */
export function likelyMistakes(
  flight: Flight,
  steps: readonly FlightStep[],
  said = englishMistakes,
): Mistake[] {
  const latestFirst = steps.toReversed()
  const found = [
    ...latestFirst.map(({ reason = '', detail }) => mistakeOf(reason, detail, said)),
    // Of very many steps the last may not have been kept.
    ...(steps.some(({ reason }) => reason === flight.reason)
      ? []
      : [mistakeOf(flight.reason ?? '', {}, said)]),
    ...latestFirst.flatMap(({ detail }) => detail.notGranted ?? []).map((one) => scopeMistake(one, said)),
  ]
  const known = new Map<string, Mistake>()
  for (const one of found) if (one !== undefined) known.set(one.mistake, one)
  return [...known.values()]
}

/** A scope that the user left out is nobody's mistake. */
function scopeMistake(one: NotGranted, said: MistakeWords): Mistake | undefined {
  return one.reason === 'unticked' ? undefined : { mistake: said.scope(one) }
}
