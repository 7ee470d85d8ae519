import type { Kysely } from 'kysely'
import { MINUTE } from '../lib/time.ts'
import type { Outsider } from '../smart/outsider.ts'
import type { Tables } from '../store/tables.ts'

/** What a token rests on that was traded for one of an outside server (RFC 8693). */
export type ExchangedGrant = {
  id: string
  clientId: string
  outsider: Outsider
  scope: string
  patient: string | undefined
  flightId: string
  /** Milliseconds; the token ends with the one that it was traded for. */
  created: number
  expires: number
}

/** Stores it among the launches, whose tokens live as long as their grant does. */
export async function storeExchangedGrant(trx: Kysely<Tables>, grant: ExchangedGrant): Promise<void> {
  const { patient } = grant
  await trx
    .insertInto('launch_grant')
    .values({
      grant_id: grant.id,
      client_id: grant.clientId,
      user_id: null,
      outsider: JSON.stringify(grant.outsider),
      scope: grant.scope,
      context: JSON.stringify(patient === undefined ? {} : { patient }),
      patient: patient ?? null,
      created: grant.created,
      // Outlives its token by a moment, so that the token is told that it expired.
      expires: grant.expires + MINUTE,
      revoked: null,
      session_uid: null,
      refresh: null,
      used: grant.created,
      flight_id: grant.flightId,
    })
    .execute()
}
