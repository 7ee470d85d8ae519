import type { Next } from 'koa'
import compose from 'koa-compose'
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import type { Audit } from '../../audit/audit.ts'
import type { FlightEvent, Flights } from '../../launches/flights.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { Clock } from '../../lib/time.ts'
import type { Log } from '../../observe/log.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import type { Vocabulary } from '../../smart/scope.ts'
import { createCrowd } from './crowd.ts'
import { AUTHORIZE, asProviderSees, parametersOf } from './door.ts'
import { type FlightBeginningDeps, flightBeginning } from './flight-beginning.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { reasonOf } from './reasons.ts'
import type { Sessions } from './sessions.ts'

const LOGOUT = '/oauth2/logout'

type Handler = (ctx: RequestContext, next: Next) => Promise<void>
type Deps = FlightBeginningDeps & {
  /** oidc-provider with the present signing keys. */
  provider: () => Provider
  flights: Pick<Flights, 'begin' | 'note' | 'finish'>
  audit: Pick<Audit, 'note' | 'accepts'>
  sessions: Pick<Sessions, 'current' | 'forgotten'>
  grants: Pick<LaunchGrants, 'end'>
  vocabulary: Vocabulary
  fhirBase: string
  clock: Clock
  log: Log
}

/**
 * The authorization endpoint and sign-out, which oidc-provider answers, with a flight record from the first request
 * on.
 */
export function authorizeEndpoint(deps: Deps) {
  const { provider, flights, audit, sessions, grants, log } = deps
  const countStranger = createCrowd(deps.clock)
  const beginFlight = flightBeginning(deps)
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
    // Behind a redirect to another site, nobody's reference is to be kept.
    ctx.set('referrer-policy', 'no-referrer')
    // Both store something for whoever asks.
    const begins = route === 'authorize' || ctx.path === LOGOUT
    if (begins && (await sessions.current(ctx)) === undefined) countStranger(ctx.ip)
    if (route === 'authorize' && (await answeredAtTheDoor(ctx))) return
    if (route === 'authorize resume') only(ctx, 'GET', 'HEAD')
    await handlerOf(provider())(ctx, next)
    // What follows from a sign-out is done before anybody is told of it.
    await ctx.state.ending
  }

  async function answeredAtTheDoor(ctx: RequestContext): Promise<boolean> {
    only(ctx, 'GET', 'HEAD', 'POST')
    const sent = await parametersOf(ctx)
    if (sent === undefined) return true
    const clientId = sent.get('client_id') ?? undefined
    if (clientId !== ACCOUNT_CLIENT) ctx.state.flight = await beginFlight(ctx, sent)
    ctx.state.scope = sent.get('scope') ?? ''
    if (ctx.method === 'POST') ctx.method = 'GET'
    ctx.querystring = asProviderSees(sent, deps.vocabulary).toString()
    return false
  }

  function listen(current: Provider): void {
    current.on('authorization.error', (ctx, error) => refused(ctx, error))
    current.on('server_error', (ctx, error) => {
      log.error({ err: error, requestId: ctx.state.requestId }, 'authorization failed')
      refused(ctx, error)
      // RFC 6749 §4.1.2.1, server_error: the app is told, if it is one of ours.
      Object.assign(error, { allow_redirect: true })
    })
    current.on('end_session.success', (ctx) => {
      if (ctx.oidc.params?.logout === undefined) return
      const ending = sessionEnded(ctx)
      // It may fail before it is waited for, which must not be the end of the process.
      ending.catch(() => undefined)
      ctx.state.ending = ending
    })
    current.on('authorization.success', (ctx) => {
      const flight = flightOf(ctx)
      if (flight === undefined) return
      const requestId = String(ctx.state.requestId)
      flights.note(flight, { event: 'code', outcome: 'ok', detail: { status: 303, requestId } })
      flights.finish(flight, 'done')
    })
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
    await sessions.forgotten(session.uid)
    await grants.end({ sessionUid: session.uid }, 'signed-out')
  }

  function refused(ctx: KoaContextWithOIDC, error: Error): void {
    const { step, reason = reasonOf(error) } = byThePerson(ctx)
    const clientId = ctx.oidc.client?.clientId
    const userId = ctx.oidc.session?.accountId
    const requestId = String(ctx.state.requestId)
    log.info({ reason, clientId, requestId }, 'authorization refused')
    // With the database gone for long, strangers must not fill the memory; the log has the line above.
    if (audit.accepts())
      audit.note({ event: 'launch.authorize', outcome: 'refused', reason, clientId, userId, requestId })
    const flight = flightOf(ctx)
    if (flight === undefined) return
    // For the page, if the app cannot be told.
    ctx.state.flight = flight
    const told =
      error instanceof errors.OIDCProviderError
        ? { error: error.error, description: error.error_description }
        : { error: 'server_error' }
    const detail = { ...compared(ctx, reason), ...told, status: statusOf(ctx, error), requestId }
    flights.note(flight, { event: step ?? 'authorize', outcome: 'refused', reason, detail })
    flights.finish(flight, 'refused', reason)
  }

  /** What the developer of the app should compare. */
  function compared(ctx: KoaContextWithOIDC, reason: string): Compared {
    const { redirect_uri, aud, resource } = ctx.query
    if (reason === 'redirect-mismatch')
      return { sent: textOf(redirect_uri), expected: ctx.oidc.client?.redirectUris }
    if (reason === 'aud-mismatch') return { sent: textOf(aud) ?? textOf(resource), expected: [deps.fhirBase] }
    return reason === 'aud-missing' ? { expected: [deps.fhirBase] } : {}
  }
}

type Compared = { sent?: string | undefined; expected?: readonly string[] | undefined }

/** 303 where the app is told, as oidc-provider decides it; else that of the page which the person is shown. */
function statusOf({ oidc, query }: KoaContextWithOIDC, error: Error): number {
  const { allow_redirect: allowed = true, statusCode = 500 } = error as Partial<errors.OIDCProviderError>
  const redirectUri = oidc.params?.redirect_uri ?? query.redirect_uri
  const knowsWhere = oidc.client !== undefined && typeof redirectUri === 'string'
  return allowed && knowsWhere && oidc.client?.redirectUriAllowed(redirectUri) ? 303 : statusCode
}

/** At which step the person went back to the app, and why; the app hears of it when the way goes on. */
function byThePerson(ctx: KoaContextWithOIDC): { step?: FlightEvent; reason?: string } {
  const { result, prompt } = ctx.oidc.entities.Interaction ?? {}
  const reason = textOf(result?.reason)
  return reason === undefined ? {} : { step: eventOf[prompt?.name ?? ''] ?? 'authorize', reason }
}

const eventOf: Readonly<Record<string, FlightEvent>> = {
  login: 'sign-in',
  context: 'context',
  consent: 'consent',
}

function only(ctx: RequestContext, ...methods: string[]): void {
  if (methods.includes(ctx.method)) return
  const allow = methods.join(', ')
  throw new LanyardError('method-not-allowed', `This address takes ${allow} only.`, { headers: { allow } })
}

function routeOf(path: string): string | undefined {
  if (path === AUTHORIZE) return 'authorize'
  // To the letter: oidc-provider's router takes a slash at the end for none.
  if (/^\/oauth2\/authorize\/[\w-]+$/.test(path)) return 'authorize resume'
  return path === LOGOUT || /^\/oauth2\/logout\/[a-z]+$/.test(path) ? 'logout' : undefined
}

/** On the first request it is in the state, later among the parameters that oidc-provider keeps. */
function flightOf(ctx: KoaContextWithOIDC): string | undefined {
  return textOf(ctx.state.flight) ?? textOf(ctx.oidc.params?.flight)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
