import { createHmac } from 'node:crypto'
import { LanyardError } from '../lib/errors.ts'
import { equalInConstantTime } from '../lib/id.ts'

export type Csrf = ReturnType<typeof createCsrf>

/**
 * Proves that a form came from a page of ours: the token is bound to the sign-in or the session it was made for, and
 * another site can read neither (AUTHZ-17).
 */
export function createCsrf(secret: string) {
  const tokenFor = (bound: string): string => createHmac('sha256', secret).update(bound).digest('base64url')
  return {
    tokenFor,
    /** @throws LanyardError `forbidden` */
    check(token: string | null, bound: string): void {
      if (token !== null && equalInConstantTime(token, tokenFor(bound))) return
      throw new LanyardError(
        'forbidden',
        'This form was not opened here, or has become too old. Go back, load the page again, and send it once more.',
        { reason: 'csrf' },
      )
    },
  }
}

/**
 * Whether a page of another site led here, as browsers say (Fetch Metadata §2.3): for addresses that leave a trace, and
 * have no form whose token could show it.
 */
export function isFromElsewhere(ctx: { get(header: string): string }): boolean {
  return ctx.get('sec-fetch-site') === 'cross-site'
}
