import type { RequestContext } from '../observe/request-context.ts'
import type { NotGranted } from '../smart/asked-scopes.ts'
import type { Consented } from '../smart/consent-ticks.ts'
import type { LaunchContext } from '../smart/launch-context.ts'
import type { Scope } from '../smart/scope.ts'
import type { Duration } from './durations.ts'

/** What a person is asked at this moment on the way of a launch. */
export type SignInStep = {
  /** Names the way; in the address of its pages. */
  uid: string
  /** The app, or nothing when somebody signs in to the account pages. */
  clientId: string | undefined
  /** Where the app gets its answer. */
  redirectUri: string
  /** The id of the flight record. */
  flight: string | undefined
  /** Of a sign-in to our own pages: which of them was asked for, as far as the browser is to be believed. */
  state: string | undefined
} & (SignIn | Choice | Consent)

export type SignIn = {
  prompt: 'login'
  /** What the app says who it is. */
  loginHint: string | undefined
  /** Somebody is signed in: they shall prove it again, or somebody else must sign in (`mustBe`). */
  again: 'same' | 'another' | undefined
  /** Who must sign in: the user for whom the EHR opened the app (EHRL-08), or whom the app names by an id_token. */
  mustBe: string | undefined
}
export type Choice = {
  prompt: 'context'
  userId: string
  missing: 'patient' | 'encounter' | 'item'
  /** In lower case, of an `item`. */
  type: string | undefined
  context: LaunchContext
}
export type Consent = {
  prompt: 'consent'
  userId: string
  context: LaunchContext
  /** What the app asked for, to the letter; `asked` is what of it can be granted. */
  text: string
  asked: readonly Scope[]
  notGranted: readonly NotGranted[]
  /** Whether the app wants everything to be asked anew (`prompt=consent`). */
  everything: boolean
}
/** Nobody is to be asked any more: the launch, the account or the app has ended meanwhile. */
export type GoOn = { goOn: string }

/** What the person chose, as text of the form; empty for "none of them". */
export type Choosing =
  | { patient: string }
  | { encounter: string }
  | { item: { type: string; reference: string } }
export type Deciding = {
  /** What this launch is granted. */
  granted: readonly Scope[]
  /** What is decided from now on, and what was before. */
  remembered: Consented
  duration: Duration
}

/**
 * The way of a launch, for the pages that people see on it. Each answer returns the address to send the browser to.
 * All throw LanyardError `invalid-request` (reason `sign-in-expired`) if the browser has no way under this uid, or
 * not any more the session that it was begun with.
 */
export type SignInSteps = {
  current(ctx: RequestContext): Promise<SignInStep | GoOn>
  /** Somebody has proven who they are. */
  signedIn(ctx: RequestContext, userId: string): Promise<string>
  chosen(ctx: RequestContext, choice: Choosing): Promise<string>
  decided(ctx: RequestContext, decision: Deciding): Promise<string>
  /** Back to the app with `access_denied`. */
  denied(
    ctx: RequestContext,
    reason: 'sign-in-cancelled' | 'picker-cancelled' | 'consent-denied',
  ): Promise<string>
  /** Somebody else is to sign in. */
  switched(ctx: RequestContext): Promise<string>
}

/** Who is signed in with a browser. */
export type BrowserSession = { uid: string; userId: string }
/** A session as its user sees it. */
export type ListedSession = { uid: string; at: number; address: string; agent: string }
/** Where a page of everybody's sessions begins: behind the session of this time (milliseconds) and id. */
export type BehindSession = { at: number; uid: string }
