import type { Kysely } from 'kysely'
import type { Edit } from '../lib/act.ts'
import { LanyardError } from '../lib/errors.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { holding } from './overview.ts'

/** A change of a user. */
export type UserEdit = Edit & {
  /** Whether it is undone if nobody could open the console after it. The command line can mend that, and may. */
  keepsAnAdmin?: boolean | undefined
}

/**
 * Changes a user in a transaction.
 * @throws LanyardError `conflict` (reason `last-admin`) if the last admin who can sign in were gone; nothing is changed
 */
export async function changing<T>(
  { kysely, dialect }: Pick<Database, 'kysely' | 'dialect'>,
  { keepsAnAdmin = false }: UserEdit,
  change: (trx: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  return await kysely.transaction().execute(async (trx) => {
    if (!keepsAnAdmin) return await change(trx)
    const query = trx
      .selectFrom('account')
      .select('user_id')
      .where(holding('admin'))
      .where('status', '=', 'active')
      .where('password_hash', 'is not', null)
    // Locked in one order before anything else, so that two admins who remove each other wait for one another.
    const ordered = query.orderBy('user_id')
    const before = await (dialect === 'postgres' ? ordered.forUpdate() : ordered).execute()
    const done = await change(trx)
    const after = await query.limit(1).execute()
    if (before.length > 0 && after.length === 0) throw lastAdmin()
    return done
  })
}

function lastAdmin(): LanyardError {
  return new LanyardError(
    'conflict',
    'Nobody could open the console any more: this is the last admin who can sign in. Make somebody else an admin first.',
    { reason: 'last-admin' },
  )
}
