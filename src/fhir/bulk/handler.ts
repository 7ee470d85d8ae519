import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { seconds } from '../../lib/time.ts'
import type { Access } from '../access/access.ts'
import { FHIR_JSON, outcome, outcomeOf } from '../http/outcome.ts'
import type { Pairs } from '../http/parameters.ts'
import { exportEntry } from './audit-entry.ts'
import type { ExportHttpDeps } from './deps.ts'
import { sendFile } from './file.ts'
import type { Job } from './jobs.ts'
import { kickOff } from './kick-off.ts'
import { manifestOf } from './manifest.ts'
import { exportRight, isHolder, mustCover, noSuchExport, rightFrom } from './right.ts'
import type { ExportRoute } from './route.ts'

/** Answers what a request wants of exports; headers and body are set as it is done. */
export async function answerExport(
  ctx: Context,
  access: Access,
  route: ExportRoute,
  parameters: Pairs,
  deps: ExportHttpDeps,
): Promise<void> {
  if (route.interaction === 'export') return await kickOff(ctx, access, route, parameters, deps)
  const job = await deps.jobs.find(route.id)
  // Of somebody else, or of the same client before it was changed: as if it were not there (BULK-16).
  if (job === undefined || !isHolder(job.grounds, access)) throw noSuchExport()
  if (route.interaction === 'export-cancel') return await cancel(ctx, access, job, deps)
  mustCover(exportRight(access), rightFrom(job.grounds), job.request.types)
  if (route.interaction === 'export-status') return await answerStatus(ctx, job, deps)
  await sendFile(ctx, access, job, route.file, deps)
}

/** BULK-08, BULK-09. */
async function answerStatus(ctx: Context, job: Job, { jobs, clock, context }: ExportHttpDeps): Promise<void> {
  const { result } = job
  const said = (status: number, phrase: string): void => {
    ctx.status = job.separateStatus ? 200 : status
    if (job.separateStatus) ctx.set('x-export-status', `${status} ${phrase}`)
  }
  if (result === undefined) {
    const wait = String(patience(clock() - job.created))
    if (!(await jobs.mayPoll(job.id))) throw tooFast(wait)
    said(202, 'Accepted')
    ctx.set('retry-after', wait)
    ctx.set('x-progress', (job.progress ?? 'waiting for its turn').slice(0, 99))
    ctx.body = Buffer.alloc(0)
    ctx.remove('content-type')
    return
  }
  if (job.expires !== undefined) ctx.set('expires', new Date(job.expires).toUTCString())
  if ('failure' in result) {
    said(500, 'Internal Server Error')
    ctx.set('content-type', `${FHIR_JSON}; charset=utf-8`)
    ctx.body = JSON.stringify(outcomeOf(new LanyardError('internal', result.failure)))
    return
  }
  said(200, 'OK')
  ctx.set('content-type', 'application/json; charset=utf-8')
  ctx.body = JSON.stringify(manifestOf(job, result, context.fhirBase))
}

/** Seconds until it is worth asking again: the longer it takes, the longer it will. */
function patience(age: number): number {
  return Math.min(30, Math.max(1, seconds(age / 5)))
}

function tooFast(wait: string): LanyardError {
  return new LanyardError('too-many', `The export is under way. Ask again in ${wait} s.`, {
    reason: 'export-poll',
    headers: { 'retry-after': wait },
  })
}

/** BULK-14. */
async function cancel(
  ctx: Context,
  access: Access,
  job: Job,
  { exports, audit }: ExportHttpDeps,
): Promise<void> {
  const was = await exports.cancel(job, (trx, gone) =>
    audit.inTransaction(trx, exportEntry('export.cancel', gone, {}, { ctx, access })),
  )
  if (!was) throw noSuchExport()
  ctx.status = 202
  ctx.set('content-type', `${FHIR_JSON}; charset=utf-8`)
  ctx.body = JSON.stringify(
    outcome('information', 'informational', 'The export was ended and its files removed.'),
  )
}
