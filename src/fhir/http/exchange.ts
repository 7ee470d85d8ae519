import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
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
}

export function exchangeOf(ctx: Context): Exchange {
  return {
    header: (name) => ctx.req.headers[name]?.toString(),
    set: (name, value) => ctx.set(name, value),
    hasBody: () =>
      ctx.req.headers['transfer-encoding'] !== undefined ||
      Number(ctx.req.headers['content-length'] ?? 0) > 0,
    json: () => jsonBody(ctx),
    patch: () => patchBody(ctx),
    newId: randomUUID,
  }
}
