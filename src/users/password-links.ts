import type { Kysely } from 'kysely'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId, sha256 } from '../lib/id.ts'
import { type Clock, DAY } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import type { UserRegistry } from './registry.ts'
import { accountOf } from './rows.ts'
import type { Account } from './user.ts'

type Deps = {
  db: Database
  clock: Clock
  users: Pick<UserRegistry, 'setPassword'>
  /** Writes down that a link was made, in the same transaction. */
  told: (kysely: Kysely<Tables>, account: Account, expires: number, act: Act) => Promise<void>
}

/** How long a link is good, in milliseconds. */
const GOOD_FOR = DAY

export type PasswordLinks = ReturnType<typeof createPasswordLinks>

/**
 * Links by which people choose a password themselves, so that nobody else ever knows it. The newest of each user is
 * stored, as a hash; it ends with whatever ends their sessions (registry.ts): a password, being disabled or removed.
 */
export function createPasswordLinks({ db, clock, users, told }: Deps) {
  /**
   * Makes a link's token; one that was made before ends.
   * @returns it, with when it ends (milliseconds)
   * @throws LanyardError `not-found`, `conflict` for a user who is disabled
   */
  async function make(username: string, act: Act): Promise<{ token: string; expires: number }> {
    const token = randomId(256)
    const expires = clock() + GOOD_FOR
    await db.kysely.transaction().execute(async (trx) => {
      const query = trx.selectFrom('account').selectAll().where('username', '=', username)
      // Nobody disables them before the link is there, which would leave it to be found when they are enabled again.
      const row = await (db.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
      if (row === undefined) throw new LanyardError('not-found', `There is no user "${username}".`)
      if (row.status !== 'active')
        throw new LanyardError('conflict', `The user "${username}" is disabled. Enable them first.`)
      const link = { link_hash: sha256(token), expires }
      await trx
        .insertInto('password_link')
        .values({ user_id: row.user_id, ...link })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(link))
        .execute()
      await told(trx, accountOf(row), expires, act)
    })
    return { token, expires }
  }

  /**
   * Whose link it is.
   * @throws LanyardError `forbidden` for one that is not ours, too old, or has ended
   */
  async function check(token: string): Promise<Account> {
    const row = await db.kysely
      .selectFrom('password_link')
      .innerJoin('account', 'account.user_id', 'password_link.user_id')
      .selectAll('account')
      .where('link_hash', '=', sha256(token))
      .where('expires', '>', clock())
      .executeTakeFirst()
    if (row === undefined) throw ended()
    return accountOf(row)
  }

  /**
   * Sets the password that the user of a link chose; sessions and launches end at once. Of any number of uses at the
   * same time one succeeds.
   * @throws LanyardError `forbidden`, `invalid-request` for a password that is none, `too-many`
   */
  async function use(token: string, password: string, act: Act): Promise<Account> {
    const { username, id } = await check(token)
    return await users.setPassword(username, password, { ...act, userId: id, claim: redeem })

    async function redeem(trx: Kysely<Tables>): Promise<void> {
      const { numDeletedRows } = await trx
        .deleteFrom('password_link')
        .where('user_id', '=', id)
        .where('link_hash', '=', sha256(token))
        .where('expires', '>', clock())
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw ended()
    }
  }

  return { make, check, use }
}

function ended(): LanyardError {
  return new LanyardError(
    'forbidden',
    'This link is not good any more. It works once, within a day, until a newer one is made; whoever looks after this server can make another.',
    { reason: 'password-link' },
  )
}
