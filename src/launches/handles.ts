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
  /** Of such a launch: when it was made, and until when it is good (milliseconds). */
  made?: number | undefined
  expires?: number | undefined
}
export type NewLaunch = Launch & {
  /** Who made it: the id of a client, or `command`; or an admin, by their account. */
  by?: string | undefined
  admin?: string | undefined
  /** Why, in the words of who made it. */
  why?: string | undefined
  requestId?: string | undefined
  /** The app is to begin by itself, in a browser that was made ready: for so many seconds. */
  alone?: { seconds: number } | undefined
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
    .select([
      'client_id',
      'user_id',
      'context',
      'expires',
      'created',
      'used',
      'simulated',
      'flight_id',
      'alone',
    ])
    .where('handle_hash', '=', '')
    .compile()

  async function find(handle: string, alone: 1 | null): Promise<Launch | { refused: LaunchRefusal }> {
    const [row] = await db.read(bind(byHash, sha256(handle)))
    if (row === undefined || row.alone !== alone) return { refused: 'launch-unknown' }
    if (row.used !== null) return { refused: 'launch-used' }
    if (row.expires <= clock()) return { refused: 'launch-expired' }
    const { simulated, flight_id: flightId } = row
    return {
      clientId: row.client_id,
      userId: row.user_id,
      context: JSON.parse(row.context) as LaunchContext,
      ...(simulated === null || flightId === null
        ? {}
        : { simulation: { simulated, flightId }, made: row.created, expires: row.expires }),
    }
  }

  return {
    /** @returns the handle, told here and never again, and for how many seconds it is good */
    async create(launch: NewLaunch): Promise<{ launch: string; expiresIn: number }> {
      const handle = randomId(256)
      const now = clock()
      const good = launch.alone?.seconds ?? seconds
      await db.kysely.transaction().execute(async (trx) => {
        await trx
          .insertInto('launch_handle')
          .values({
            handle_hash: sha256(handle),
            client_id: launch.clientId,
            user_id: launch.userId,
            context: JSON.stringify(launch.context),
            created: now,
            expires: now + good * SECOND,
            used: null,
            simulated: launch.simulation?.simulated ?? null,
            flight_id: launch.simulation?.flightId ?? null,
            alone: launch.alone === undefined ? null : 1,
          })
          .execute()
        await record(trx, launch)
      })
      return { launch: handle, expiresIn: good }
    },

    /** What a handle stands for. It may be asked for as often as an authorization takes; `burn` decides. */
    find: (handle: string) => find(handle, null),

    /** The same for a launch that its app begins by itself; neither is ever taken for the other. */
    findAlone: (handle: string) => find(handle, 1),

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

/** What the audit keeps of a new launch: who made it, and for whom, where that is an admin for somebody. */
export function toldOfLaunch(launch: NewLaunch) {
  const { clientId, userId, context, by, admin, why, simulation, alone, requestId } = launch
  const { simulated, flightId: flight } = simulation ?? {}
  return {
    clientId,
    userId: admin ?? userId,
    patient: context.patient,
    requestId,
    detail: { user: admin && userId, by, why, alone, simulated, flight },
  }
}
