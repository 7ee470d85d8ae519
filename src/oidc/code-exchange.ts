import type { Audit } from '../audit/audit.ts'
import type { Client } from '../clients/registry.ts'
import type { LaunchGrant, LaunchGrants } from '../launches/grants.ts'
import type { RefreshTokens } from '../launches/refresh-tokens.ts'
import type { LanyardError } from '../lib/errors.ts'
import { sha256 } from '../lib/id.ts'
import { bind, type Database } from '../store/database.ts'
import type { UserRegistry } from '../users/registry.ts'
import type { User } from '../users/user.ts'
import { type AppTokenDeps, type AppTokenResponse, appTokens } from './app-tokens.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'
import { checkVerifier } from './pkce.ts'

export type CodeExchangeDeps = AppTokenDeps & {
  db: Database
  grants: Pick<LaunchGrants, 'find' | 'end'>
  refreshTokens: Pick<RefreshTokens, 'make' | 'store'>
  users: Pick<UserRegistry, 'find'>
  audit: Pick<Audit, 'inTransaction'>
}
/** What is issued, with what its flight record and the metrics want to know. */
export type Launched = { response: AppTokenResponse; flight: string | undefined }

/** What oidc-provider stored with a code. */
type Code = {
  clientId: string
  redirectUri: string
  codeChallenge?: string
  nonce?: string
  authTime?: number
  grantId: string
}

/**
 * The grant type authorization_code (TOK-01…09).
 * @throws LanyardError `invalid_grant`, `invalid_request`, `unauthorized_client`
 */
export function codeExchange(deps: CodeExchangeDeps) {
  const { db, clock } = deps
  const byHash = db.kysely
    .selectFrom('oidc')
    .select(['payload', 'expires', 'consumed'])
    .where('model', '=', 'AuthorizationCode')
    .where('id_hash', '=', '')
    .compile()

  return async (client: Client, parameters: Parameters, requestId: string): Promise<Launched> => {
    if (!client.metadata.grant_types.includes('authorization_code')) {
      throw oauthError(
        'unauthorized_client',
        'grant-not-registered',
        'This client is not registered for the grant type authorization_code.',
      )
    }
    const hash = sha256(required(parameters, 'code'))
    const redirectUri = required(parameters, 'redirect_uri')
    const [row] = await db.read(bind(byHash, 'AuthorizationCode', hash))
    if (row === undefined) throw badCode('code-unknown')
    const code = JSON.parse(row.payload) as Code
    if (code.clientId !== client.id) throw badCode('code-other-client')
    if (row.consumed !== null) throw await reused(code.grantId, deps)
    if (row.expires <= clock()) throw badCode('code-expired')
    if (code.redirectUri !== redirectUri) {
      throw oauthError(
        'invalid_grant',
        'redirect-mismatch',
        'redirect_uri differs from that of the authorization request.',
      )
    }
    checkVerifier(parameters.get('code_verifier'), code.codeChallenge)
    const { grant, user } = await launchOf(code, deps)
    return await redeem(hash, code, { client, user, grant }, requestId, deps)
  }
}

/** Uses the code up and stores what is issued for it, in one transaction: of parallel exchanges one wins (AUTHZ-10). */
async function redeem(
  hash: string,
  { nonce, authTime }: Code,
  launch: { client: Client; user: User; grant: LaunchGrant },
  requestId: string,
  deps: CodeExchangeDeps,
): Promise<Launched> {
  const { db, clock, refreshTokens } = deps
  const { grant } = launch
  const refreshToken = grant.refresh === undefined ? undefined : refreshTokens.make()
  const issued = await appTokens({ ...launch, scope: grant.scope, nonce, authTime }, refreshToken, deps)
  const now = clock()
  const won = await db.together(async (trx) => {
    const used = await trx
      .updateTable('oidc')
      .set({ consumed: now })
      .where('model', '=', 'AuthorizationCode')
      .where('id_hash', '=', hash)
      .where('consumed', 'is', null)
      .executeTakeFirst()
    if (used.numUpdatedRows === 0n) return false
    await trx.updateTable('launch_grant').set({ used: now }).where('grant_id', '=', grant.id).execute()
    if (refreshToken !== undefined) await refreshTokens.store(trx, refreshToken, grant)
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
    return true
  })
  if (!won) throw await reused(grant.id, deps)
  return { response: issued.response, flight: grant.flightId }
}

/** RFC 6749 §4.1.2: whoever comes second may have stolen it, or was stolen from. */
async function reused(grantId: string, { grants }: CodeExchangeDeps): Promise<LanyardError> {
  await grants.end({ id: grantId }, 'code-reused')
  return badCode('code-used')
}

/** The grant behind a code and its user, both still alive. */
async function launchOf(
  { grantId }: Code,
  { grants, users }: CodeExchangeDeps,
): Promise<{ grant: LaunchGrant; user: User }> {
  const grant = await grants.find(grantId)
  if (grant === undefined) throw badCode('grant-ended')
  const user = await users.find(grant.userId)
  if (user?.status !== 'active') throw badCode('user-ended')
  return { grant, user }
}

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined)
    throw oauthError('invalid_request', `${name}-missing`, `The request has no ${name}.`)
  return value
}

/** One sentence for every reason, which tells a thief nothing (TOK-06). */
function badCode(reason: string): LanyardError {
  return oauthError(
    'invalid_grant',
    reason,
    'The code is unknown, was used, has expired, or belongs to another client. Codes are good for 60 seconds, once.',
  )
}
