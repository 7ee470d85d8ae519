import type { Audit, AuditEntry } from '../../audit/audit.ts'
import type { Act } from '../../lib/act.ts'
import { type Clock, MINUTE } from '../../lib/time.ts'

/** What is looked at of what others did or are. */
type Look = Pick<AuditEntry, 'patient' | 'patients' | 'clientId' | 'detail'> & {
  event: 'audit.search' | 'audit.read' | 'flight.read' | 'simulator.search'
  /** What tells it from other looks, where its facts do not. */
  about?: unknown
}

/** Whoever turns pages, or watches, looks once in this time. */
const ONCE_IN = 10 * MINUTE
/** Looks that are remembered. */
const REMEMBERED = 1000

export type LookDeps = { audit: Pick<Audit, 'note'>; clock: Clock }
export type Looks = ReturnType<typeof createLooks>

/** Who watches is watched: that somebody looked is an entry of the audit, and changes nothing. */
export function createLooks({ audit, clock }: LookDeps) {
  /** When, by who looked at what; the oldest first. */
  const last = new Map<string, number>()

  return {
    note({ about, detail, ...look }: Look, { userId, by, requestId }: Act): void {
      const now = clock()
      const key = JSON.stringify([userId ?? by, look, about ?? detail])
      if (now < (last.get(key) ?? -ONCE_IN) + ONCE_IN) return
      last.delete(key)
      last.set(key, now)
      const oldest = last.size > REMEMBERED ? last.keys().next().value : undefined
      if (oldest !== undefined) last.delete(oldest)
      audit.note({ ...look, outcome: 'success', userId, requestId, detail: { ...detail, by } })
    },
  }
}
