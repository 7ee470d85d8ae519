import type { LanyardError } from '../lib/errors.ts'
import type { CheckToken, LiveToken } from '../smart/access-token.ts'
import { oauthError } from './oauth-error.ts'

/** The token of an `Authorization` header of the scheme Bearer (RFC 6750 §2.1): empty if it holds none. */
export function bearerOf(authorization: string): string | undefined {
  if (!/^Bearer(?: |$)/i.test(authorization)) return undefined
  return /^\S+ +(\S+)$/.exec(authorization)?.[1] ?? ''
}

/**
 * The access token with which one of our own interfaces is called.
 * @throws LanyardError `invalid_token` (401) with the challenge of RFC 6750 §3
 */
export async function liveToken(token: string | undefined, check: CheckToken): Promise<LiveToken> {
  if (token === undefined || token === '') {
    throw oauthError(
      'invalid_token',
      'token-missing',
      'This needs an access token: send "Authorization: Bearer …".',
      { headers: { 'www-authenticate': 'Bearer realm="Lanyard"' } },
    )
  }
  const checked = await check(token)
  if ('live' in checked) return checked.live
  throw oauthError('invalid_token', checked.refused, 'The access token is unknown, expired or revoked.', {
    headers: { 'www-authenticate': 'Bearer realm="Lanyard", error="invalid_token"' },
  })
}

/** `insufficient_scope` (403) with the challenge of RFC 6750 §3. */
export function scopeLacking(scope: string, { claims }: LiveToken): LanyardError {
  return oauthError('insufficient_scope', 'right-missing', `The access token needs the scope ${scope}.`, {
    headers: { 'www-authenticate': `Bearer realm="Lanyard", error="insufficient_scope", scope="${scope}"` },
    detail: `client ${claims.client_id}`,
  })
}

/**
 * Who calls one of our own interfaces with a bearer token that holds an extension scope.
 * @returns the id of the client
 * @throws LanyardError `invalid_token`, `insufficient_scope`
 */
export async function clientWithRight(
  token: string | undefined,
  right: string,
  check: CheckToken,
): Promise<string> {
  const live = await liveToken(token, check)
  const holds = live.authority.scopes.some((scope) => scope.kind === 'extension' && scope.name === right)
  if (!holds) throw scopeLacking(right, live)
  return live.claims.client_id
}
