import type { IncomingHttpHeaders } from 'node:http'
import { clientId } from '../clients/metadata.ts'
import { type Client, secretMatches } from '../clients/registry.ts'
import { assertionAuthentication, type Deps } from './client-assertion.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'

export type AuthenticateClient = (headers: IncomingHttpHeaders, parameters: Parameters) => Promise<Client>

/**
 * Client authentication of all OAuth endpoints: by signed assertion, by secret (HTTP Basic), or, for public
 * clients, by name only. A request uses exactly the registered method (CAUTH-03).
 * @throws LanyardError `invalid_client` or `invalid_request`
 */
export function clientAuthentication(deps: Deps): AuthenticateClient {
  const byAssertion = assertionAuthentication(deps)
  return async (headers, parameters) => {
    const basic = headers.authorization?.match(/^Basic +(.*)$/i)?.[1]
    const assertion = parameters.get('client_assertion')
    const type = parameters.get('client_assertion_type')
    const ways = [basic, assertion ?? type, parameters.get('client_secret')].filter(
      (way) => way !== undefined,
    )
    if (ways.length > 1) {
      throw oauthError(
        'invalid_request',
        'several-methods',
        'Authenticate in one way only: by HTTP Basic or by client_assertion.',
      )
    }
    if (basic !== undefined) return await bySecret(basic, parameters, deps)
    if (assertion !== undefined || type !== undefined) return await byAssertion(parameters)
    return await byName(parameters, deps)
  }
}

async function bySecret(credentials: string, parameters: Parameters, deps: Deps): Promise<Client> {
  const [id, secret] = basicCredentials(credentials)
  if (parameters.get('client_id') !== undefined && parameters.get('client_id') !== id) {
    throw oauthError(
      'invalid_request',
      'client-id-mismatch',
      'client_id differs from the user name of the Authorization header.',
    )
  }
  const client = id === undefined ? undefined : await deps.clients.find(id)
  const right = client !== undefined && secret !== undefined && secretMatches(client, secret)
  const reason =
    client === undefined ? 'client-unknown' : client.status !== 'active' ? 'client-disabled' : 'client-method'
  if (
    !right ||
    client.status !== 'active' ||
    client.metadata.token_endpoint_auth_method !== 'client_secret_basic'
  ) {
    const why = client?.status === 'active' && client.hasSecret ? 'client-secret' : reason
    throw oauthError(
      'invalid_client',
      why,
      'The client id or its secret is not right, or the client is disabled.',
      {
        headers: { 'www-authenticate': 'Basic realm="Lanyard", charset="UTF-8"' },
        detail: `client ${id ?? '(unreadable)'}`,
      },
    )
  }
  return client
}

/** Ids and secrets of ours need no form encoding, so both readings of RFC 6749 §2.3.1 agree (CAUTH-02). */
function basicCredentials(credentials: string): [string | undefined, string | undefined] {
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return [undefined, undefined]
  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)]
  return clientId.test(id) ? [id, secret] : [undefined, undefined]
}

async function byName(parameters: Parameters, deps: Deps): Promise<Client> {
  const id = parameters.get('client_id')
  if (id === undefined) {
    throw oauthError(
      'invalid_client',
      'no-authentication',
      'The request names no client: send client_assertion, or an Authorization header, or (public clients) client_id.',
    )
  }
  const client = await deps.clients.find(id)
  const named = client?.status === 'active' && client.metadata.token_endpoint_auth_method === 'none'
  if (client === undefined || !named || parameters.has('client_secret')) {
    throw oauthError(
      'invalid_client',
      'client-unauthenticated',
      'This client is unknown, disabled, or must authenticate in the way it is registered for.',
      {
        detail: `client ${id.slice(0, 100)}`,
      },
    )
  }
  return client
}
