import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { RecallToken } from '../../smart/access-token.ts'
import type { Ground } from '../../smart/ground.ts'
import type { Authority } from '../../smart/permit.ts'
import { type Access, mint } from '../access/access.ts'
import type { SharedResources } from '../access/shared.ts'
import { bearerToken, invalidToken } from './bearer.ts'
import { type OtherWaysDeps, otherGrounds, twice } from './other-ways.ts'
import { tokenAmongParameters } from './parameters.ts'

/** Minted once for each authority, which the token check hands out again for the same token. */
const minted = new WeakMap<Authority, Access>()

export type AuthenticateDeps = OtherWaysDeps & { recall: RecallToken; shared: SharedResources }

/**
 * The access of a request, from its credentials, which stand in headers and nowhere else (RFC 6750 §2.1).
 * @throws LanyardError `unauthenticated` with the challenge of RFC 6750 §3, `invalid-request`, `too-many`
 */
export async function authenticate(ctx: Context, deps: AuthenticateDeps): Promise<Access> {
  if (ctx.querystring !== '' && 'access_token' in ctx.query) throw tokenAmongParameters()
  if (isSentTwice(ctx.req.rawHeaders)) throw twice('Authorization')
  const { authorization, 'x-api-key': key } = ctx.req.headers
  const token = bearerToken(authorization)
  // Most requests show one token and nothing else.
  if (token === undefined || key !== undefined) return accessOf(await otherGrounds(ctx, deps), deps.shared)
  const checked = await deps.check(token)
  if ('refused' in checked) throw invalidToken(checked.refused, deps.metadataUrl)
  return accessOf([checked.live], deps.shared)
}

/**
 * The access that the token of a request had when it was last checked, and the count of changes until which it has.
 * Nothing for a request with any other credential, or none.
 */
export function recallAccess(
  { headers, rawHeaders }: IncomingMessage,
  { recall, shared }: Pick<AuthenticateDeps, 'recall' | 'shared'>,
): { access: Access; changes: number } | undefined {
  const token = bearerToken(headers.authorization)
  const recalled = token === undefined || isSentTwice(rawHeaders) ? undefined : recall(token)
  return recalled && { access: accessOf([recalled.live], shared), changes: recalled.changes }
}

function accessOf(grounds: readonly [Ground, ...Ground[]], shared: SharedResources): Access {
  const [first, ...more] = grounds
  if (more.length > 0) return mint(grounds, shared)
  const known = minted.get(first.authority)
  if (known !== undefined) return known
  const access = mint(grounds, shared)
  minted.set(first.authority, access)
  return access
}

/** Of an Authorization header that was sent twice Node keeps the first; which one was meant nobody knows (REST-20). */
function isSentTwice(rawHeaders: readonly string[]): boolean {
  let found = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 13 && name.toLowerCase() === 'authorization') found++
  }
  return found > 1
}
