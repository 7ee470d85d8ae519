import type { Clock } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import { grantOf, type LaunchGrant } from './grants.ts'

/** Where a page of the list begins: behind the grant of this time (milliseconds) and id. */
export type BehindGrant = { created: number; id: string }
/** How many launches go on, of how many people, in how many sessions of theirs. */
export type GrantCounts = { grants: number; people: number; sessions: number }

export type GrantsOfClient = ReturnType<typeof createGrantsOfClient>

/** What users allow one client at the moment, for whoever runs the server. */
export function createGrantsOfClient(db: Database, clock: Clock) {
  const live = (clientId: string) =>
    db.kysely
      .selectFrom('launch_grant')
      .where('client_id', '=', clientId)
      .where('revoked', 'is', null)
      .where('expires', '>', clock())

  return {
    /** Newest first. @param most grants: one more than fit on a page tells whether there is another */
    async page(clientId: string, behind: BehindGrant | undefined, most: number): Promise<LaunchGrant[]> {
      let query = live(clientId)
        .selectAll()
        .orderBy('created', 'desc')
        .orderBy('grant_id', 'desc')
        .limit(most)
      if (behind !== undefined)
        query = query.where(({ eb, or, and }) =>
          or([
            eb('created', '<', behind.created),
            and([eb('created', '=', behind.created), eb('grant_id', '<', behind.id)]),
          ]),
        )
      return (await db.search(query.compile())).map(grantOf)
    },

    async counts(clientId: string): Promise<GrantCounts> {
      const query = live(clientId).select(({ fn }) => [
        fn.countAll<number>().as('grants'),
        fn.count<number>('user_id').distinct().as('people'),
        fn.count<number>('session_uid').distinct().as('sessions'),
      ])
      const [row] = await db.search(query.compile())
      return { grants: Number(row?.grants), people: Number(row?.people), sessions: Number(row?.sessions) }
    },

    /** People who used it in the time since. @param since milliseconds */
    async peopleSince(clientId: string, since: number): Promise<number> {
      const query = db.kysely
        .selectFrom('launch_grant')
        .select(({ fn }) => fn.count<number>('user_id').distinct().as('people'))
        .where('client_id', '=', clientId)
        .where(({ eb, or }) => or([eb('used', '>=', since), eb('created', '>=', since)]))
      return Number((await db.search(query.compile()))[0]?.people)
    },
  }
}
