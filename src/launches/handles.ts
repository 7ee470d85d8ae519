import type { Kysely } from 'kysely'
import { randomId, sha256 } from '../lib/id.ts'
import { type Clock, SECOND } from '../lib/time.ts'
import type { Simulation } from '../smart/fault.ts'
import type { LaunchContext } from '../smart/launch-context.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'

/** What an EHR launches: this app, for this user, about this (EHRL-02). */
export type Launch = {
  clientId: string
  userId: string
  context: LaunchContext
  /** Of a launch that the simulator made: what goes wrong with it, and the record that it began. */
  simulation?: { simulated: Simulation; flightId: string } | undefined
}
export type NewLaunch = Launch & {
  /** Who made it: the id of a client or of an admin, or `command`. */
  by: string
  /** Why, in the words of who made it. */
  why?: string | undefined
  requestId?: string | undefined
}
/** Why the value of a `launch` parameter is no good. */
export type LaunchRefusal = 'launch-unknown' | 'launch-expired' | 'launch-used'

/** What is written down with a new launch: the audit gets it in the same transaction. */
export type OnLaunch = (kysely: Kysely<Tables>, launch: NewLaunch) => Promise<void>

type Deps = {
  db: Database
  clock: Clock
  /** How long a handle is good for. */
  seconds: number
  record: OnLaunch
}

export type LaunchHandles = ReturnType<typeof createLaunchHandles>

/**
 * The register of EHR launches that wait for their app. The handle, which is the value of the `launch` parameter,
 * says nothing by itself and is stored as a hash.
 */
export function createLaunchHandles({ db, clock, seconds, record }: Deps) {
  const byHash = db.kysely
    .selectFrom('launch_handle')
    .select(['client_id', 'user_id', 'context', 'expires', 'used', 'simulated', 'flight_id'])
    .where('handle_hash', '=', '')
    .compile()

  return {
    /** @returns the handle, told here and never again, and for how many seconds it is good */
    async create(launch: NewLaunch): Promise<{ launch: string; expiresIn: number }> {
      const handle = randomId(256)
      const now = clock()
      await db.kysely.transaction().execute(async (trx) => {
        await trx
          .insertInto('launch_handle')
          .values({
            handle_hash: sha256(handle),
            client_id: launch.clientId,
            user_id: launch.userId,
            context: JSON.stringify(launch.context),
            created: now,
            expires: now + seconds * SECOND,
            used: null,
            simulated: launch.simulation?.simulated ?? null,
            flight_id: launch.simulation?.flightId ?? null,
          })
          .execute()
        await record(trx, launch)
      })
      return { launch: handle, expiresIn: seconds }
    },

    /** What a handle stands for. It may be asked for as often as an authorization takes; `burn` decides. */
    async find(handle: string): Promise<Launch | { refused: LaunchRefusal }> {
      const [row] = await db.read(bind(byHash, sha256(handle)))
      if (row === undefined) return { refused: 'launch-unknown' }
      if (row.used !== null) return { refused: 'launch-used' }
      if (row.expires <= clock()) return { refused: 'launch-expired' }
      const { simulated, flight_id: flightId } = row
      return {
        clientId: row.client_id,
        userId: row.user_id,
        context: JSON.parse(row.context) as LaunchContext,
        ...(simulated === null || flightId === null ? {} : { simulation: { simulated, flightId } }),
      }
    },

    /** Uses a handle up. Of any number of callers, on any number of nodes, exactly one gets true. */
    async burn(handle: string): Promise<boolean> {
      const now = clock()
      const { numUpdatedRows } = await db.together((trx) =>
        trx
          .updateTable('launch_handle')
          .set({ used: now })
          .where('handle_hash', '=', sha256(handle))
          .where('used', 'is', null)
          .where('expires', '>', now)
          .executeTakeFirstOrThrow(),
      )
      return numUpdatedRows === 1n
    },
  }
}
