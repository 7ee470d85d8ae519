import type { AuditEntry } from '../../../src/audit/audit.ts'
import type { House } from '../../../src/house.ts'
import type { busy as Busy, crowd as Crowd } from './crowd.ts'

/** Entries that wait at once. */
const BATCH = 5000
/** How often the one patient of the bench stands in the audit. */
const OFTEN = 400

/** Fills the audit over the last month by its own way, so that its chain holds. */
export async function fillAudit(
  { audit, users }: Pick<House, 'audit' | 'users'>,
  auditRows: number,
  { apps, users: people }: typeof Crowd,
  { patient }: typeof Busy,
  clock: { now: number },
): Promise<void> {
  const one = await users.findByName(patient)
  const own = one?.fhirUser?.split('/')[1]
  const step = (Date.now() - clock.now) / auditRows
  const start = clock.now
  for (let index = 0; index < auditRows; index++) {
    clock.now = Math.floor(start + index * step)
    const entry = entryOf(index, apps, people)
    audit.note(index % OFTEN === 0 ? { ...entry, userId: one?.id, patient: own } : entry)
    if (index % BATCH === BATCH - 1) await audit.flush()
  }
  await audit.flush()
  clock.now = Date.now()
}

/** Of a hundred: mostly reads, some tokens and sign-ins, a refusal now and then; an act of an admin in a thousand. */
function entryOf(index: number, apps: number, people: number): AuditEntry {
  const spread = (index * 7919) % 1_000_003
  const clientId = `app-${String(1 + (spread % apps)).padStart(4, '0')}`
  const userId = `user-${String(spread % people).padStart(5, '0')}`
  const patient = `pt-${spread % people}`
  const requestId = `request-${index}`
  const kind = index % 100
  if (index % 1000 === 999)
    return {
      event: 'client.update',
      outcome: 'success',
      clientId,
      userId,
      requestId,
      detail: { version: 2, changed: { client_name: { before: 'a', after: 'b' } } },
    }
  if (kind < 60)
    return {
      event: 'fhir.search',
      outcome: 'success',
      clientId,
      userId,
      patient,
      requestId,
      detail: { path: 'Observation', query: 'category,date' },
    }
  if (kind < 85)
    return {
      event: 'fhir.read',
      outcome: 'success',
      clientId,
      userId,
      patient,
      requestId,
      detail: { reference: `Patient/${patient}` },
    }
  if (kind < 93)
    return { event: 'token.issue', outcome: 'success', clientId, requestId, detail: { scope: 'system/*.rs' } }
  if (kind < 96) return { event: 'user.sign-in', outcome: 'success', clientId, userId, requestId }
  if (kind < 97)
    return { event: 'user.sign-in', outcome: 'refused', reason: 'password', clientId, userId, requestId }
  if (kind < 98) return { event: 'consent.allow', outcome: 'success', clientId, userId, patient, requestId }
  return {
    event: 'fhir.refuse',
    outcome: 'refused',
    reason: 'scope-lacking',
    clientId,
    userId,
    requestId,
    detail: { path: 'Condition' },
  }
}
