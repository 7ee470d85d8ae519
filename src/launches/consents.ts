import { type Clock, DAY } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Duration } from './durations.ts'
import { type ConsentOf, forgetConsent } from './forget-consent.ts'

/** What a user decided about an app for one patient, so that only what is new is asked about. */
export type RememberedConsent = {
  /** Scopes, as the client wrote them. */
  granted: string
  refused: string
  duration: Duration
  /** Milliseconds; later, everything is asked again. */
  until: number
}

export type Consents = ReturnType<typeof createConsents>

/** The register of what users decided. */
export function createConsents(db: Database, clock: Clock) {
  return {
    async find({ userId, clientId, patient = '' }: ConsentOf): Promise<RememberedConsent | undefined> {
      return await db.kysely
        .selectFrom('consent')
        .select(['granted', 'refused', 'duration', 'until'])
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .where('patient', '=', patient)
        .where('until', '>', clock())
        .executeTakeFirst()
    },
    async remember({ userId, clientId, patient = '' }: ConsentOf, decided: RememberedConsent): Promise<void> {
      const values = { ...decided, updated: clock(), expires: decided.until + DAY }
      await db.kysely
        .insertInto('consent')
        .values({ user_id: userId, client_id: clientId, patient, ...values })
        .onConflict((conflict) => conflict.columns(['user_id', 'client_id', 'patient']).doUpdateSet(values))
        .execute()
    },
    forget: (of: ConsentOf): Promise<void> => forgetConsent(db.kysely, of),
  }
}
