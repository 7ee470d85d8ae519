import { isForm } from '../lib/form.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { UserRegistry } from '../users/registry.ts'
import type { AccessTokens } from './access-tokens.ts'
import { bearerOf, liveToken, scopeLacking } from './bearer.ts'
import { userClaims } from './id-token.ts'
import { oauthError } from './oauth-error.ts'
import { formParameters } from './parameters.ts'

type Deps = {
  tokens: Pick<AccessTokens, 'check'>
  users: Pick<UserRegistry, 'find'>
  fhirBase: string
}

/** OpenID Connect Core §5.3: who stands behind an access token, if it was granted `openid` (OIDC-07). */
export function userinfoEndpoint({ tokens, users, fhirBase }: Deps) {
  return async (ctx: RequestContext): Promise<void> => {
    const live = await liveToken(await tokenOf(ctx), tokens.check)
    const { claims, authority } = live
    ctx.state.clientId = claims.client_id
    const has = (name: string) =>
      authority.scopes.some((scope) => scope.kind === 'identity' && scope.name === name)
    const user = has('openid') ? await users.find(claims.sub) : undefined
    if (user === undefined) throw scopeLacking('openid', live)
    ctx.body = { sub: user.id, ...userClaims(user, has, fhirBase) }
  }
}

/** RFC 6750 §2.1 and §2.2, which OpenID Connect asks for here. */
async function tokenOf(ctx: RequestContext): Promise<string | undefined> {
  const inHeader = bearerOf(ctx.get('authorization'))
  const inBody =
    ctx.method === 'POST' && isForm(ctx.headers['content-type'])
      ? (await formParameters(ctx.req)).get('access_token')
      : undefined
  if (inHeader !== undefined && inBody !== undefined)
    throw oauthError('invalid_request', 'several-methods', 'Send the access token in one place only.')
  return inHeader ?? inBody
}
