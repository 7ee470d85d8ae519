import type { Kysely } from 'kysely'
import { randomId, sha256 } from '../lib/id.ts'
import { type Clock, DAY } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type LaunchGrant, lifetimes } from './grants.ts'

export type RefreshToken = {
  grantId: string
  clientId: string
  /** Milliseconds; a token is used once. */
  used: number | undefined
  /** What its use was answered with, sealed by whoever used it. */
  answer: string | undefined
  expires: number
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>

/** The register of refresh tokens, by their hashes. Each belongs to the grant of a launch and ends with it. */
export function createRefreshTokens(db: Database, clock: Clock) {
  const byHash = db.kysely
    .selectFrom('refresh_token')
    .innerJoin('launch_grant', 'launch_grant.grant_id', 'refresh_token.grant_id')
    .select([
      'refresh_token.grant_id',
      'client_id',
      'refresh_token.used',
      'answer_sealed',
      'refresh_token.expires',
    ])
    .where('token_hash', '=', '')
    .compile()

  return {
    make: (): string => `lrt_${randomId(256)}`,

    async find(token: string): Promise<RefreshToken | undefined> {
      const [row] = await db.read(bind(byHash, sha256(token)))
      if (row === undefined) return undefined
      return {
        grantId: row.grant_id,
        clientId: row.client_id,
        used: row.used ?? undefined,
        answer: row.answer_sealed ?? undefined,
        expires: row.expires,
      }
    },

    /** Stores a new token of a grant; where the grant is renewed by use, it is renewed. */
    async store(trx: Kysely<Tables>, token: string, grant: LaunchGrant): Promise<void> {
      const now = clock()
      const expires = renewed(grant, now)
      await trx
        .insertInto('refresh_token')
        .values({
          token_hash: sha256(token),
          grant_id: grant.id,
          created: now,
          used: null,
          answer_sealed: null,
          expires,
        })
        .execute()
      await trx
        .updateTable('launch_grant')
        .set({ used: now, ...(expires === grant.expires ? {} : { expires }) })
        .where('grant_id', '=', grant.id)
        .execute()
    },

    /** Uses a token up. @returns false if it was used before: of parallel uses one wins */
    async use(trx: Kysely<Tables>, token: string, answer: string): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('refresh_token')
        .set({ used: clock(), answer_sealed: answer })
        .where('token_hash', '=', sha256(token))
        .where('used', 'is', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
  }
}

/** REFR-08. Written once a day at most, since every change of it makes all nodes look at all tokens again. */
function renewed({ duration, expires }: LaunchGrant, now: number): number {
  const anew = now + lifetimes.months
  return duration === 'months' && anew - expires > DAY ? anew : expires
}
