import { request } from 'node:http'
import { randomId } from '../../src/lib/id.ts'
import {
  type AssertionChanges,
  type ClientKey,
  ecKey,
  jwtBearer,
  signAssertion,
  withAssertion,
} from './client-keys.ts'
import type { TestServer } from './server.ts'

export type Answer = { status: number; headers: Headers; text: string; body: Record<string, unknown> }
export type Form = Record<string, string | undefined> | [string, string][] | string

/** A registered backend service with its key. */
export type Backend = { id: string; key: ClientKey }

/** Registers a backend service (private_key_jwt, client_credentials); members of `metadata` win. */
export async function registerBackend(
  server: TestServer,
  metadata: Record<string, unknown> = {},
  key: ClientKey = ecKey(),
): Promise<Backend> {
  const replacesKeys = ['jwks', 'jwks_uri', 'x509'].some((name) => name in metadata)
  const { client } = await server.house.clients.add(
    {
      client_id: `backend-${randomId(48)}`,
      client_name: 'A backend service',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scope: 'system/Patient.rs system/Observation.rs',
      ...(replacesKeys ? {} : { jwks: { keys: [key.jwk] } }),
      ...metadata,
    },
    'command',
  )
  return { id: client.id, key }
}

/** Registers an app that authenticates by secret; it cannot use client_credentials. */
export async function registerSecretApp(
  server: TestServer,
  metadata: Record<string, unknown> = {},
): Promise<{ id: string; secret: string; basic: string }> {
  const { client, secret = '' } = await server.house.clients.add(
    {
      client_name: 'An app with a secret',
      redirect_uris: ['https://app.example.org/callback'],
      ...metadata,
    },
    'command',
  )
  return { id: client.id, secret, basic: basic(client.id, secret) }
}

/** Registers a public app. */
export async function registerPublicApp(
  server: TestServer,
  metadata: Record<string, unknown> = {},
): Promise<{ id: string }> {
  const { client } = await server.house.clients.add(
    {
      client_name: 'A public app',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.example.org/callback'],
      ...metadata,
    },
    'command',
  )
  return { id: client.id }
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** POSTs a form; members that are undefined are not sent. */
export async function post(
  server: Pick<TestServer, 'url'>,
  path: string,
  form: Form,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const pairs = typeof form === 'object' && !Array.isArray(form) ? Object.entries(form) : form
  const body =
    typeof pairs === 'string'
      ? pairs
      : new URLSearchParams(
          pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
        ).toString()
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })
  return await answerOf(response)
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json && text !== '' ? JSON.parse(text) : {},
  }
}

/** Asks for a token with a right assertion, but for the changes; members of `form` win. */
export async function requestToken(
  server: TestServer,
  { id, key }: Backend,
  { form, ...changes }: AssertionChanges & { form?: Record<string, string | undefined> } = {},
): Promise<Answer> {
  return await post(server, '/oauth2/token', {
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    ...withAssertion(signAssertion(server, id, key, changes)),
    ...form,
  })
}

/** A token, or an error that shows what the server said instead. */
export async function token(
  server: TestServer,
  backend: Backend,
  form: Record<string, string | undefined> = {},
): Promise<string> {
  const answer = await requestToken(server, backend, { form })
  if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`)
  return String(answer.body.access_token)
}

export async function introspect(server: TestServer, caller: Backend, asked: string): Promise<Answer> {
  return await post(server, '/oauth2/introspect', {
    token: asked,
    ...withAssertion(signAssertion(server, caller.id, caller.key)),
  })
}

export async function revoke(server: TestServer, caller: Backend, asked: string): Promise<Answer> {
  return await post(server, '/oauth2/revoke', {
    token: asked,
    ...withAssertion(signAssertion(server, caller.id, caller.key)),
  })
}

export type AuditRow = {
  event: string
  outcome: string
  reason: string | null
  client_id: string | null
  user_id: string | null
  token_id: string | null
  request_id: string | null
  detail: string | null
}

/** The audit trail from its beginning, with what still waits. */
export async function auditRows(server: TestServer): Promise<AuditRow[]> {
  await server.house.audit.flush()
  return await server.house.db.kysely.selectFrom('audit').selectAll().orderBy('seq').execute()
}

/** The row that belongs to an answer, by its X-Request-Id. */
export async function auditOf(server: TestServer, answer: Answer): Promise<AuditRow | undefined> {
  await server.house.audit.flush()
  return await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('request_id', '=', String(answer.headers.get('x-request-id')))
    .executeTakeFirst()
}

/** What `fetch` does not let a test send: any Host, any header, any target. */
export function rawRequest(
  server: Pick<TestServer, 'url'>,
  options: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  const { hostname, port } = new URL(server.url)
  // Node sends the length of its own accord for some methods only.
  const length = options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) }
  const headers = { ...length, ...options.headers }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method: options.method ?? 'GET', path: options.path, headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const received = new Headers()
          for (const [name, value] of Object.entries(response.headers)) {
            for (const one of [value].flat()) if (one !== undefined) received.append(name, one)
          }
          const json = received.get('content-type')?.includes('json') === true
          resolve({
            status: response.statusCode ?? 0,
            headers: received,
            text,
            body: json && text !== '' ? JSON.parse(text) : {},
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

export { jwtBearer }
