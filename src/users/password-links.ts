import { createHmac } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { equalInConstantTime } from '../lib/id.ts'
import { type Clock, DAY } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import type { UserRegistry } from './registry.ts'
import { accountOf, type Row } from './rows.ts'
import type { Account } from './user.ts'

type Deps = {
  db: Database
  clock: Clock
  /** Signs links, the same on every node. */
  secret: string
  users: Pick<UserRegistry, 'setPassword'>
  /** Writes down that a link was made, in the same transaction. */
  told: (kysely: Kysely<Tables>, account: Account, expires: number, act: Act) => Promise<void>
}

/** How long a link is good. */
const GOOD_FOR = DAY

export type PasswordLinks = ReturnType<typeof createPasswordLinks>

/**
 * Links by which people choose a password themselves, so that nobody else ever knows it. A link says whose it is and
 * until when; it holds for the password that there is, or its absence, so that it works once.
 */
export function createPasswordLinks({ db, clock, secret, users, told }: Deps) {
  const sealOf = (userId: string, expires: string, hash: string | null): string =>
    createHmac('sha256', secret)
      .update(`${userId}\0${expires}\0${hash ?? ''}`)
      .digest('base64url')

  /**
   * Makes a link's token.
   * @returns it, with when it ends (milliseconds)
   * @throws LanyardError `not-found`, `conflict` for a user who is disabled
   */
  async function make(username: string, act: Act): Promise<{ token: string; expires: number }> {
    const expires = clock() + GOOD_FOR
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .selectFrom('account')
        .selectAll()
        .where('username', '=', username)
        .executeTakeFirst()
      if (row === undefined) throw new LanyardError('not-found', `There is no user "${username}".`)
      if (row.status !== 'active')
        throw new LanyardError('conflict', `The user "${username}" is disabled. Enable them first.`)
      await told(trx, accountOf(row), expires, act)
      const { user_id: userId, password_hash: hash } = row
      return { token: `${userId}.${expires}.${sealOf(userId, String(expires), hash)}`, expires }
    })
  }

  /**
   * Whose link it is.
   * @throws LanyardError `forbidden` for one that is not ours, too old, or was used
   */
  async function check(token: string): Promise<Account> {
    const [userId = '', expires = '', seal = ''] = token.split('.')
    const row = /^[\w-]{1,64}$/.test(userId) ? await rowOf(userId) : undefined
    const isGood =
      row?.status === 'active' &&
      equalInConstantTime(seal, sealOf(userId, expires, row.password_hash)) &&
      Number(expires) > clock()
    if (isGood) return accountOf(row)
    throw new LanyardError(
      'forbidden',
      'This link is not good any more. It works once, within a day; whoever looks after this server can make another.',
      { reason: 'password-link' },
    )
  }

  /**
   * Sets the password that the user of a link chose; sessions and launches end at once. Of any number of uses at the
   * same time one succeeds, as each is of the version that it saw.
   * @throws LanyardError `forbidden`, `invalid-request` for a password that is none
   */
  async function use(token: string, password: string, act: Act): Promise<Account> {
    const { username, version, id } = await check(token)
    try {
      return await users.setPassword(username, password, { ...act, userId: id, version })
    } catch (error) {
      // Somebody was faster: whether by this link shows now.
      if ((error as Partial<LanyardError>).reason === 'stale') await check(token)
      throw error
    }
  }

  async function rowOf(userId: string): Promise<Row | undefined> {
    return await db.kysely.selectFrom('account').selectAll().where('user_id', '=', userId).executeTakeFirst()
  }

  return { make, check, use }
}
