import { type Kysely, type Selectable, sql } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import { randomId } from '../../lib/id.ts'
import { type Clock, HOUR, SECOND, seconds } from '../../lib/time.ts'
import type { Database } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'
import type { Grounds } from '../access/access.ts'
import type { WrittenFile } from './parts.ts'
import type { ExportRequest } from './request.ts'

/** What is kept of a kick-off: the job goes on with the right that it began with (BULK-20). */
export type JobRequest = {
  request: ExportRequest
  grounds: Grounds
  /** The address that was asked, for the manifest. */
  url: string
  /** `Prefer: separate-export-status` (BULK-09). */
  separateStatus: boolean
}
export type OutputFile = WrittenFile & { type: string }
/** How a job ended. */
export type JobResult =
  | {
      /** Milliseconds: the moment that the files show. */
      transactionTime: number
      output: OutputFile[]
      deleted: OutputFile[]
      error: OutputFile[]
    }
  | { failure: string }

export type Job = JobRequest & {
  id: string
  clientId: string
  state: Tables['export_job']['state']
  attempt: number
  created: number
  progress: string | undefined
  result: JobResult | undefined
  /** Milliseconds; as long as it has not ended it does not expire. */
  expires: number | undefined
}
/** A job that we work on, until somebody else does. */
export type Claim = Pick<Job, 'id' | 'attempt'>

/** Writes down what happened to a job, in its transaction. */
export type RecordJob = (trx: Kysely<Tables>, job: Job) => Promise<void>

/** A worker that says nothing for so long has died. */
export const LEASE = 10 * SECOND
/** A client may ask for the state of a job as often as this. */
export const POLL = SECOND

type Deps = {
  db: Database
  clock: Clock
  /** Jobs that a client may have at one time. */
  perClient: number
  /** Hours for which files are kept. */
  keepHours: number
}
export type Jobs = ReturnType<typeof createJobs>

/** The register of exports. What must happen once is one conditional statement, on any number of nodes. */
export function createJobs({ db, clock, perClient, keepHours }: Deps) {
  const ofClaim = (trx: Kysely<Tables>, { id, attempt }: Claim) =>
    trx
      .updateTable('export_job')
      .where('job_id', '=', id)
      .where('attempt', '=', attempt)
      .where('state', '=', 'running')

  /** @throws LanyardError `too-many` (BULK-07) */
  async function add(what: JobRequest, record: RecordJob): Promise<Job> {
    const { client_id } = what.grounds[0].claims
    return await db.kysely.transaction().execute(async (trx) => {
      // SQLite has one writer; here those who start exports take turns, so that the count holds.
      if (db.dialect === 'postgres') await sql`select pg_advisory_xact_lock(7140012)`.execute(trx)
      const own = await trx.selectFrom('export_job').selectAll().where('client_id', '=', client_id).execute()
      if (own.length >= perClient) throw tooMany(own, clock())
      const row = await trx
        .insertInto('export_job')
        .values({
          job_id: randomId(),
          client_id,
          state: 'waiting',
          request: JSON.stringify(what),
          created: clock(),
          attempt: 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      const job = fromRow(row)
      await record(trx, job)
      return job
    })
  }

  async function find(id: string): Promise<Job | undefined> {
    const rows = await db.read(
      db.kysely.selectFrom('export_job').selectAll().where('job_id', '=', id).compile(),
    )
    const [row] = rows
    return row === undefined || hasExpired(row, clock()) ? undefined : fromRow(row)
  }

  /** False for a client that asks again too soon. */
  async function mayPoll(id: string): Promise<boolean> {
    const now = clock()
    const done = await db.kysely
      .updateTable('export_job')
      .set({ polled: now })
      .where('job_id', '=', id)
      .where((where) => where.or([where('polled', 'is', null), where('polled', '<=', now - POLL)]))
      .executeTakeFirst()
    return done.numUpdatedRows === 1n
  }

  /** The oldest job on which nobody works, or whose worker has died; on all nodes one gets it. */
  async function claim(): Promise<Job | undefined> {
    const now = clock()
    const row = await db.kysely
      .updateTable('export_job')
      .set((column) => ({ state: 'running', attempt: column('attempt', '+', 1), lease_until: now + LEASE }))
      .where('job_id', '=', (inner) =>
        inner
          .selectFrom('export_job as o')
          .select('o.job_id')
          .where((where) => where.or([where('o.state', '=', 'waiting'), isAbandoned('o', now)]))
          .orderBy('o.created')
          .orderBy('o.job_id')
          .limit(1),
      )
      .where((where) => where.or([where('state', '=', 'waiting'), isAbandoned('export_job', now)]))
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? undefined : fromRow(row)
  }

  /** Says that we still work on it. @returns false if it is not ours any more */
  async function renew(claimed: Claim, progress: string): Promise<boolean> {
    const done = await ofClaim(db.kysely, claimed)
      .set({ lease_until: clock() + LEASE, progress })
      .executeTakeFirst()
    return done.numUpdatedRows === 1n
  }

  /** Gives a job back, so that another attempt is made. */
  async function release(claimed: Claim): Promise<void> {
    await ofClaim(db.kysely, claimed).set({ state: 'waiting', lease_until: null, progress: null }).execute()
  }

  /** Ends a job that is still ours. @returns false if it is not */
  async function finish(claimed: Claim, result: JobResult, record: RecordJob): Promise<boolean> {
    const failed = 'failure' in result
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await ofClaim(trx, claimed)
        .set({
          state: failed ? 'failed' : 'done',
          result: JSON.stringify(result),
          lease_until: null,
          expires: clock() + keepHours * HOUR,
        })
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) return false
      await record(trx, fromRow(row))
      return true
    })
  }

  /** Removes a job. @returns whether it was there */
  async function remove(id: string, record: RecordJob): Promise<boolean> {
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .deleteFrom('export_job')
        .where('job_id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) return false
      await record(trx, fromRow(row))
      return true
    })
  }

  /** All jobs, also those whose time is over. */
  async function all(): Promise<(Job & { expired: boolean })[]> {
    const rows = await db.kysely.selectFrom('export_job').selectAll().execute()
    return rows.map((row) => ({ ...fromRow(row), expired: hasExpired(row, clock()) }))
  }

  return { add, find, mayPoll, claim, renew, release, finish, remove, all }
}

function isAbandoned(table: 'o' | 'export_job', now: number) {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  return sql<boolean>`(${column('state')} = 'running' and ${column('lease_until')} < ${now})`
}

function hasExpired({ expires }: Selectable<Tables['export_job']>, now: number): boolean {
  return expires !== null && expires <= now
}

/** When there is room again: an export takes minutes, and what is finished goes at its time. */
function tooMany(own: readonly Selectable<Tables['export_job']>[], now: number): LanyardError {
  const running = own.some(({ state }) => state === 'waiting' || state === 'running')
  const first = Math.min(...own.map(({ expires }) => expires ?? Number.POSITIVE_INFINITY))
  const wait = running ? 60 : Math.max(1, seconds(first - now))
  return new LanyardError(
    'too-many',
    `This client has ${own.length} exports already. Delete those that you have fetched (DELETE on their status address), or wait.`,
    { reason: 'export-too-many', headers: { 'retry-after': String(wait) } },
  )
}

function fromRow(row: Selectable<Tables['export_job']>): Job {
  return {
    ...(JSON.parse(row.request) as JobRequest),
    id: row.job_id,
    clientId: row.client_id,
    state: row.state,
    attempt: row.attempt,
    created: row.created,
    progress: row.progress ?? undefined,
    result: row.result === null ? undefined : (JSON.parse(row.result) as JobResult),
    expires: row.expires ?? undefined,
  }
}
