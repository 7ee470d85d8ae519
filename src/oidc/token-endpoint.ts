import type { Audit } from '../audit/audit.ts'
import type { Client } from '../clients/registry.ts'
import type { Flights } from '../launches/flights.ts'
import { LanyardError } from '../lib/errors.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { AuthenticateClient } from './client-authentication.ts'
import {
  type ClientCredentialsDeps,
  clientCredentials,
  type Issued,
  type LeftOut,
} from './client-credentials.ts'
import { type CodeExchangeDeps, codeExchange, type Launched } from './code-exchange.ts'
import { createCodes } from './codes.ts'
import { oauthError } from './oauth-error.ts'
import { formParameters, type Parameters } from './parameters.ts'
import { type RefreshDeps, refresh } from './refresh.ts'
import { refusalOnFlight } from './refusal-on-flight.ts'
import { type TokenExchangeDeps, tokenExchange, tokenExchangeGrant } from './token-exchange.ts'

/** The grant types that work. */
const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', tokenExchangeGrant] as const
type GrantType = (typeof grantTypes)[number]

/** @param exchanges whether there are outside servers whose tokens can be exchanged */
export function offeredGrantTypes(exchanges: boolean): readonly GrantType[] {
  return exchanges ? grantTypes : grantTypes.filter((type) => type !== tokenExchangeGrant)
}

type Deps = {
  authenticate: AuthenticateClient
  audit: Pick<Audit, 'write'>
  metrics: Pick<Metrics, 'token'>
  credentials: ClientCredentialsDeps
  apps: CodeExchangeDeps & RefreshDeps
  exchange: TokenExchangeDeps
  flights: Pick<Flights, 'note' | 'finish'>
  /** The grant types that work here. */
  offered: readonly GrantType[]
}

/** RFC 6749 §3.2. Each line is a step that may refuse. */
export function tokenEndpoint(deps: Deps) {
  const codes = createCodes(deps.apps.db, deps.apps.clock)
  const handlers = {
    authorization_code: ofLaunch(codeExchange({ ...deps.apps, codes }), 'token', deps),
    refresh_token: ofLaunch(refresh(deps.apps), 'refresh', deps),
    client_credentials: ofService(clientCredentials(deps.credentials), deps),
    [tokenExchangeGrant]: tokenExchange(deps.exchange),
  } satisfies Record<GrantType, unknown>
  const tellFlight = refusalOnFlight({ ...deps.apps, codes, flights: deps.flights })

  async function answer(ctx: RequestContext, parameters: Parameters): Promise<object> {
    const grantType = knownGrantType(parameters, deps.offered)
    ctx.state.grantType = grantType
    const client = await deps.authenticate(ctx.headers, parameters)
    ctx.state.clientId = client.id
    checkRegistered(grantType, client)
    const { requestId, withheldFrom } = ctx.state
    const response = await handlers[grantType](client, parameters, requestId, withheldFrom)
    deps.metrics.token(grantType, 'issued')
    return response
  }

  return async (ctx: RequestContext): Promise<void> => {
    const parameters = await formParameters(ctx.req)
    try {
      ctx.body = await answer(ctx, parameters)
    } catch (error) {
      if (error instanceof LanyardError) await tellFlight(parameters, error, ctx.state.requestId)
      throw error
    }
  }
}

/** BACK-05: told before the client is authenticated, as it says nothing about any client. */
function knownGrantType(parameters: Parameters, offered: readonly GrantType[]): GrantType {
  const asked = parameters.get('grant_type')
  if (asked === undefined)
    throw oauthError('invalid_request', 'grant-type-missing', 'The request has no grant_type.')
  const known = offered.find((type) => type === asked)
  if (known === undefined) {
    throw oauthError(
      'unsupported_grant_type',
      'grant-type-unknown',
      `This server offers the grant types ${offered.join(', ')}.`,
    )
  }
  return known
}

/** RFC 6749 §5.2. */
function checkRegistered(grantType: GrantType, { metadata }: Client): void {
  if (metadata.grant_types.includes(grantType)) return
  throw oauthError(
    'unauthorized_client',
    'grant-not-registered',
    `This client is not registered for the grant type ${grantType}.`,
  )
}

type Handle = (
  client: Client,
  parameters: Parameters,
  requestId: string,
  withheldFrom?: string,
) => Promise<object>

/** What was issued for a launch goes into its flight record; the audit row is stored with the token. */
function ofLaunch(
  grant: (client: Client, parameters: Parameters, requestId: string) => Promise<Launched>,
  event: 'token' | 'refresh',
  { flights }: Deps,
): Handle {
  return async (client, parameters, requestId, withheldFrom) => {
    const { response, flight, told } = await grant(client, parameters, requestId)
    if (flight !== undefined) {
      const withheld =
        withheldFrom === undefined
          ? {}
          : { sent: withheldFrom, expected: client.metadata.allowed_origins ?? [] }
      const detail = {
        parameters,
        granted: response.scope,
        issued: told,
        status: 200,
        requestId,
        ...withheld,
      }
      const reason = withheldFrom === undefined ? undefined : 'origin-not-registered'
      flights.note(flight, { event, outcome: 'ok', reason, detail })
      flights.finish(flight, 'done')
    }
    return response
  }
}

/** The audit row is stored before the token leaves. */
function ofService(
  grant: (client: Client, parameters: Parameters) => Promise<Issued>,
  { audit }: Deps,
): Handle {
  return async (client, parameters, requestId) => {
    const { response, claims, leftOut } = await grant(client, parameters)
    await audit.write({
      event: 'token.issue',
      outcome: 'success',
      clientId: claims.client_id,
      tokenId: claims.jti,
      requestId,
      detail: { scope: claims.scope, ...(leftOut.length === 0 ? {} : { leftOut: shortened(leftOut) }) },
    })
    return response
  }
}

/** A client may ask for anything at any length; the audit keeps what is enough to see what it tried. */
function shortened(leftOut: readonly LeftOut[]): LeftOut[] {
  return leftOut.slice(0, 50).map(({ scope, reason }) => ({ scope: scope.slice(0, 200), reason }))
}
