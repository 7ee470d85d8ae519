import { type ErrorOptions, LanyardError } from '../lib/errors.ts'

/** RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2, RFC 6750 §3.1. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'insufficient_scope'
  | 'invalid_token'
  | 'temporarily_unavailable'
  | 'server_error'

/**
 * An error of the OAuth endpoints.
 * @param reason exact reason code, for log and audit only
 * @param sentence becomes `error_description`: helps an honest developer, tells an attacker nothing new
 */
export function oauthError(
  word: OAuthErrorCode,
  reason: string,
  sentence: string,
  options: Omit<ErrorOptions, 'word' | 'reason'> = {},
): LanyardError {
  const code =
    word === 'invalid_client' || word === 'invalid_token'
      ? 'unauthenticated'
      : word === 'insufficient_scope'
        ? 'forbidden'
        : word === 'temporarily_unavailable'
          ? 'unavailable'
          : 'invalid-request'
  return new LanyardError(code, sentence, { ...options, word, reason })
}

/** The body of RFC 6749 §5.2: `error_description` may hold only printable ASCII without `"` and `\`. */
export function oauthErrorBody(error: LanyardError): { error: string; error_description: string } {
  const word = error.word ?? (error.status >= 500 ? 'server_error' : 'invalid_request')
  const description = error.message.replaceAll('"', "'").replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
  return { error: word, error_description: description.slice(0, 1000) }
}
