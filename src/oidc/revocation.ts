import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Audit } from '../audit/audit.ts'
import type { LaunchGrants } from '../launches/grants.ts'
import type { RefreshToken, RefreshTokens } from '../launches/refresh-tokens.ts'
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

type Entry = { event: 'token.revoke'; clientId: string; requestId: string }

/** RFC 7009. A token that is unknown or has ended is answered like one that was revoked now (REVO-01). */
export function revocationEndpoint(deps: Deps) {
  return async (ctx: RequestContext): Promise<void> => {
    const parameters = await formParameters(ctx.req)
    const client = await deps.authenticate(ctx.headers, parameters)
    ctx.state.clientId = client.id
    const token = parameters.get('token')
    if (token === undefined) throw oauthError('invalid_request', 'token-missing', 'The request has no token.')
    const entry: Entry = { event: 'token.revoke', clientId: client.id, requestId: ctx.state.requestId }
    const refresh = await deps.refreshTokens.find(token)
    if (refresh === undefined) await revokeAccessToken(token, entry, deps)
    else await revokeLaunch(refresh, entry, deps)
    ctx.status = 200
    ctx.body = ''
  }
}

async function revokeAccessToken(token: string, entry: Entry, deps: Deps): Promise<void> {
  const checked = await deps.tokens.check(token)
  if ('live' in checked) {
    const { claims } = checked.live
    if (claims.client_id !== entry.clientId)
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
}

/** REVO-02: with a refresh token, of whatever age, everything that its launch granted ends. */
async function revokeLaunch({ grant }: RefreshToken, entry: Entry, { grants, audit }: Deps): Promise<void> {
  if (grant.clientId !== entry.clientId) throw foreignToken(`refresh token of client ${grant.clientId}`)
  const ended = await grants.end({ id: grant.id }, 'revoked-by-app')
  // What ended is in the audit already; this row leads to it from the request.
  audit.note({
    ...entry,
    userId: grant.userId,
    ...(ended > 0 ? { outcome: 'success' } : { outcome: 'refused', reason: 'grant-ended' }),
  })
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
