import type { Context } from 'koa'

/** What one page needs beyond the rule, as sources of a content security policy. */
export type Exceptions = {
  /** Where its form may lead in the end (`formTarget`). */
  formAction?: readonly string[]
  /** Who may show it in a frame: origins of EHRs, from the configuration. */
  frameAncestors?: readonly string[]
  /** Whether its stylesheet has drawings inside. */
  inlineImages?: boolean
}

/**
 * The headers of every page: what a browser may do with it (AUTHZ-17). Nothing but our own files, no script in
 * the page, no form to elsewhere, in nobody's frame.
 */
export function protect(
  ctx: Pick<Context, 'set'>,
  { formAction = [], frameAncestors = [], inlineImages = false }: Exceptions = {},
): void {
  const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    inlineImages ? "img-src 'self' data:" : "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    ['form-action', "'self'", ...formAction.filter(isSource)].join(' '),
    ['frame-ancestors', ...orNone(frameAncestors.filter(isSource))].join(' '),
  ]
  ctx.set('content-security-policy', contentSecurityPolicy.join('; '))
  ctx.set('referrer-policy', 'no-referrer')
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('cache-control', 'no-store')
}

/**
 * What `form-action` must name for a form whose answer leads back to an app. Chromium holds every redirect after
 * the form to it (CSP3 §form-action leaves this open), those of the app's own server too, and those we cannot know:
 * so it is the scheme of the redirect URI, `https:` or `com.example.app:`.
 */
export function formTarget(redirectUri: string): string {
  return new URL(redirectUri).protocol
}

/** A scheme or an origin: nothing that could end the directive it stands in. */
function isSource(source: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|https?:\/\/[a-z0-9.*-]+(?::\d+)?)$/i.test(source)
}

function orNone(sources: readonly string[]): readonly string[] {
  return sources.length === 0 ? ["'none'"] : sources
}
