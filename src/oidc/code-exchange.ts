import type { Audit } from '../audit/audit.ts'
import type { Client } from '../clients/registry.ts'
import { longestFor } from '../launches/durations.ts'
import { heldTo, type LaunchGrant, type LaunchGrants, usedUntil } from '../launches/grants.ts'
import type { RefreshTokens } from '../launches/refresh-tokens.ts'
import type { LanyardError } from '../lib/errors.ts'
import { SECOND } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { UserRegistry } from '../users/registry.ts'
import type { User } from '../users/user.ts'
import { type AppTokenDeps, type AppTokenResponse, appTokens } from './app-tokens.ts'
import { badCode } from './bad-code.ts'
import type { Code, Codes } from './codes.ts'
import { type ToldOfTokens, toldOfTokens } from './issued-on-flight.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'
import { checkVerifier } from './pkce.ts'
import { simulatedAtToken } from './simulated.ts'

export type CodeExchangeDeps = AppTokenDeps & {
  db: Database
  grants: Pick<LaunchGrants, 'use' | 'end'>
  refreshTokens: Pick<RefreshTokens, 'make' | 'store'>
  users: Pick<UserRegistry, 'find'>
  audit: Pick<Audit, 'inTransaction'>
}
/** What is issued, with the flight that it belongs to. */
export type Launched = { response: AppTokenResponse; flight: string | undefined; told?: ToldOfTokens }

/**
 * The grant type authorization_code (TOK-01…09).
 * @throws LanyardError `invalid_grant`, `invalid_request`
 */
export function codeExchange(deps: CodeExchangeDeps & { codes: Codes }) {
  return async (client: Client, parameters: Parameters, requestId: string): Promise<Launched> => {
    const shown = required(parameters, 'code')
    const redirectUri = required(parameters, 'redirect_uri')
    const code = await deps.codes.find(shown)
    if (code === undefined) throw badCode('code-unknown')
    if (code.clientId !== client.id) throw badCode('code-other-client')
    if (code.used) throw await reused(code.grant, deps)
    if (code.expired) throw badCode('code-expired')
    if (code.redirectUri !== redirectUri) {
      throw oauthError(
        'invalid_grant',
        'code-other-redirect',
        'redirect_uri differs from that of the authorization request.',
      )
    }
    checkVerifier(parameters.get('code_verifier'), code.codeChallenge)
    const user = await userBehind(code, deps)
    const simulated = simulatedAtToken(code.grant.simulated)
    if (simulated !== undefined) throw simulated
    return await redeem(shown, code, { client, user }, requestId, deps)
  }
}

/** Uses the code up and stores what is issued for it, in one transaction: of parallel exchanges one wins (AUTHZ-10). */
async function redeem(
  shown: string,
  { grant: granted, nonce, authTime }: Code,
  launch: { client: Client; user: User },
  requestId: string,
  deps: CodeExchangeDeps & { codes: Codes },
): Promise<Launched> {
  const grant = heldTo(granted, longestFor(launch.client.metadata))
  const { db, codes, grants, refreshTokens } = deps
  const launched = { ...grant, expires: usedUntil(grant, deps.clock()) }
  const refreshToken = grant.refresh === undefined ? undefined : refreshTokens.make()
  const issued = await appTokens(
    { ...launch, grant: launched, scope: grant.scope, nonce, authTime },
    refreshToken,
    deps,
  )
  const outcome = await db.together(async (trx) => {
    // The grant before the code, as who ends a user's launches does: no two transactions wait for each other.
    const expires = await grants.use(trx, grant)
    if (expires === undefined) return 'grant-ended'
    // Remembered for as long as the first token lives, which ends if the code comes again.
    if (!(await codes.use(trx, shown, issued.claims.exp * SECOND))) return 'code-used'
    if (refreshToken !== undefined) await refreshTokens.store(trx, refreshToken, grant.id, expires)
    await deps.audit.inTransaction(trx, {
      event: 'token.issue',
      outcome: 'success',
      clientId: grant.clientId,
      userId: grant.userId,
      patient: grant.context.patient,
      tokenId: issued.claims.jti,
      requestId,
      detail: { scope: grant.scope },
    })
    return 'issued'
  })
  if (outcome === 'code-used') throw await reused(grant, deps)
  if (outcome === 'grant-ended') throw badCode(outcome)
  return { response: issued.response, flight: grant.flightId, ...toldOfTokens(grant, issued) }
}

/** RFC 6749 §4.1.2: whoever comes second may have stolen it, or was stolen from. */
async function reused({ id }: LaunchGrant, { grants }: CodeExchangeDeps): Promise<LanyardError> {
  await grants.end({ id }, 'code-reused')
  return badCode('code-used')
}

/** The user who allowed it, which is still so. */
async function userBehind({ grant, ended }: Code, { users }: CodeExchangeDeps): Promise<User> {
  if (ended) throw badCode('grant-ended')
  const user = await users.find(grant.userId)
  if (user?.status !== 'active') throw badCode('user-ended')
  return user
}

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined)
    throw oauthError('invalid_request', `${name}-missing`, `The request has no ${name}.`)
  return value
}
