import type { KeyObject } from 'node:crypto'
import { type CryptoKey, SignJWT } from 'jose'
import { randomId, sha256 } from '../../src/lib/id.ts'
import { MINUTE, SECOND, seconds } from '../../src/lib/time.ts'
import type { UserReach } from '../../src/smart/permit.ts'
import { registerPublicApp } from './oauth.ts'
import type { TestServer } from './server.ts'

/** Who stands behind a token: a clinician, unless other roles are named. */
export type Holder = Pick<UserReach, 'fhirUser' | 'patients'> & {
  roles?: readonly string[]
  attributes?: UserReach['attributes']
}

/** What a launch would have granted. */
export type Launch = {
  scope: string
  /** The patient in context: a bare id. */
  patient?: string | undefined
  user?: Holder | undefined
  /** The user's id. */
  sub?: string
}

/** Issues tokens as a launch will, before there are launches: a grant in its table, a token signed by the server. */
export type Launcher = {
  clientId: string
  /** @param claims in place of those that a right token has */
  token(launch: Launch, claims?: Record<string, unknown>): Promise<string>
  /** The same as a token that the server looks up, as it issues one when the scopes are very many. */
  opaqueToken(launch: Launch): Promise<string>
}

/** Registers an app whose launches are arranged behind the door. */
export async function launcher(server: TestServer): Promise<Launcher> {
  const { id: clientId } = await registerPublicApp(server)
  const { db, clock, keys } = server.house
  const ring = await keys.load()
  const { kid, key } = ring.signer('ES256')

  async function granted({ scope, patient, user, sub = 'user-1' }: Launch) {
    const gid = randomId()
    const now = clock()
    const userId = user === undefined ? null : await accountFor(server, user)
    await db.kysely
      .insertInto('launch_grant')
      .values({
        grant_id: gid,
        client_id: clientId,
        user_id: userId,
        scope,
        context: JSON.stringify({ patient }),
        created: now,
        expires: now + 60 * MINUTE,
        revoked: null,
        session_uid: null,
        refresh: null,
        used: null,
        flight_id: null,
      })
      .execute()
    const standard = { iss: server.url, aud: server.fhir, sub, client_id: clientId, scope, gid, patient }
    const iat = seconds(now)
    return { ...standard, iat, exp: iat + 300, jti: randomId() }
  }

  return {
    clientId,
    token: async (launch, claims = {}) => await signed({ ...(await granted(launch)), ...claims }, kid, key),
    async opaqueToken(launch) {
      const claims = await granted(launch)
      const token = `lat_${randomId(256)}`
      await db.kysely
        .insertInto('opaque_token')
        .values({
          token_hash: sha256(token),
          claims: JSON.stringify(claims),
          expires: claims.exp * SECOND,
        })
        .execute()
      return token
    },
  }
}

/** An account that sees what this user sees; where the token has a patient, its user may act for that one. */
async function accountFor(
  { house }: TestServer,
  { fhirUser, patients, roles = ['clinician'], attributes = {} }: Holder,
): Promise<string> {
  const id = randomId()
  await house.db.kysely
    .insertInto('account')
    .values({
      user_id: id,
      username: id.toLowerCase(),
      password_hash: null,
      display_name: 'A user',
      roles: JSON.stringify(roles),
      attributes: JSON.stringify(attributes),
      fhir_user: fhirUser ?? null,
      patients: JSON.stringify(patients),
      status: 'active',
      origin: 'command',
      created: 0,
      updated: 0,
    })
    .execute()
  return id
}

/** Signs claims as an access token (RFC 9068). */
export async function signed(
  claims: object,
  kid: string,
  key: KeyObject | CryptoKey,
  typ = 'at+jwt',
): Promise<string> {
  return await new SignJWT({ ...claims }).setProtectedHeader({ typ, alg: 'ES256', kid }).sign(key)
}
