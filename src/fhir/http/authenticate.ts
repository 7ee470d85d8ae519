import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { CheckToken, LiveToken, RecallToken, TokenRefusal } from '../../smart/access-token.ts'
import type { Authority } from '../../smart/permit.ts'
import { type Access, mint } from '../access/access.ts'
import type { SharedResources } from '../access/shared.ts'
import { tokenAmongParameters } from './parameters.ts'

/** Minted once for each authority, which the token check hands out again for the same token. */
const minted = new WeakMap<Authority, Access>()

export type AuthenticateDeps = {
  check: CheckToken
  recall: RecallToken
  /** Where RFC 9728 metadata stands, for the 401 challenge. */
  metadataUrl: string
  shared: SharedResources
}

/**
 * The access of a request, from its bearer token (RFC 6750 §2.1: the header is the only place).
 * @throws LanyardError `unauthenticated` with the challenge of RFC 6750 §3, `invalid-request`
 */
export async function authenticate(
  ctx: Context,
  { check, metadataUrl, shared }: AuthenticateDeps,
): Promise<Access> {
  if (ctx.querystring !== '' && 'access_token' in ctx.query) throw tokenAmongParameters()
  const token = bearerToken(ctx.req.headers.authorization)
  if (token === undefined) {
    throw new LanyardError('unauthenticated', 'This needs an access token: send "Authorization: Bearer …".', {
      reason: 'token-missing',
      headers: { 'www-authenticate': `Bearer realm="Lanyard", resource_metadata="${metadataUrl}"` },
    })
  }
  const checked = await check(token)
  if ('refused' in checked) throw invalidToken(checked.refused, metadataUrl)
  return accessOf(checked.live, shared)
}

/**
 * The access that the token of a request had when it was last checked, and the count of changes until which it has.
 * Nothing for a request with any other credential, or none.
 */
export function recallAccess(
  { headers }: IncomingMessage,
  { recall, shared }: Pick<AuthenticateDeps, 'recall' | 'shared'>,
): { access: Access; changes: number } | undefined {
  const token = bearerToken(headers.authorization)
  const recalled = token === undefined ? undefined : recall(token)
  return recalled && { access: accessOf(recalled.live, shared), changes: recalled.changes }
}

/** One token of the alphabet of RFC 6750 §2.1 after the word Bearer, in whatever case. */
function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  const token = header.slice(7).trimStart()
  return token === '' || /[\s,]/.test(token) ? undefined : token
}

function accessOf(live: LiveToken, shared: SharedResources): Access {
  const known = minted.get(live.authority)
  if (known !== undefined) return known
  const access = mint(live, shared)
  minted.set(live.authority, access)
  return access
}

function invalidToken(reason: TokenRefusal, metadataUrl: string): LanyardError {
  const expired = reason === 'token-expired'
  return new LanyardError(
    'unauthenticated',
    expired
      ? 'The access token has expired; get a new one.'
      : 'The access token is not valid here, or no longer.',
    {
      word: expired ? 'expired' : 'login',
      reason,
      headers: {
        'www-authenticate': `Bearer realm="Lanyard", error="invalid_token", resource_metadata="${metadataUrl}"`,
      },
    },
  )
}
