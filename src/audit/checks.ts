import type { Act } from '../lib/act.ts'
import type { Database } from '../store/database.ts'
import type { Audit } from './audit.ts'
import type { Place } from './chain.ts'
import { type Break, verifyAudit } from './verify.ts'

/** What a check of the chain found. */
export type AuditCheck = {
  /** When it ended, in milliseconds since 1970. */
  at: number
  userId: string | undefined
  rows: number
  /** Rows from before the chain. */
  before: number
  /** The number of the first row, and the last place. */
  first: number
  end: Place
  broken: Break | undefined
}

type Deps = {
  db: Database
  audit: Pick<Audit, 'write' | 'flush'>
  /** That the chain is sealed with. */
  secret: () => string
  failed: (error: unknown) => void
}

/** Milliseconds that whoever asks for a check waits for it; a long chain is followed in the background. */
const WAIT = 1500

export type AuditChecks = ReturnType<typeof createAuditChecks>

/** Follows the chain when asked, one check at a time; what was found is a row of the audit itself. */
export function createAuditChecks({ db, audit, secret, failed }: Deps) {
  let running: Promise<void> | undefined
  const stopping = new AbortController()

  /** What the last check on any node found. */
  async function last(): Promise<AuditCheck | undefined> {
    const query = db.kysely
      .selectFrom('audit')
      .select(['at', 'user_id', 'detail'])
      .where('event', '=', 'audit.verify')
      .orderBy('seq', 'desc')
      .limit(1)
    const [row] = await db.read(query.compile())
    if (row === undefined) return undefined
    const found = JSON.parse(row.detail ?? '{}') as Pick<
      AuditCheck,
      'rows' | 'before' | 'first' | 'end' | 'broken'
    >
    return { ...found, at: row.at, userId: row.user_id ?? undefined }
  }

  async function check({ userId, requestId, by, reason }: Act): Promise<void> {
    await audit.flush()
    const before = await last()
    // The chain must still lead through where it led the last time.
    const known =
      before?.broken === undefined && before !== undefined && before.rows > 0 ? before.end : undefined
    const { start, ...found } = await verifyAudit(db, secret(), known, stopping.signal)
    await audit.write({
      event: 'audit.verify',
      outcome: found.broken === undefined ? 'success' : 'error',
      reason: found.broken?.kind,
      userId,
      requestId,
      detail: { ...found, first: start.seq + 1, by, why: reason },
    })
  }

  /** Begins a check, unless one is under way, and waits for it a little. */
  async function begin(act: Act): Promise<void> {
    running ??= check(act)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) failed(error)
      })
      .finally(() => {
        running = undefined
      })
    let timer: NodeJS.Timeout | undefined
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WAIT)
    })
    await Promise.race([running, waited])
    clearTimeout(timer)
  }

  return {
    last,
    begin,
    /** True while this node follows the chain. */
    isRunning: (): boolean => running !== undefined,
    /** Ends a check that is under way, which then has found nothing; resolves when it leaves the database alone. */
    stop(): Promise<void> {
      stopping.abort()
      return running ?? Promise.resolve()
    },
  }
}
