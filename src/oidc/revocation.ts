import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Context } from 'koa'
import type { Audit } from '../audit/audit.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { AuthenticateClient } from './client-authentication.ts'
import { oauthError } from './oauth-error.ts'
import { formParameters } from './parameters.ts'

type Deps = {
  authenticate: AuthenticateClient
  tokens: Pick<AccessTokens, 'check' | 'revoke'>
  audit: Pick<Audit, 'write'>
  issuer: string
}

/** RFC 7009. A token that is unknown or has ended is answered like one that was revoked now (REVO-01). */
export function revocationEndpoint(deps: Deps) {
  return async (ctx: Context): Promise<void> => {
    const parameters = await formParameters(ctx.req)
    const client = await deps.authenticate(ctx.headers, parameters)
    ctx.state.clientId = client.id
    const token = parameters.get('token')
    if (token === undefined) throw oauthError('invalid_request', 'token-missing', 'The request has no token.')
    const checked = await deps.tokens.check(token)
    if ('live' in checked) {
      const { claims } = checked.live
      if (claims.client_id !== client.id) {
        throw oauthError(
          'invalid_grant',
          'token-foreign',
          'This token was not issued to the client that asks; nothing was revoked.',
        )
      }
      await deps.tokens.revoke(claims)
      await deps.audit.write({
        event: 'token.revoke',
        outcome: 'success',
        clientId: client.id,
        tokenId: claims.jti,
        requestId: ctx.state.requestId,
      })
    } else if (isOtherToken(token, deps.issuer)) {
      throw oauthError(
        'unsupported_token_type',
        'token-type',
        'Only access tokens can be revoked; this is a token of ours of another kind.',
      )
    }
    ctx.status = 200
    ctx.body = ''
  }
}

/** A JWT that says it is ours and is no access token, e.g. an ID token (REVO-05). */
function isOtherToken(token: string, issuer: string): boolean {
  try {
    return decodeProtectedHeader(token).typ !== 'at+jwt' && decodeJwt(token).iss === issuer
  } catch {
    return false
  }
}
