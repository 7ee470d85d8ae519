import { sql } from 'kysely'
import type { Clock } from '../lib/time.ts'
import type { Outsider } from '../smart/outsider.ts'
import type { Database } from '../store/database.ts'
import { grantOf, type LaunchGrant } from './grants.ts'

/** Where a page of the list begins: behind the grant of this time (milliseconds) and id. */
export type BehindGrant = { created: number; id: string }
/** How many launches go on, of how many people, in how many sessions of theirs. */
export type GrantCounts = { grants: number; people: number; sessions: number }
/** A grant in the list. */
export type ListedGrant = LaunchGrant & {
  /** The outside server that vouches for whoever stands behind it, if that is no user here. */
  issuer: string | undefined
  /** Whether the record of its launch is still kept. */
  recorded: boolean
}

export type GrantsOfClient = ReturnType<typeof createGrantsOfClient>

/** What users allow one client at the moment, for whoever runs the server. */
export function createGrantsOfClient(db: Database, clock: Clock) {
  const live = (clientId: string) =>
    db.kysely
      .selectFrom('launch_grant')
      .where('launch_grant.client_id', '=', clientId)
      .where('revoked', 'is', null)
      .where('launch_grant.expires', '>', clock())

  return {
    /** Newest first. @param most grants: one more than fit on a page tells whether there is another */
    async page(clientId: string, behind: BehindGrant | undefined, most: number): Promise<ListedGrant[]> {
      let query = live(clientId)
        .leftJoin('flight', 'flight.flight_id', 'launch_grant.flight_id')
        .selectAll('launch_grant')
        .select('flight.flight_id as record')
        .orderBy('launch_grant.created', 'desc')
        .orderBy('launch_grant.grant_id', 'desc')
        .limit(most)
      if (behind !== undefined)
        query = query.where(
          sql<boolean>`(launch_grant.created, launch_grant.grant_id) < (${behind.created}, ${behind.id})`,
        )
      return (await db.read(query.compile())).map(({ record, ...row }) => ({
        ...grantOf(row),
        issuer: row.outsider === null ? undefined : (JSON.parse(row.outsider) as Outsider).issuer,
        recorded: record !== null,
      }))
    },

    /** @param most grants that are counted, where there may be very many */
    async counts(clientId: string, most?: number): Promise<GrantCounts> {
      const all = live(clientId).select(['user_id', 'session_uid'])
      const counted = most === undefined ? all : all.limit(most)
      const query = db.kysely
        .selectFrom(counted.as('counted'))
        .select(({ fn }) => [
          fn.countAll<number>().as('grants'),
          fn.count<number>('user_id').distinct().as('people'),
          fn.count<number>('session_uid').distinct().as('sessions'),
        ])
      const [row] = await db.read(query.compile())
      return { grants: Number(row?.grants), people: Number(row?.people), sessions: Number(row?.sessions) }
    },

    /** How many people opened it in the time since. @param since milliseconds */
    async peopleSince(clientId: string, since: number): Promise<number> {
      const query = db.kysely
        .selectFrom('launch_grant')
        .select(({ fn }) => fn.count<number>('user_id').distinct().as('people'))
        .where('client_id', '=', clientId)
        .where('created', '>=', since)
      return Number((await db.search(query.compile()))[0]?.people)
    },

    /**
     * How many people opened it, slot by slot, oldest first.
     * @param from milliseconds; `step` is the length of a slot
     */
    async peopleBySlot(
      clientId: string,
      { from, step, slots }: { from: number; step: number; slots: number },
    ): Promise<number[]> {
      const opened = db.kysely
        .selectFrom('launch_grant')
        // Both engines divide whole numbers to whole numbers.
        .select(['user_id', sql<number>`(created - ${sql.lit(from)}) / ${sql.lit(step)}`.as('slot')])
        .where('client_id', '=', clientId)
        .where('created', '>=', from)
      const query = db.kysely
        .selectFrom(opened.as('opened'))
        .select(['slot', ({ fn }) => fn.count<number>('user_id').distinct().as('people')])
        .groupBy('slot')
      const rows = await db.search(query.compile())
      const bySlot = new Map(rows.map(({ slot, people }) => [Number(slot), Number(people)]))
      return Array.from({ length: slots }, (_, slot) => bySlot.get(slot) ?? 0)
    },
  }
}
