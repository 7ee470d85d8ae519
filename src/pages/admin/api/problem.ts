import type { LanyardError } from '../../../lib/errors.ts'

/** An error as `application/problem+json` (RFC 9457), with what is wrong with which member. */
export function problemOf(error: LanyardError, reference: string) {
  const { code, reason, message, problems } = error
  return {
    type: 'about:blank',
    title: code,
    status: statusOf(error),
    detail: message,
    ...(reason === undefined ? {} : { reason }),
    ...(problems.length === 0 ? {} : { errors: problems }),
    reference,
  }
}

/** RFC 9110 §13.1.1: what has another version by now fails its condition. */
export function statusOf({ reason, status }: LanyardError): number {
  return reason === 'stale' ? 412 : status
}
