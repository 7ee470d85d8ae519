import type { Context, Next } from 'koa'

/** A year, as preload lists and scanners ask at least. */
const header = 'max-age=31536000'

/** The headers that tell browsers to stay on https, where the public address is https (SEC-05, RFC 6797). */
export function transportHeaders(baseUrl: string): readonly (readonly [name: string, value: string])[] {
  return baseUrl.startsWith('https:') ? [['strict-transport-security', header]] : []
}

/** Puts them on every answer. */
export function strictTransport(baseUrl: string) {
  const headers = transportHeaders(baseUrl)
  return (ctx: Context, next: Next): Promise<void> => {
    for (const [name, value] of headers) ctx.set(name, value)
    return next()
  }
}
