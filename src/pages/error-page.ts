import type { Next } from 'koa'
import { LanyardError } from '../lib/errors.ts'
import type { Clock } from '../lib/time.ts'
import type { Log } from '../observe/log.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { Endpoints } from '../smart/discovery.ts'
import { passingTrouble, unstorableText } from '../store/trouble.ts'
import { datesIn } from './dates.ts'
import { wordsFor } from './language.ts'
import { type Page, type Render, sendPage } from './render.ts'
import type { ErrorWords } from './words/en/errors.ts'
import type { Words } from './words/en.ts'
import { plain } from './words/plain.ts'

type Deps = {
  render: Render
  endpoints: Endpoints
  clock: Clock
  log: Log
  /** Who may show a sign-in in a frame, and so the page that says why it went wrong. */
  frameAncestors: readonly string[]
}

/**
 * Catches what no door has turned into its own shape, unknown addresses included. Browsers get a page; for
 * everybody else the error goes on, to be told as JSON by whoever logs the request.
 */
export function errorPages(deps: Deps) {
  return async (ctx: RequestContext, next: Next): Promise<void> => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body == null) throw nothingHere(deps)
    } catch (thrown) {
      const error = asLanyardError(thrown)
      ctx.vary('Accept')
      ctx.set('cache-control', 'no-store')
      if (!prefersPage(ctx)) throw error
      // The flight record of a launch knows the request ids.
      const reference = ctx.state.flight ?? ctx.state.requestId
      if (error.status >= 500) deps.log.error({ err: thrown, requestId: reference }, 'unexpected error')
      const words = wordsFor(ctx)
      const page = errorPage(error, { ...deps, words, reference })
      // What the request was about must not be lost by asking for another language.
      const again = Object.keys(ctx.query).every((name) => name === 'lang')
      const html = deps.render(again ? page : { ...page, kept: false })
      ctx.status = error.status
      ctx.set(error.headers)
      sendPage(ctx, html, { frameAncestors: deps.frameAncestors })
    }
  }
}

// Browsers ask for HTML when a person opens an address; no preference at all means JSON.
function prefersPage(ctx: RequestContext): boolean {
  return ctx.accepts('json', 'html') === 'html'
}

function nothingHere({ endpoints }: Deps): LanyardError {
  return new LanyardError('not-found', plain.notFound(endpoints.fhirBase), { reason: 'no-route' })
}

/** Koa's own refusals (a body that is cut off, for instance) carry a status; everything else is our mistake. */
export function asLanyardError(thrown: unknown): LanyardError {
  if (thrown instanceof LanyardError) return thrown
  const known = passingTrouble(thrown) ?? unstorableText(thrown)
  if (known !== undefined) return known
  const status = thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : 500
  return status >= 400 && status < 500
    ? new LanyardError('invalid-request', plain.notUnderstood, { status, cause: thrown })
    : new LanyardError('internal', plain.internal, { reason: 'unexpected', cause: thrown })
}

/**
 * The page about an error: what happened, what to do, and the reference to quote. Of the error it shows only
 * what is public.
 */
export function errorPage(
  error: LanyardError,
  {
    words,
    endpoints,
    clock,
    reference,
  }: Pick<Deps, 'endpoints' | 'clock'> & {
    words: Words
    reference: string
  },
): Page {
  const { heading, sentence, advice } = saidOf(error, words)
  return {
    layout: 'flow',
    view: 'error',
    words,
    title: heading,
    // On an address that is not ours, "/" would lead back to the same refusal.
    ...(error.code === 'misdirected' ? { home: `${endpoints.issuer}/` } : {}),
    data: {
      heading,
      sentence: sentence ?? error.message,
      advice,
      reference,
      time: datesIn(words).moment(clock()),
      details: [
        { label: words.error.code, value: error.code },
        ...(error.word === undefined ? [] : [{ label: words.error.reason, value: error.word }]),
        { label: words.error.status, value: String(error.status) },
      ],
    },
  }
}

function saidOf({ reason = '', code, status }: LanyardError, { error }: Words): ErrorWords {
  return error.byReason[reason] ?? error.byCode[code] ?? (status >= 500 ? error.ours : error.theirs)
}
