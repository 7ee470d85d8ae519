import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { BINARY } from '../access/binary.ts'
import { binaryFrom, isRawContent } from './binary.ts'
import { jsonBody, type Parsed, patchBody } from './body.ts'
import type { Pairs } from './parameters.ts'

/** One request and its answer, as handlers see it: of HTTP, or of an entry of a Bundle. */
export type Exchange = {
  /** A request header; the name in lower case. */
  header(name: string): string | undefined
  /** Sets a header of the answer. */
  set(name: string, value: string): void
  /** Whether something was sent. */
  hasBody(): boolean
  json(): Promise<Parsed>
  /** A resource from a body that is only what it holds: a Binary; undefined for any other body. */
  raw(type: string): Promise<Parsed | undefined>
  patch(): Promise<unknown>
  /** The id of a resource that gets one. */
  newId(): string
  /** How many entries were answered, for the audit. */
  matches?: number
  /** Whose record was shown, or whose records, for the audit. */
  patient?: string | undefined
  patients?: readonly string[]
  /** What an operation was asked, for the audit. */
  asked?: Pairs
  /** Whether a read wants what a Binary holds. */
  wantsContent?: boolean
  /** How often anything that can end a token had happened, as the statement that answered saw it. */
  tokenChanges?: number | undefined
}

/** @param binaryLimit bytes of a Binary that is sent as what it holds */
export function exchangeOf(ctx: Context, binaryLimit: number): Exchange {
  return {
    header: (name) => ctx.req.headers[name]?.toString(),
    set: (name, value) => ctx.set(name, value),
    hasBody: () =>
      ctx.req.headers['transfer-encoding'] !== undefined ||
      Number(ctx.req.headers['content-length'] ?? 0) > 0,
    json: () => jsonBody(ctx),
    async raw(type) {
      const isContent = type === BINARY && isRawContent(ctx.req.headers['content-type'])
      return isContent ? await binaryFrom(ctx, binaryLimit) : undefined
    },
    patch: () => patchBody(ctx),
    newId: randomUUID,
  }
}
