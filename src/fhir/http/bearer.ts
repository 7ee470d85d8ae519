import { LanyardError } from '../../lib/errors.ts'
import type { TokenRefusal } from '../../smart/access-token.ts'

/** One token of the alphabet of RFC 6750 §2.1 after the word Bearer, in whatever case. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  const token = header.slice(7).trimStart()
  return token === '' || /[\s,]/.test(token) ? undefined : token
}

/** RFC 6750 §3, RFC 9728 §5.1; with `basic` also RFC 7617 §2. */
export function challenge(metadataUrl: string, basic = false): string {
  const bearer = `Bearer realm="Lanyard", resource_metadata="${metadataUrl}"`
  return basic ? `${bearer}, Basic realm="Lanyard", charset="UTF-8"` : bearer
}

/**
 * The refusal of a bearer token that is no good. Its challenge is of Bearer alone: browsers would ask for a password.
 * @param simulated what log, audit and app are told instead, where the simulator asked for it
 */
export function invalidToken(
  reason: TokenRefusal,
  metadataUrl: string,
  simulated?: { reason: string; said: string },
): LanyardError {
  const expired = reason === 'token-expired'
  const said = expired
    ? 'The access token has expired; get a new one.'
    : 'The access token is not valid here, or no longer.'
  return new LanyardError('unauthenticated', simulated?.said ?? said, {
    word: expired ? 'expired' : 'login',
    reason: simulated?.reason ?? reason,
    headers: {
      'www-authenticate': `Bearer realm="Lanyard", error="invalid_token", resource_metadata="${metadataUrl}"`,
    },
  })
}
