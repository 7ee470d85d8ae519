import type { Next } from 'koa'
import compose from 'koa-compose'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Audit } from '../../audit/audit.ts'
import type { Flights } from '../../launches/flights.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import { isForm, readBody } from '../../lib/form.ts'
import type { Log } from '../../observe/log.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { oauthError } from '../oauth-error.ts'
import { reasonOf } from './reasons.ts'
import type { Sessions } from './sessions.ts'

const AUTHORIZE = '/oauth2/authorize'
/** Bytes: 32 kB of scopes must work (AUTHZ-11). */
const LIMIT = 64 * 1024
/** Characters up to which a posted request can stand in an address. */
const ADDRESS = 6000

type Handler = (ctx: RequestContext, next: Next) => Promise<void>
type Deps = {
  /** oidc-provider with the present signing keys. */
  provider: () => Provider
  flights: Pick<Flights, 'begin' | 'note' | 'finish'>
  audit: Pick<Audit, 'note'>
  sessions: Pick<Sessions, 'begun'>
  grants: Pick<LaunchGrants, 'end'>
  log: Log
}

/**
 * The authorization endpoint and sign-out, which oidc-provider answers, with a flight record from the first request
 * on.
 */
export function authorizeEndpoint({ provider, flights, audit, sessions, grants, log }: Deps) {
  const handlers = new WeakMap<Provider, Handler>()
  const handlerOf = (current: Provider): Handler => {
    const known = handlers.get(current)
    if (known !== undefined) return known
    listen(current)
    const handler = compose(current.middleware) as Handler
    handlers.set(current, handler)
    return handler
  }

  return async (ctx: RequestContext, next: Next): Promise<void> => {
    const route = routeOf(ctx.path)
    if (route === undefined) return await next()
    ctx.state.route = route
    if (ctx.path === AUTHORIZE) {
      if (ctx.method === 'POST' && (await asGet(ctx))) return
      ctx.state.flight = flights.begin({
        clientId: new URLSearchParams(ctx.querystring).get('client_id') ?? undefined,
        detail: { parameters: new URLSearchParams(ctx.querystring) },
      })
    }
    await handlerOf(provider())(ctx, next)
    // Behind a redirect to another site, nobody's reference is to be kept.
    ctx.set('referrer-policy', 'no-referrer')
  }

  function listen(current: Provider): void {
    current.on('authorization.error', (ctx, error) => refused(ctx, error))
    current.on('server_error', (ctx, error) => {
      log.error({ err: error, requestId: ctx.state.requestId }, 'authorization failed')
      refused(ctx, error)
    })
    // Told when oidc-provider has taken the sign-in over: only then the session has its uid.
    current.on('interaction.ended', (ctx) => {
      if (ctx.oidc.result?.login !== undefined) void sessionBegun(ctx)
    })
    current.on('end_session.success', (ctx) => {
      if (ctx.oidc.params?.logout !== undefined) void sessionEnded(ctx)
    })
    current.on('authorization.success', (ctx) => {
      const flight = flightOf(ctx)
      if (flight === undefined) return
      flights.note(flight, { event: 'code', outcome: 'ok' })
      flights.finish(flight, 'done')
    })
  }

  async function sessionBegun(ctx: KoaContextWithOIDC): Promise<void> {
    const { session } = ctx.oidc
    if (session?.accountId === undefined) return
    try {
      await sessions.begun({ uid: session.uid, userId: session.accountId }, ctx.ip, ctx.get('user-agent'))
    } catch (error) {
      log.error({ err: error }, 'a session could not be listed')
    }
  }

  /** The session is gone already; its grants follow. */
  async function sessionEnded(ctx: KoaContextWithOIDC): Promise<void> {
    const { session } = ctx.oidc
    if (session?.accountId === undefined) return
    audit.note({
      event: 'user.sign-out',
      outcome: 'success',
      userId: session.accountId,
      requestId: String(ctx.state.requestId),
    })
    try {
      await grants.end({ sessionUid: session.uid }, 'signed-out')
    } catch (error) {
      log.error({ err: error }, 'the grants of a session could not be ended')
    }
  }

  function refused(ctx: KoaContextWithOIDC, error: Error): void {
    const reason = reasonOf(error)
    const clientId = ctx.oidc.client?.clientId
    const userId = ctx.oidc.session?.accountId
    const requestId = String(ctx.state.requestId)
    log.info({ reason, clientId, requestId }, 'authorization refused')
    audit.note({ event: 'launch.authorize', outcome: 'refused', reason, clientId, userId, requestId })
    const flight = flightOf(ctx)
    if (flight === undefined) return
    const sent = reason === 'redirect-mismatch' ? textOf(ctx.query.redirect_uri) : undefined
    const expected = reason === 'redirect-mismatch' ? ctx.oidc.client?.redirectUris : undefined
    flights.note(flight, {
      event: 'authorize',
      outcome: 'refused',
      reason,
      detail: { sent, expected } as never,
    })
    flights.finish(flight, 'refused', reason)
  }
}

function routeOf(path: string): string | undefined {
  if (path === AUTHORIZE) return 'authorize'
  if (path.startsWith(`${AUTHORIZE}/`)) return 'authorize resume'
  return path === '/oauth2/logout' || path.startsWith('/oauth2/logout/') ? 'logout' : undefined
}

/** On the first request it is in the state, later among the parameters that oidc-provider keeps. */
function flightOf(ctx: KoaContextWithOIDC): string | undefined {
  return textOf(ctx.state.flight) ?? textOf(ctx.oidc.params?.flight)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/**
 * AUTHZ-01: a posted request means the same. Browsers leave our cookies out of a form that another site posts, and
 * send them with the redirect that follows: so it is answered with one. A request that is too long for an address is
 * taken as it stands, and the user signs in anew.
 * @returns true if it was answered
 */
async function asGet(ctx: RequestContext): Promise<boolean> {
  if (!isForm(ctx.headers['content-type'])) {
    throw oauthError(
      'invalid_request',
      'not-a-form',
      'Send the parameters in the address, or as application/x-www-form-urlencoded in the body.',
    )
  }
  const form = (await readBody(ctx.req, LIMIT)).toString('utf8')
  if (form.length <= ADDRESS) {
    ctx.status = 303
    ctx.redirect(`${AUTHORIZE}?${new URLSearchParams(form)}`)
    return true
  }
  ctx.method = 'GET'
  ctx.querystring = form
  return false
}
