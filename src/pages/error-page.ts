import type { Next } from 'koa'
import { LanyardError } from '../lib/errors.ts'
import type { Clock } from '../lib/time.ts'
import type { Log } from '../observe/log.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { Endpoints } from '../smart/discovery.ts'
import { type Page, type Render, sendPage } from './render.ts'
import type { ErrorWords, Words } from './words/en.ts'

type Deps = { render: Render; words: Words; endpoints: Endpoints; clock: Clock; log: Log }

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
      const error = asLanyardError(thrown, deps.words)
      ctx.vary('Accept')
      ctx.set('cache-control', 'no-store')
      if (!prefersPage(ctx)) throw error
      const reference = ctx.state.requestId
      if (error.status >= 500) deps.log.error({ err: thrown, requestId: reference }, 'unexpected error')
      const html = deps.render(errorPage(error, { ...deps, reference }))
      ctx.status = error.status
      ctx.set(error.headers)
      sendPage(ctx, html)
    }
  }
}

// Browsers ask for HTML when a person opens an address; no preference at all means JSON.
function prefersPage(ctx: RequestContext): boolean {
  return ctx.accepts('json', 'html') === 'html'
}

function nothingHere({ words, endpoints }: Deps): LanyardError {
  return new LanyardError('not-found', words.error.plain.notFound(endpoints.fhirBase), { reason: 'no-route' })
}

/** Koa's own refusals (a body that is cut off, for instance) carry a status; everything else is our mistake. */
function asLanyardError(thrown: unknown, words: Words): LanyardError {
  if (thrown instanceof LanyardError) return thrown
  const status = thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : 500
  const { notUnderstood, internal } = words.error.plain
  return status >= 400 && status < 500
    ? new LanyardError('invalid-request', notUnderstood, { status, cause: thrown })
    : new LanyardError('internal', internal, { reason: 'unexpected', cause: thrown })
}

/**
 * The page about an error: what happened, what to do, and the reference to quote. Of the error it shows only
 * what is public.
 */
export function errorPage(
  error: LanyardError,
  { words, endpoints, clock, reference }: Pick<Deps, 'words' | 'endpoints' | 'clock'> & { reference: string },
): Page {
  const { heading, sentence, advice } = wordsFor(error, words)
  return {
    layout: 'flow',
    view: 'error',
    title: heading,
    // On an address that is not ours, "/" would lead back to the same refusal.
    ...(error.code === 'misdirected' ? { home: `${endpoints.issuer}/` } : {}),
    data: {
      heading,
      sentence: sentence ?? error.message,
      advice,
      reference,
      time: timeOf(clock(), words),
      details: [
        { label: words.error.code, value: error.code },
        ...(error.word === undefined ? [] : [{ label: words.error.reason, value: error.word }]),
        { label: words.error.status, value: String(error.status) },
      ],
    },
  }
}

function wordsFor({ reason = '', code, status }: LanyardError, { error }: Words): ErrorWords {
  return error.byReason[reason] ?? error.byCode[code] ?? (status >= 500 ? error.ours : error.theirs)
}

/** As a person reads it and as a machine does; in UTC, as the log is. */
function timeOf(now: number, { lang }: Words): { people: string; machine: string } {
  const said = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { ...options, timeZone: 'UTC' }).format(now)
  const day = said({ day: 'numeric', month: 'long', year: 'numeric' })
  return {
    people: `${day}, ${said({ hour: '2-digit', minute: '2-digit' })} UTC`,
    machine: new Date(now).toISOString(),
  }
}
