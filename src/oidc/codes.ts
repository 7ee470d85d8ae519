import type { Kysely } from 'kysely'
import { endOf, grantOf, type LaunchGrant } from '../launches/grants.ts'
import { sha256 } from '../lib/id.ts'
import type { Clock } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'

/** What oidc-provider stored with an authorization code, as far as we need it. */
type Stored = {
  clientId: string
  redirectUri: string
  codeChallenge?: string
  nonce?: string
  /** Seconds. */
  authTime?: number
}
/** A code that was issued here, with the launch that it stands for. */
export type Code = Stored & { used: boolean; expired: boolean; grant: LaunchGrant; ended: boolean }

export type Codes = ReturnType<typeof createCodes>

/** Authorization codes: oidc-provider stores them (authorize/adapter.ts), the token endpoint redeems them. */
export function createCodes(db: Database, clock: Clock) {
  const model = 'AuthorizationCode'
  const byHash = db.kysely
    .selectFrom('oidc')
    .innerJoin('launch_grant', 'launch_grant.grant_id', 'oidc.grant_id')
    .selectAll('launch_grant')
    .select(['payload', 'consumed', 'oidc.expires as code_expires'])
    .where('model', '=', model)
    .where('id_hash', '=', '')
    .compile()
  const consume = db.kysely
    .updateTable('oidc')
    .set({ consumed: 0, expires: 0 })
    .where('model', '=', model)
    .where('id_hash', '=', '')
    .where('consumed', 'is', null)
    .compile()

  return {
    async find(code: string): Promise<Code | undefined> {
      const [row] = await db.read(bind(byHash, model, sha256(code)))
      if (row === undefined) return undefined
      const now = clock()
      return {
        ...(JSON.parse(row.payload) as Stored),
        used: row.consumed !== null,
        expired: row.code_expires <= now,
        grant: grantOf(row),
        ended: endOf(row, now) !== undefined,
      }
    },

    /**
     * Uses a code up.
     * @param until milliseconds: so long it is remembered, and whoever comes with it again is noticed
     * @returns false if it was used before: of parallel exchanges one wins (AUTHZ-10)
     */
    async use(trx: Kysely<Tables>, code: string, until: number): Promise<boolean> {
      const { numAffectedRows } = await trx.executeQuery(bind(consume, clock(), until, model, sha256(code)))
      return numAffectedRows === 1n
    },
  }
}
