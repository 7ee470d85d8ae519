import type { Audit } from '../audit/audit.ts'
import { tokenLifetime } from '../clients/lifetimes.ts'
import type { Client } from '../clients/registry.ts'
import { storeExchangedGrant } from '../launches/exchanged-grants.ts'
import type { Flights } from '../launches/flights.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId } from '../lib/id.ts'
import { type Clock, SECOND, seconds } from '../lib/time.ts'
import { subjectOf } from '../smart/outsider.ts'
import { formatScopes, parseScopes, type Scope, type Vocabulary } from '../smart/scope.ts'
import { narrow } from '../smart/scope-algebra.ts'
import type { Database } from '../store/database.ts'
import type { AccessTokens } from './access-tokens.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'
import type { OutsideToken, OutsideTokens } from './ways-in/outside-tokens.ts'

/** RFC 8693 §2.1. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'

export type TokenExchangeDeps = {
  db: Database
  clock: Clock
  outside: Pick<OutsideTokens, 'claims' | 'check'>
  tokens: Pick<AccessTokens, 'issue'>
  audit: Pick<Audit, 'inTransaction'>
  flights: Pick<Flights, 'begin' | 'note' | 'bind' | 'finish'>
  vocabulary: Vocabulary
  issuer: string
  fhirBase: string
  /** Seconds at most, of a client without a value of its own. */
  lifetime: number
}

/** RFC 8693 §2.2.1. */
export type ExchangeResponse = {
  access_token: string
  issued_token_type: typeof ACCESS_TOKEN
  token_type: 'Bearer'
  expires_in: number
  scope: string
  patient?: string
}

/**
 * Token exchange (RFC 8693): a token of an outside server that is trusted for one of ours, which opens what the one
 * opens, the client asks for and is registered for, and ends with it at the latest. It is never renewed.
 * @throws LanyardError `invalid_request`, `invalid_target`, `invalid_scope`
 */
export function tokenExchange(deps: TokenExchangeDeps) {
  return async (client: Client, parameters: Parameters, requestId: string): Promise<ExchangeResponse> => {
    const flight = deps.flights.begin({
      clientId: client.id,
      event: 'exchange',
      detail: { parameters, requestId },
    })
    try {
      checkTarget(parameters, deps)
      const subject = await subjectToken(parameters, deps)
      const scopes = grantable(subject, client, parameters, deps)
      const response = await issue({ client, subject, scopes, flight, requestId }, deps)
      deps.flights.note(flight, {
        event: 'token',
        outcome: 'ok',
        detail: { granted: response.scope, requestId },
      })
      deps.flights.finish(flight, 'done')
      return response
    } catch (error) {
      if (error instanceof LanyardError) {
        const { reason = error.code } = error
        deps.flights.note(flight, { event: 'token', outcome: 'refused', reason, detail: { requestId } })
        deps.flights.finish(flight, 'refused', reason)
      }
      throw error
    }
  }
}

/** RFC 8693 §2.1: what is asked for beyond what there is here is refused, and not left out. */
function checkTarget(parameters: Parameters, { fhirBase, issuer }: TokenExchangeDeps): void {
  const wanted = parameters.get('requested_token_type') ?? ACCESS_TOKEN
  if (wanted !== ACCESS_TOKEN)
    throw wrong('exchange-requested-type', `requested_token_type can only be '${ACCESS_TOKEN}'.`)
  if (parameters.has('actor_token') || parameters.has('actor_token_type'))
    throw wrong('exchange-actor', 'Nobody acts for somebody else here: send no actor_token.')
  const { resource, audience } = {
    resource: parameters.get('resource'),
    audience: parameters.get('audience'),
  }
  if (resource !== undefined && resource.replace(/\/$/, '') !== fhirBase)
    throw oauthError('invalid_target', 'resource-unknown', `resource must be '${fhirBase}'.`)
  if (audience !== undefined && audience !== fhirBase && audience !== issuer)
    throw oauthError('invalid_target', 'audience-unknown', `audience must be '${fhirBase}'.`)
}

/** RFC 8693 §2.2.2: whatever is wrong with it, the error is invalid_request. */
async function subjectToken(parameters: Parameters, { outside }: TokenExchangeDeps): Promise<OutsideToken> {
  const token = parameters.get('subject_token')
  const type = parameters.get('subject_token_type')
  if (token === undefined || type === undefined)
    throw wrong('subject-token-missing', 'The request needs subject_token and subject_token_type.')
  if (type !== ACCESS_TOKEN && type !== JWT)
    throw wrong('subject-token-type', `subject_token_type must be '${ACCESS_TOKEN}' or '${JWT}'.`)
  if (!outside.claims(token))
    throw wrong('subject-token-issuer', 'The subject_token does not come from a server that is trusted here.')
  const checked = await outside.check(token)
  if (typeof checked !== 'string') return checked
  throw wrong(
    `subject-${checked}`,
    'The subject_token is not valid here: expired, not for this server, not an access token, or not signed by its issuer.',
  )
}

function grantable(
  subject: OutsideToken,
  client: Client,
  parameters: Parameters,
  { vocabulary }: TokenExchangeDeps,
): readonly Scope[] {
  const asked = parameters.get('scope')
  const within =
    asked === undefined
      ? subject.scopes
      : narrow(parseScopes(asked, vocabulary).scopes, subject.scopes).granted
  const { granted } = narrow(within, parseScopes(client.metadata.scope, vocabulary).scopes)
  if (granted.length > 0) return granted
  throw oauthError(
    'invalid_scope',
    'scope-none-left',
    'Nothing is left: a scope must be in the subject_token, asked for, and registered for this client.',
  )
}

type Exchange = {
  client: Client
  subject: OutsideToken
  scopes: readonly Scope[]
  flight: string
  requestId: string
}

async function issue(
  { client, subject, scopes, flight, requestId }: Exchange,
  deps: TokenExchangeDeps,
): Promise<ExchangeResponse> {
  const { outsider, patient } = subject
  const now = deps.clock()
  // Never longer than what it was traded for.
  const lifetime = Math.min(
    tokenLifetime(client.metadata, deps.lifetime),
    seconds(subject.exp) - seconds(now),
  )
  if (lifetime < 1) throw wrong('subject-token-expired', 'The subject_token expires at this moment.')
  const id = randomId()
  const scope = formatScopes(scopes)
  const { token, claims } = await deps.tokens.issue(
    {
      sub: subjectOf(outsider),
      client_id: client.id,
      scope,
      gid: id,
      ...(patient === undefined ? {} : { patient }),
      ...(outsider.fhirUser === undefined ? {} : { fhirUser: `${deps.fhirBase}/${outsider.fhirUser}` }),
    },
    client.metadata.access_token_format,
    lifetime,
  )
  await deps.db.together(async (trx) => {
    const expires = claims.exp * SECOND
    const grant = {
      id,
      clientId: client.id,
      outsider,
      scope,
      patient,
      flightId: flight,
      created: now,
      expires,
    }
    await storeExchangedGrant(trx, grant)
    await deps.audit.inTransaction(trx, {
      event: 'token.issue',
      outcome: 'success',
      clientId: client.id,
      userId: claims.sub,
      patient,
      tokenId: claims.jti,
      requestId,
      detail: { scope, subjectToken: subject.tokenId, subjectClient: subject.clientId },
    })
  })
  deps.flights.bind(flight, { userId: claims.sub, grantId: id })
  return {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: lifetime,
    scope,
    ...(patient === undefined ? {} : { patient }),
  }
}

function wrong(reason: string, sentence: string): LanyardError {
  return oauthError('invalid_request', reason, sentence)
}
