import type { Context } from 'koa'

/** Nothing but our own files, no script in the page, no form to elsewhere, in nobody's frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** The headers of every page: what a browser may do with it (AUTHZ-17). */
export function protect(ctx: Pick<Context, 'set'>): void {
  ctx.set('content-security-policy', contentSecurityPolicy)
  ctx.set('referrer-policy', 'no-referrer')
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('cache-control', 'no-store')
}
