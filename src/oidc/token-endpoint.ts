import type { Audit } from '../audit/audit.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { AuthenticateClient } from './client-authentication.ts'
import {
  type ClientCredentialsDeps,
  clientCredentials,
  type Issued,
  type LeftOut,
} from './client-credentials.ts'
import { oauthError } from './oauth-error.ts'
import { formParameters, type Parameters } from './parameters.ts'

/** The grant types that work. */
export const grantTypes = ['client_credentials'] as const
type GrantType = (typeof grantTypes)[number]

type Deps = {
  authenticate: AuthenticateClient
  audit: Pick<Audit, 'write'>
  metrics: Pick<Metrics, 'token'>
  credentials: ClientCredentialsDeps
}

/** RFC 6749 §3.2. Each line is a step that may refuse. */
export function tokenEndpoint(deps: Deps) {
  const grant = clientCredentials(deps.credentials)
  return async (ctx: RequestContext): Promise<void> => {
    const parameters = await formParameters(ctx.req)
    const grantType = knownGrantType(parameters)
    ctx.state.grantType = grantType
    const client = await deps.authenticate(ctx.headers, parameters)
    ctx.state.clientId = client.id
    const issued = await grant(client, parameters)
    await record(ctx, issued, deps)
    deps.metrics.token(grantType, 'issued')
    ctx.body = issued.response
  }
}

/** BACK-05: told before the client is authenticated, as it says nothing about any client. */
function knownGrantType(parameters: Parameters): GrantType {
  const asked = parameters.get('grant_type')
  if (asked === undefined)
    throw oauthError('invalid_request', 'grant-type-missing', 'The request has no grant_type.')
  const known = grantTypes.find((type) => type === asked)
  if (known === undefined) {
    throw oauthError(
      'unsupported_grant_type',
      'grant-type-unknown',
      `This server offers the grant types ${grantTypes.join(', ')}.`,
    )
  }
  return known
}

/** The audit row is stored before the token leaves. */
async function record(ctx: RequestContext, { claims, leftOut }: Issued, deps: Deps): Promise<void> {
  await deps.audit.write({
    event: 'token.issue',
    outcome: 'success',
    clientId: claims.client_id,
    tokenId: claims.jti,
    requestId: ctx.state.requestId,
    detail: { scope: claims.scope, ...(leftOut.length === 0 ? {} : { leftOut: shortened(leftOut) }) },
  })
}

/** A client may ask for anything at any length; the audit keeps what is enough to see what it tried. */
function shortened(leftOut: readonly LeftOut[]): LeftOut[] {
  return leftOut.slice(0, 50).map(({ scope, reason }) => ({ scope: scope.slice(0, 200), reason }))
}
