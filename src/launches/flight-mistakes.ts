import type { NotGranted } from '../smart/asked-scopes.ts'
import { authorizeMistakes, type Mistake, type MistakeFacts, type Mistakes } from './authorize-mistakes.ts'
import type { Flight, FlightStep } from './flights.ts'
import { simulatedMistakes } from './simulated-mistakes.ts'
import { tokenMistakes } from './token-mistakes.ts'

const mistakes = { ...authorizeMistakes, ...tokenMistakes, ...simulatedMistakes }
const byReason: Mistakes = mistakes

/** The reasons for which the record has words. */
export type FlightReason = keyof typeof mistakes

/** The likely mistake behind a reason code, or nothing if there are no words for it. */
export function mistakeOf(reason: string, facts: MistakeFacts = {}): Mistake | undefined {
  const found = Object.hasOwn(byReason, reason) ? byReason[reason] : undefined
  return typeof found === 'function' ? found(facts) : found
}

/**
 * What probably went wrong on a flight, each mistake once: the latest first, as it is the most telling, and at the end
 * what became of the scopes.
 */
export function likelyMistakes(flight: Flight, steps: readonly FlightStep[]): Mistake[] {
  const latestFirst = steps.toReversed()
  const found = [
    ...latestFirst.map(({ reason = '', detail }) => mistakeOf(reason, detail)),
    // Of very many steps the last may not have been kept.
    ...(steps.some(({ reason }) => reason === flight.reason) ? [] : [mistakeOf(flight.reason ?? '')]),
    ...latestFirst.flatMap(({ detail }) => detail.notGranted ?? []).map(scopeMistake),
  ]
  const known = new Map<string, Mistake>()
  for (const one of found) if (one !== undefined) known.set(one.mistake, one)
  return [...known.values()]
}

/** A scope that the user left out is nobody's mistake. */
function scopeMistake({ reason, sentence }: NotGranted): Mistake | undefined {
  return reason === 'unticked' ? undefined : { mistake: sentence }
}
