import type { Clock } from '../lib/time.ts'
import type { AccessTokenClaims, TokenRefusal } from '../smart/access-token.ts'
import { bind, type Database } from '../store/database.ts'

/** What the grant behind a token says at this moment: its launch context as JSON. */
export type Grant = { context: string }

/** A backend service has no launch. */
const standing: Grant = { context: '{}' }

/**
 * Asks the database for everything that can end a token before its time: it was revoked, its client removed,
 * disabled or changed, its grant withdrawn or run out (REVO-03, REVO-04).
 */
export function grantLiveness(db: Database, clock: Clock) {
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

  return async ({ jti, client_id, gid }: AccessTokenClaims): Promise<Grant | TokenRefusal> => {
    const [client] = await db.read(bind(clientOf, jti, client_id))
    if (client?.status !== 'active') return 'client-ended'
    if (client.denied !== null) return 'token-revoked'
    if (client.grant_id === gid) return standing
    const [launch] = await db.read(bind(launchOf, gid, client_id))
    const ended = launch === undefined || launch.revoked !== null || launch.expires <= clock()
    return ended ? 'grant-ended' : launch
  }
}
