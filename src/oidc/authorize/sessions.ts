import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import type { Audit } from '../../audit/audit.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import type { BrowserSession, ListedSession } from '../../launches/sign-in-step.ts'
import { type Clock, DAY } from '../../lib/time.ts'
import type { Database } from '../../store/database.ts'

type Deps = {
  provider: () => Provider
  db: Database
  clock: Clock
  audit: Pick<Audit, 'inTransaction'>
  grants: Pick<LaunchGrants, 'end'>
}

/** Longer than any session. */
const KEPT = 2 * DAY

export type Sessions = ReturnType<typeof createSessions>

/** The sessions of browsers: who is signed in, where else, and their end. */
export function createSessions({ provider, db, clock, audit, grants }: Deps) {
  const live = (userId: string) =>
    db.kysely
      .selectFrom('oidc')
      .where('model', '=', 'Session')
      .where('user_id', '=', userId)
      .where('expires', '>', clock())

  return {
    /** Who is signed in with the browser that asks. */
    async current(ctx: Context): Promise<BrowserSession | undefined> {
      const session = await provider().Session.get(ctx)
      return session.accountId === undefined ? undefined : { uid: session.uid, userId: session.accountId }
    },

    /** Whether a session goes on, with the user it belonged to (REFR-01, online_access). */
    async isAlive({ uid, userId }: BrowserSession): Promise<boolean> {
      const found = await live(userId).select('uid').where('uid', '=', uid).executeTakeFirst()
      return found !== undefined
    },

    /** Newest first. */
    async list(userId: string): Promise<ListedSession[]> {
      return await db.kysely
        .selectFrom('sign_in')
        .select(['session_uid as uid', 'at', 'address', 'agent'])
        .where('user_id', '=', userId)
        .where(
          'session_uid',
          'in',
          live(userId).select('uid').where('uid', 'is not', null).$narrowType<{ uid: string }>(),
        )
        .orderBy('at', 'desc')
        .limit(100)
        .execute()
    },

    /** Remembers where and when a session began; a session that changes its user begins anew. */
    async begun(session: BrowserSession, address: string, agent: string): Promise<void> {
      const now = clock()
      const values = {
        user_id: session.userId,
        at: now,
        address,
        agent: agent.slice(0, 300),
        expires: now + KEPT,
      }
      await db.kysely
        .insertInto('sign_in')
        .values({ session_uid: session.uid, ...values })
        .onConflict((conflict) =>
          conflict.column('session_uid').doUpdateSet(values).where('sign_in.user_id', '!=', session.userId),
        )
        .execute()
    },

    /** Ends a session of a user, with the grants that live by it. @returns false if there is none */
    async end({ uid, userId }: BrowserSession): Promise<boolean> {
      const ended = await db.kysely.transaction().execute(async (trx) => {
        const gone = await trx
          .deleteFrom('oidc')
          .where('model', '=', 'Session')
          .where('uid', '=', uid)
          .where('user_id', '=', userId)
          .executeTakeFirst()
        if (gone.numDeletedRows === 0n) return false
        await trx.deleteFrom('sign_in').where('session_uid', '=', uid).execute()
        await audit.inTransaction(trx, { event: 'session.end', outcome: 'success', userId })
        return true
      })
      if (ended) await grants.end({ sessionUid: uid }, 'signed-out')
      return ended
    },
  }
}
