import { createHmac } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Act } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import { equalInConstantTime } from '../lib/id.ts'
import { type Clock, DAY } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { holding } from './overview.ts'
import type { UserRegistry } from './registry.ts'
import type { Account } from './user.ts'

type Deps = {
  db: Database
  clock: Clock
  /** Signs links, the same on every node. */
  secret: string
  users: Pick<UserRegistry, 'add'>
}

/** How long a link is good; every start makes a new one while there is no admin. */
const GOOD_FOR = DAY
/** Says in the database that the first admin was made. */
const MARK = 'first-admin'

export type FirstAdmin = ReturnType<typeof createFirstAdmin>

/**
 * A server that starts with nothing has nobody who could let anybody in: whoever can read its output gets a link, by
 * which the first admin is made, once.
 */
export function createFirstAdmin({ db, clock, secret, users }: Deps) {
  const sealOf = (expires: string): string => createHmac('sha256', secret).update(expires).digest('base64url')

  /** Whether nobody is an admin, and nobody ever was made one by a link. */
  async function isNeeded(): Promise<boolean> {
    const marked = await db.kysely
      .selectFrom('fhir_meta')
      .select('name')
      .where('name', '=', MARK)
      .executeTakeFirst()
    if (marked !== undefined) return false
    const admin = await db.kysely
      .selectFrom('account')
      .select('user_id')
      .where(holding('admin'))
      .limit(1)
      .executeTakeFirst()
    return admin === undefined
  }

  /** What a link carries. */
  function token(): string {
    const expires = String(clock() + GOOD_FOR)
    return `${expires}.${sealOf(expires)}`
  }

  /** @throws LanyardError `forbidden` for a link that is not ours, too old, or no longer needed */
  async function check(given: string): Promise<void> {
    const [expires = '', seal = ''] = given.split('.')
    const isGood = equalInConstantTime(seal, sealOf(expires)) && Number(expires) > clock()
    if (!isGood || !(await isNeeded())) throw noLongerGood()
  }

  /**
   * Makes the first admin. It is **important** that of any number of calls, on any number of nodes, one succeeds: the
   * mark is set by one insert, in the transaction that adds the admin, so that after a crash there are both or neither.
   * @throws LanyardError `forbidden`, `invalid-request` with every mistake
   */
  async function create(given: string, person: Record<string, unknown>, act: Act): Promise<Account> {
    await check(given)
    const claim = async (trx: Kysely<Tables>): Promise<void> => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('fhir_meta')
        .values({ name: MARK, value: String(clock()) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (Number(numInsertedOrUpdatedRows) === 0) throw noLongerGood()
    }
    return await users.add({ ...person, roles: ['admin'] }, 'console', { ...act, claim })
  }

  return { isNeeded, token, check, create }
}

function noLongerGood(): LanyardError {
  return new LanyardError(
    'forbidden',
    'This link is not good any more. It works once, within a day; a restart of the server makes a new one while there is no admin.',
    { reason: 'first-admin-link' },
  )
}
