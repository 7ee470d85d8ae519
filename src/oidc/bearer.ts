import type { LanyardError } from '../lib/errors.ts'
import type { CheckToken, LiveToken } from '../smart/access-token.ts'
import type { Ground, OtherWays } from '../smart/ground.ts'
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
export function scopeLacking(scope: string, { claims }: Ground): LanyardError {
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
  return holderOf(right, await liveToken(token, check))
}

/**
 * The same by an API key.
 * @param address of the caller
 * @throws LanyardError `invalid_token`, `insufficient_scope`
 */
export async function keyWithRight(
  key: string,
  address: string,
  right: string,
  check: OtherWays['apiKey'],
): Promise<string> {
  const checked = await check(key, address)
  if ('live' in checked) return holderOf(right, checked.live)
  throw oauthError('invalid_token', checked.refused, 'The API key is not valid here, or no longer.', {
    headers: { 'www-authenticate': 'Bearer realm="Lanyard"' },
  })
}

function holderOf(right: string, ground: Ground): string {
  const holds = ground.authority.scopes.some((scope) => scope.kind === 'extension' && scope.name === right)
  if (!holds) throw scopeLacking(right, ground)
  return ground.claims.client_id
}
