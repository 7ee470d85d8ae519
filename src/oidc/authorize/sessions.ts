import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import type { Audit } from '../../audit/audit.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import type { BehindSession, BrowserSession, ListedSession } from '../../launches/sign-in-step.ts'
import type { Act } from '../../lib/act.ts'
import { type Clock, DAY } from '../../lib/time.ts'
import type { Database } from '../../store/database.ts'

type Deps = {
  db: Database
  clock: Clock
  audit: Pick<Audit, 'inTransaction'>
  grants: Pick<LaunchGrants, 'end'>
}

/** How long somebody is signed in at most, however busy they are; without use, a session ends earlier (provider.ts). */
const LONGEST = DAY

export type SessionList = ReturnType<typeof createSessions>
export type Sessions = SessionList & { current: ReturnType<typeof currentSession> }

/** Who is signed in with the browser that asks. */
export function currentSession(provider: () => Provider) {
  return async (ctx: Context): Promise<BrowserSession | undefined> => {
    const session = await provider().Session.get(ctx)
    return session.accountId === undefined ? undefined : { uid: session.uid, userId: session.accountId }
  }
}

/** The sessions of browsers: where somebody is signed in, and their end. */
export function createSessions({ db, clock, audit, grants }: Deps) {
  /** The row in the list is what makes a session live: oidc-provider writes its own back at any time (adapter.ts). */
  const allLive = (now = clock()) =>
    db.kysely
      .selectFrom('sign_in')
      .innerJoin('oidc', (join) =>
        join.onRef('oidc.uid', '=', 'session_uid').onRef('oidc.user_id', '=', 'sign_in.user_id'),
      )
      .where('sign_in.expires', '>', now)
      .where('model', '=', 'Session')
      .where('oidc.expires', '>', now)
  const live = (userId: string) => allLive().where('sign_in.user_id', '=', userId)

  return {
    /** Whether a session goes on, with the user it belonged to (REFR-01, online_access). */
    async isAlive({ uid, userId }: BrowserSession): Promise<boolean> {
      const found = await live(userId).select('uid').where('uid', '=', uid).executeTakeFirst()
      return found !== undefined
    },

    /** Newest first. */
    async list(userId: string): Promise<ListedSession[]> {
      return await live(userId)
        .select(['session_uid as uid', 'at', 'address', 'agent'])
        .orderBy('at', 'desc')
        .limit(100)
        .execute()
    },

    /** Those of everybody, newest first. @param most one more than fit on a page tells whether there is another */
    async page(
      behind: BehindSession | undefined,
      most: number,
    ): Promise<(ListedSession & { userId: string })[]> {
      let query = allLive()
        .select(['session_uid as uid', 'sign_in.user_id as userId', 'at', 'address', 'agent'])
        .orderBy('at', 'desc')
        .orderBy('session_uid', 'desc')
        .limit(most)
      if (behind !== undefined)
        query = query.where(({ eb, or, and }) =>
          or([eb('at', '<', behind.at), and([eb('at', '=', behind.at), eb('session_uid', '<', behind.uid)])]),
        )
      return await db.read(query.compile())
    },

    /** Lists a session that begins, which makes it live. */
    async begun(session: BrowserSession, address: string, agent: string): Promise<void> {
      const now = clock()
      const values = {
        user_id: session.userId,
        at: now,
        address,
        agent: agent.slice(0, 300),
        expires: now + LONGEST,
      }
      await db.kysely.transaction().execute(async (trx) => {
        await trx
          .insertInto('sign_in')
          .values({ session_uid: session.uid, ...values })
          .onConflict((conflict) =>
            conflict.column('session_uid').doUpdateSet(values).where('sign_in.user_id', '!=', session.userId),
          )
          .execute()
        await trx
          .insertInto('signed_in')
          .values({ user_id: session.userId, at: now })
          .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ at: now }))
          .execute()
      })
    },

    /** Takes a session that oidc-provider has ended off the list. */
    async forgotten(uid: string): Promise<void> {
      await db.kysely.deleteFrom('sign_in').where('session_uid', '=', uid).execute()
    },

    /**
     * Ends a session of a user, with the grants that live by it.
     * @param act of somebody else who does so
     * @returns false if there is none
     */
    async end({ uid, userId }: BrowserSession, act?: Act): Promise<boolean> {
      const known = await live(userId).select('session_uid').where('session_uid', '=', uid).executeTakeFirst()
      if (known === undefined) return false
      // First, so that nobody is told of an end that was not whole.
      await grants.end({ sessionUid: uid }, act === undefined ? 'signed-out' : 'ended-by-admin', act)
      return await db.kysely.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('sign_in')
          .where('session_uid', '=', uid)
          .where('user_id', '=', userId)
          .executeTakeFirst()
        // Somebody else was faster, or somebody else has signed in with it.
        if (numDeletedRows === 0n) return false
        await trx.deleteFrom('oidc').where('model', '=', 'Session').where('uid', '=', uid).execute()
        await audit.inTransaction(trx, {
          event: 'session.end',
          outcome: 'success',
          userId: act?.userId ?? userId,
          requestId: act?.requestId,
          ...(act === undefined ? {} : { detail: { user: userId, by: act.by, why: act.reason } }),
        })
        return true
      })
    },
  }
}
