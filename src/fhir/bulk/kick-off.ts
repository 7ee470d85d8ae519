import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { type Access, groundsOf } from '../access/access.ts'
import { jsonBody } from '../http/body.ts'
import { mediaType, prefers } from '../http/negotiate.ts'
import { FHIR_JSON, outcome } from '../http/outcome.ts'
import type { Pairs } from '../http/parameters.ts'
import { readQuery } from '../search/query.ts'
import type { Session } from '../store/store.ts'
import { exportEntry, startDetail } from './audit-entry.ts'
import type { ExportHttpDeps } from './deps.ts'
import { statusUrl } from './manifest.ts'
import { type Moment, patientsOf } from './moment.ts'
import { pairsOf } from './parameters-body.ts'
import { readRequest } from './read-request.ts'
import type { ExportRequest } from './request.ts'
import { exportRight, keptOf, opensExport } from './right.ts'
import type { ExportRoute } from './route.ts'
import { selectionOf } from './selection.ts'

/**
 * Starts an export: what is asked and by what right is written down, and done later.
 * @throws LanyardError `invalid-request`, `forbidden`, `not-found`, `too-many` (BULK-07)
 */
export async function kickOff(
  ctx: Context,
  access: Access,
  { level, byPost }: ExportRoute & { interaction: 'export' },
  parameters: Pairs,
  deps: ExportHttpDeps,
): Promise<void> {
  const exchange = { header: (name: string) => ctx.req.headers[name]?.toString() }
  mediaType(ctx, parameters)
  if (!prefers(exchange, 'respond-async')) throw synchronous()
  const pairs = byPost ? [...parameters, ...pairsOf((await jsonBody(ctx)).value)] : parameters
  const right = exportRight(access)
  const opens = (type: string) => opensExport(right, type, level)
  const lenient = prefers(exchange, 'handling=lenient')
  const { definitions, fhirBase } = deps.context
  const request = readRequest({ level, pairs, byPost, lenient }, { definitions, opens })
  const session = deps.store.as(right)
  await mustBeThere(session, request, deps)

  const separateStatus = prefers(exchange, 'separate-export-status')
  // The query as it came: a parameter that was left out is part of what was asked.
  const url = `${fhirBase}${ctx.path.slice('/fhir'.length)}${ctx.querystring === '' ? '' : `?${ctx.querystring}`}`
  const job = await deps.jobs.add(
    { request, url, separateStatus, grounds: keptOf(groundsOf(access)) },
    (trx, added) =>
      deps.audit.inTransaction(trx, exportEntry('export.start', added, startDetail(added), { ctx, access })),
  )
  deps.exports.wake()
  ctx.status = 202
  ctx.set('content-location', statusUrl(fhirBase, job))
  if (separateStatus) ctx.set('preference-applied', 'respond-async, separate-export-status')
  ctx.set('content-type', `${FHIR_JSON}; charset=utf-8`)
  ctx.body = JSON.stringify(
    outcome('information', 'informational', `The export was started. Its state: ${statusUrl(fhirBase, job)}`),
  )
}

/** What can go wrong is told now, not when the export is under way: a group or patients that are not there, filters. */
async function mustBeThere(
  session: Session,
  request: ExportRequest,
  { context, clock }: ExportHttpDeps,
): Promise<void> {
  const time = clock()
  const patients = await patientsOf(session, request, time, context.fhirBase)
  if (request.patients !== undefined) {
    const known =
      request.level.of === 'group' ? patients : await patientsSeen(session, request.patients, context)
    if (request.patients.some((id) => !known?.includes(id))) throw noSuchPatient(request)
  }
  const moment: Moment = { time, patients: patients === undefined ? undefined : [] }
  for (const type of new Set(request.filters.map((filter) => filter.type)))
    await session.exporting(selectionOf(type, request, moment, context))
}

/** Patients that are asked for at once. */
const CHUNK = 500

/** Those of some patients that the token sees. */
async function patientsSeen(
  session: Session,
  ids: readonly string[],
  context: ExportHttpDeps['context'],
): Promise<string[]> {
  const query = readQuery(['Patient'], [], { ...context, strict: true, pageSize: CHUNK, maxPageSize: CHUNK })
  const seen: string[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    const filters = [{ kind: 'id' as const, ids: ids.slice(at, at + CHUNK) }]
    const { page } = await session.search({ ...query, filters, total: 'none' }, {})
    seen.push(...page.hits.map(({ id }) => id))
  }
  return seen
}

function noSuchPatient({ level }: ExportRequest): LanyardError {
  const where = level.of === 'group' ? 'is no member of this Group' : 'is not here, or not for this token'
  return new LanyardError('invalid-request', `A patient that was named ${where}.`, {
    word: 'not-found',
    reason: 'export-refused',
  })
}

function synchronous(): LanyardError {
  return new LanyardError(
    'invalid-request',
    'An export is done in the background: send "Prefer: respond-async", and ask for its state at the address that comes back in Content-Location.',
    { word: 'not-supported', reason: 'export-synchronous' },
  )
}
