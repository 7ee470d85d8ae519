import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Audit, AuditEntry } from '../audit/audit.ts'
import type { LaunchGrants } from '../launches/grants.ts'
import type { RefreshTokens } from '../launches/refresh-tokens.ts'
import type { LanyardError } from '../lib/errors.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { AuthenticateClient } from './client-authentication.ts'
import { oauthError } from './oauth-error.ts'
import { formParameters } from './parameters.ts'

type Deps = {
  authenticate: AuthenticateClient
  tokens: Pick<AccessTokens, 'check' | 'revoke'>
  refreshTokens: Pick<RefreshTokens, 'find'>
  grants: Pick<LaunchGrants, 'end'>
  audit: Pick<Audit, 'inTransaction' | 'note'>
  issuer: string
}

/** RFC 7009. A token that is unknown or has ended is answered like one that was revoked now (REVO-01). */
export function revocationEndpoint(deps: Deps) {
  return async (ctx: RequestContext): Promise<void> => {
    const parameters = await formParameters(ctx.req)
    const client = await deps.authenticate(ctx.headers, parameters)
    ctx.state.clientId = client.id
    const token = parameters.get('token')
    if (token === undefined) throw oauthError('invalid_request', 'token-missing', 'The request has no token.')
    const entry = {
      event: 'token.revoke',
      clientId: client.id,
      requestId: ctx.state.requestId,
    } as const satisfies Partial<AuditEntry>
    if (await revokedRefreshToken(token, client.id, deps)) {
      ctx.status = 200
      ctx.body = ''
      return
    }
    const checked = await deps.tokens.check(token)
    if ('live' in checked) {
      const { claims } = checked.live
      if (claims.client_id !== client.id)
        throw foreignToken(`token ${claims.jti} of client ${claims.client_id}`)
      await deps.tokens.revoke(claims, (kysely) =>
        deps.audit.inTransaction(kysely, { ...entry, outcome: 'success', tokenId: claims.jti }),
      )
    } else if (isOtherToken(token, deps.issuer)) {
      throw oauthError(
        'unsupported_token_type',
        'token-type',
        'Only access and refresh tokens can be revoked; this is a token of ours of another kind.',
      )
    } else deps.audit.note({ ...entry, outcome: 'refused', reason: checked.refused })
    ctx.status = 200
    ctx.body = ''
  }
}

/**
 * REVO-02: with a refresh token, everything that its launch granted ends.
 * @returns false if it is none
 */
async function revokedRefreshToken(
  token: string,
  clientId: string,
  { refreshTokens, grants }: Deps,
): Promise<boolean> {
  const found = await refreshTokens.find(token)
  if (found === undefined) return false
  if (found.clientId !== clientId) throw foreignToken(`refresh token of client ${found.clientId}`)
  await grants.end({ id: found.grantId }, 'revoked-by-app')
  return true
}

function foreignToken(detail: string): LanyardError {
  return oauthError(
    'invalid_grant',
    'token-foreign',
    'This token was not issued to the client that asks; nothing was revoked.',
    { detail },
  )
}

/** A JWT that says it is ours and is no access token, e.g. an ID token (REVO-05). */
function isOtherToken(token: string, issuer: string): boolean {
  try {
    return decodeProtectedHeader(token).typ !== 'at+jwt' && decodeJwt(token).iss === issuer
  } catch {
    return false
  }
}
