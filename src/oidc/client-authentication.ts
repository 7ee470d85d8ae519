import type { IncomingHttpHeaders } from 'node:http'
import { clientId } from '../clients/metadata.ts'
import { type Client, secretMatches } from '../clients/registry.ts'
import type { LanyardError } from '../lib/errors.ts'
import { claimedClient } from './claimed-client.ts'
import { assertionAuthentication, type Deps } from './client-assertion.ts'
import { oauthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'

export type AuthenticateClient = (headers: IncomingHttpHeaders, parameters: Parameters) => Promise<Client>

/** What an `Authorization` header of the scheme Basic is answered with (RFC 6749 §5.2). */
export const basicChallenge = { 'www-authenticate': 'Basic realm="Lanyard", charset="UTF-8"' }

/**
 * Client authentication of all OAuth endpoints: by signed assertion, by secret (HTTP Basic), or, for public
 * clients, by name only. A request uses exactly the registered method (CAUTH-03).
 * @throws LanyardError `invalid_client` or `invalid_request`
 */
export function clientAuthentication(deps: Deps): AuthenticateClient {
  const byAssertion = assertionAuthentication(deps)
  return async (headers, parameters) => {
    const basic = headers.authorization?.match(/^Basic(?: +(.*))?$/i)
    if (waysInBody(parameters) + (basic ? 1 : 0) > 1) throw severalWays()
    if (basic) return await bySecret(basic[1] ?? '', parameters, deps)
    if (parameters.has('client_assertion') || parameters.has('client_assertion_type'))
      return await byAssertion(parameters)
    return await byName(parameters, deps)
  }
}

/** How many kinds of credentials a form has; an assertion and its type are one. */
export function waysInBody(parameters: Parameters): number {
  const assertion = parameters.get('client_assertion') ?? parameters.get('client_assertion_type')
  return [assertion, parameters.get('client_secret')].filter((way) => way !== undefined).length
}

/** RFC 6749 §2.3: a client must not use more than one method in a request. */
export function severalWays(): LanyardError {
  return oauthError(
    'invalid_request',
    'several-methods',
    'Authenticate in one way only: by the Authorization header or by client_assertion.',
  )
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
  const client = await deps.clients.find(id)
  const reason =
    whyNot(client, 'client_secret_basic') ??
    (client !== undefined && secretMatches(client, secret, deps.clock()) ? undefined : 'client-secret')
  if (client === undefined || reason !== undefined) {
    throw oauthError(
      'invalid_client',
      reason ?? 'client-unknown',
      'The client id or its secret is not right, or the client is disabled or registered for another way to authenticate.',
      { headers: basicChallenge, detail: claimedClient(id, client) },
    )
  }
  return client
}

/**
 * Ids and secrets of ours need no form encoding, so both readings of RFC 6749 §2.3.1 agree (CAUTH-02); libraries that
 * follow it to the letter encode even "-" and "_".
 */
function basicCredentials(credentials: string): [id: string, secret: string] {
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const id = decoded(text.slice(0, Math.max(0, colon)))
  return clientId.test(id) ? [id, decoded(text.slice(colon + 1))] : ['', '']
}

function decoded(part: string): string {
  return part.replace(/%([0-7][0-9A-F])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
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
  const reason =
    // CAUTH-01, CAUTH-03: nobody sends a secret in the body, least of all a client that has none.
    whyNot(client, 'none') ?? (parameters.has('client_secret') ? 'public-with-secret' : undefined)
  if (client === undefined || reason !== undefined) {
    throw oauthError(
      'invalid_client',
      reason ?? 'client-unknown',
      'This client is unknown, disabled, or must authenticate in the way it is registered for.',
      { detail: claimedClient(id, client) },
    )
  }
  return client
}

/** The reason for the log; the caller hears one sentence for all of them. */
function whyNot(client: Client | undefined, method: 'none' | 'client_secret_basic'): string | undefined {
  if (client === undefined) return 'client-unknown'
  if (client.status !== 'active') return 'client-disabled'
  return client.metadata.token_endpoint_auth_method === method ? undefined : 'client-method'
}
