import type { Context, Next } from 'koa'
import type { Audit } from '../../audit/audit.ts'
import { LanyardError } from '../../lib/errors.ts'
import { parseExact } from '../../lib/exact-json.ts'
import type { Log } from '../../observe/log.ts'
import type { Metrics } from '../../observe/metrics.ts'
import type { Access } from '../access/access.ts'
import {
  AUDIT_EVENT,
  type AuditEventDeps,
  readAuditEvent,
  searchAuditEvents,
} from '../audit-events/audit-events.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import type { Capability } from './capability.ts'
import { namesTag } from './conditional.ts'
import { cors } from './cors.ts'
import { mediaType } from './negotiate.ts'
import { FHIR_JSON, outcomeOf } from './outcome.ts'
import { firstOf, type Pairs, parametersOf } from './parameters.ts'
import { type ReadDeps, read } from './read-handler.ts'
import { type Route, routeOf } from './route.ts'
import { type SearchDeps, search } from './search-handler.ts'

export type FhirDeps = AuthenticateDeps & {
  /** What is wrong with the Host of a request, or nothing. */
  misdirected: (ctx: Context) => LanyardError | undefined
  reading: ReadDeps
  searching: SearchDeps
  auditEvents: AuditEventDeps
  capability: Capability
  definitions: Definitions
  audit: Pick<Audit, 'note' | 'accepts'>
  metrics: Pick<Metrics, 'decision'>
  /** Takes the first calls of an app down into the record of its launch. */
  flights: { noteCall(grantId: string, call: Call): void }
  log: Log
  allowsOrigin: (origin: string) => Promise<boolean>
}

/** One call of an app, without any id. */
type Call = {
  outcome: 'ok' | 'refused'
  reason?: string
  detail: { interaction?: string | undefined; type?: string | undefined; status: number; requestId: string }
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

async function answerCapability(ctx: Context, { capability }: FhirDeps): Promise<void> {
  ctx.state.route = 'fhir metadata'
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw methodNotAllowed('GET, HEAD')
  const parameters = await parametersOf(ctx)
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
  // Records are read under the eyes of the audit, or not at all (AUD-10).
  if (!deps.audit.accepts())
    throw new LanyardError(
      'unavailable',
      'The audit trail cannot be written at the moment. Try again soon.',
      { reason: 'audit-full', headers: { 'retry-after': '5' } },
    )
  const route = routeOf(ctx.method, ctx.path.slice('/fhir'.length), deps.definitions)
  ctx.state.route = `fhir ${route.interaction}`
  ctx.state.interaction = route.interaction
  const parameters = await parametersOf(ctx)
  const type = mediaType(ctx, parameters)
  ctx.set('cache-control', 'no-store')
  const body = await bodyOf(ctx, access, route, parameters, deps)
  if (body === undefined) ctx.status = 304
  else {
    ctx.set('content-type', `${type}; charset=utf-8`)
    // As bytes: Node writes a string of this size in twice the time.
    ctx.body = Buffer.from(layOut(body, parameters))
  }
  record(access, route, parameters, ctx, deps)
}

async function bodyOf(
  ctx: Context,
  access: Access,
  route: Route,
  parameters: Pairs,
  deps: FhirDeps,
): Promise<string | undefined> {
  if (isOfAudit(route)) {
    return route.interaction === 'search-type'
      ? await searchAuditEvents(ctx, access, route.target, parameters, deps.auditEvents)
      : await readAuditEvent(ctx, access, { version: undefined, ...route }, deps.auditEvents)
  }
  switch (route.interaction) {
    case 'read':
      return await read(ctx, access, { ...route, version: undefined, parameters }, deps.reading)
    case 'vread':
      return await read(ctx, access, { ...route, parameters }, deps.reading)
    case 'search-type':
      return await search(ctx, access, route.target, parameters, deps.searching)
  }
}

/** Answered from the audit, and never from the store: what an import may have brought in is not ours. */
function isOfAudit(route: Route): boolean {
  if (route.interaction !== 'search-type') return route.type === AUDIT_EVENT
  const [type, ...others] = route.target.types
  return type === AUDIT_EVENT && others.length === 0
}

function record(
  access: Access,
  route: Route,
  parameters: Pairs,
  ctx: Context,
  { audit, metrics, flights }: FhirDeps,
): void {
  metrics.decision(route.interaction, 'allowed')
  if (access.grantId !== undefined) flights.noteCall(access.grantId, { outcome: 'ok', detail: callOf(ctx) })
  audit.note({
    event:
      route.interaction === 'search-type'
        ? 'fhir.search'
        : route.interaction === 'read'
          ? 'fhir.read'
          : 'fhir.vread',
    outcome: 'success',
    clientId: access.clientId,
    userId: access.userId,
    patient: ctx.state.patient,
    patients: ctx.state.patients,
    tokenId: access.tokenId,
    requestId: ctx.state.requestId,
    detail: { ...factsOf(route, parameters, ctx), address: addressOf(ctx) },
  })
}

/** What was asked for. */
function factsOf(route: Route, parameters: Pairs, ctx: Context): Record<string, unknown> {
  switch (route.interaction) {
    case 'read':
      return { reference: `${route.type}/${route.id}` }
    case 'vread':
      return { reference: `${route.type}/${route.id}/_history/${route.version}` }
    case 'search-type': {
      // AUD-05: address and body together.
      const query =
        ctx.method === 'POST'
          ? new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString()
          : ctx.querystring
      return { path: route.target.path, query: query.slice(0, 2000), matches: ctx.state.matches }
    }
  }
}

/** AUD-03: where the client is on the network. */
function addressOf(ctx: Context): string {
  return ctx.ip.slice(0, 64)
}

function callOf(ctx: Context): Call['detail'] {
  const { interaction, requestId } = ctx.state
  const type = /^\/fhir\/([A-Z][A-Za-z]+)/.exec(ctx.path)?.[1]
  return { interaction, type, status: ctx.status, requestId }
}

/** Every error as an OperationOutcome, every refusal in the audit (ENF-33). */
function refuse(ctx: Context, thrown: unknown, { audit, metrics, flights, log }: FhirDeps): void {
  const error = thrown instanceof LanyardError ? thrown : unexpected(thrown)
  const access: Access | undefined = ctx.state.access
  const reason = error.reason ?? error.code
  if (error.status >= 500)
    log.error({ err: error.cause ?? error, requestId: ctx.state.requestId }, 'fhir error')
  metrics.decision(ctx.state.interaction ?? 'unknown', reason)
  audit.note({
    event: 'fhir.refuse',
    outcome: error.status >= 500 ? 'error' : 'refused',
    reason,
    clientId: access?.clientId,
    userId: access?.userId,
    patient: access?.patient,
    tokenId: access?.tokenId,
    requestId: ctx.state.requestId,
    detail: {
      method: ctx.method,
      path: ctx.path.slice(0, 200),
      status: error.status,
      interaction: ctx.state.interaction,
      address: addressOf(ctx),
    },
  })
  ctx.status = error.status
  if (access?.grantId !== undefined)
    flights.noteCall(access.grantId, { outcome: 'refused', reason, detail: callOf(ctx) })
  ctx.set(error.headers)
  ctx.remove('etag')
  ctx.remove('last-modified')
  ctx.set('cache-control', 'no-store')
  ctx.set('content-type', `${FHIR_JSON}; charset=utf-8`)
  ctx.body = JSON.stringify(outcomeOf(error))
}

function unexpected(cause: unknown): LanyardError {
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
