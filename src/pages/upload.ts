import { LanyardError } from '../lib/errors.ts'
import { hasControlCharacters, isForm, readBody } from '../lib/form.ts'
import type { RequestContext } from '../observe/request-context.ts'
import { postedForm } from './form.ts'

/** A file that came with a form; a field that was left empty sends none. */
export type Upload = { name: string; content: Buffer }
export type FormWithFiles = { form: URLSearchParams; files: ReadonlyMap<string, Upload> }

/** Bytes: a set of keys or a logo, with the fields beside it. */
const LIMIT = 512 * 1024
const MOST = 2000

/**
 * Reads a form that may bring files (RFC 7578).
 * @throws LanyardError `unsupported-media`, `too-large`, `invalid-request`
 */
export async function postedFormWithFiles(ctx: RequestContext): Promise<FormWithFiles> {
  const type = ctx.get('content-type')
  if (isForm(type)) return { form: await postedForm(ctx), files: new Map() }
  if (!/^multipart\/form-data;/i.test(type))
    throw new LanyardError('unsupported-media', 'Send the form as multipart/form-data.')
  const parts = await partsOf(await readBody(ctx.req, LIMIT), type)
  const form = new URLSearchParams()
  const files = new Map<string, Upload>()
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value)
    else if (value.size > 0)
      files.set(name, { name: value.name.slice(0, 200), content: Buffer.from(await value.arrayBuffer()) })
  }
  const texts = [...form].flat().concat([...files].map(([field, { name }]) => `${field} ${name}`))
  if (form.size + files.size > MOST || texts.some(hasControlCharacters)) throw notUnderstood()
  return { form, files }
}

async function partsOf(body: Buffer, type: string) {
  try {
    // The parser of the platform's own fetch.
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch (cause) {
    throw notUnderstood(cause)
  }
}

function notUnderstood(cause?: unknown): LanyardError {
  return new LanyardError('invalid-request', 'The form cannot be understood.', { reason: 'form', cause })
}
