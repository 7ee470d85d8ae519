import type { Kysely } from 'kysely'
import type { Act } from '../lib/act.ts'
import type { Clock } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { createFailureHash, type Secrets } from './failure-hash.ts'
import type { Account } from './user.ts'
import { usernameOf } from './user-file.ts'

type Deps = {
  db: Database
  clock: Clock
  seal: Secrets
  /** Writes down that it was lifted, in the same transaction. */
  told: (kysely: Kysely<Tables>, user: Pick<Account, 'id' | 'username'>, act: Act) => Promise<void>
}

export type Locks = ReturnType<typeof createLocks>

/** Who cannot sign in for some time, from somewhere, as they failed too often (lockout.ts). */
export function createLocks({ db, clock, seal, told }: Deps) {
  const hash = createFailureHash(seal)
  return {
    /** Until when, in milliseconds, by username; nothing of those who may try. */
    async of(usernames: readonly string[]): Promise<ReadonlyMap<string, number>> {
      if (usernames.length === 0) return new Map()
      const names = new Map(usernames.map((username) => [hash.name(username), username]))
      const query = db.kysely
        .selectFrom('sign_in_failure')
        .select(({ fn }) => ['name_hash', fn.max('blocked_until').as('until')])
        .where('name_hash', 'in', [...names.keys()])
        .where('blocked_until', '>', clock())
        .groupBy('name_hash')
      const rows = await db.read(query.compile())
      return new Map(rows.map(({ name_hash, until }) => [names.get(name_hash ?? '') ?? '', Number(until)]))
    },

    /**
     * Forgets the failed tries at a user's name, from everywhere.
     * @returns whether there were any
     */
    async lift(user: Pick<Account, 'id' | 'username'>, act: Act): Promise<boolean> {
      return await db.kysely.transaction().execute(async (trx) => {
        const account = hash.counter('account', usernameOf(user.username))
        const counters = trx
          .deleteFrom('sign_in_failure')
          .where('name_hash', '=', hash.name(user.username))
          .returning('failures')
        // In the order in which a try locks them (lockout.ts), or the two could wait for one another.
        const own = await counters.where('counter', '!=', account).execute()
        const gone = [...own, ...(await counters.where('counter', '=', account).execute())]
        // Tries that were right after all leave a count of none.
        if (!gone.some(({ failures }) => failures > 0)) return false
        await told(trx, user, act)
        return true
      })
    },
  }
}
