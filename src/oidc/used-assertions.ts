import { bind, type Database } from '../store/database.ts'
import type { UseAssertion } from './client-assertion.ts'

/** One conditional insert decides: of any number of nodes that see the same assertion, one wins. */
export function createUsedAssertions(db: Database): UseAssertion {
  const insert = db.kysely
    .insertInto('used_assertion')
    .values({ client_id: '', jti: '', expires: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .compile()
  return async (clientId, jti, expires) => {
    const { numAffectedRows } = await db.together((trx) =>
      trx.executeQuery(bind(insert, clientId, jti, expires)),
    )
    return numAffectedRows === 1n
  }
}

/** Whether a client has used a `jti` that is still remembered; it is not used up by asking. */
export async function assertionWasUsed(
  { kysely }: Database,
  clientId: string,
  jti: string,
): Promise<boolean> {
  const found = await kysely
    .selectFrom('used_assertion')
    .select('jti')
    .where('client_id', '=', clientId)
    .where('jti', '=', jti)
    .executeTakeFirst()
  return found !== undefined
}
