import type { Context } from 'koa'
import type { FhirMessages, Message } from '../../launches/fhir-messages.ts'
import { parseExact } from '../../lib/exact-json.ts'

/** Headers that explain a call. */
const asked = [
  'accept',
  'content-type',
  'prefer',
  'if-match',
  'if-none-match',
  'if-none-exist',
  'if-modified-since',
  'origin',
] as const
const answered = [
  'content-type',
  'location',
  'etag',
  'last-modified',
  'www-authenticate',
  'retry-after',
] as const
/** Those that open something: of them the length is told. */
const secret = ['authorization', 'x-api-key'] as const
/** Characters up to which a body is laid out for people; a longer one is cut as it stands. */
const LAID_OUT = 256 * 1024

/** Keeps what was sent, of a launch of the simulator alone: `messagesOf` tells it. */
export function keepSent(ctx: Context, text: string): void {
  if (ctx.state.access?.simulated !== undefined) ctx.state.sent = text
}

/**
 * What was sent and answered. Called once the answer stands; nothing of it opens anything: a token in the address is
 * refused before anybody knows whose launch it is (authenticate.ts).
 */
export function messagesOf(ctx: Context): FhirMessages {
  return {
    line: `${ctx.method} ${ctx.url}`,
    status: ctx.status,
    request: {
      headers: [
        ...secret.flatMap((name) => hidden(name, ctx.get(name))),
        ...present(asked, (name) => ctx.get(name)),
      ],
      ...bodyOf(ctx.state.sent, ctx.get('content-type')),
    },
    response: {
      headers: present(answered, (name) => ctx.response.get(name)),
      ...bodyOf(ctx.body, ctx.response.type),
    },
  }
}

/** How long the answer took, in milliseconds. */
export function tookOf(ctx: Context): number | undefined {
  const { started } = ctx.state
  return typeof started === 'number' ? Math.round((performance.now() - started) * 10) / 10 : undefined
}

function present(names: readonly string[], value: (name: string) => unknown): Message['headers'] {
  return names.map((name) => [name, String(value(name) ?? '')] as const).filter(([, text]) => text !== '')
}

function hidden(name: string, value: string): [string, string][] {
  if (value === '') return []
  const [, scheme = '', rest = value] = /^([A-Za-z]+) +(.*)$/.exec(value) ?? []
  return [[name, `${scheme} (${rest.length} characters)`.trim()]]
}

function bodyOf(body: unknown, type: string): Pick<Message, 'body'> {
  const isText = /json|text|urlencoded/.test(type)
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return {}
  if (body.length === 0) return {}
  if (!isText) return { body: `(${body.length} bytes of ${type})` }
  return { body: laidOut(body.toString(), type) }
}

function laidOut(text: string, type: string): string {
  if (!type.includes('json') || text.length > LAID_OUT) return text
  try {
    return JSON.stringify(parseExact(text), null, 2)
  } catch {
    return text
  }
}
