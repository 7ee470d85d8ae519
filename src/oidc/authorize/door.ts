import { isForm, readBody } from '../../lib/form.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import { parseScopes, type Vocabulary } from '../../smart/scope.ts'
import { oauthError } from '../oauth-error.ts'
import { ACCOUNT_CLIENT } from './provider-client.ts'

export const AUTHORIZE = '/oauth2/authorize'
/** Bytes: 32 kB of scopes must work (AUTHZ-11). */
const LIMIT = 64 * 1024
/** Characters up to which a posted request can stand in an address. */
const ADDRESS = 6000

/**
 * The parameters of an authorization request: of a posted one, those of the address and of the form (AUTHZ-01).
 *
 * Browsers leave our cookies out of a form that another site posts, and send them with the redirect that follows: so
 * a posted request is answered with one. If it is too long for an address, it is taken as it stands, and the user
 * signs in anew.
 * @returns nothing if the request was answered
 */
export async function parametersOf(ctx: RequestContext): Promise<URLSearchParams | undefined> {
  if (ctx.method !== 'POST') return new URLSearchParams(ctx.querystring)
  if (!isForm(ctx.headers['content-type'])) {
    throw oauthError(
      'invalid_request',
      'not-a-form',
      'Send the parameters in the address, or as application/x-www-form-urlencoded in the body.',
    )
  }
  const form = (await readBody(ctx.req, LIMIT)).toString('utf8')
  const sent = new URLSearchParams([ctx.querystring, form].filter((part) => part !== '').join('&'))
  const address = `${AUTHORIZE}?${sent}`
  if (address.length > ADDRESS) return sent
  ctx.status = 303
  ctx.redirect(address)
  return undefined
}

/**
 * A request as oidc-provider shall see it. Scopes are ours to judge (request-parameters.ts): it is told of `openid`
 * alone, on which it makes OpenID Connect's parameters depend. And it is left no way of answering but the one that
 * discovery names.
 */
export function asProviderSees(sent: URLSearchParams, vocabulary: Vocabulary): URLSearchParams {
  const seen = new URLSearchParams(sent)
  // Ours, which nobody else can set.
  for (const name of ['flight', 'asked', 'alone']) seen.delete(name)
  if (sent.get('client_id') === ACCOUNT_CLIENT) {
    // Our own pages ask for nothing else (provider-client.ts); a `prompt`, say, would send a browser round and round.
    const ours = ['client_id', 'response_type', 'redirect_uri', 'scope', 'state']
    return new URLSearchParams([...seen].filter(([name]) => ours.includes(name)))
  }
  const [scope, ...more] = sent.getAll('scope')
  if (scope !== undefined && more.length === 0) {
    const { scopes } = parseScopes(scope, vocabulary)
    const openid = scopes.some((one) => one.kind === 'identity' && one.name === 'openid')
    if (openid) seen.set('scope', 'openid')
    else seen.delete('scope')
  }
  for (const [name, only] of [
    ['response_type', 'code'],
    ['response_mode', 'query'],
  ] as const) {
    // It refuses what it has never heard of.
    if (![only, null, ''].includes(seen.get(name))) seen.set(name, `not_${only}`)
  }
  return seen
}
