import type { Database } from '../store/database.ts'
import type { AuditEvent } from './audit.ts'

/** What an app did, or its user about it, as the audit has it. */
export type ActivityRow = {
  /** Counts up; newer rows have greater numbers. */
  seq: number
  /** Milliseconds since 1970. */
  at: number
  event: string
  clientId: string
  userId: string | undefined
  /** A bare id. */
  patient: string | undefined
  detail: Readonly<Record<string, unknown>>
}

/** Whose activity: what their own apps did, and what the apps of others read in the record of this patient. */
export type ActivityOf = { userId: string; ownPatient: string | undefined }

/** What of it: rows before this one, about one record, by one app. */
export type ActivityWanted = {
  before?: number | undefined
  patient?: string | undefined
  clientId?: string | undefined
}

export type Activity = ReturnType<typeof createActivity>

const reads: readonly AuditEvent[] = ['fhir.read', 'fhir.vread', 'fhir.search']
const own: readonly AuditEvent[] = [...reads, 'fhir.refuse', 'consent.allow', 'consent.deny', 'grant.narrow']

/** Reads the audit for the person whom it is about. */
export function createActivity(db: Database) {
  const rows = ({ before, patient, clientId }: ActivityWanted, most: number) => {
    const all = db.kysely
      .selectFrom('audit')
      .select(['seq', 'at', 'event', 'client_id', 'user_id', 'patient', 'detail'])
      .where('client_id', 'is not', null)
      .$narrowType<{ client_id: string }>()
      .orderBy('seq', 'desc')
      .limit(most)
    const older = before === undefined ? all : all.where('seq', '<', before)
    const ofPatient = patient === undefined ? older : older.where('patient', '=', patient)
    return clientId === undefined ? ofPatient : ofPatient.where('client_id', '=', clientId)
  }

  /** The newest rows first, `most` of them. */
  return async function activity(
    { userId, ownPatient }: ActivityOf,
    wanted: ActivityWanted,
    most: number,
  ): Promise<ActivityRow[]> {
    const ofUser = rows(wanted, most)
      .where('user_id', '=', userId)
      .where((where) =>
        where.or([
          where('event', 'in', own),
          // A grant also ends when the user signs out, for instance.
          where.and([where('event', '=', 'grant.revoke'), where('reason', '=', 'withdrawn')]),
        ]),
      )
    // Each by its own index: together they would be sorted from the first row on.
    const found = [await db.read(ofUser.compile())]
    if (ownPatient !== undefined) {
      const ofRecord = rows(wanted, most).where('patient', '=', ownPatient).where('event', 'in', reads)
      found.push(await db.read(ofRecord.compile()))
    }
    const bySeq = new Map(found.flat().map((row) => [row.seq, row]))
    return [...bySeq.values()]
      .toSorted((a, b) => b.seq - a.seq)
      .slice(0, most)
      .map(({ seq, at, event, client_id, user_id, patient, detail }) => ({
        seq,
        at,
        event,
        clientId: client_id,
        userId: user_id ?? undefined,
        patient: patient ?? undefined,
        detail: detail === null ? {} : (JSON.parse(detail) as Record<string, unknown>),
      }))
  }
}
