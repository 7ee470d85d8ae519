import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { Log } from '../../observe/log.ts'
import type { Metrics } from '../../observe/metrics.ts'
import { requestId } from '../../observe/request-id.ts'
import { noteAnswer } from '../../observe/request-log.ts'
import { recallAccess } from './authenticate.ts'
import { exchangeOf } from './exchange.ts'
import { type FhirDeps, record } from './fhir-routes.ts'
import { FHIR_JSON } from './outcome.ts'
import type { Pairs } from './parameters.ts'
import { type PerformDeps, perform } from './perform.ts'

export type LaneDeps = FhirDeps & {
  log: Log
  metrics: Pick<Metrics, 'request'>
  /** Headers of every answer. */
  headers: readonly (readonly [name: string, value: string])[]
}

/** `/fhir/Type/id`; a Binary may be answered as what it holds. */
const path = /^\/fhir\/(?!Binary\/)([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})$/
/** What makes a request one that the long way answers: it asks for something else, or brings another credential. */
const unusual = ['origin', 'x-api-key', 'if-none-match', 'if-modified-since', 'prefer'] as const
/** `Accept` that means what is answered anyway. */
const usualTypes: ReadonlySet<string | undefined> = new Set([undefined, FHIR_JSON, '*/*'])
const contentType = `${FHIR_JSON}; charset=utf-8`
const noParameters: Pairs = []

/** True for a plain read with a bearer token, as apps send them by the thousand. */
export function isPlainRead({ method, url = '', headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.authorization !== undefined &&
    usualTypes.has(headers.accept) &&
    unusual.every((name) => headers[name] === undefined) &&
    path.test(url)
  )
}

/**
 * Answers a plain read in one statement: the resource, and whether anything has ended a token since this one was
 * checked. The same functions decide as on the long way (fhir-routes.ts), which answers whatever is not simple: a
 * token that must be checked anew, everything that is refused. Nothing is noted or sent before that is clear.
 * @returns a function that says false if it did not answer a request that is a plain read
 */
export function readLane(deps: LaneDeps) {
  const { misdirected, audit, definitions, headers: always } = deps
  const performing: PerformDeps = { ...deps, note: neverCalled, onEntry: neverCalled, onRefusal: neverCalled }
  return async (ctx: Context): Promise<boolean> => {
    const started = performance.now()
    const { req, res, state } = ctx
    const recalled = recallAccess(req, deps)
    const [, type = '', id = ''] = path.exec(req.url ?? '') ?? []
    if (recalled === undefined || !definitions.isResourceType(type) || !audit.accepts()) return false
    if (misdirected(ctx) !== undefined) return false
    const { access, changes } = recalled
    // Its record tells more (watched-call.ts).
    if (access.simulated !== undefined) return false
    state.requestId = requestId(req.headers['x-request-id']?.toString())
    const fields = ['x-request-id', state.requestId, 'cache-control', 'no-store', 'content-type', contentType]
    for (const [name, value] of always) fields.push(name, value)
    const exchange = exchangeOf(ctx, 0)
    exchange.set = (name, value) => void fields.push(name, value)
    try {
      const route = { interaction: 'read', type, id } as const
      const { status, body } = await perform(exchange, access, route, noParameters, performing)
      if (status !== 200 || body === undefined || exchange.tokenChanges !== changes) return false
      state.clientId = access.clientId
      state.route = 'fhir read'
      state.interaction = 'read'
      record(access, route, noParameters, exchange, ctx, deps)
      fields.push('content-length', String(Buffer.byteLength(body)))
      res.writeHead(status, fields)
      res.end(body)
    } catch {
      // The long way comes to the same, and says why.
      return false
    }
    noteAnswer(ctx, started, deps)
    return true
  }
}

function neverCalled(): never {
  throw new Error('a read reads')
}
