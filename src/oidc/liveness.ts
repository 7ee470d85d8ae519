import { type CompiledQuery, sql } from 'kysely'
import type { Clock } from '../lib/time.ts'
import type { AccessTokenClaims, TokenRefusal } from '../smart/access-token.ts'
import type { UserReach } from '../smart/permit.ts'
import { bind, type Database } from '../store/database.ts'

type Row = {
  denied: number | null
  status: string | null
  standing: string | null
  context: string | null
  expires: number | null
  revoked: number | null
}
/** What the grant behind a token says at this moment. */
export type Grant = { user: UserReach | undefined; context: Record<string, unknown> }

const standing: Grant = { user: undefined, context: {} }

/**
 * Asks, in one statement, everything that can end a token before its time: the token was revoked, its client
 * removed, disabled or changed, its grant withdrawn or run out (REVO-03, REVO-04).
 */
export function grantLiveness(db: Database, clock: Clock) {
  const query = sql<Row>`select
      (select 1 from denied_token where jti = ${''}) as denied,
      c.status, c.grant_id as standing, g.context, g.expires, g.revoked
    from (select 1 as one) as one
    left join client c on c.client_id = ${''}
    left join launch_grant g on g.grant_id = ${''} and g.client_id = c.client_id`.compile(
    db.kysely,
  ) as CompiledQuery<Row>

  return async (claims: AccessTokenClaims): Promise<Grant | TokenRefusal> => {
    const [row] = await db.read(bind(query, claims.jti, claims.client_id, claims.gid))
    if (row === undefined || row.status !== 'active') return 'client-ended'
    if (row.denied !== null) return 'token-revoked'
    if (row.standing === claims.gid) return standing
    if (row.context === null || row.revoked !== null || Number(row.expires) <= clock()) return 'grant-ended'
    return grantOf(row.context)
  }
}

function grantOf(json: string): Grant {
  const { user, ...context } = JSON.parse(json) as Record<string, unknown> & { user?: UserReach }
  return { user, context }
}
