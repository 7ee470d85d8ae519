import type { Kysely } from 'kysely'
import type { Clock } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { createAppend, type Waiting } from './append.ts'
import { createTrim } from './trim.ts'

/** What can happen. A new word is added here first. */
export type AuditEvent =
  | 'token.issue'
  | 'token.introspect'
  | 'token.revoke'
  | 'client.authenticate'
  | 'client.add'
  | 'client.update'
  | 'client.secret'
  | 'client.disable'
  | 'client.enable'
  | 'client.refuse'
  | 'client.logo'
  | 'client.end'
  | 'client.remove'
  | 'client.fetch'
  | 'client.remind'
  | 'client.dismiss'
  | 'role.add'
  | 'role.update'
  | 'role.disable'
  | 'role.enable'
  | 'role.remove'
  | 'user.add'
  | 'user.update'
  | 'user.password'
  | 'user.unlock'
  | 'user.link'
  | 'user.disable'
  | 'user.enable'
  | 'user.remove'
  | 'user.sign-in'
  | 'user.sign-out'
  | 'session.end'
  | 'launch.create'
  | 'launch.authorize'
  | 'flight.share'
  | 'flight.unshare'
  | 'consent.allow'
  | 'consent.deny'
  | 'grant.narrow'
  | 'grant.revoke'
  | 'token.refresh'
  | 'api-key.add'
  | 'api-key.revoke'
  | 'keys.make'
  | 'keys.rotate'
  | 'fhir.read'
  | 'fhir.vread'
  | 'fhir.search'
  | 'fhir.create'
  | 'fhir.update'
  | 'fhir.patch'
  | 'fhir.delete'
  | 'fhir.history'
  | 'fhir.operation'
  | 'fhir.refuse'
  | 'export.start'
  | 'export.complete'
  | 'export.fail'
  | 'export.fetch'
  | 'export.cancel'
  | 'export.expire'
  | 'data.export'
  | 'data.import'
  | 'data.seed'
  | 'audit.trim'
  | 'audit.verify'
  | 'audit.export'
  | 'audit.search'
  | 'audit.read'
  | 'flight.read'
  | 'simulator.search'
  | 'branding.update'
  | 'branding.logo'

/** One row: who did what to whose record, how it ended and why. No tokens, no secrets, no contents. */
export type AuditEntry = {
  event: AuditEvent
  outcome: 'success' | 'refused' | 'error'
  /** A reason code, e.g. `assertion-replayed`. */
  reason?: string | undefined
  clientId?: string | undefined
  userId?: string | undefined
  patient?: string | undefined
  /** Of several, in place of `patient`. */
  patients?: readonly string[] | undefined
  /** The `jti` of the token that was used or issued. */
  tokenId?: string | undefined
  requestId?: string | undefined
  /** Small facts as JSON, e.g. the granted scope or the interaction. */
  detail?: Record<string, unknown> | undefined
}

export type Audit = ReturnType<typeof createAudit>

/** An entry that waits to become a row, and when it was made. */
type Noted = { entry: AuditEntry; at: number }

/** Rows of reads may wait this long, in milliseconds: a crash can lose them (SECURITY.md says so). */
const LAZY = 100
/** Milliseconds until rows that the database did not take are offered again. */
const RETRY = 1000
/** Rows a transaction. */
const BATCH = 500
/** Rows kept in memory when the database does not take them; beyond, requests are refused. */
const MOST = 20_000

type Deps = {
  db: Database
  clock: Clock
  /** Seals the ends of the chain; asked for when the first row is written. */
  secret: () => string
  /** Days that rows are kept; 0 keeps them for ever. */
  keepDays: number
  failed: (error: unknown) => void
  /** Told of every entry (usage.ts). */
  counted?: (entry: AuditEntry) => void
}

/**
 * The audit trail: append-only. What changes something is written in its transaction (`inTransaction`), what
 * is answered for is written before the answer (`write`), reads are written within 100 ms (`note`).
 */
export function createAudit({ db, clock, secret, keepDays, failed, counted }: Deps) {
  /** What is not stored yet, oldest first; rows leave it when they are stored and not before. */
  let queue: Noted[] = []
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined

  const append = createAppend(db, secret)
  const store = (trx: Kysely<Tables>, rows: readonly Waiting[]) => db.atCommit(trx, append, rows)

  async function storeAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH)
      try {
        const rows = batch.map(({ entry, at }) => toRow(entry, at))
        await db.together((trx) => store(trx, rows))
      } catch (error) {
        flushIn(RETRY)
        failed(error)
        break
      }
      queue = queue.slice(batch.length)
      if (counted !== undefined) for (const { entry } of batch) counted(entry)
    }
    // In the same breath as the last look at the queue: what is added from now on finds nothing under way.
    flushing = undefined
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (flushing === undefined && queue.length > 0) flushing = storeAll()
    return flushing ?? Promise.resolve()
  }

  function flushIn(wait: number): void {
    timer ??= setTimeout(() => void flush(), wait).unref()
  }

  function rowOf(entry: AuditEntry): Waiting {
    counted?.(entry)
    return toRow(entry, clock())
  }

  const inTransaction = (trx: Kysely<Tables>, entry: AuditEntry) => store(trx, [rowOf(entry)])
  const trim = createTrim({
    db,
    clock,
    keepDays,
    secret,
    record: (trx, detail) => inTransaction(trx, { event: 'audit.trim', outcome: 'success', detail }),
  })

  return {
    /** For changes: the row stands or falls with the transaction, and is written as its last act. */
    inTransaction,
    /** For what is answered for: resolves when the row is stored, rejects when it could not be. */
    async write(entry: AuditEntry): Promise<void> {
      const row = rowOf(entry)
      await db.together((trx) => store(trx, [row]))
    },
    /** For reads and refusals: the row is stored within 100 ms. */
    note(entry: AuditEntry): void {
      // Made into a row with the others: a batch costs half of what its rows would one by one.
      queue.push({ entry, at: clock() })
      flushIn(LAZY)
    },
    /** True while rows can be taken: nobody reads records without leaving a trace. */
    accepts: (): boolean => queue.length < MOST,
    /** Writes what waits; resolves when nothing waits any more, or the database did not take it. */
    flush,
    /** Removes a batch of rows that are too old; returns how many went. */
    trim,
  }
}

/** An entry in the order of the chain's columns, without its place in it. */
function toRow(entry: AuditEntry, at: number): Waiting {
  const { patients = none } = entry
  const several = patients.length > 1 ? patients : none
  const detail = several.length === 0 ? entry.detail : { ...entry.detail, patients: several }
  return {
    several,
    facts: [
      at,
      entry.event,
      entry.outcome,
      entry.reason ?? null,
      entry.clientId ?? null,
      entry.userId ?? null,
      entry.patient ?? (several.length === 0 ? patients[0] : undefined) ?? null,
      entry.tokenId ?? null,
      entry.requestId ?? null,
      detail === undefined ? null : JSON.stringify(detail),
    ],
  }
}

const none: readonly string[] = []
