import type { Next } from 'koa'
import { LanyardError } from '../lib/errors.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { RequestContext } from './request-context.ts'
import { requestId } from './request-id.ts'

type Deps = { log: Log; metrics: Pick<Metrics, 'request'> }

/**
 * The outermost layer: gives the request its id, and writes one line about it when it was answered. The line
 * names the route, not the address: an address may hold ids of patients.
 */
export function requestLog({ log, metrics }: Deps) {
  return async (ctx: RequestContext, next: Next): Promise<void> => {
    const started = performance.now()
    const id = requestId(ctx.req.headers['x-request-id'] as string | undefined)
    ctx.state.requestId = id
    ctx.state.started = started
    ctx.set('x-request-id', id)
    try {
      await next()
    } catch (thrown) {
      answerPlainly(ctx, thrown, log)
    } finally {
      noteAnswer(ctx, started, { log, metrics })
    }
  }
}

/** Counts an answer and writes its line. @param started when the request came, by `performance.now()` */
export function noteAnswer(ctx: RequestContext, started: number, { log, metrics }: Deps): void {
  const route = String(ctx.state.route ?? ctx.routerPath ?? 'other')
  const duration = performance.now() - started
  metrics.request(route, ctx.status, duration / 1000)
  const level = levelOf(ctx)
  if (!log.isLevelEnabled(level)) return
  log[level](
    {
      requestId: ctx.state.requestId,
      method: ctx.method,
      route,
      status: ctx.status,
      ms: Math.round(duration * 10) / 10,
      clientId: ctx.state.clientId,
    },
    'request',
  )
}

/** Reads that succeeded are in the audit and in the metrics; at `info` the log tells what changed or was refused. */
function levelOf({ method, status }: RequestContext): 'info' | 'debug' {
  return (method === 'GET' || method === 'HEAD') && status < 400 ? 'debug' : 'info'
}

/** What no door has turned into its own shape: a sentence and the reference, nothing else. */
function answerPlainly(ctx: RequestContext, thrown: unknown, log: Log): void {
  const known = thrown instanceof LanyardError ? thrown : undefined
  // Koa's own refusals (a path that cannot be decoded, for instance) carry a status and may be shown.
  const status = known?.status ?? koaStatus(thrown) ?? 500
  if (status >= 500) log.error({ err: thrown, requestId: ctx.state.requestId }, 'unexpected error')
  ctx.status = status
  if (known !== undefined) ctx.set(known.headers)
  ctx.body = {
    error: known?.code ?? (status < 500 ? 'invalid-request' : 'internal'),
    message:
      known?.message ??
      (status < 500
        ? 'The request cannot be understood.'
        : 'Something went wrong on our side. Try again; if it lasts, quote the reference.'),
    reference: ctx.state.requestId,
  }
}

function koaStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown)) return undefined
  const status = Number(thrown.status)
  return status >= 400 && status < 500 ? status : undefined
}
