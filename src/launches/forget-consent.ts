import type { Kysely } from 'kysely'
import type { Tables } from '../store/tables.ts'

/** A decision is about a user, an app and a patient; without a patient it is about the user's own reach. */
export type ConsentOf = { userId: string; clientId: string; patient: string | undefined }

/** Takes back what is remembered of a decision: the next launch asks about everything. */
export async function forgetConsent(
  kysely: Kysely<Tables>,
  { userId, clientId, patient = '' }: ConsentOf,
): Promise<void> {
  await kysely
    .deleteFrom('consent')
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .where('patient', '=', patient)
    .execute()
}
