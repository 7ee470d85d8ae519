import { errors, type Interaction, type InteractionResults, type Provider } from 'oidc-provider'
import type { Flights } from '../../launches/flights.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import type { StepResults } from './prompts.ts'
import type { Sessions } from './sessions.ts'

/** The way of a launch through the pages: what oidc-provider calls an interaction, one for each step. */
export type Way = Interaction

type Deps = {
  provider: () => Provider
  sessions: Pick<Sessions, 'end'>
  flights: Pick<Flights, 'note'>
}

/**
 * The way that the cookie of this address leads on. What comes after signing in belongs to the session it was begun
 * with: if that is over, so is the way, whoever sits there now.
 * @throws LanyardError `invalid-request` (reason `sign-in-expired`)
 */
export async function wayOf(
  ctx: RequestContext,
  { provider, flights }: Pick<Deps, 'provider' | 'flights'>,
): Promise<Way> {
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

/**
 * Keeps what was answered, with which oidc-provider goes on.
 * @returns where
 * @throws LanyardError `invalid-request` (reason `sign-in-expired`) if another window was faster
 */
export async function finish(way: Way, result: InteractionResults): Promise<string> {
  way.result = result
  try {
    await way.persist()
  } catch (error) {
    throw error instanceof errors.SessionNotFound ? expired() : error
  }
  return way.returnTo
}

function expired(): LanyardError {
  return new LanyardError(
    'invalid-request',
    'This sign-in has run out, or was finished in another window. Go back to the app and begin again.',
    { reason: 'sign-in-expired' },
  )
}

/** What was answered at the steps before. */
export function answersBefore({ lastSubmission = {} }: Way): StepResults {
  return lastSubmission as StepResults
}

/**
 * Ends the browser's session, unless it is this user's: a session never goes over to somebody else, and what the one
 * before had open in other windows ends with it.
 */
export async function leaveSession(
  ctx: RequestContext,
  way: Way,
  { provider, sessions }: Pick<Deps, 'provider' | 'sessions'>,
  userId?: string,
): Promise<void> {
  const { uid, accountId } = await sessionOf(ctx, provider())
  if (accountId === undefined || accountId === userId) return
  await sessions.end({ uid, userId: accountId })
  // oidc-provider goes on only with the session that the way was begun with.
  way.session = undefined
}

async function sessionOf(
  ctx: RequestContext,
  provider: Provider,
): Promise<{ uid: string; accountId?: string | undefined }> {
  return await provider.Session.get(ctx)
}

/** The id of its flight record; signing in to the account pages has none. */
export function flightOf({ params }: Way): string | undefined {
  return typeof params.flight === 'string' ? params.flight : undefined
}
