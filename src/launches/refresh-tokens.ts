import type { Kysely } from 'kysely'
import { randomId, sha256 } from '../lib/id.ts'
import type { Clock } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { endOf, grantOf, type LaunchGrant } from './grants.ts'

/** A refresh token that was issued here, at some time, with the launch that it belongs to. */
export type RefreshToken = {
  grant: LaunchGrant
  /** Why the grant is none any more. */
  ended: ReturnType<typeof endOf>
  /** Each token is used once, and another one takes its place. */
  place: 'current' | 'previous' | 'older'
  /** Of the previous one: when it was used (milliseconds), and with what that was answered, sealed by who did it. */
  rotated: number
  answer: string
}

/** The part that all tokens of a launch have in common, and the part that changes: both as good as unguessable. */
const form = /^lrt_([\w-]{22})\.([\w-]{43})$/

export type RefreshTokens = ReturnType<typeof createRefreshTokens>

/**
 * The register of refresh tokens, by their hashes. All tokens of a launch begin in the same way, so that one row tells
 * the current one from those before it: however often an app refreshes, no more is kept, and a token of any age that
 * comes again is noticed (REFR-09).
 */
export function createRefreshTokens(db: Database, clock: Clock) {
  const byFamily = db.kysely
    .selectFrom('refresh_token')
    .innerJoin('launch_grant', 'launch_grant.grant_id', 'refresh_token.grant_id')
    .selectAll('launch_grant')
    .select(['current_hash', 'previous_hash', 'rotated', 'answer_sealed'])
    .where('family_hash', '=', '')
    .compile()
  const insert = db.kysely
    .insertInto('refresh_token')
    .values({ family_hash: '', grant_id: '', current_hash: '', expires: 0 })
    .compile()
  const replace = db.kysely
    .updateTable('refresh_token')
    .set({ current_hash: '', previous_hash: '', rotated: 0, answer_sealed: '', expires: 0 })
    .where('family_hash', '=', '')
    .where('current_hash', '=', '')
    .compile()

  return {
    /** A new token. @param before the one whose place it takes */
    make: (before?: string): string => `lrt_${familyOf(before) ?? randomId()}.${randomId(256)}`,

    async find(token: string): Promise<RefreshToken | undefined> {
      const family = familyOf(token)
      const [row] = family === undefined ? [] : await db.read(bind(byFamily, sha256(family)))
      if (row === undefined) return undefined
      const hash = sha256(token)
      return {
        grant: grantOf(row),
        ended: endOf(row, clock()),
        place: hash === row.current_hash ? 'current' : hash === row.previous_hash ? 'previous' : 'older',
        rotated: row.rotated ?? 0,
        answer: row.answer_sealed ?? '',
      }
    },

    /** Stores the first token of a grant. @param expires milliseconds */
    async store(trx: Kysely<Tables>, token: string, grantId: string, expires: number): Promise<void> {
      await trx.executeQuery(bind(insert, sha256(familyOf(token) ?? ''), grantId, sha256(token), expires))
    },

    /**
     * Puts the next token in the place of the current one.
     * @param answer what the client is told, sealed
     * @param expires milliseconds
     * @returns false if it is not the current one any more: of parallel uses one wins
     */
    async rotate(
      trx: Kysely<Tables>,
      { token, next, answer, expires }: { token: string; next: string; answer: string; expires: number },
    ): Promise<boolean> {
      const [before, after] = [sha256(token), sha256(next)]
      const family = sha256(familyOf(token) ?? '')
      const { numAffectedRows } = await trx.executeQuery(
        bind(replace, after, before, clock(), answer, expires, family, before),
      )
      return numAffectedRows === 1n
    },
  }
}

function familyOf(token = ''): string | undefined {
  return form.exec(token)?.[1]
}
