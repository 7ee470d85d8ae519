import type { Audit } from '../audit/audit.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { LiveToken } from '../smart/access-token.ts'
import type { AccessTokens } from './access-tokens.ts'
import { bearerOf, clientWithRight } from './bearer.ts'
import { type AuthenticateClient, severalWays, waysInBody } from './client-authentication.ts'
import { oauthError } from './oauth-error.ts'
import { formParameters, type Parameters } from './parameters.ts'

/** The right to introspect every client's tokens, as a scope (INTRO-06). */
export const introspectScope = '__introspect'

type Deps = {
  authenticate: AuthenticateClient
  tokens: Pick<AccessTokens, 'check'>
  audit: Pick<Audit, 'note'>
}
/** Who asks: a client, which may know its own tokens, or a resource server, which may know all. */
type Caller = { clientId: string; mayKnowAll: boolean }

/** RFC 7662, with what SMART adds: launch context in the answer, bearer tokens as authorisation. */
export function introspectionEndpoint(deps: Deps) {
  return async (ctx: RequestContext): Promise<void> => {
    const parameters = await formParameters(ctx.req)
    const caller = await authorise(ctx, parameters, deps)
    ctx.state.clientId = caller.clientId
    const token = parameters.get('token')
    if (token === undefined) throw oauthError('invalid_request', 'token-missing', 'The request has no token.')
    const checked = await deps.tokens.check(token)
    const live =
      'live' in checked && (caller.mayKnowAll || checked.live.claims.client_id === caller.clientId)
        ? checked.live
        : undefined
    const refused = 'refused' in checked ? checked.refused : live === undefined ? 'token-foreign' : undefined
    deps.audit.note({
      event: 'token.introspect',
      outcome: refused === undefined ? 'success' : 'refused',
      reason: refused,
      clientId: caller.clientId,
      tokenId: live?.claims.jti,
      requestId: ctx.state.requestId,
    })
    // INTRO-01: whatever is wrong with it, an inactive token says nothing else.
    ctx.body = live === undefined ? { active: false } : describe(live)
  }
}

/** INTRO-05: by bearer token, or in any way in which a client authenticates. */
async function authorise(ctx: RequestContext, parameters: Parameters, deps: Deps): Promise<Caller> {
  const bearer = bearerOf(ctx.get('authorization'))
  if (bearer !== undefined) {
    if (waysInBody(parameters) > 0) throw severalWays()
    const clientId = await clientWithRight(bearer, introspectScope, deps.tokens.check)
    return { clientId, mayKnowAll: true }
  }
  const client = await deps.authenticate(ctx.headers, parameters)
  if (client.metadata.token_endpoint_auth_method === 'none') {
    throw oauthError(
      'invalid_client',
      'public-introspection',
      'Introspection needs a client that authenticates, or a bearer token.',
    )
  }
  return { clientId: client.id, mayKnowAll: client.metadata.introspects_all === true }
}

/** The token's claims without the grant's id, which is ours, and with the context of its launch. */
function describe({ claims, context, scope }: LiveToken): Record<string, unknown> {
  const { gid: _, ...shown } = claims
  return { active: true, ...context, ...shown, scope, token_type: 'Bearer' }
}
