import { LanyardError } from '../../lib/errors.ts'
import type { Interaction } from '../../smart/letters.ts'
import type { Range } from '../../smart/permit.ts'
import type { Access } from './access.ts'

/** A right that a token lacks: 403, told before any data is touched (ENF-03). */
export function forbidden(reason: string, sentence: string): LanyardError {
  return new LanyardError('forbidden', sentence, {
    word: 'forbidden',
    reason,
    headers: { 'www-authenticate': 'Bearer realm="Lanyard", error="insufficient_scope"' },
  })
}

/**
 * The rows that an interaction may reach.
 * @throws LanyardError `forbidden` with the reason of the decision
 */
export function rangesOf(access: Access, interaction: Interaction, type: string): readonly Range[] {
  const decision = access.decide(interaction, type)
  if (decision.allowed) return decision.ranges
  throw forbidden(decision.reason, decision.sentence)
}
