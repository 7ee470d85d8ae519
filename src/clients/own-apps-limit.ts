import type { Kysely } from 'kysely'
import { LanyardError } from '../lib/errors.ts'
import type { Dialect } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'

/**
 * In the transaction that adds an app of a developer: takes it back if they have too many now. Two that are added at
 * the same time wait for each other.
 * @throws LanyardError `conflict` (reason `too-many-apps`)
 */
export async function refuseBeyond(
  trx: Kysely<Tables>,
  dialect: Dialect,
  { userId, most }: { userId: string; most: number },
): Promise<void> {
  const account = trx.selectFrom('account').select('user_id').where('user_id', '=', userId)
  if (dialect === 'postgres') await account.forUpdate().execute()
  const { count } = await trx
    .selectFrom('client')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_user', '=', userId)
    .executeTakeFirstOrThrow()
  if (Number(count) <= most) return
  throw new LanyardError('conflict', `You have ${most} apps, which is the most. Remove one first.`, {
    reason: 'too-many-apps',
  })
}
