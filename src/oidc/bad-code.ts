import type { LanyardError } from '../lib/errors.ts'
import { oauthError } from './oauth-error.ts'

/** One sentence for every reason, which tells a thief nothing (TOK-06). */
export function badCode(reason: string): LanyardError {
  return oauthError(
    'invalid_grant',
    reason,
    'The code is unknown, was used, has expired, or belongs to another client. Codes are good for 60 seconds, once.',
  )
}
