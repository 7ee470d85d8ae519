import { randomUUID } from 'node:crypto'

/** What a caller may choose itself: short, and harmless in a log or a header. */
const acceptable = /^[\w.:~-]{1,100}$/

/** The caller's `X-Request-Id` if it is harmless, else one of ours (REST-19). */
export function requestId(header: string | undefined): string {
  return header !== undefined && acceptable.test(header) ? header : randomUUID()
}
