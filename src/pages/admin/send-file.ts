import { Readable } from 'node:stream'
import { LanyardError } from '../../lib/errors.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import type { SentFile } from './operations/operation.ts'

/** Answers with a file, piece by piece as it is read, to be kept by whoever asked and by nobody on the way. */
export function sendFile(ctx: RequestContext, { type, name, content }: SentFile): void {
  send(ctx, type, name, Readable.from(content))
}

/** The same with something as JSON. */
export function sendJsonFile(ctx: RequestContext, name: string, value: unknown): void {
  send(ctx, 'application/json; charset=utf-8', name, `${JSON.stringify(value, null, 2)}\n`)
}

function send(ctx: RequestContext, type: string, name: string, body: Readable | string): void {
  ctx.set('cache-control', 'no-store')
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('content-disposition', `attachment; filename="${name}"`)
  ctx.set('content-type', type)
  ctx.body = body
}

/**
 * A file that is taken is on record: HEAD, which RFC 9110 §9.3.2 would have answered as if it were, takes none.
 * @throws LanyardError `method-not-allowed`
 */
export function refuseHead({ method }: Pick<RequestContext, 'method'>): void {
  if (method !== 'HEAD') return
  throw new LanyardError('method-not-allowed', 'This address takes GET only.', { headers: { allow: 'GET' } })
}
