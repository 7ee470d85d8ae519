import type { Kysely } from 'kysely'
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
  grantId: string
}
export type Code = Stored & { used: boolean; expired: boolean }

export type Codes = ReturnType<typeof createCodes>

/** Authorization codes: oidc-provider stores them (authorize/adapter.ts), the token endpoint redeems them. */
export function createCodes(db: Database, clock: Clock) {
  const model = 'AuthorizationCode'
  const byHash = db.kysely
    .selectFrom('oidc')
    .select(['payload', 'expires', 'consumed'])
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
      const { payload, consumed, expires } = row
      return { ...(JSON.parse(payload) as Stored), used: consumed !== null, expired: expires <= clock() }
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
