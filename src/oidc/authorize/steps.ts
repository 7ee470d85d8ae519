import { errors, type Interaction, type InteractionResults, type Provider } from 'oidc-provider'
import type { Audit } from '../../audit/audit.ts'
import type { Consents } from '../../launches/consents.ts'
import type { Flights } from '../../launches/flights.ts'
import { type LaunchGrants, lifetimes } from '../../launches/grants.ts'
import type {
  Choice,
  Choosing,
  Consent,
  Deciding,
  SignIn,
  SignInStep,
  SignInSteps,
} from '../../launches/sign-in-step.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { Clock } from '../../lib/time.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { formatScopes } from '../../smart/scope.ts'
import { patientOf } from './granting.ts'
import type { StepResults } from './prompts.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { handedOver, type LaunchRequest, loadRequest, type RequestDeps } from './request.ts'

type Deps = RequestDeps & {
  provider: () => Provider
  consents: Pick<Consents, 'remember'>
  grants: Pick<LaunchGrants, 'end'>
  flights: Pick<Flights, 'note' | 'bind'>
  audit: Pick<Audit, 'write'>
  clock: Clock
}

/** The steps of oidc-provider's interactions, as the pages see them. */
export function createSignInSteps(deps: Deps): SignInSteps {
  const { provider, flights } = deps

  async function finish(ctx: RequestContext, result: InteractionResults, keep: boolean): Promise<string> {
    return await provider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: keep })
  }

  return {
    async current(ctx) {
      const found = await interactionOf(ctx, deps)
      const { uid, params } = found
      const clientId = params.client_id === ACCOUNT_CLIENT ? undefined : String(params.client_id)
      const about = { uid, clientId, redirectUri: String(params.redirect_uri), flight: flightOf(found) }
      return { ...about, ...(await questionOf(found, deps)) } as SignInStep
    },

    async signedIn(ctx, userId) {
      const found = await interactionOf(ctx, deps, 'login')
      await clearOtherUser(ctx, userId, deps)
      note(flights, found, { event: 'sign-in', outcome: 'ok' })
      const flight = flightOf(found)
      if (flight !== undefined) flights.bind(flight, { userId })
      // Whatever somebody else has chosen before is forgotten.
      return await finish(ctx, { login: { accountId: userId } }, false)
    },

    async chosen(ctx, choice) {
      const found = await interactionOf(ctx, deps, 'context')
      note(flights, found, { event: 'context', outcome: 'ok' })
      return await finish(ctx, { context: withChoice(chosenIn(found), choice) }, true)
    },

    async decided(ctx, decision) {
      const found = await interactionOf(ctx, deps, 'consent')
      await remember(ctx, found, decision, deps)
      return await finish(ctx, { consent: asResult(decision) }, true)
    },

    async denied(ctx, reason) {
      const found = await interactionOf(ctx, deps)
      const description =
        reason === 'consent-denied' ? 'the user did not allow it' : 'the user went back to the app'
      note(flights, found, { event: eventOf[found.prompt.name] ?? 'end', outcome: 'refused', reason })
      await deps.audit.write({
        event: 'consent.deny',
        outcome: 'refused',
        reason,
        clientId: String(found.params.client_id),
        userId: found.session?.accountId,
        requestId: ctx.state.requestId,
      })
      return await finish(ctx, { error: 'access_denied', error_description: description }, false)
    },

    async switched(ctx) {
      await interactionOf(ctx, deps)
      await clearOtherUser(ctx, undefined, deps)
      return await finish(ctx, {}, false)
    },
  }
}

const eventOf: Readonly<Record<string, 'sign-in' | 'context' | 'consent'>> = {
  login: 'sign-in',
  context: 'context',
  consent: 'consent',
}

async function interactionOf(ctx: RequestContext, { provider }: Deps, prompt?: string): Promise<Interaction> {
  try {
    const found = await provider().interactionDetails(ctx.req, ctx.res)
    // The cookie is bound to the address by its path; a page that was kept open may belong to an earlier step.
    if (found.uid === ctx.params.uid && (prompt === undefined || found.prompt.name === prompt)) return found
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error
  }
  throw new LanyardError(
    'invalid-request',
    'This sign-in has run out, or was finished in another window. Go back to the app and begin again.',
    { reason: 'sign-in-expired' },
  )
}

async function questionOf(found: Interaction, deps: Deps): Promise<SignIn | Choice | Consent> {
  const { params, prompt, session } = found
  if (prompt.name === 'login') {
    const handed = await handedOver(params, deps)
    return {
      prompt: 'login',
      loginHint: typeof params.login_hint === 'string' ? params.login_hint : undefined,
      again: session?.accountId !== undefined,
      mustBe: handed?.userId,
    }
  }
  const request = await requestOf(found, deps)
  const { context } = request
  if ('refused' in context)
    throw new LanyardError('forbidden', 'There is no record that this app could be opened for.')
  if ('missing' in context) {
    return {
      prompt: 'context',
      userId: request.user.id,
      missing: context.missing,
      type: context.type,
      context: context.context,
    }
  }
  const everything = typeof params.prompt === 'string' && params.prompt.split(' ').includes('consent')
  const { user, asked, notGranted } = request
  return { prompt: 'consent', userId: user.id, context: context.context, asked, notGranted, everything }
}

async function requestOf(found: Interaction, deps: Deps): Promise<LaunchRequest> {
  const request = await loadRequest(found.params, found.session?.accountId, chosenIn(found), deps)
  if (request !== undefined) return request
  throw new LanyardError('forbidden', 'This app or this account is not active any more.')
}

function chosenIn({ lastSubmission }: Interaction): NonNullable<StepResults['context']> {
  return (lastSubmission as StepResults | undefined)?.context ?? {}
}

function withChoice(
  before: NonNullable<StepResults['context']>,
  choice: Choosing,
): NonNullable<StepResults['context']> {
  if (!('item' in choice)) return { ...before, ...choice }
  const { type, reference } = choice.item
  return { ...before, items: { ...before.items, [type]: reference } }
}

function asResult({ granted, refused, duration }: Deciding): NonNullable<StepResults['consent']> {
  return { granted: formatScopes(granted), refused: formatScopes(refused), duration }
}

/** The decision for the next launch, and in the audit, before the app hears of it. */
async function remember(
  ctx: RequestContext,
  found: Interaction,
  decision: Deciding,
  deps: Deps,
): Promise<void> {
  const request = await requestOf(found, deps)
  const patient = patientOf(request)
  const of = { userId: request.user.id, clientId: request.client.id, patient }
  const { granted, refused, duration } = asResult(decision)
  await deps.consents.remember(of, { granted, refused, duration, until: deps.clock() + lifetimes[duration] })
  await deps.audit.write({
    event: 'consent.allow',
    outcome: 'success',
    clientId: of.clientId,
    userId: of.userId,
    patient,
    requestId: ctx.state.requestId,
    detail: { granted, refused, duration },
  })
}

/**
 * Takes the user out of the browser's session when another one signs in, so that none of the first one's session goes
 * over to the second; oidc-provider then gives the session a new id.
 */
async function clearOtherUser(
  ctx: RequestContext,
  userId: string | undefined,
  { provider, grants }: Deps,
): Promise<void> {
  const session = await provider().Session.get(ctx)
  if (session.accountId === undefined || session.accountId === userId) return
  await grants.end({ sessionUid: session.uid }, 'signed-out')
  const bare = session as {
    accountId?: string | undefined
    loginTs?: number | undefined
    authorizations?: unknown
  }
  bare.accountId = undefined
  bare.loginTs = undefined
  bare.authorizations = undefined
  await session.persist()
}

function flightOf({ params }: Interaction): string | undefined {
  return typeof params.flight === 'string' ? params.flight : undefined
}

function note(
  flights: Pick<Flights, 'note'>,
  found: Interaction,
  step: Parameters<Flights['note']>[1],
): void {
  const flight = flightOf(found)
  if (flight !== undefined) flights.note(flight, step)
}
