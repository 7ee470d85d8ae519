import type { Kysely } from 'kysely'
import { builtInPolicy } from '../smart/policy.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { unknownRole } from './check-user.ts'

/**
 * Sees to it that roles are there until a transaction ends that gives them to somebody: whoever removes one (roles.ts)
 * waits, and finds that it is held.
 * @throws LanyardError `invalid-request` for one that was removed since it was looked for
 */
export async function keepRoles(
  trx: Kysely<Tables>,
  { dialect }: Pick<Database, 'dialect'>,
  names: readonly string[],
): Promise<void> {
  const defined = names.filter((name) => builtInPolicy(name) === undefined)
  if (defined.length === 0) return
  const query = trx.selectFrom('role').select('name').where('name', 'in', defined).orderBy('name')
  const found = await (dialect === 'postgres' ? query.forKeyShare() : query).execute()
  const gone = defined.find((name) => !found.some((role) => role.name === name))
  if (gone !== undefined) throw unknownRole(gone)
}
