import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type CryptoKey, jwtVerify } from 'jose'
import type { Kysely } from 'kysely'
import type { KeyRing } from '../keys/signing-keys.ts'
import { randomId, sha256 } from '../lib/id.ts'
import { type Clock, seconds } from '../lib/time.ts'
import type {
  AccessTokenClaims,
  CheckedToken,
  LiveToken,
  RecalledToken,
  TokenRefusal,
} from '../smart/access-token.ts'
import type { Outsider } from '../smart/outsider.ts'
import type { UserReach } from '../smart/permit.ts'
import { type Policy, withApp } from '../smart/policy.ts'
import { formatScopes, parseScopes, type Scope, type Vocabulary } from '../smart/scope.ts'
import { narrow } from '../smart/scope-algebra.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { actsFor } from '../users/user.ts'
import { signed } from './jws.ts'
import { type Grant, grantLiveness } from './liveness.ts'
import type { Standing, StandingOf } from './ways-in/outsiders.ts'

/** Bytes of `scope` from which a token is opaque: a JWT of more would not fit in a header (TOK-08). */
const LONG_SCOPE = 2000
/** Verified tokens kept, so that a signature is checked once. */
const KEPT = 10_000

export type AccessTokens = ReturnType<typeof createAccessTokens>
type Deps = {
  db: Database
  clock: Clock
  ring: () => KeyRing
  issuer: string
  fhirBase: string
  vocabulary: Vocabulary
  roles: { policyOf(names: readonly string[]): Promise<Policy> }
  /** What those may do for whom an outside server vouched (token-exchange.ts). */
  standingOf: StandingOf
}
type Verified = {
  claims: AccessTokenClaims
  scopes: readonly Scope[]
  /** What was handed out last, with the count and the grant that it rests on. */
  live?: { count: number; grant: Grant; standing: Standing; token: LiveToken }
}

/** Issues and checks access tokens, as JWT (RFC 9068) or opaque; both say the same. */
export function createAccessTokens({ db, clock, ring, issuer, fhirBase, vocabulary, ...deps }: Deps) {
  const verified = new Map<string, Verified>()
  let verifiedBy = ring()
  const liveness = grantLiveness(db, clock)
  const opaque = db.kysely.selectFrom('opaque_token').select('claims').where('token_hash', '=', '').compile()

  /**
   * @param lifetime seconds
   * @returns the token and what it says
   */
  async function issue(
    what: Pick<AccessTokenClaims, 'sub' | 'client_id' | 'scope' | 'gid'> & Partial<AccessTokenClaims>,
    format: 'jwt' | 'opaque',
    lifetime: number,
  ): Promise<{ token: string; claims: AccessTokenClaims }> {
    const iat = seconds(clock())
    const claims = { iss: issuer, aud: fhirBase, ...what, iat, exp: iat + lifetime, jti: randomUUID() }
    if (format === 'jwt' && claims.scope.length <= LONG_SCOPE) return { token: sign(claims), claims }
    const token = `lat_${randomId(256)}`
    await db.kysely
      .insertInto('opaque_token')
      .values({ token_hash: sha256(token), claims: JSON.stringify(claims), expires: claims.exp * 1000 })
      .execute()
    return { token, claims }
  }

  function sign(claims: AccessTokenClaims): string {
    const { kid, key } = ring().signer('ES256')
    return signed({ typ: 'at+jwt', kid }, claims, key)
  }

  /** Checks a token as a resource server must on every request: whether it ended is asked from the database. */
  async function check(token: string): Promise<CheckedToken> {
    const found = token.startsWith('lat_') ? await lookUp(token) : await verify(token)
    if (typeof found === 'string') return { refused: found }
    if (found.claims.exp * 1000 <= clock()) return { refused: 'token-expired' }
    // The count is read before what it vouches for: a change in between makes the next request ask again.
    const count = await liveness.count()
    if (found.live?.count !== count || found.live.grant.expires <= clock()) {
      const grant = await liveness.grantOf(found.claims)
      if (typeof grant === 'string') return { refused: grant }
      const standing = await standingBehind(grant, found.claims)
      if (standing === undefined) return { refused: 'grant-ended' }
      const token = tokenOf(found, grant, standing, vocabulary)
      if (typeof token === 'string') return { refused: token }
      found.live = { count, grant, standing, token }
    }
    return { live: found.live.token }
  }

  /** Who stands behind a token, and what the roles allow at this moment: no policy for a service that has none. */
  async function standingBehind(
    grant: Grant,
    { client_id }: AccessTokenClaims,
  ): Promise<Standing | undefined> {
    if (grant.outsider !== null)
      return await deps.standingOf(JSON.parse(grant.outsider) as Outsider, client_id)
    const policy =
      grant.roles === null
        ? undefined
        : withApp(await deps.roles.policyOf(JSON.parse(grant.roles) as string[]), client_id)
    const user = userOf(grant, policy)
    return { user, policy: user === undefined ? policy : undefined }
  }

  /** What `check` found last, of a token that has not run out by itself. */
  function recall(token: string): RecalledToken | undefined {
    if (verifiedBy !== ring()) return undefined
    const found = verified.get(token)
    const now = clock()
    if (found?.live === undefined || found.claims.exp * 1000 <= now) return undefined
    const { count, grant, token: live } = found.live
    return grant.expires <= now ? undefined : { live, changes: count }
  }

  async function lookUp(token: string): Promise<Verified | TokenRefusal> {
    const [row] = await db.read(bind(opaque, sha256(token)))
    if (row === undefined) return 'token-unknown'
    const claims = JSON.parse(row.claims) as AccessTokenClaims
    return { claims, scopes: parseScopes(claims.scope, vocabulary).scopes }
  }

  async function verify(token: string): Promise<Verified | TokenRefusal> {
    // A key that was removed verifies nothing any more.
    if (verifiedBy !== ring()) {
      verified.clear()
      verifiedBy = ring()
    }
    const known = verified.get(token)
    if (known !== undefined) return known
    const claims = await verifyJwt(token)
    if (typeof claims === 'string') return claims
    const fresh = { claims, scopes: parseScopes(claims.scope, vocabulary).scopes }
    const oldest = verified.size >= KEPT ? verified.keys().next().value : undefined
    if (oldest !== undefined) verified.delete(oldest)
    verified.set(token, fresh)
    return fresh
  }

  /** RFC 9068 §4; only tokens of the type `at+jwt` are access tokens (OIDC-07). */
  async function verifyJwt(token: string): Promise<AccessTokenClaims | TokenRefusal> {
    let unknownKey = false
    const keyFor = ({ kid }: { kid?: string }): CryptoKey => {
      const found = ring().verifier(kid ?? '')
      if (found?.alg === 'ES256') return found.key
      unknownKey = true
      throw new Error('no such key')
    }
    try {
      const { payload } = await jwtVerify<AccessTokenClaims>(token, keyFor, {
        typ: 'at+jwt',
        algorithms: ['ES256'],
        issuer,
        audience: fhirBase,
        requiredClaims: ['client_id', 'scope', 'jti', 'gid', 'exp'],
        currentDate: new Date(0),
      })
      return payload
    } catch (error) {
      if (unknownKey) return 'token-unknown'
      return error instanceof Error && error.name === 'JWSSignatureVerificationFailed'
        ? 'token-signature'
        : 'token-malformed'
    }
  }

  /**
   * Ends a token before its time; nothing happens to one that has ended.
   * @param record writes down that it was revoked, in the same transaction
   */
  async function revoke(
    claims: AccessTokenClaims,
    record: (kysely: Kysely<Tables>) => Promise<void>,
  ): Promise<void> {
    await db.kysely.transaction().execute(async (trx) => {
      await trx
        .insertInto('denied_token')
        .values({ jti: claims.jti, expires: claims.exp * 1000 })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await record(trx)
    })
  }

  /** Whether what stands behind a token is still there, whatever became of the token itself. */
  async function lives({ client_id, gid }: Pick<AccessTokenClaims, 'client_id' | 'gid'>): Promise<boolean> {
    return typeof (await liveness.grantOf({ client_id, gid, jti: '' })) !== 'string'
  }

  return { issue, check, recall, revoke, lives, count: liveness.count }
}

/** The token with its authority; the same object as long as its grant says the same. */
function tokenOf(
  { claims, scopes, live }: Verified,
  grant: Grant,
  standing: Standing,
  vocabulary: Vocabulary,
): LiveToken | TokenRefusal {
  if (live !== undefined && saysTheSame(live.grant, grant) && isDeepStrictEqual(live.standing, standing))
    return live.token
  const context = JSON.parse(grant.context) as LiveToken['context']
  const { user } = standing
  // REFR-11, CTX-10: a proxy whose right ended, say; the launch ends with it. An outsider's patient is its server's word.
  if (claims.patient !== undefined && user !== undefined && grant.outsider === null)
    if (!actsFor(user, claims.patient)) return 'patient-link-ended'
  // A grant can be narrowed while its tokens live; the standing one of a service is the client itself.
  const left =
    grant.scope === undefined || grant.scope === claims.scope
      ? scopes
      : narrow(scopes, parseScopes(grant.scope, vocabulary).scopes).granted
  return {
    claims,
    context,
    scope: left === scopes ? claims.scope : formatScopes(left),
    authority: { scopes: left, patient: claims.patient, ...standing },
  }
}

function saysTheSame(a: Grant, b: Grant): boolean {
  return a.scope === b.scope && a.context === b.context
}

function userOf(
  { fhir_user, patients, attributes }: Grant,
  policy: Policy | undefined,
): UserReach | undefined {
  if (patients === null) return undefined
  return {
    fhirUser: fhir_user ?? undefined,
    patients: JSON.parse(patients) as UserReach['patients'],
    attributes: JSON.parse(attributes ?? '{}') as UserReach['attributes'],
    policy: policy ?? [],
  }
}
