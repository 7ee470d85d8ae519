import Router from '@koa/router'
import type { Next } from 'koa'
import type { Audit, AuditEvent } from '../audit/audit.ts'
import { LanyardError } from '../lib/errors.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { RequestContext, RequestState } from '../observe/request-context.ts'
import { passingTrouble } from '../store/trouble.ts'
import { basicChallenge } from './client-authentication.ts'
import { oauthError, oauthErrorBody } from './oauth-error.ts'

type Endpoint = (ctx: RequestContext) => Promise<void>
type Deps = {
  token: Endpoint
  introspection: Endpoint
  revocation: Endpoint
  userinfo: Endpoint
  launch: Endpoint
  audit: Pick<Audit, 'note' | 'accepts'>
  log: Log
  metrics: Pick<Metrics, 'token'>
  /** True if a client registered this browser origin. */
  allowsOrigin: (origin: string) => Promise<boolean>
}

/** The OAuth endpoints, with what all of them share: one shape of error, no caching, CORS. */
export function oauthRoutes(deps: Deps): Router<RequestState> {
  const router = new Router<RequestState>()
  const endpoints: [path: string, event: AuditEvent, methods: string[], handle: Endpoint][] = [
    ['/oauth2/token', 'token.issue', ['POST'], deps.token],
    ['/oauth2/introspect', 'token.introspect', ['POST'], deps.introspection],
    ['/oauth2/revoke', 'token.revoke', ['POST'], deps.revocation],
    ['/oauth2/userinfo', 'token.introspect', ['GET', 'POST'], deps.userinfo],
    ['/launch', 'launch.create', ['POST'], deps.launch],
  ]
  for (const [path, event, methods, handle] of endpoints) {
    router.all(path, errors(event, deps), cors(methods, deps), only(methods), handle)
  }
  return router
}

function only(methods: readonly string[]) {
  const allow = methods.join(', ')
  return (ctx: RequestContext, next: Next): Promise<void> => {
    if (methods.includes(ctx.method)) return next()
    throw oauthError('invalid_request', 'method', `This address takes ${allow} only.`, {
      status: 405,
      headers: { allow },
    })
  }
}

/** Every answer, and above all every error, forbids caching in both dialects (TOK-03). */
function errors(event: AuditEvent, { audit, log, metrics }: Deps) {
  return async (ctx: RequestContext, next: Next): Promise<void> => {
    ctx.set('cache-control', 'no-store')
    ctx.set('pragma', 'no-cache')
    try {
      await next()
    } catch (thrown) {
      const error = thrown instanceof LanyardError ? thrown : unexpected(thrown, event)
      const { requestId, clientId, grantType } = ctx.state
      const facts = { reason: error.reason ?? error.code, detail: error.detail, clientId, requestId }
      if (error.status >= 500) log.error({ ...facts, err: error.cause ?? error }, event)
      else log.info(facts, `${event} refused`)
      if (event === 'token.issue') metrics.token(grantType ?? 'unknown', error.word ?? error.code)
      // With the database gone for long, strangers must not fill the memory; the log has the line above.
      if (audit.accepts()) {
        audit.note({
          event,
          outcome: error.status >= 500 ? 'error' : 'refused',
          reason: facts.reason,
          clientId,
          requestId,
          ...(error.detail === undefined ? {} : { detail: { detail: error.detail } }),
        })
      }
      ctx.status = error.status
      if (error.status === 401) ctx.set(challenge(ctx, event))
      ctx.set(error.headers)
      ctx.body = oauthErrorBody(error)
    }
  }
}

/** RFC 6749 §5.2: for who used the Authorization header. INTRO-06: and for whoever may not introspect. */
function challenge(ctx: RequestContext, event: AuditEvent): Record<string, string> {
  if (ctx.get('authorization') !== '') return basicChallenge
  return event === 'token.introspect' ? { 'www-authenticate': 'Bearer realm="Lanyard"' } : {}
}

/** What is our fault. RFC 7009 §2.2.1: with 503 the client knows that the token lives, and tries again. */
function unexpected(thrown: unknown, event: AuditEvent): LanyardError {
  const passing = passingTrouble(thrown)
  if (passing !== undefined) {
    const { message, headers, cause } = passing
    return oauthError('temporarily_unavailable', 'database-away', message, { headers, cause })
  }
  const revoking = event === 'token.revoke'
  return oauthError(
    revoking ? 'temporarily_unavailable' : 'server_error',
    'unexpected',
    revoking
      ? 'Something went wrong on our side, and the token may still be good. Try again in a moment.'
      : 'Something went wrong on our side. Try again; if it lasts, quote the X-Request-Id of this answer.',
    {
      status: revoking ? 503 : 500,
      cause: thrown,
      ...(revoking ? { headers: { 'retry-after': '5' } } : {}),
    },
  )
}

/** CORS-02, CORS-03: for origins that a client registered; no credentials, ever. */
function cors(methods: readonly string[], { allowsOrigin }: Deps) {
  return async (ctx: RequestContext, next: Next): Promise<void> => {
    ctx.vary('Origin')
    const origin = ctx.get('origin')
    const allowed = origin !== '' && origin !== 'null' && (await allowsOrigin(origin))
    if (allowed) {
      ctx.set('access-control-allow-origin', origin)
      ctx.set('access-control-expose-headers', 'WWW-Authenticate, X-Request-Id, Retry-After')
    }
    const isOwn = origin === `${ctx.protocol}://${ctx.host}`
    if (!allowed && origin !== '' && !isOwn) ctx.state.withheldFrom = origin
    if (ctx.method !== 'OPTIONS') return await next()
    if (allowed) {
      ctx.set('access-control-allow-methods', methods.join(', '))
      ctx.set('access-control-allow-headers', 'Authorization, Content-Type, Accept, X-Request-Id')
      ctx.set('access-control-max-age', '600')
    }
    ctx.status = 204
  }
}
