import type { ExpressionBuilder, Updateable } from 'kysely'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { sha256 } from '../../lib/id.ts'
import { type Clock, SECOND } from '../../lib/time.ts'
import type { Database } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'

/**
 * Keeps sessions, interactions and authorization codes in one table: all that oidc-provider keeps with us, as clients
 * come from the register (provider-client.ts). Their ids are what a browser or an app shows to
 * get in, so that the table holds only hashes of them.
 */
export function createAdapter(db: Database, clock: Clock, model: string): Adapter {
  const live = (now: number) =>
    db.kysely
      .selectFrom('oidc')
      .select(['payload', 'consumed'])
      .where('model', '=', model)
      .where('oidc.expires', '>', now)
      .$if(model === 'Session', (query) => query.where((row) => isAnonymousOrListed(row, now)))

  /** An answer that comes late does not bring back a way that has gone on. */
  async function answer(id: string, values: Updateable<Tables['oidc']>): Promise<void> {
    const { numUpdatedRows } = await db.kysely
      .updateTable('oidc')
      .set(values)
      .where('model', '=', model)
      .where('id_hash', '=', sha256(id))
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw gone()
  }

  return {
    async upsert(id, payload, expiresIn) {
      // Without the id, which is the secret; `find` puts it back.
      const { jti: _, ...rest } = payload
      const values = {
        payload: JSON.stringify(rest),
        uid: payload.uid ?? null,
        user_id: userOf(payload) ?? null,
        grant_id: payload.grantId ?? null,
        expires: clock() + (expiresIn ?? 0) * SECOND,
      }
      if (payload.result !== undefined) return await answer(id, values)
      await db.kysely
        .insertInto('oidc')
        .values({ model, id_hash: sha256(id), consumed: null, ...values })
        .onConflict((conflict) => conflict.columns(['model', 'id_hash']).doUpdateSet(values))
        .execute()
    },
    async find(id) {
      const [row] = await db.read(live(clock()).where('id_hash', '=', sha256(id)).compile())
      return row === undefined ? undefined : { ...payloadOf(row), jti: id }
    },
    async findByUid(uid) {
      const [row] = await db.read(live(clock()).where('uid', '=', uid).compile())
      return row === undefined ? undefined : payloadOf(row)
    },
    async destroy(id) {
      const { numDeletedRows } = await db.kysely
        .deleteFrom('oidc')
        .where('model', '=', model)
        .where('id_hash', '=', sha256(id))
        .executeTakeFirst()
      // The way of a launch goes on once: of several windows, the first.
      if (model === 'Interaction' && numDeletedRows === 0n) throw gone()
    },
    // Codes are redeemed by the token endpoint (code-exchange.ts), and grants are revoked in their own register.
    consume: never,
    revokeByGrantId: async () => undefined,
    findByUserCode: never,
  }
}

/**
 * oidc-provider writes a session back at the end of every request, also one that was ended meanwhile: so the session of
 * somebody who signed in lives only as long as it stands in the list of sessions, which nobody writes but a sign-in.
 */
function isAnonymousOrListed({ or, eb, exists, selectFrom }: ExpressionBuilder<Tables, 'oidc'>, now: number) {
  return or([
    eb('oidc.user_id', 'is', null),
    exists(
      selectFrom('sign_in')
        .select('session_uid')
        .whereRef('session_uid', '=', 'oidc.uid')
        .whereRef('sign_in.user_id', '=', 'oidc.user_id')
        .where('sign_in.expires', '>', now),
    ),
  ])
}

/** Whose it is: with the user, everything ends that somebody has begun in their name. */
function userOf({ accountId, session, result }: AdapterPayload): string | undefined {
  return accountId ?? result?.login?.accountId ?? session?.accountId
}

function payloadOf({ payload, consumed }: { payload: string; consumed: number | null }): AdapterPayload {
  return { ...(JSON.parse(payload) as AdapterPayload), ...(consumed === null ? {} : { consumed }) }
}

function gone(): Error {
  return new errors.SessionNotFound('the sign-in was finished in another window')
}

async function never(): Promise<never> {
  throw new Error('oidc-provider was not to do this here')
}
