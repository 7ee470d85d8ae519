import { LanyardError } from '../lib/errors.ts'
import { hasControlCharacters, isForm, readBody } from '../lib/form.ts'
import type { RequestContext } from '../observe/request-context.ts'

/** Bytes: a consent with some hundred lines. */
const LIMIT = 128 * 1024
const MOST = 2000

/**
 * Reads the form that a page posts.
 * @throws LanyardError `unsupported-media`, `too-large`, `invalid-request`
 */
export async function postedForm(ctx: RequestContext): Promise<URLSearchParams> {
  if (!isForm(ctx.headers['content-type'])) {
    throw new LanyardError('unsupported-media', 'Send the form as application/x-www-form-urlencoded.')
  }
  const form = new URLSearchParams((await readBody(ctx.req, LIMIT)).toString('utf8'))
  const harmless = form.size <= MOST && ![...form].flat().some(hasControlCharacters)
  if (!harmless)
    throw new LanyardError('invalid-request', 'The form cannot be understood.', { reason: 'form' })
  return form
}
