import type { Audit } from '../../audit/audit.ts'
import { LanyardError } from '../../lib/errors.ts'
import { SECOND } from '../../lib/time.ts'
import type { Log } from '../../observe/log.ts'
import { completeDetail, exportEntry } from './audit-entry.ts'
import type { ExportFolders } from './folders.ts'
import type { Job, JobResult, Jobs, RecordJob } from './jobs.ts'
import { rightFrom } from './right.ts'
import { type Progress, type RunDeps, type Running, runExport } from './run.ts'

export type ExportsDeps = RunDeps & {
  jobs: Jobs
  folders: ExportFolders
  audit: Pick<Audit, 'inTransaction'>
  log: Log
  /** Whether the client behind a kick-off is still the one that it was (BULK-20). */
  lives(grant: { client_id: string; gid: string }): Promise<boolean>
}

/** Works on exports in the background. */
export type Exports = {
  /** Looks for work now. */
  wake(): void
  /** Ends a job and removes its files. @returns whether it was there */
  cancel(job: Pick<Job, 'id'>, record: RecordJob): Promise<boolean>
  /** Gives back what is under way. */
  stop(): Promise<void>
}

/** Milliseconds between two looks, each of which tells other nodes that we are alive. */
const LOOK = 2 * SECOND
/** How often a job is begun before it is given up. */
const ATTEMPTS = 5

/**
 * One export at a time on each node. A job that a crash or a stop interrupts is begun anew, by whichever node claims
 * it, with a moment of its own: what its files show is the state at one time, always.
 */
export function startExports(deps: ExportsDeps): Exports {
  const { jobs, folders, audit, log } = deps
  let under: { job: Job; abort: AbortController; words: string; done: Promise<void> } | undefined
  let looking: Promise<void> | undefined
  let again = false
  let stopped = false

  const recorded =
    (event: Parameters<typeof exportEntry>[0], detail: (job: Job) => Record<string, unknown>): RecordJob =>
    (trx, job) =>
      audit.inTransaction(trx, exportEntry(event, job, detail(job)))

  async function look(): Promise<void> {
    try {
      if (under !== undefined && !(await jobs.renew(under.job, under.words)))
        under.abort.abort(new Error('somebody ended the export'))
      await tidy()
      if (under !== undefined || stopped) return
      const job = await jobs.claim()
      if (job !== undefined) begin(job)
    } catch (error) {
      log.error({ err: error }, 'exports cannot be looked after')
    }
  }

  function begin(job: Job): void {
    const abort = new AbortController()
    const own = { job, abort, words: '', done: Promise.resolve() }
    under = own
    own.done = work(job, abort.signal, (how) => {
      own.words = inWords(how)
    })
      .catch((error: unknown) => log.error({ err: error, export: job.id }, 'an export could not be ended'))
      .finally(() => {
        under = undefined
        wake()
      })
  }

  async function work(job: Job, signal: AbortSignal, progress: Running['progress']): Promise<void> {
    let result: JobResult
    try {
      if (job.attempt > ATTEMPTS) throw new Error('it was begun too often')
      const folder = await folders.prepare(job.id, job.attempt)
      const access = rightFrom(job.grounds)
      result = await runExport({ request: job.request, access, folder, gzip: true, progress, signal }, deps)
    } catch (error) {
      await folders.drop(job.id, job.attempt)
      if (signal.aborted) return await jobs.release(job)
      log.error({ err: error, export: job.id, attempt: job.attempt }, 'an export failed')
      if (!(error instanceof LanyardError) && job.attempt < ATTEMPTS) return await jobs.release(job)
      const failure = error instanceof LanyardError ? error.message : FAILED
      result = { failure }
    }
    const record =
      'failure' in result ? recorded('export.fail', () => ({})) : recorded('export.complete', completeDetail)
    // Whoever has it now has files of its own.
    if (!(await jobs.finish(job, result, record))) await folders.drop(job.id, job.attempt)
  }

  /** Removes what is over: by its time, with its client, and files that belong to nothing. */
  async function tidy(): Promise<void> {
    const here = await folders.jobs()
    const known = await jobs.all()
    for (const job of known) {
      if (job.expired)
        await end(
          job,
          recorded('export.expire', () => ({})),
        )
      else if (!(await isAlive(job)))
        await end(
          job,
          recorded('export.cancel', () => ({ cause: 'client-ended' })),
        )
    }
    const ids = new Set(known.map(({ id }) => id))
    for (const id of here) if (!ids.has(id)) await folders.remove(id)
  }

  async function isAlive({ grounds }: Job): Promise<boolean> {
    for (const { claims } of grounds) {
      const { client_id, gid } = claims
      if (gid === undefined || !(await deps.lives({ client_id, gid }))) return false
    }
    return true
  }

  async function end({ id }: Pick<Job, 'id'>, record: RecordJob): Promise<boolean> {
    const was = await jobs.remove(id, record)
    if (under?.job.id === id) {
      under.abort.abort(new Error('the export was ended'))
      await under.done
    }
    await folders.remove(id)
    return was
  }

  function wake(): void {
    if (stopped) return
    if (looking !== undefined) {
      again = true
      return
    }
    looking = look().finally(() => {
      looking = undefined
      if (!again) return
      again = false
      wake()
    })
  }

  const timer = setInterval(wake, LOOK)
  timer.unref()
  return {
    wake,
    cancel: end,
    async stop() {
      stopped = true
      clearInterval(timer)
      under?.abort.abort(new Error('the server stops'))
      await looking
      await under?.done
    },
  }
}

/** For `X-Progress`, which has less than 100 characters. */
function inWords({ type, types, done, resources }: Progress): string {
  return `${type}, ${Math.min(done + 1, types)} of ${types} types, ${resources.toLocaleString('en')} resources so far`
}

const FAILED =
  'The export failed on our side, more than once. Start it again; if it lasts, tell the operator of this server.'
