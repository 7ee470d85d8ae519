import type { Clock } from '../lib/time.ts'
import type { AccessTokenClaims, TokenRefusal } from '../smart/access-token.ts'
import { bind, type Database } from '../store/database.ts'

/** What the grant behind a token says at this moment. */
export type Grant = {
  /** Its launch context as JSON. */
  context: string
  /** Milliseconds: until then, it lives as long as `count` stays the same. */
  expires: number
}

/** A backend service has no launch; its token ends with its client, or by itself. */
const standing: Grant = { context: '{}', expires: Number.POSITIVE_INFINITY }

/**
 * Asks the database for everything that can end a token before its time: it was revoked, its client removed,
 * disabled or changed, its grant withdrawn or run out (REVO-03, REVO-04).
 */
export function grantLiveness(db: Database, clock: Clock) {
  const countOf = db.kysely.selectFrom('change').select('version').where('name', '=', 'token').compile()
  const clientOf = db.kysely
    .selectFrom('client')
    .select(['status', 'grant_id'])
    .select((select) => select.selectFrom('denied_token').select('jti').where('jti', '=', '').as('denied'))
    .where('client_id', '=', '')
    .compile()
  const launchOf = db.kysely
    .selectFrom('launch_grant')
    .select(['context', 'expires', 'revoked'])
    .where('grant_id', '=', '')
    .where('client_id', '=', '')
    .compile()

  return {
    /** How often anything that can end a token has happened, on any node; the database counts by triggers. */
    async count(): Promise<number> {
      return (await db.read(countOf))[0]?.version ?? 0
    },
    async grantOf({ jti, client_id, gid }: AccessTokenClaims): Promise<Grant | TokenRefusal> {
      const [client] = await db.read(bind(clientOf, jti, client_id))
      if (client?.status !== 'active') return 'client-ended'
      if (client.denied !== null) return 'token-revoked'
      if (client.grant_id === gid) return standing
      const [launch] = await db.read(bind(launchOf, gid, client_id))
      if (launch === undefined || launch.revoked !== null || launch.expires <= clock()) return 'grant-ended'
      return launch
    },
  }
}
