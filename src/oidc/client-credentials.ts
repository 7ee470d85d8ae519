import { tokenLifetime } from '../clients/lifetimes.ts'
import type { Client } from '../clients/registry.ts'
import type { AccessTokenClaims } from '../smart/access-token.ts'
import {
  formatScope,
  formatScopes,
  isResourceScope,
  parseScopes,
  type Scope,
  type Vocabulary,
} from '../smart/scope.ts'
import { narrow } from '../smart/scope-algebra.ts'
import type { AccessTokens } from './access-tokens.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'

/** RFC 6749 §5.1. */
export type TokenResponse = { access_token: string; token_type: 'Bearer'; expires_in: number; scope: string }
/** What was asked for and not granted, each with its reason, for the log and the audit. */
export type LeftOut = { scope: string; reason: string }
export type Issued = { response: TokenResponse; claims: AccessTokenClaims; leftOut: LeftOut[] }

export type ClientCredentialsDeps = {
  tokens: Pick<AccessTokens, 'issue'>
  vocabulary: Vocabulary
  fhirBase: string
  /** Seconds, of a client without a value of its own. */
  lifetime: number
}

/** Parsed ceilings kept, by their text. */
const KEPT = 500

/**
 * SMART Backend Services: a client that authenticated asks for what it is registered for.
 * @throws LanyardError `invalid_target`, `invalid_scope`
 */
export function clientCredentials(
  deps: ClientCredentialsDeps,
): (client: Client, parameters: Parameters) => Promise<Issued> {
  const ceilingOf = rememberedCeilings(deps.vocabulary)
  return (client, parameters) => grant(client, parameters, ceilingOf(client.metadata.scope), deps)
}

async function grant(
  client: Client,
  parameters: Parameters,
  ceiling: readonly Scope[],
  deps: ClientCredentialsDeps,
): Promise<Issued> {
  // RFC 8707 §2; the only resource there is.
  const resource = parameters.get('resource')
  if (resource !== undefined && resource.replace(/\/$/, '') !== deps.fhirBase) {
    throw oauthError('invalid_target', 'resource-unknown', `resource must be '${deps.fhirBase}'.`)
  }
  const requested = parameters.get('scope') ?? defaultScope(client)
  const { granted, leftOut } = grantableScopes(requested, ceiling, deps.vocabulary)
  const lifetime = tokenLifetime(client.metadata, deps.lifetime)
  const { token, claims } = await deps.tokens.issue(
    {
      // A user's `sub` never holds a colon, so the two cannot be mistaken (OIDC-08).
      sub: `client:${client.id}`,
      client_id: client.id,
      scope: formatScopes(granted),
      gid: client.grantId,
    },
    client.metadata.access_token_format,
    lifetime,
  )
  const response = {
    access_token: token,
    token_type: 'Bearer',
    expires_in: lifetime,
    scope: claims.scope,
  } as const
  return { response, claims, leftOut }
}

function grantableScopes(
  requested: string | undefined,
  ceiling: readonly Scope[],
  vocabulary: Vocabulary,
): { granted: readonly Scope[]; leftOut: LeftOut[] } {
  if (requested === undefined) {
    throw oauthError(
      'invalid_scope',
      'scope-missing',
      'The request has no scope; name what you need, such as system/Patient.rs.',
    )
  }
  const { scopes, problems } = parseScopes(requested, vocabulary)
  const forServices = scopes.filter(isForServices)
  const { granted, refused } = narrow(forServices, ceiling)
  const leftOut: LeftOut[] = [
    ...problems.map(({ text, reason }) => ({ scope: text, reason })),
    ...scopes
      .filter((scope) => !isForServices(scope))
      .map((scope) => ({ scope: formatScope(scope), reason: 'not-for-services' })),
    ...refused.map(({ scope, reason }) => ({ scope: formatScope(scope), reason })),
  ]
  // BACK-04: never a token without scope.
  if (granted.length === 0) {
    const why = problems[0]?.sentence ?? whyNothing(leftOut[0])
    throw oauthError('invalid_scope', 'scope-none-left', why, { detail: listed(leftOut) })
  }
  return { granted, leftOut }
}

/** SCOPE-17: no person, no launch: only system/ scopes and rights of our own. */
export function isForServices(scope: Scope): boolean {
  return isResourceScope(scope) ? scope.level === 'system' : scope.kind === 'extension'
}

/** Some real services send no scope: those registered by certificate get all they are registered for. */
function defaultScope({ metadata }: Client): string | undefined {
  return metadata.default_scope ?? (metadata.x509 === undefined ? undefined : metadata.scope)
}

function whyNothing(first: LeftOut | undefined): string {
  switch (first?.reason) {
    case undefined:
      return 'The scope names nothing.'
    case 'not-for-services':
      return `'${first?.scope}' needs a user: client_credentials opens system/ scopes only.`
    case 'too-intricate':
      return 'The scope asks for too many combinations with what is pre-authorised; ask for less at once.'
    default:
      return `'${first?.scope}' is not pre-authorised for this client.`
  }
}

/** For log and audit, which need no more than the beginning of a long list. */
function listed(leftOut: readonly LeftOut[]): string {
  return leftOut
    .slice(0, 5)
    .map(({ scope, reason }) => `${reason}: ${scope.slice(0, 100)}`)
    .join('; ')
}

/** What clients are registered for changes seldom, and reading it takes longer than all else here. */
function rememberedCeilings(vocabulary: Vocabulary): (text: string) => readonly Scope[] {
  const known = new Map<string, readonly Scope[]>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    if (known.size >= KEPT) known.clear()
    const { scopes } = parseScopes(text, vocabulary)
    known.set(text, scopes)
    return scopes
  }
}
