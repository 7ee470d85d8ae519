import type { CheckToken } from '../smart/access-token.ts'
import { oauthError } from './oauth-error.ts'

/**
 * Who calls one of our own interfaces with a bearer token (RFC 6750 §2.1) that holds an extension scope.
 * @param authorization the header of that name
 * @returns the id of the client
 * @throws LanyardError `invalid_token` (401) or `insufficient_scope` (403), with the challenge of RFC 6750 §3
 */
export async function clientWithRight(
  authorization: string,
  right: string,
  check: CheckToken,
): Promise<string> {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  if (token === undefined) {
    throw oauthError(
      'invalid_token',
      'token-missing',
      'This needs a token: send "Authorization: Bearer …".',
      {
        headers: { 'www-authenticate': 'Bearer realm="Lanyard"' },
      },
    )
  }
  const checked = await check(token)
  if ('refused' in checked) {
    throw oauthError('invalid_token', checked.refused, 'The bearer token is unknown, expired or revoked.', {
      headers: { 'www-authenticate': 'Bearer realm="Lanyard", error="invalid_token"' },
    })
  }
  const { claims, authority } = checked.live
  if (!authority.scopes.some((scope) => scope.kind === 'extension' && scope.name === right)) {
    throw oauthError('insufficient_scope', 'right-missing', `The bearer token needs the scope ${right}.`, {
      headers: {
        'www-authenticate': `Bearer realm="Lanyard", error="insufficient_scope", scope="${right}"`,
      },
      detail: `client ${claims.client_id}`,
    })
  }
  return claims.client_id
}
