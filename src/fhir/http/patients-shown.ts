import type { Access } from '../access/access.ts'
import type { Session } from '../store/store.ts'

/**
 * Whose records a search shows, for the audit (AUD-05). A token that opens nothing but the record of its patient says
 * it without a look at the data; what belongs to nobody was looked at for the patient in context.
 */
export async function patientsShown(
  session: Pick<Session, 'patientsOf'>,
  access: Access,
  shown: readonly { type: string; rid: number }[],
): Promise<readonly string[]> {
  const { patient } = access
  const inContext = patient === undefined ? [] : [patient]
  if (shown.length === 0) return inContext
  const isBound = (type: string): boolean => {
    const decision = access.decide('search-type', type)
    return decision.allowed && decision.ranges.every(({ level }) => level === 'patient')
  }
  if (patient !== undefined && shown.every(({ type }) => isBound(type))) return inContext
  const found = await session.patientsOf(shown.map(({ rid }) => rid))
  return found.length === 0 ? inContext : found
}
