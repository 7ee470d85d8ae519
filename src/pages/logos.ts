import { LanyardError } from '../lib/errors.ts'
import type { RequestContext } from '../observe/request-context.ts'

const YEAR = 365 * 24 * 60 * 60

/** Our copies of the logos of apps. An address names the content, so browsers may keep it for ever. */
export function logoRoute(find: (hash: string) => Promise<{ type: string; content: Buffer } | undefined>) {
  return async (ctx: RequestContext): Promise<void> => {
    const hash = String(ctx.params.hash)
    const logo = /^[\w-]{43}$/.test(hash) ? await find(hash) : undefined
    if (logo === undefined) throw new LanyardError('not-found', 'There is no such logo.')
    ctx.set('cache-control', `public, max-age=${YEAR}, immutable`)
    ctx.set('x-content-type-options', 'nosniff')
    // A picture that is opened by itself is a document, and may do nothing.
    ctx.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox")
    ctx.set('content-type', logo.type)
    ctx.body = logo.content
  }
}
