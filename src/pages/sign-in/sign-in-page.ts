import type { SignIn } from '../../launches/sign-in-step.ts'
import { SECOND } from '../../lib/time.ts'
import { faceOf, type RequestingApp, returnsTo } from '../app-face.ts'
import { type Dates, datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import type { OwnPages } from '../return-to.ts'
import { fill } from '../sentence.ts'
import type { Words } from '../words/en.ts'
import { type Flow, flowData } from './flow.ts'

export type SignInModel = Flow & {
  /** The app that waits; without it somebody signs in for our own pages. */
  client?: RequestingApp | undefined
  /** Which of them. */
  purpose?: OwnPages | undefined
  username?: string | undefined
  /** The last try was refused: counted by address and device, the same for names that nobody has. */
  failure?: SignInFailure | undefined
  /** Somebody is signed in already: it shall be shown that it is still them, or another is needed. */
  again?: SignIn['again'] | undefined
  /** Offers a way back to the app, which then hears `access_denied`. */
  cancel?: boolean | undefined
  /** Of demo mode: whom one can be. */
  demo?: { usernames: readonly string[]; password: string } | undefined
}

/** `retryAfter` in seconds: no try counts before. */
export type SignInFailure = { triesLeft?: number | undefined; retryAfter?: number | undefined }

/** Fields `username` and `password`, `csrf`; the way back posts `decision=deny`. */
export function signInPage(model: SignInModel, words: Words): Page {
  const { client, purpose = 'account', failure, username = '', again, cancel, demo } = model
  const { signIn, problem } = words
  const dates = datesIn(words)
  const said = again && { same: signIn.again, another: signIn.another }[again]
  const title = said?.title ?? signIn.title
  return {
    layout: 'flow',
    view: 'sign-in/sign-in',
    words,
    title: failure === undefined ? title : problem.title(title),
    data: {
      ...flowData(model, words, dates),
      heading: title,
      lead: said?.lead ?? (client === undefined ? signIn.purposes[purpose] : undefined),
      app: client && { ...faceOf(client), returnsTo: returnsTo(client.redirectUri) },
      toUse: client && fill(signIn.toUse, { app: client.name }),
      username,
      problem: failure && problemOf(failure, words, dates),
      cancel: cancel && client ? signIn.cancel(client.name) : undefined,
      demoUsers: demo,
    },
  }
}

/** One sentence for the summary, one for the field: never which of the two fields was wrong. */
function problemOf(
  { triesLeft, retryAfter = 0 }: SignInFailure,
  { signIn: { refused, blocked } }: Words,
  dates: Dates,
): { summary: string; field: string } {
  if (retryAfter > 0)
    return { summary: blocked.summary, field: blocked.field(dates.left(retryAfter * SECOND)) }
  const left = triesLeft === undefined ? [] : [refused.left(triesLeft)]
  return { summary: refused.summary, field: [refused.field, ...left].join(' ') }
}
