import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { isForm as isFormType, readBody } from '../../lib/form.ts'
import { keepSent } from './watched-call.ts'

/** The parameters of a request as names and values, decoded, in their order. */
export type Pairs = readonly (readonly [string, string])[]

const none: Pairs = []

/** Bytes of a search sent by POST. */
const LIMIT = 64 * 1024

/**
 * Parameters of the address and of a form in the body count alike, as repeats of each other (SRCH-01).
 * @param isForm whether the body is a search
 * @throws LanyardError `too-large`, `unsupported-media`, `invalid-request` for a token among them
 */
export async function parametersOf(ctx: Context, isForm: boolean): Promise<Pairs> {
  if (ctx.querystring === '' && !isForm) return none
  const inAddress = [...new URLSearchParams(ctx.querystring)]
  if (!isForm) return inAddress
  const body = await readBody(ctx.req, LIMIT)
  if (body.length > 0 && !isFormType(ctx.req.headers['content-type'])) {
    throw new LanyardError('unsupported-media', 'Send the search as application/x-www-form-urlencoded.', {
      reason: 'media-type',
    })
  }
  const sent = body.toString('utf8')
  const inBody = [...new URLSearchParams(sent)]
  if (firstOf(inBody, 'access_token') !== undefined) throw tokenAmongParameters()
  keepSent(ctx, sent)
  return [...inAddress, ...inBody]
}

/** The first value of a parameter; an empty one is none (SRCH-10). */
export function firstOf(parameters: Pairs, name: string): string | undefined {
  return parameters.find(([known, value]) => known === name && value !== '')?.[1]
}

/** RFC 6750 §2: of the three places for a token we take one. */
export function tokenAmongParameters(): LanyardError {
  return new LanyardError(
    'invalid-request',
    'Send the token in the Authorization header, never among the parameters.',
    { word: 'security', reason: 'token-in-query' },
  )
}
