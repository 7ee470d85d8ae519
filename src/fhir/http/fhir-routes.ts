import type { Context, Next } from 'koa'
import type { Audit, AuditEntry } from '../../audit/audit.ts'
import type { DiscoveryTrail } from '../../launches/discovery-trail.ts'
import type { FhirMessages } from '../../launches/fhir-messages.ts'
import { LanyardError } from '../../lib/errors.ts'
import { parseExact } from '../../lib/exact-json.ts'
import type { Log } from '../../observe/log.ts'
import type { Metrics } from '../../observe/metrics.ts'
import { faultOf } from '../../smart/fault.ts'
import { passingTrouble } from '../../store/trouble.ts'
import type { Access } from '../access/access.ts'
import type { AuditEventDeps } from '../audit-events/audit-events.ts'
import type { ExportHttpDeps } from '../bulk/deps.ts'
import { answerExport } from '../bulk/handler.ts'
import { exportRouteOf } from '../bulk/route.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Note } from '../store/change.ts'
import { changeEntry, readEntry, refusalEntry } from './audit-entry.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import { wantsContent } from './binary.ts'
import { bundle } from './bundle-handler.ts'
import type { Capability } from './capability.ts'
import { namesTag } from './conditional.ts'
import { cors } from './cors.ts'
import { type Exchange, exchangeOf } from './exchange.ts'
import { mediaType } from './negotiate.ts'
import type { OperationDeps } from './operation-handlers.ts'
import { FHIR_JSON, outcomeOf } from './outcome.ts'
import { firstOf, type Pairs, parametersOf } from './parameters.ts'
import { type PerformDeps, perform } from './perform.ts'
import type { ReadDeps } from './read-handler.ts'
import { type Route, routeOf } from './route.ts'
import type { SearchDeps } from './search-handler.ts'
import { simulatedRefusal } from './simulated.ts'
import { messagesOf, tookOf } from './watched-call.ts'
import type { WriteDeps } from './write-handler.ts'

export type FhirDeps = AuthenticateDeps &
  OperationDeps & {
    /** What is wrong with the Host of a request, or nothing. */
    misdirected: (ctx: Context) => LanyardError | undefined
    reading: ReadDeps
    searching: SearchDeps
    writing: WriteDeps
    /** Bytes that a Binary may hold that is sent as what it is. */
    binaryLimit: number
    auditEvents: AuditEventDeps
    exporting: ExportHttpDeps
    capability: () => Capability
    definitions: Definitions
    audit: Pick<Audit, 'note' | 'accepts' | 'inTransaction'>
    metrics: Pick<Metrics, 'decision'>
    /** Takes the first calls of an app down into the record of its launch. */
    flights: { noteCall(grantId: string, call: () => Call): void }
    /** Remembers who read what apps read before a launch. */
    trail: Pick<DiscoveryTrail, 'note'>
    log: Log
    allowsOrigin: (origin: string) => Promise<boolean>
  }

/** One call of an app, without any id; of a launch of the simulator with what was said. */
type Call = {
  outcome: 'ok' | 'refused'
  reason?: string
  detail: {
    interaction?: string | undefined
    type?: string | undefined
    status: number
    requestId: string
    took?: number | undefined
  }
  messages?: FhirMessages | undefined
}

/**
 * The FHIR server under `/fhir`. Each request: host, CORS, token, route, media type, then the one door to data. Only
 * `metadata` is public; without a token even an unknown path is 401 (ENF-32).
 */
export function fhirRoutes(deps: FhirDeps) {
  return async (ctx: Context, next: Next): Promise<void> => {
    if (!isOurs(ctx.path)) return await next()
    const isPublic = ctx.path === '/fhir/metadata'
    try {
      const misdirected = deps.misdirected(ctx)
      if (misdirected !== undefined) throw misdirected
      if (await cors(ctx, isPublic, deps.allowsOrigin)) return
      if (isPublic) await answerCapability(ctx, deps)
      else await answer(ctx, deps)
    } catch (thrown) {
      refuse(ctx, thrown, deps)
    }
  }
}

/** Everything under the base but the discovery documents, which are not FHIR. */
function isOurs(path: string): boolean {
  return path === '/fhir' || (path.startsWith('/fhir/') && !path.startsWith('/fhir/.well-known/'))
}

async function answerCapability(ctx: Context, deps: FhirDeps): Promise<void> {
  const capability = deps.capability()
  ctx.state.route = 'fhir metadata'
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw methodNotAllowed('GET, HEAD')
  deps.trail.note('metadata', ctx)
  const parameters = await parametersOf(ctx, false)
  ctx.set('content-type', `${mediaType(ctx, parameters)}; charset=utf-8`)
  ctx.vary('Accept')
  ctx.set('etag', capability.etag)
  ctx.set('cache-control', 'public, max-age=60')
  if (namesTag(ctx.get('if-none-match'), capability.etag)) ctx.status = 304
  else ctx.body = layOut(capability.text, parameters)
}

/** `_pretty`: for people. */
function layOut(body: string, parameters: Pairs): string {
  const pretty = firstOf(parameters, '_pretty') ?? 'false'
  return pretty === 'false' ? body : JSON.stringify(parseExact(body), null, 2)
}

async function answer(ctx: Context, deps: FhirDeps): Promise<void> {
  const access = await authenticate(ctx, deps)
  ctx.state.clientId = access.clientId
  ctx.state.access = access
  const fault = faultOf('fhir', access.simulated)
  if (fault !== undefined) throw simulatedRefusal(fault, deps.metadataUrl)
  // Records are read under the eyes of the audit, or not at all (AUD-10).
  if (!deps.audit.accepts())
    throw new LanyardError(
      'unavailable',
      'The audit trail cannot be written at the moment. Try again soon.',
      { reason: 'audit-full', headers: { 'retry-after': '5' } },
    )
  ctx.set('cache-control', 'no-store')
  const path = ctx.path.slice('/fhir'.length)
  const ofExport = exportRouteOf(ctx.method, path)
  if (ofExport !== undefined) {
    ctx.state.route = `fhir ${ofExport.interaction}`
    ctx.state.interaction = ofExport.interaction
    await answerExport(ctx, access, ofExport, await parametersOf(ctx, false), deps.exporting)
    deps.metrics.decision(ofExport.interaction, 'allowed')
    return
  }
  const route = routeOf(ctx.method, path, deps.definitions)
  ctx.state.route = `fhir ${route.interaction}`
  ctx.state.interaction = route.interaction
  const parameters = await parametersOf(ctx, route.interaction === 'search-type' && route.isForm)
  const wantsRaw = wantsContent(ctx, route, parameters)
  const type = wantsRaw ? '' : mediaType(ctx, parameters)
  const exchange: Exchange = { ...exchangeOf(ctx, deps.binaryLimit), wantsContent: wantsRaw }
  const note: Note = (trx, changed) => deps.audit.inTransaction(trx, changeEntry(ctx, access, changed))
  const performing: PerformDeps = {
    ...deps,
    note,
    onEntry: (entry, pairs, shown) => noteRead(readEntry(ctx, access, entry, pairs, shown), deps),
    onRefusal: (error) => deps.audit.note(refusalEntry(ctx, access, error)),
  }
  const { status, body } =
    route.interaction === 'bundle'
      ? { status: 200, body: await bundle(exchange, access, performing) }
      : await perform(exchange, access, route, parameters, performing)
  ctx.status = status
  if (Buffer.isBuffer(body)) ctx.body = body
  else if (body !== undefined) {
    ctx.set('content-type', `${type}; charset=utf-8`)
    // As bytes: Node writes a string of this size in twice the time.
    ctx.body = Buffer.from(layOut(body, parameters))
  } else if (status !== 304 && status !== 204) {
    ctx.body = Buffer.alloc(0)
    ctx.remove('content-type')
  }
  record(access, route, parameters, exchange, ctx, deps)
}

/** Takes down what was answered: in metrics, flight record and audit. */
export function record(
  access: Access,
  route: Route,
  parameters: Pairs,
  exchange: Exchange,
  ctx: Context,
  deps: Pick<FhirDeps, 'metrics' | 'flights' | 'audit'>,
): void {
  const { metrics, flights } = deps
  metrics.decision(route.interaction, 'allowed')
  if (access.grantId !== undefined)
    flights.noteCall(access.grantId, () => ({ outcome: 'ok', ...callOf(ctx, access) }))
  noteRead(readEntry(ctx, access, route, parameters, exchange), deps)
}

function noteRead(entry: AuditEntry | undefined, { audit }: Pick<FhirDeps, 'audit'>): void {
  if (entry !== undefined) audit.note(entry)
}

function callOf(ctx: Context, { simulated }: Access): Pick<Call, 'detail' | 'messages'> {
  const { interaction, requestId } = ctx.state
  const type = /^\/fhir\/([A-Z][A-Za-z]+)/.exec(ctx.path)?.[1]
  const detail = { interaction, type, status: ctx.status, requestId }
  if (simulated === undefined) return { detail }
  return { detail: { ...detail, took: tookOf(ctx) }, messages: messagesOf(ctx) }
}

/** Every error as an OperationOutcome, every refusal in the audit (ENF-33). */
function refuse(ctx: Context, thrown: unknown, { audit, metrics, flights, log }: FhirDeps): void {
  const error = thrown instanceof LanyardError ? thrown : unexpected(thrown)
  const access: Access | undefined = ctx.state.access
  const reason = error.reason ?? error.code
  if (error.status >= 500)
    log.error({ err: error.cause ?? error, requestId: ctx.state.requestId }, 'fhir error')
  metrics.decision(ctx.state.interaction ?? 'unknown', reason)
  audit.note(refusalEntry(ctx, access, error))
  ctx.status = error.status
  ctx.set(error.headers)
  ctx.remove('etag')
  ctx.remove('last-modified')
  ctx.set('cache-control', 'no-store')
  ctx.set('content-type', `${FHIR_JSON}; charset=utf-8`)
  ctx.body = JSON.stringify(outcomeOf(error))
  if (access?.grantId !== undefined)
    flights.noteCall(access.grantId, () => ({ outcome: 'refused', reason, ...callOf(ctx, access) }))
}

function unexpected(cause: unknown): LanyardError {
  const passing = passingTrouble(cause)
  if (passing !== undefined) return passing
  return new LanyardError(
    'internal',
    'Something went wrong on our side. Try again; if it lasts, quote the X-Request-Id of this answer.',
    { reason: 'unexpected', cause },
  )
}

function methodNotAllowed(allow: string): LanyardError {
  return new LanyardError('method-not-allowed', `This address takes ${allow} only.`, {
    reason: 'method',
    headers: { allow },
  })
}
