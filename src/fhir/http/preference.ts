import type { Changed } from '../store/change.ts'
import type { Exchange } from './exchange.ts'
import { prefers } from './negotiate.ts'
import { outcome } from './outcome.ts'

/** Status and body of an answer, as bytes where it is no resource; headers are set as they become known. */
export type Answer = { status: number; body: string | Buffer | undefined }

const preferences = ['minimal', 'representation', 'OperationOutcome'] as const
type Preference = (typeof preferences)[number]

/** What a successful change answers: the new version, unless the client wants less or something else (REST-13). */
export function answerOf(exchange: Exchange, changed: Changed): Answer {
  const status = changed.isNew ? 201 : 200
  const asked = preferences.find((preference) => prefers(exchange, `return=${preference.toLowerCase()}`))
  if (asked !== undefined) exchange.set('preference-applied', `return=${asked}`)
  return { status, body: bodyFor(asked ?? 'representation', changed) }
}

function bodyFor(preference: Preference, { body, type, id, isNew }: Changed): string | undefined {
  switch (preference) {
    case 'minimal':
      return undefined
    case 'representation':
      return body
    case 'OperationOutcome':
      return JSON.stringify(
        outcome('information', 'informational', `${type}/${id} was ${isNew ? 'created' : 'updated'}.`),
      )
  }
}
