import { isForm } from '../lib/form.ts'
import type { RequestContext } from '../observe/request-context.ts'
import type { UserRegistry } from '../users/registry.ts'
import type { AccessTokens } from './access-tokens.ts'
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
    const token = await bearerToken(ctx)
    const checked = await tokens.check(token)
    if ('refused' in checked) {
      throw oauthError('invalid_token', checked.refused, 'The access token is unknown, expired or revoked.', {
        headers: { 'www-authenticate': 'Bearer realm="Lanyard", error="invalid_token"' },
      })
    }
    const { claims, authority } = checked.live
    ctx.state.clientId = claims.client_id
    const has = (name: string) =>
      authority.scopes.some((scope) => scope.kind === 'identity' && scope.name === name)
    const user = has('openid') ? await users.find(claims.sub) : undefined
    if (user === undefined) {
      throw oauthError('insufficient_scope', 'no-openid', 'This needs a token that was granted openid.', {
        headers: { 'www-authenticate': 'Bearer realm="Lanyard", error="insufficient_scope", scope="openid"' },
      })
    }
    ctx.body = { sub: user.id, ...userClaims(user, has, fhirBase) }
  }
}

/** RFC 6750 §2.1 and §2.2, which OpenID Connect asks for here. */
async function bearerToken(ctx: RequestContext): Promise<string> {
  const inHeader = ctx.get('authorization').match(/^Bearer +(\S+)$/i)?.[1]
  const inBody =
    ctx.method === 'POST' && isForm(ctx.headers['content-type'])
      ? (await formParameters(ctx.req)).get('access_token')
      : undefined
  if (inHeader !== undefined && inBody !== undefined)
    throw oauthError('invalid_request', 'several-methods', 'Send the access token in one place only.')
  const token = inHeader ?? inBody
  if (token === undefined) {
    throw oauthError(
      'invalid_token',
      'token-missing',
      'This needs an access token: send "Authorization: Bearer …".',
      {
        headers: { 'www-authenticate': 'Bearer realm="Lanyard"' },
      },
    )
  }
  return token
}
