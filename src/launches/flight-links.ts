import type { Kysely } from 'kysely'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId, sha256 } from '../lib/id.ts'
import { type Clock, HOUR, instant } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import type { Flight } from './flights.ts'

type Linked = Pick<Flight, 'id' | 'clientId'>
/** What is written down with a change, in its transaction. */
export type OnFlightLink = (
  kysely: Kysely<Tables>,
  change: {
    event: 'flight.share' | 'flight.unshare'
    clientId: string | undefined
    userId: string | undefined
    requestId: string | undefined
    detail: Readonly<Record<string, unknown>>
  },
) => Promise<void>

/** How long a link to a flight record is good, in milliseconds. */
const LIFETIME = 24 * HOUR

export type FlightLinks = ReturnType<typeof createFlightLinks>

/** Links by which the maker of an app sees one flight record without an account; stored as hashes. */
export function createFlightLinks(
  { kysely }: Pick<Database, 'kysely'>,
  clock: Clock,
  onChange: OnFlightLink,
) {
  return {
    /** @returns the last part of the address, told here and never again, and until when it is good (milliseconds) */
    async make(flight: Linked, act: Act): Promise<{ link: string; expires: number }> {
      const link = randomId(256)
      const expires = clock() + LIFETIME
      await kysely.transaction().execute(async (trx) => {
        const row = { link_hash: sha256(link), flight_id: flight.id, expires }
        await trx.insertInto('flight_link').values(row).execute()
        await onChange(trx, changeOf('flight.share', flight, act, { until: instant(expires) }))
      })
      return { link, expires }
    },

    /** @throws LanyardError `gone` if it has expired, `not-found` if there is none, or not any more */
    async read(link: string): Promise<{ flightId: string; expires: number }> {
      const row = await kysely
        .selectFrom('flight_link')
        .select(['flight_id', 'expires'])
        .where('link_hash', '=', sha256(link))
        .executeTakeFirst()
      if (row === undefined)
        throw new LanyardError(
          'not-found',
          'There is no record under this link. Look whether it is complete; it may also have been taken back.',
        )
      if (row.expires <= clock())
        throw new LanyardError('gone', 'This link has expired. Ask whoever sent it to you for a new one.')
      return { flightId: row.flight_id, expires: row.expires }
    },

    /** Until when the links to a flight are good, the latest first (milliseconds). */
    async of(flightId: string): Promise<number[]> {
      const rows = await kysely
        .selectFrom('flight_link')
        .select('expires')
        .where('flight_id', '=', flightId)
        .where('expires', '>', clock())
        .orderBy('expires', 'desc')
        .execute()
      return rows.map(({ expires }) => expires)
    },

    /** Takes all links to a flight back, at once. @returns how many there were */
    async takeBack(flight: Linked, act: Act): Promise<number> {
      return await kysely.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('flight_link')
          .where('flight_id', '=', flight.id)
          .executeTakeFirst()
        if (numDeletedRows > 0n) await onChange(trx, changeOf('flight.unshare', flight, act))
        return Number(numDeletedRows)
      })
    },
  }
}

function changeOf(
  event: 'flight.share' | 'flight.unshare',
  { id, clientId }: Linked,
  { userId, requestId, by, reason }: Act,
  more: { until?: string } = {},
) {
  return { event, clientId, userId, requestId, detail: { flight: id, ...more, by, why: reason } }
}
