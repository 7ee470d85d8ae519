import { Readable } from 'node:stream'
import type { RequestContext } from '../../observe/request-context.ts'
import type { SentFile } from './operations/operation.ts'

/** Answers with a file, piece by piece as it is read, to be kept by whoever asked and by nobody on the way. */
export function sendFile(ctx: RequestContext, { type, name, content }: SentFile): void {
  ctx.set('cache-control', 'no-store')
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('content-disposition', `attachment; filename="${name}"`)
  ctx.set('content-type', type)
  ctx.body = Readable.from(content)
}
