import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { CheckToken, LiveToken, TokenRefusal } from '../../smart/access-token.ts'
import type { Authority } from '../../smart/permit.ts'
import { type Access, mint } from '../access/access.ts'
import { tokenAmongParameters } from './parameters.ts'

/** Minted once for each authority, which the token check hands out again for the same token. */
const minted = new WeakMap<Authority, Access>()

/**
 * The access of a request, from its bearer token (RFC 6750 §2.1: the header is the only place).
 * @throws LanyardError `unauthenticated` with the challenge of RFC 6750 §3, `invalid-request`
 */
export async function authenticate(ctx: Context, check: CheckToken, metadataUrl: string): Promise<Access> {
  const header = ctx.req.headers.authorization
  if ('access_token' in ctx.query) throw tokenAmongParameters()
  const token = header?.match(/^Bearer +([^\s,]+)$/i)?.[1]
  if (token === undefined) {
    throw new LanyardError('unauthenticated', 'This needs an access token: send "Authorization: Bearer …".', {
      reason: 'token-missing',
      headers: { 'www-authenticate': `Bearer realm="Lanyard", resource_metadata="${metadataUrl}"` },
    })
  }
  const checked = await check(token)
  if ('refused' in checked) throw invalidToken(checked.refused, metadataUrl)
  return accessOf(checked.live)
}

function accessOf(live: LiveToken): Access {
  const known = minted.get(live.authority)
  if (known !== undefined) return known
  const access = mint(live)
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
