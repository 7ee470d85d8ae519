import type { Context, Next } from 'koa'

/** A year, as preload lists and scanners ask at least. */
const header = 'max-age=31536000'

/** Tells browsers to stay on https where the public address is https (SEC-05, RFC 6797). */
export function strictTransport(baseUrl: string) {
  const encrypted = baseUrl.startsWith('https:')
  return (ctx: Context, next: Next): Promise<void> => {
    if (encrypted) ctx.set('strict-transport-security', header)
    return next()
  }
}
