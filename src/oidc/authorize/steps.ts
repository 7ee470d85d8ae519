import { decodeJwt } from 'jose'
import type { Audit } from '../../audit/audit.ts'
import { askedBy } from '../../clients/asked-by.ts'
import type { Consents } from '../../launches/consents.ts'
import { lifetimes } from '../../launches/durations.ts'
import type { Flights } from '../../launches/flights.ts'
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
import { type Clock, seconds } from '../../lib/time.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { formatScopes, isResourceScope, type Scope } from '../../smart/scope.ts'
import { patientOf } from './granting.ts'
import type { StepResults } from './prompts.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { handedOver, type LaunchRequest, loadRequest, type RequestDeps } from './request.ts'
import { answersBefore, finish, flightOf, leaveSession, type Way, wayOf } from './way.ts'

type Deps = RequestDeps &
  Parameters<typeof leaveSession>[2] & {
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

  async function backToApp(ctx: RequestContext, way: Way, reason: keyof typeof said) {
    if (way.prompt.name === 'consent') {
      await deps.audit.write({
        event: 'consent.deny',
        outcome: 'refused',
        reason,
        clientId: String(way.params.client_id),
        userId: way.session?.accountId,
        requestId: ctx.state.requestId,
      })
    }
    const error = { error: 'access_denied', error_description: said[reason] }
    return await finish(way, { ...error, reason })
  }

  return {
    async current(ctx) {
      const way = await wayOf(ctx, deps)
      const question = await questionOf(way, deps)
      if ('goOn' in question) return question
      const { uid, params } = way
      const clientId = params.client_id === ACCOUNT_CLIENT ? undefined : String(params.client_id)
      const isOurs = clientId === undefined && typeof params.state === 'string'
      const state = isOurs ? String(params.state) : undefined
      const about = { uid, clientId, redirectUri: String(params.redirect_uri), flight: flightOf(way), state }
      return { ...about, ...question } as SignInStep
    },

    async signedIn(ctx, userId) {
      const way = await wayOf(ctx, deps)
      await leaveSession(ctx, way, deps, userId)
      const flight = flightOf(way)
      if (flight !== undefined) {
        flights.note(flight, { event: 'sign-in', outcome: 'ok' })
        flights.bind(flight, { userId })
      }
      // Whatever somebody else has chosen before is forgotten. The time goes along to the last step.
      return await finish(way, { login: { accountId: userId, ts: seconds(clock()) } })
    },

    async chosen(ctx, choice) {
      const way = await wayOf(ctx, deps)
      const flight = flightOf(way)
      if (flight !== undefined) flights.note(flight, { event: 'context', outcome: 'ok' })
      return await finish(way, { ...answersBefore(way), context: withChoice(chosenIn(way), choice) })
    },

    async decided(ctx, decision) {
      const way = await wayOf(ctx, deps)
      const request = await requestOf(way, deps)
      if (request === undefined) return way.returnTo
      // Not remembered, as nobody would ever be asked again.
      if (opensNothing(request.asked, decision.granted)) return await backToApp(ctx, way, 'nothing-allowed')
      await remember(ctx, request, decision, deps)
      const { granted, duration } = decision
      return await finish(way, {
        ...answersBefore(way),
        consent: { granted: formatScopes(granted), duration },
      })
    },

    denied: async (ctx, reason) => await backToApp(ctx, await wayOf(ctx, deps), reason),

    async switched(ctx) {
      const way = await wayOf(ctx, deps)
      await leaveSession(ctx, way, deps)
      return await finish(way, {})
    },
  }
}

async function questionOf(way: Way, deps: Deps): Promise<SignIn | Choice | Consent | GoOn> {
  const { params, prompt, session, returnTo } = way
  if (prompt.name === 'login') {
    const handed = await handedOver(params, deps)
    if (handed !== undefined && 'refused' in handed) return { goOn: returnTo }
    const mustBe = handed?.userId ?? hinted(params)
    const here = session?.accountId
    return {
      prompt: 'login',
      loginHint: typeof params.login_hint === 'string' ? params.login_hint : undefined,
      again: here === undefined ? undefined : (mustBe ?? here) === here ? 'same' : 'another',
      mustBe,
    }
  }
  const request = await requestOf(way, deps)
  if (request === undefined || 'refused' in request.context) return { goOn: returnTo }
  const { user, asked, notGranted, context } = request
  if ('missing' in context) {
    const { missing, type } = context
    return { prompt: 'context', userId: user.id, missing, type, context: context.context }
  }
  const everything = typeof params.prompt === 'string' && params.prompt.split(' ').includes('consent')
  const text = typeof params.asked === 'string' ? params.asked : formatScopes(asked)
  return {
    prompt: 'consent',
    userId: user.id,
    context: context.context,
    text,
    asked,
    notGranted: [...askedBy(request.client, text, deps.vocabulary).notGranted, ...notGranted],
    everything,
  }
}

/** Whom the app means with the id_token that it sent; oidc-provider has verified it. */
function hinted({ id_token_hint }: Way['params']): string | undefined {
  return typeof id_token_hint === 'string' ? decodeJwt(id_token_hint).sub : undefined
}

/** Nothing if the app, the user or the EHR's launch has ended: the app hears of it when the way goes on. */
async function requestOf(way: Way, deps: Deps): Promise<LaunchRequest | undefined> {
  const request = await loadRequest(way.params, way.session?.accountId, chosenIn(way), deps)
  return 'refused' in request ? undefined : request
}

function chosenIn(way: Way): NonNullable<StepResults['context']> {
  return answersBefore(way).context ?? {}
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
    isResourceScope(scope) ||
    (scope.kind === 'identity' && ['openid', 'profile', 'fhirUser'].includes(scope.name))
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
