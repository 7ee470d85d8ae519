import type { Clock } from '../../lib/time.ts'
import type { Session } from '../store/store.ts'
import type { Exporter } from './exporter.ts'
import { membersOf } from './members.ts'
import type { ExportRequest } from './request.ts'

/** The moment that an export shows, in milliseconds, and whose records it is about; undefined for everything. */
export type Moment = { time: number; patients: 'all' | readonly string[] | undefined }

/** Looks at the clock until it has moved on. */
const LOOKS = 5

/**
 * The moment is fixed while nobody writes, and nobody may write before the clock has moved on: all that was changed up
 * to it is in the export, and whatever is changed later has a later time (BULK-11).
 * @throws LanyardError `not-found`, `forbidden` for a Group that cannot be read any more
 */
export async function fixMoment(
  session: Session,
  exporter: Exporter,
  request: ExportRequest,
  { clock, fhirBase }: { clock: Clock; fhirBase: string },
): Promise<Moment> {
  return await session.atRest(async (resting) => {
    await exporter.perform({ kind: 'begin' })
    const time = clock()
    const patients = await patientsOf(resting, request, time, fhirBase)
    // A clock that stands still, as in a test, is not waited for.
    for (let looks = 0; clock() === time && looks < LOOKS; looks++)
      await new Promise((go) => setTimeout(go, 1))
    return { time, patients }
  })
}

/** Whose records are exported: of the members of a group, those that were named, if any were (BULK-17). */
export async function patientsOf(
  session: Pick<Session, 'read'>,
  { level, patients: named }: Pick<ExportRequest, 'level' | 'patients'>,
  time: number,
  fhirBase: string,
): Promise<Moment['patients']> {
  if (level.of === 'system') return undefined
  if (level.of === 'patient') return named ?? 'all'
  const { body } = await session.read('Group', level.id)
  const members = membersOf(body, time, fhirBase)
  return named === undefined ? members : members.filter((id) => named.includes(id))
}
