import fc from 'fast-check'
import { expect } from 'vitest'
import { encoded, jwtBearer, signAssertion } from './client-keys.ts'
import { type Answer, type Backend, rawRequest } from './oauth.ts'
import type { TestServer } from './server.ts'

/** A request as an attacker would make it. */
export type Attack = { method: string; path: string; headers: Record<string, string>; body: string }

const endpoints = ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke']
const documents = [
  '/fhir/.well-known/smart-configuration',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource/fhir',
  '/oauth2/jwks',
]

/** Any characters at all, halves of pairs among them; fast-check's own first makes a table of all there are. */
export const anyCharacters = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength })
    .map((points) => String.fromCodePoint(...points))

const odd = fc.oneof(
  fc.string({ maxLength: 40 }),
  anyCharacters(40),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '%00',
    '%',
    '\ud800',
    '../../etc/passwd',
    "' or 1=1 --",
    '{"$ne":1}',
    '__proto__',
    'constructor',
    'null',
    '-1',
    '1e999',
    'x'.repeat(5000),
    '👩‍⚕️',
    '\r\nset-cookie: a=b',
  ),
)
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, {}, [], { toString: 1 }, 1e308, -0, true),
)
const oddMembers = fc.dictionary(
  fc.constantFrom(
    'alg',
    'kid',
    'typ',
    'jku',
    'jwk',
    'crit',
    'b64',
    'x5c',
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    '__proto__',
    'toString',
  ),
  json,
  { maxKeys: 6 },
)

/** JWTs of every degree of wrongness, from noise to a right one with one odd claim, signed with a right key. */
function jwts(server: TestServer, backend: Backend): fc.Arbitrary<string> {
  return fc.oneof(
    odd,
    fc.tuple(odd, odd, odd).map((parts) => parts.join('.')),
    fc
      .tuple(json, json, odd)
      .map(([header, claims, signature]) => `${encoded(header)}.${encoded(claims)}.${signature}`),
    fc
      .tuple(oddMembers, oddMembers)
      .map(([header, claims]) => signAssertion(server, backend.id, backend.key, { header, claims })),
    fc.constant(null).map(() => signAssertion(server, backend.id, backend.key)),
  )
}

/** Requests to every door of the OAuth room. */
export function attacks(server: TestServer, backend: Backend): fc.Arbitrary<Attack> {
  const jwt = jwts(server, backend)
  const value = fc.oneof(odd, jwt)
  const right: Record<string, fc.Arbitrary<string>> = {
    grant_type: fc.oneof(
      { weight: 5, arbitrary: fc.constant('client_credentials') },
      { weight: 1, arbitrary: odd },
    ),
    scope: fc.oneof(
      { weight: 3, arbitrary: fc.constant('system/Patient.rs') },
      { weight: 2, arbitrary: odd },
    ),
    client_assertion_type: fc.oneof(
      { weight: 6, arbitrary: fc.constant(jwtBearer) },
      { weight: 1, arbitrary: odd },
    ),
    client_assertion: jwt,
    token: value,
  }
  const extra = fc.array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('client_id', 'client_secret', 'resource', 'token_type_hint', 'scope', '__proto__'),
        odd,
      ),
      value,
    ),
    { maxLength: 3 },
  )
  const form = fc
    .tuple(fc.record(right, { requiredKeys: [] }), extra)
    .map(([members, more]) =>
      new URLSearchParams([...(Object.entries(members) as [string, string][]), ...more]).toString(),
    )
  const credentials = fc.oneof(
    fc.tuple(odd, odd).map(([id, secret]) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`),
    value.map((text) => `Bearer ${text}`),
    odd,
  )
  const headers = fc.record(
    {
      'content-type': fc.oneof(
        { weight: 8, arbitrary: fc.constant('application/x-www-form-urlencoded') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'application/json',
            'application/x-www-form-urlencoded;;;charset=',
            'multipart/form-data',
            '',
          ),
        },
        { weight: 1, arbitrary: odd },
      ),
      authorization: credentials,
      accept: fc.oneof(fc.constantFrom('text/html', 'application/fhir+json', '*/*;q=0'), odd),
      origin: fc.oneof(fc.constantFrom('null', 'https://evil.example'), odd),
      'x-request-id': odd,
      'x-forwarded-host': odd,
      'content-encoding': fc.constantFrom('gzip', 'br', 'x'),
      'access-control-request-method': odd,
    },
    { requiredKeys: ['content-type'] },
  )
  return fc.record({
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constant('POST') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'PROPFIND'),
      },
    ),
    path: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...endpoints) },
      { weight: 1, arbitrary: fc.constantFrom(...documents) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(...endpoints, ...documents), odd)
          .map(([path, more]) => `${path}?${encodeURIComponent(more.toWellFormed())}`),
      },
    ),
    headers: headers.map(sendable),
    body: fc.oneof({ weight: 8, arbitrary: form }, { weight: 1, arbitrary: odd }),
  })
}

/** Header values that HTTP can carry at all; the rest Node refuses to send. */
function sendable(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter((pair): pair is [string, string] => pair[1] !== undefined)
      .map(([name, value]) => [name, value.replace(/[^\x20-\x7E\xA0-\xFF]/g, '').slice(0, 6000)]),
  )
}

/** Sends it and checks what must hold whatever was sent. */
export async function withstand(
  server: TestServer,
  { method, path, headers, body }: Attack,
): Promise<Answer> {
  const bodiless = ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method)
  const answer = await rawRequest(server, { method, path, headers, ...(bodiless ? {} : { body }) })
  const { status, text } = answer
  expect(status).toBeGreaterThanOrEqual(200)
  expect(status).toBeLessThan(500)
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:~-]{1,100}$/)
  expect(answer.headers.get('set-cookie')).toBeNull()
  expect(text).not.toMatch(/\bat .*\.ts:\d+|node_modules|SqliteError|TypeError|\[object /)
  if (endpoints.includes(path.split('?')[0] ?? '')) {
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('pragma')).toBe('no-cache')
    if (status >= 400 && method !== 'HEAD') expectOAuthError(answer)
  } else if (method === 'GET') expect([status, typeof answer.body]).toEqual([200, 'object'])
  return answer
}

/** RFC 6749 §5.2, with the characters it allows. */
function expectOAuthError({ headers, body }: Answer): void {
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(Object.keys(body)).toEqual(['error', 'error_description'])
  expect(body.error).toMatch(/^[a-z_]+$/)
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,1000}$/)
}
