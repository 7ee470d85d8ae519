import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { CheckBearer, CheckedGround, Ground, OtherWays } from '../../smart/ground.ts'
import { bearerToken, challenge, invalidToken } from './bearer.ts'

export type OtherWaysDeps = {
  check: CheckBearer
  ways: OtherWays
  /** Where RFC 9728 metadata stands, for the challenge. */
  metadataUrl: string
}

/**
 * What a request rests on that shows anything but one bearer token: an API key, name and password, several of them, or
 * nothing. Each must hold; the request then has what all of them open.
 * @returns at least one ground
 * @throws LanyardError `unauthenticated`, `too-many`, `invalid-request`
 */
export async function otherGrounds(ctx: Context, deps: OtherWaysDeps): Promise<[Ground, ...Ground[]]> {
  const { authorization, 'x-api-key': key } = ctx.req.headers
  const inHeader = authorization === undefined ? undefined : await ofHeader(ctx, authorization, deps)
  const ofKey = key === undefined ? undefined : await ofApiKey(ctx, key.toString(), deps)
  const [first, ...more] = [inHeader, ofKey].filter((ground) => ground !== undefined)
  if (first !== undefined) return [first, ...more]
  if (deps.ways.nobody !== undefined) return [deps.ways.nobody]
  throw missing(deps)
}

async function ofHeader(ctx: Context, authorization: string, deps: OtherWaysDeps): Promise<Ground> {
  const token = bearerToken(authorization)
  if (token !== undefined) return await ofToken(token, deps)
  const basic = /^Basic +(\S+)$/i.exec(authorization)?.[1]
  if (basic === undefined || deps.ways.basic === undefined) throw missing(deps)
  const checked = await deps.ways.basic(basic, ctx.ip, ctx.state.requestId)
  if ('live' in checked) return checked.live
  throw notSignedIn(checked, deps)
}

async function ofToken(token: string, { check, metadataUrl }: OtherWaysDeps): Promise<Ground> {
  const checked = await check(token)
  if ('live' in checked) return checked.live
  throw invalidToken(checked.refused, metadataUrl)
}

async function ofApiKey(ctx: Context, key: string, deps: OtherWaysDeps): Promise<Ground> {
  // Node joins a header that was sent twice; no key has a comma.
  if (key.includes(',')) throw twice('x-api-key')
  const checked = await deps.ways.apiKey(key, ctx.ip)
  if ('live' in checked) return checked.live
  ctx.state.shown = checked.shown
  throw new LanyardError('unauthenticated', 'The API key is not valid here, or no longer.', {
    word: 'login',
    reason: checked.refused,
    headers: { 'www-authenticate': challenge(deps.metadataUrl) },
  })
}

/** What a request without any credentials that count is told: how it could have some. */
function missing({ metadataUrl, ways }: OtherWaysDeps): LanyardError {
  return new LanyardError('unauthenticated', 'This needs an access token: send "Authorization: Bearer …".', {
    reason: 'token-missing',
    headers: { 'www-authenticate': challenge(metadataUrl, ways.basic !== undefined) },
  })
}

/** One sentence for every reason, as on the sign-in page; only a delay is told, as waiting is all that helps. */
function notSignedIn(
  { refused: reason, retryAfter }: Extract<CheckedGround, { refused: unknown }>,
  { metadataUrl }: OtherWaysDeps,
): LanyardError {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  if (reason === 'basic-blocked')
    return new LanyardError('too-many', 'There were too many tries. Wait, then try again.', {
      reason,
      headers,
    })
  return new LanyardError('unauthenticated', 'That username and password do not match.', {
    word: 'login',
    reason,
    headers: { ...headers, 'www-authenticate': challenge(metadataUrl, true) },
  })
}

/** REST-20: one place, one credential. */
export function twice(header: string): LanyardError {
  return new LanyardError('invalid-request', `Send the header ${header} once.`, {
    word: 'security',
    reason: 'credential-twice',
  })
}
