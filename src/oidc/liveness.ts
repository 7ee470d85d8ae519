import type { Clock } from '../lib/time.ts'
import type { AccessTokenClaims, TokenRefusal } from '../smart/access-token.ts'
import { bind, type Database } from '../store/database.ts'

/** What the grant behind a token says at this moment. */
export type Grant = {
  /** What was granted and not taken back since; absent for the standing grant of a backend service. */
  scope: string | undefined
  /** Its launch context as JSON. */
  context: string
  /** Of the user behind it: what they may see anyway, as JSON; null if there is none. */
  fhir_user: string | null
  patients: string | null
  attributes: string | null
  /** Names of the user's roles as JSON; or of those that a backend service is registered with. */
  roles: string | null
  /** Whom an outside server vouched for, as JSON, in place of a user. */
  outsider: string | null
  /** Milliseconds: until then, it lives as long as `count` stays the same. */
  expires: number
}

/** A backend service has no launch; its token ends with its client, or by itself. */
const standing: Grant = {
  scope: undefined,
  context: '{}',
  fhir_user: null,
  patients: null,
  attributes: null,
  roles: null,
  outsider: null,
  expires: Number.POSITIVE_INFINITY,
}

/**
 * Asks the database for everything that can end a token before its time: it was revoked, its client removed,
 * disabled or changed, its grant withdrawn or run out, its user disabled or removed (REVO-03, REVO-04, REVO-06).
 */
export function grantLiveness(db: Database, clock: Clock) {
  const countOf = db.kysely.selectFrom('change').select('version').where('name', '=', 'token').compile()
  const clientOf = db.kysely
    .selectFrom('client')
    .select(['status', 'grant_id', 'metadata'])
    .select((select) => select.selectFrom('denied_token').select('jti').where('jti', '=', '').as('denied'))
    .where('client_id', '=', '')
    .compile()
  const launchOf = db.kysely
    .selectFrom('launch_grant')
    .leftJoin('account', 'account.user_id', 'launch_grant.user_id')
    .select(['scope', 'context', 'expires', 'revoked', 'outsider', 'launch_grant.user_id'])
    .select(['account.status', 'fhir_user', 'patients', 'attributes', 'roles'])
    .where('grant_id', '=', '')
    .where('client_id', '=', '')
    .compile()

  return {
    /** How often anything that can end a token has happened, on any node; the database counts by triggers. */
    async count(): Promise<number> {
      return (await db.read(countOf))[0]?.version ?? 0
    },
    async grantOf({
      jti,
      client_id,
      gid,
    }: Pick<AccessTokenClaims, 'jti' | 'client_id' | 'gid'>): Promise<Grant | TokenRefusal> {
      const [client] = await db.read(bind(clientOf, jti, client_id))
      if (client?.status !== 'active') return 'client-ended'
      if (client.denied !== null) return 'token-revoked'
      if (client.grant_id === gid) return { ...standing, roles: rolesOf(client.metadata) }
      const [launch] = await db.read(bind(launchOf, gid, client_id))
      if (launch === undefined || launch.revoked !== null || launch.expires <= clock()) return 'grant-ended'
      if (launch.user_id !== null && launch.status !== 'active') return 'user-ended'
      return launch
    },
  }
}

/** The roles in a client's metadata, as JSON; null if it names none. */
function rolesOf(metadata: string): string | null {
  const { roles } = JSON.parse(metadata) as { roles?: readonly string[] }
  return roles === undefined ? null : JSON.stringify(roles)
}
