import type { IncomingMessage } from 'node:http'
import { readBody } from '../lib/form.ts'
import { parseJson } from '../lib/json.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { CheckToken } from '../smart/access-token.ts'
import type { OtherWays } from '../smart/ground.ts'
import { bearerOf, clientWithRight, keyWithRight } from './bearer.ts'
import type { CreateLaunch } from './new-launch.ts'
import { oauthError } from './oauth-error.ts'

/** The right to launch any app for any user, as a scope: for the backend service of an EHR. */
export const launchScope = '__launch'

/** Bytes. */
const LIMIT = 64 * 1024

type Deps = { check: CheckToken; apiKey: OtherWays['apiKey']; createLaunch: CreateLaunch }

/** `POST /launch`: an EHR asks for the address at which it opens an app. */
export function launchEndpoint({ check, apiKey, createLaunch }: Deps) {
  return async (ctx: RequestContext): Promise<void> => {
    const by = await launcherOf(ctx, { check, apiKey })
    ctx.state.clientId = by
    const { requestId } = ctx.state
    ctx.body = await createLaunch(await jsonBody(ctx.req), { by, requestId })
    ctx.status = 201
  }
}

/** The EHR, by a token or an API key that holds the right; of both, each must hold it. */
async function launcherOf(
  ctx: RequestContext,
  { check, apiKey }: Omit<Deps, 'createLaunch'>,
): Promise<string> {
  const [authorization, key] = [ctx.get('authorization'), ctx.get('x-api-key')]
  const byKey = key === '' ? undefined : await keyWithRight(key, ctx.ip, launchScope, apiKey)
  if (byKey !== undefined && authorization === '') return byKey
  return await clientWithRight(bearerOf(authorization), launchScope, check)
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json(?:\s*;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw oauthError('invalid_request', 'not-json', 'Send the launch as application/json in the body.')
  }
  const read = parseJson((await readBody(request, LIMIT)).toString('utf8'))
  if ('problem' in read) throw oauthError('invalid_request', 'not-json', `The body ${read.problem}.`)
  return read.value
}
