import { tokenLifetime } from '../clients/lifetimes.ts'
import type { Client } from '../clients/registry.ts'
import type { KeyRing } from '../keys/signing-keys.ts'
import type { LaunchGrant } from '../launches/grants.ts'
import { type Clock, seconds } from '../lib/time.ts'
import type { AccessTokenClaims } from '../smart/access-token.ts'
import { parseScopes, type Vocabulary } from '../smart/scope.ts'
import type { User } from '../users/user.ts'
import type { AccessTokens } from './access-tokens.ts'
import { idToken, userClaims } from './id-token.ts'

export type AppTokenDeps = {
  tokens: Pick<AccessTokens, 'issue'>
  ring: () => KeyRing
  clock: Clock
  issuer: string
  fhirBase: string
  vocabulary: Vocabulary
  /** Seconds, of a client without a value of its own (TOK-08). */
  lifetime: number
}

/** RFC 6749 §5.1 with the launch context beside it (CTX-01). */
export type AppTokenResponse = {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  scope: string
  id_token?: string
  refresh_token?: string
} & LaunchGrant['context']

type Launched = {
  client: Client
  user: User
  grant: LaunchGrant
  /** What the tokens open; all of the grant, unless the app asked for less when it refreshed. */
  scope: string
  nonce?: string | undefined
  authTime?: number | undefined
}

/**
 * Makes the tokens of a launch: the same at the code's exchange and at every refresh.
 * @param refreshToken made by the caller, who stores it
 */
export async function appTokens(
  { client, user, grant, scope, nonce, authTime }: Launched,
  refreshToken: string | undefined,
  deps: AppTokenDeps,
): Promise<{ response: AppTokenResponse; claims: AccessTokenClaims }> {
  const { scopes } = parseScopes(scope, deps.vocabulary)
  const has = (name: string) => scopes.some((one) => one.kind === 'identity' && one.name === name)
  const about = userClaims(user, has, deps.fhirBase)
  const now = deps.clock()
  const longest = tokenLifetime(client.metadata, deps.lifetime)
  // Never longer than the grant itself.
  const lifetime = Math.min(longest, Math.max(1, seconds(grant.expires - now)))
  const { patient, encounter } = grant.context
  const { token, claims } = await deps.tokens.issue(
    {
      sub: user.id,
      client_id: client.id,
      scope,
      gid: grant.id,
      ...(patient === undefined ? {} : { patient }),
      ...(encounter === undefined ? {} : { encounter }),
      ...(about.fhirUser === undefined ? {} : { fhirUser: about.fhirUser }),
      ...(grant.simulated === undefined ? {} : { simulated: grant.simulated }),
    },
    client.metadata.access_token_format,
    lifetime,
  )
  const response: AppTokenResponse = {
    access_token: token,
    token_type: 'Bearer',
    expires_in: lifetime,
    scope,
    ...grant.context,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  }
  if (has('openid')) {
    response.id_token = await idToken(
      { sub: user.id, aud: client.id, nonce, auth_time: authTime, ...about },
      { issuer: deps.issuer, ring: deps.ring(), now },
    )
  }
  return { response, claims }
}
