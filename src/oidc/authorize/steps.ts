import { errors, type Interaction, type InteractionResults, type Provider } from 'oidc-provider'
import type { Audit } from '../../audit/audit.ts'
import type { Consents } from '../../launches/consents.ts'
import type { Flights } from '../../launches/flights.ts'
import { lifetimes } from '../../launches/grants.ts'
import type {
  Choice,
  Choosing,
  Consent,
  Deciding,
  GoOn,
  SignIn,
  SignInStep,
  SignInSteps,
} from '../../launches/sign-in-step.ts'
import { LanyardError } from '../../lib/errors.ts'
import { type Clock, seconds } from '../../lib/time.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { formatScopes, type Scope } from '../../smart/scope.ts'
import { patientOf } from './granting.ts'
import type { StepResults } from './prompts.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { handedOver, type LaunchRequest, loadRequest, type RequestDeps } from './request.ts'
import type { Sessions } from './sessions.ts'

type Deps = RequestDeps & {
  provider: () => Provider
  sessions: Pick<Sessions, 'end'>
  consents: Pick<Consents, 'remember'>
  flights: Pick<Flights, 'note' | 'bind'>
  audit: Pick<Audit, 'write'>
  clock: Clock
}

/** Why a person went back to the app, and what the app is told. */
const said = {
  'sign-in-cancelled': 'the user went back to the app',
  'picker-cancelled': 'the user went back to the app',
  'consent-denied': 'the user did not allow it',
  'nothing-allowed': 'the user allowed nothing of what was asked',
} as const

/** The steps of oidc-provider's interactions, as the pages see them. */
export function createSignInSteps(deps: Deps): SignInSteps {
  const { flights, clock } = deps

  async function backToApp(ctx: RequestContext, found: Interaction, reason: keyof typeof said) {
    await deps.audit.write({
      event: 'consent.deny',
      outcome: 'refused',
      reason,
      clientId: String(found.params.client_id),
      userId: found.session?.accountId,
      requestId: ctx.state.requestId,
    })
    const error = { error: 'access_denied', error_description: said[reason] }
    return await finish(found, { ...error, reason })
  }

  return {
    async current(ctx) {
      const found = await interactionOf(ctx, deps)
      const question = await questionOf(found, deps)
      if ('goOn' in question) return question
      const { uid, params } = found
      const clientId = params.client_id === ACCOUNT_CLIENT ? undefined : String(params.client_id)
      const about = { uid, clientId, redirectUri: String(params.redirect_uri), flight: flightOf(found) }
      return { ...about, ...question } as SignInStep
    },

    async signedIn(ctx, userId) {
      const found = await interactionOf(ctx, deps)
      await leaveSession(ctx, found, deps, userId)
      const flight = flightOf(found)
      if (flight !== undefined) {
        flights.note(flight, { event: 'sign-in', outcome: 'ok' })
        flights.bind(flight, { userId })
      }
      // Whatever somebody else has chosen before is forgotten. The time goes along to the last step.
      return await finish(found, { login: { accountId: userId, ts: seconds(clock()) } })
    },

    async chosen(ctx, choice) {
      const found = await interactionOf(ctx, deps)
      const flight = flightOf(found)
      if (flight !== undefined) flights.note(flight, { event: 'context', outcome: 'ok' })
      return await finish(found, { ...before(found), context: withChoice(chosenIn(found), choice) })
    },

    async decided(ctx, decision) {
      const found = await interactionOf(ctx, deps)
      const request = await requestOf(found, deps)
      if (request === undefined) return found.returnTo
      // Not remembered, as nobody would ever be asked again.
      if (opensNothing(request.asked, decision.granted)) return await backToApp(ctx, found, 'nothing-allowed')
      await remember(ctx, request, decision, deps)
      const { granted, duration } = decision
      return await finish(found, { ...before(found), consent: { granted: formatScopes(granted), duration } })
    },

    denied: async (ctx, reason) => await backToApp(ctx, await interactionOf(ctx, deps), reason),

    async switched(ctx) {
      const found = await interactionOf(ctx, deps)
      await leaveSession(ctx, found, deps)
      return await finish(found, {})
    },
  }
}

/**
 * The way that the cookie of this address leads on. What comes after signing in belongs to the session it was begun
 * with: if that is over, so is the way, whoever sits there now.
 */
async function interactionOf(ctx: RequestContext, { provider, flights }: Deps): Promise<Interaction> {
  try {
    const found = await provider().interactionDetails(ctx.req, ctx.res)
    const flight = flightOf(found)
    if (flight !== undefined) ctx.state.flight = flight
    const isHere =
      found.prompt.name === 'login' || found.session?.uid === (await sessionOf(ctx, provider())).uid
    if (isHere && found.uid === ctx.params.uid) return found
    if (flight !== undefined)
      flights.note(flight, { event: 'end', outcome: 'refused', reason: 'sign-in-expired' })
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error
  }
  throw expired()
}

/** Keeps what was answered, with which oidc-provider goes on. @returns where */
async function finish(found: Interaction, result: InteractionResults): Promise<string> {
  found.result = result
  try {
    await found.persist()
  } catch (error) {
    throw error instanceof errors.SessionNotFound ? expired() : error
  }
  return found.returnTo
}

function expired(): LanyardError {
  return new LanyardError(
    'invalid-request',
    'This sign-in has run out, or was finished in another window. Go back to the app and begin again.',
    { reason: 'sign-in-expired' },
  )
}

async function questionOf(found: Interaction, deps: Deps): Promise<SignIn | Choice | Consent | GoOn> {
  const { params, prompt, session, returnTo } = found
  if (prompt.name === 'login') {
    const handed = await handedOver(params, deps)
    if (handed !== undefined && 'refused' in handed) return { goOn: returnTo }
    return {
      prompt: 'login',
      loginHint: typeof params.login_hint === 'string' ? params.login_hint : undefined,
      again: session?.accountId !== undefined,
      mustBe: handed?.userId,
    }
  }
  const request = await requestOf(found, deps)
  if (request === undefined || 'refused' in request.context) return { goOn: returnTo }
  const { user, asked, notGranted, context } = request
  if ('missing' in context) {
    const { missing, type } = context
    return { prompt: 'context', userId: user.id, missing, type, context: context.context }
  }
  const everything = typeof params.prompt === 'string' && params.prompt.split(' ').includes('consent')
  return { prompt: 'consent', userId: user.id, context: context.context, asked, notGranted, everything }
}

/** Nothing if the app, the user or the EHR's launch has ended: the app hears of it when the way goes on. */
async function requestOf(found: Interaction, deps: Deps): Promise<LaunchRequest | undefined> {
  const request = await loadRequest(found.params, found.session?.accountId, chosenIn(found), deps)
  return 'refused' in request ? undefined : request
}

/** What was answered at the steps before. */
function before({ lastSubmission = {} }: Interaction): StepResults {
  return lastSubmission as StepResults
}

function chosenIn(found: Interaction): NonNullable<StepResults['context']> {
  return before(found).context ?? {}
}

function withChoice(
  chosen: NonNullable<StepResults['context']>,
  choice: Choosing,
): NonNullable<StepResults['context']> {
  if (!('item' in choice)) return { ...chosen, ...choice }
  const { type, reference } = choice.item
  return { ...chosen, items: { ...chosen.items, [type]: reference } }
}

/** Whether of all that would have opened something, nothing was allowed: a context alone is of no use. */
function opensNothing(asked: readonly Scope[], granted: readonly Scope[]): boolean {
  const opens = (scope: Scope) =>
    scope.kind === 'identity' ? !scope.name.endsWith('line_access') : scope.kind === 'resource'
  return asked.some(opens) && !granted.some(opens)
}

/** The decision for the next launch, and in the audit, before the app hears of it. */
async function remember(
  ctx: RequestContext,
  request: LaunchRequest,
  decision: Deciding,
  deps: Deps,
): Promise<void> {
  const { duration } = decision
  const of = { userId: request.user.id, clientId: request.client.id, patient: patientOf(request) }
  await deps.consents.remember(of, {
    granted: formatScopes(decision.remembered.granted),
    refused: formatScopes(decision.remembered.refused),
    duration,
    until: deps.clock() + lifetimes[duration],
  })
  await deps.audit.write({
    event: 'consent.allow',
    outcome: 'success',
    ...of,
    requestId: ctx.state.requestId,
    detail: {
      granted: formatScopes(decision.granted),
      refused: formatScopes(decision.remembered.refused),
      duration,
    },
  })
}

/**
 * Ends the browser's session, unless it is this user's: a session never goes over to somebody else, and what the one
 * before had open in other windows ends with it.
 */
async function leaveSession(
  ctx: RequestContext,
  found: Interaction,
  { provider, sessions }: Deps,
  userId?: string,
): Promise<void> {
  const { uid, accountId } = await sessionOf(ctx, provider())
  if (accountId === undefined || accountId === userId) return
  await sessions.end({ uid, userId: accountId })
  // oidc-provider goes on only with the session that the way was begun with.
  found.session = undefined
}

async function sessionOf(
  ctx: RequestContext,
  provider: Provider,
): Promise<{ uid: string; accountId?: string | undefined }> {
  return await provider.Session.get(ctx)
}

function flightOf({ params }: Interaction): string | undefined {
  return typeof params.flight === 'string' ? params.flight : undefined
}
