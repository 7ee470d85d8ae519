import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { readBody } from '../../lib/form.ts'
import type { Json, Parsed } from './body.ts'
import { firstOf, type Pairs } from './parameters.ts'

/** Media types by which a client sends or asks for the resource, and not for what is in it (R4 binary §rest). */
const ofFhir: ReadonlySet<string> = new Set([
  'application/fhir+json',
  'application/json+fhir',
  'application/json',
  'text/json',
  'application/fhir+xml',
  'application/xml+fhir',
  'application/fhir+turtle',
])

/** A media type with its parameters, in characters that a header may have. */
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(?: ?; ?[\x21-\x7e]{1,100}){0,5}$/

/** What browsers show without running anything in it; all else is offered as a file. */
const harmless =
  /^(?:image\/(?:png|jpeg|gif|webp)|text\/plain|application\/pdf|audio\/[\w.+-]+|video\/[\w.+-]+)(?:$|[; ])/i

/** Whether a Binary is sent as what it holds. */
export function isRawContent(contentType: string | undefined): boolean {
  const type = typeIn(contentType ?? '')
  return type !== '' && !ofFhir.has(type)
}

/** Whether a read wants what the Binary holds: everybody does who does not name FHIR (R4 binary §rest). */
export function wantsContent(
  ctx: Context,
  route: { interaction: string; type?: string | undefined },
  parameters: Pairs,
): boolean {
  const isRead = route.interaction === 'read' || route.interaction === 'vread'
  if (!isRead || route.type !== 'Binary' || firstOf(parameters, '_format') !== undefined) return false
  return !(ctx.req.headers.accept ?? '').split(',').some((range) => ofFhir.has(typeIn(range)))
}

/**
 * A Binary from what it shall hold. `X-Security-Context` says whose it is (R4 binary §security).
 * @param limit bytes
 * @throws LanyardError `too-large`, `invalid-request`
 */
export async function binaryFrom(ctx: Context, limit: number): Promise<Parsed> {
  const contentType = (ctx.req.headers['content-type'] ?? '').trim().replace(/\s+/g, ' ')
  if (!MEDIA_TYPE.test(contentType)) {
    throw new LanyardError('invalid-request', 'The Content-Type is no media type.', {
      word: 'value',
      reason: 'media-type',
    })
  }
  const context = ctx.req.headers['x-security-context']?.toString()
  const data = (await readBody(ctx.req, limit)).toString('base64')
  const value: Json = {
    resourceType: 'Binary',
    contentType,
    ...(context === undefined ? {} : { securityContext: { reference: context } }),
    ...(data === '' ? {} : { data }),
  }
  return { value, exact: undefined }
}

/** What a Binary holds, with headers under which no browser runs it. */
export function contentOf(exchange: { set(name: string, value: string): void }, body: string): Buffer {
  const { contentType, data } = JSON.parse(body) as Json
  const type = typeof contentType === 'string' && MEDIA_TYPE.test(contentType) ? contentType : ''
  exchange.set('content-type', type === '' ? 'application/octet-stream' : type)
  exchange.set('x-content-type-options', 'nosniff')
  exchange.set('content-security-policy', "sandbox; default-src 'none'")
  if (!harmless.test(type)) exchange.set('content-disposition', 'attachment')
  return Buffer.from(typeof data === 'string' ? data : '', 'base64')
}

function typeIn(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase()
}
