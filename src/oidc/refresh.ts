import { createHash } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { Client } from '../clients/registry.ts'
import { createSeal, type Seal } from '../keys/seal.ts'
import { longestFor } from '../launches/durations.ts'
import { heldTo, type LaunchGrant, type LaunchGrants } from '../launches/grants.ts'
import type { RefreshToken, RefreshTokens } from '../launches/refresh-tokens.ts'
import type { LanyardError } from '../lib/errors.ts'
import { SECOND } from '../lib/time.ts'
import { formatScopes, parseScopes, type Vocabulary } from '../smart/scope.ts'
import { narrow } from '../smart/scope-algebra.ts'
import type { Database } from '../store/database.ts'
import type { UserRegistry } from '../users/registry.ts'
import { actsFor, type User } from '../users/user.ts'
import { type AppTokenDeps, type AppTokenResponse, appTokens } from './app-tokens.ts'
import type { Launched } from './code-exchange.ts'
import { toldOfTokens } from './issued-on-flight.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'

/** How long a client that lost an answer may ask again, in milliseconds (REFR-10). */
const GRACE = 10 * SECOND

export type RefreshDeps = AppTokenDeps & {
  db: Database
  grants: Pick<LaunchGrants, 'use' | 'end'>
  refreshTokens: RefreshTokens
  users: Pick<UserRegistry, 'find'>
  sessionIsAlive: (session: { uid: string; userId: string }) => Promise<boolean>
  audit: Pick<Audit, 'inTransaction'>
}

/**
 * The grant type refresh_token (REFR-01…11): a token is good once, and one that comes a second time ends everything
 * that the launch granted, except for a client that lost the answer a moment ago.
 * @throws LanyardError `invalid_grant`, `invalid_scope`, `invalid_request`
 */
export function refresh(deps: RefreshDeps) {
  return async (client: Client, parameters: Parameters, requestId: string): Promise<Launched> => {
    const token = parameters.get('refresh_token')
    if (token === undefined)
      throw oauthError('invalid_request', 'refresh_token-missing', 'The request has no refresh_token.')
    const found = await deps.refreshTokens.find(token)
    if (found === undefined) throw badToken('refresh-unknown')
    if (found.grant.clientId !== client.id) throw badToken('refresh-other-client')
    const user = await userBehind(found, deps)
    if (found.place !== 'current') return await again(token, found, deps)
    const grant = heldTo(found.grant, longestFor(client.metadata))
    const scope = scopeOf(parameters.get('scope'), grant, deps.vocabulary)
    return await rotate(token, { client, user, grant, scope }, requestId, deps)
  }
}

/** REFR-11: everything that may have ended since. */
async function userBehind({ grant, ended }: RefreshToken, deps: RefreshDeps): Promise<User> {
  if (ended !== undefined) throw badToken(ended === 'expired' ? 'refresh-expired' : 'grant-ended')
  const user = await deps.users.find(grant.userId)
  if (user?.status !== 'active') throw badToken('user-ended')
  const { refresh, sessionUid = '', userId, context } = grant
  if (refresh === 'online' && !(await deps.sessionIsAlive({ uid: sessionUid, userId })))
    throw badToken('session-ended')
  if (context.patient !== undefined && !actsFor(user, context.patient)) throw badToken('patient-link-ended')
  return user
}

/** REFR-02, REFR-03, REFR-04: all of the grant, or what lies within it. */
function scopeOf(asked: string | undefined, grant: LaunchGrant, vocabulary: Vocabulary): string {
  if (asked === undefined) return grant.scope
  const { scopes, problems } = parseScopes(asked, vocabulary)
  const { granted, refused } = narrow(scopes, parseScopes(grant.scope, vocabulary).scopes)
  if (problems.length > 0 || refused.length > 0 || granted.length === 0) {
    throw oauthError(
      'invalid_scope',
      'scope-beyond-grant',
      'scope may only name what was granted at launch, or a part of it.',
    )
  }
  return formatScopes(granted)
}

/** Puts a new token in the place of the one that was shown, in one transaction: of parallel uses one wins. */
async function rotate(
  token: string,
  launch: { client: Client; user: User; grant: LaunchGrant; scope: string },
  requestId: string,
  deps: RefreshDeps,
): Promise<Launched> {
  const { db, grants, refreshTokens } = deps
  const { grant } = launch
  const next = refreshTokens.make(token)
  const issued = await appTokens(launch, next, deps)
  const answer = sealOf(token).close(JSON.stringify(issued.response))
  const outcome = await db.together(async (trx) => {
    const expires = await grants.use(trx, grant)
    if (expires === undefined) return 'grant-ended'
    if (!(await refreshTokens.rotate(trx, { token, next, answer, expires }))) return 'used'
    await deps.audit.inTransaction(trx, {
      event: 'token.refresh',
      outcome: 'success',
      clientId: grant.clientId,
      userId: grant.userId,
      patient: grant.context.patient,
      tokenId: issued.claims.jti,
      requestId,
      detail: { scope: launch.scope },
    })
    return 'issued'
  })
  if (outcome === 'grant-ended') throw badToken(outcome)
  if (outcome === 'issued')
    return { response: issued.response, flight: grant.flightId, ...toldOfTokens(grant, issued) }
  const winner = await refreshTokens.find(token)
  if (winner === undefined) throw badToken('refresh-unknown')
  return await again(token, winner, deps)
}

/**
 * A token that was used. Within the grace the same client gets the same answer again, as long as nobody went on with
 * it; otherwise the token was stolen, from this client or by it.
 */
async function again(
  token: string,
  { place, rotated, answer, grant }: RefreshToken,
  { clock, grants }: RefreshDeps,
): Promise<Launched> {
  if (place === 'previous' && clock() - rotated <= GRACE) {
    const response = JSON.parse(sealOf(token).open(answer)) as AppTokenResponse
    return { response, flight: grant.flightId }
  }
  await grants.end({ id: grant.id }, 'refresh-reused')
  throw badToken('refresh-reused')
}

/** Sealed with the token itself, of which the database knows only the hash. */
function sealOf(token: string): Seal {
  return createSeal(createHash('sha256').update(`answer to ${token}`).digest())
}

function badToken(reason: string): LanyardError {
  return oauthError(
    'invalid_grant',
    reason,
    'The refresh token is unknown, was used, has expired, was revoked, or belongs to another client. Launch the app again.',
  )
}
