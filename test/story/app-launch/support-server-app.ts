import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as openid from 'openid-client'
import { randomId } from '../../../src/lib/id.ts'
import { type ClientKey, ecKey } from '../../support/client-keys.ts'
import type { TestServer } from '../../support/server.ts'

type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers

/** A confidential app on a server of its own, as its author writes it with openid-client. */
export type ServerApp = {
  id: string
  url: string
  config: openid.Configuration
  /** What it was given last. */
  tokens: () => Tokens
  close(): void
}

type Options = {
  method?: 'client_secret_basic' | 'private_key_jwt'
  scope?: string
  metadata?: Record<string, unknown>
  /** More parameters of its authorization request. */
  parameters?: Record<string, string>
  wrongSecret?: string | undefined
}

export async function startServerApp(
  server: TestServer,
  {
    method = 'client_secret_basic',
    scope = 'launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs',
    metadata = {},
    parameters = {},
    wrongSecret,
  }: Options = {},
): Promise<ServerApp> {
  const listener = createServer((request, response) => {
    void answer(request)
      .catch(told)
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
  })
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening))
  const url = `http://localhost:${(listener.address() as AddressInfo).port}`
  const { id, config } = await registered(
    server,
    { method, wrongSecret },
    {
      // With characters that some libraries encode and others do not.
      client_id: `pulse-diary_${randomId(48)}`,
      client_name: 'Pulse Diary',
      redirect_uris: [`${url}/callback`],
      grant_types: ['authorization_code', 'refresh_token'],
      scope,
      ...metadata,
    },
  )
  let checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string } | undefined
  let tokens: Tokens | undefined

  async function answer(request: IncomingMessage): Promise<Answer> {
    const address = new URL(request.url ?? '/', url)
    if (address.pathname === '/connect') return await connect()
    if (address.pathname === '/callback') return await comeBack(address)
    return page('Pulse Diary', '<a href="/connect">Connect to the hospital</a>')
  }
  async function connect(): Promise<Answer> {
    checks = {
      pkceCodeVerifier: openid.randomPKCECodeVerifier(),
      expectedState: openid.randomState(),
      expectedNonce: openid.randomNonce(),
    }
    const location = openid.buildAuthorizationUrl(config, {
      redirect_uri: `${url}/callback`,
      scope,
      aud: server.fhir,
      code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...parameters,
    })
    return { status: 302, headers: { location: location.href }, body: '' }
  }
  async function comeBack(address: URL): Promise<Answer> {
    tokens = await openid.authorizationCodeGrant(config, address, { ...checks, idTokenExpected: true })
    return page('Connected', `to the record of ${tokens.patient}`)
  }

  return {
    id,
    url,
    config,
    tokens() {
      if (tokens === undefined) throw new Error('the app was given nothing')
      return tokens
    },
    close: () => listener.close(),
  }
}

/** Registers the app with a way of its own to authenticate, and lets the library find the server. */
async function registered(
  server: TestServer,
  { method, wrongSecret }: Pick<Options, 'method' | 'wrongSecret'>,
  metadata: Record<string, unknown>,
): Promise<{ id: string; config: openid.Configuration }> {
  const key = ecKey()
  const keys = method === 'private_key_jwt' ? { jwks: { keys: [key.jwk] } } : {}
  const { client, secret } = await server.house.clients.add(
    { ...metadata, ...keys, token_endpoint_auth_method: method },
    'command',
  )
  const authentication =
    method === 'private_key_jwt'
      ? openid.PrivateKeyJwt(
          { key: await importedKey(key), kid: key.jwk.kid },
          { [openid.modifyAssertion]: typed },
        )
      : openid.ClientSecretBasic(wrongSecret ?? secret)
  const config = await openid.discovery(new URL(server.url), client.id, {}, authentication, {
    // Loopback has no TLS; and the signature of ID tokens is to be looked at as well.
    execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
  })
  return { id: client.id, config }
}

/** The library leaves out what SMART asks for (CAUTH-05). */
function typed(header: Record<string, unknown>): void {
  header.typ = 'JWT'
}

async function importedKey({ privateKey }: ClientKey) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-384' }
  return await crypto.subtle.importKey('jwk', privateKey.export({ format: 'jwk' }), algorithm, false, [
    'sign',
  ])
}

type Answer = { status: number; headers: Record<string, string>; body: string }

function told(thrown: unknown): Answer {
  const { error: code = 'unexpected', error_description: sentence = String(thrown) } = thrown as {
    error?: string
    error_description?: string
  }
  return page('Not connected', `${code}: ${sentence}`)
}

function page(heading: string, content: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>${heading}</title><main><h1>${heading}</h1><p>${content}</p></main></html>`,
  }
}
