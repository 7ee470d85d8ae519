import type { Database } from '../store/database.ts'
import type { UseAssertion } from './client-assertion.ts'

/** One conditional insert decides: of any number of nodes that see the same assertion, one wins. */
export function createUsedAssertions(db: Database): UseAssertion {
  return async (clientId, jti, expires) => {
    const result = await db.kysely
      .insertInto('used_assertion')
      .values({ client_id: clientId, jti, expires })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return Number(result.numInsertedOrUpdatedRows) === 1
  }
}
