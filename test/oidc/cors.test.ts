import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signAssertion, withAssertion } from '../support/client-keys.ts'
import { answerOf, type Backend, registerBackend, registerPublicApp } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

const ours = 'https://app.example.org'
let server: TestServer
let backend: Backend
beforeAll(async () => {
  server = await startServer()
  backend = await registerBackend(server, { allowed_origins: [ours, 'http://localhost:4000'] })
})
afterAll(() => server.close())

const open = [
  '/fhir/.well-known/smart-configuration',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource/fhir',
  '/oauth2/jwks',
]
const closed = ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke']
const strangers = [
  'https://evil.example',
  'https://app.example.org.evil.example',
  'http://app.example.org',
  'https://app.example.org:8443',
  'null',
  'https://APP.example.org',
]

const call = async (path: string, method: string, headers: Record<string, string>, body?: URLSearchParams) =>
  await answerOf(
    await fetch(`${server.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
  )
const preflight = (path: string, origin: string) =>
  call(path, 'OPTIONS', {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  })
const allowed = (headers: Headers) => headers.get('access-control-allow-origin')
const form = () =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    ...withAssertion(signAssertion(server, backend.id, backend.key)),
  })

describe('CORS-01 documents for everybody', () => {
  test.each(open)('CORS-01 %s may be read from any origin, without credentials', async (path) => {
    for (const origin of [ours, 'https://evil.example', 'null']) {
      const { status, headers } = await call(path, 'GET', { origin })
      expect([status, allowed(headers)]).toEqual([200, '*'])
      expect(headers.get('access-control-allow-credentials')).toBeNull()
      const before = await preflight(path, origin)
      expect([before.status, allowed(before.headers)]).toEqual([204, '*'])
      expect(before.headers.get('access-control-allow-methods')).toBe('GET, HEAD')
    }
  })
})

describe('CORS-02 endpoints for registered origins', () => {
  test.each(closed)(
    'CORS-03 preflight at %s: 204 without authentication, and leave for registered origins only',
    async (path) => {
      for (const origin of [ours, 'http://localhost:4000']) {
        const { status, headers, text } = await preflight(path, origin)
        expect([status, text, allowed(headers)]).toEqual([204, '', origin])
        expect(headers.get('access-control-allow-methods')).toBe('POST')
        expect(headers.get('access-control-allow-headers')).toBe(
          'Authorization, Content-Type, Accept, X-Request-Id',
        )
        expect(headers.get('access-control-max-age')).toBe('600')
        expect(headers.get('vary')).toContain('Origin')
        expect(headers.get('access-control-allow-credentials')).toBeNull()
      }
      for (const origin of strangers) {
        const { status, headers } = await preflight(path, origin)
        expect([status, allowed(headers)]).toEqual([204, null])
        expect(headers.get('access-control-allow-methods')).toBeNull()
        expect(headers.get('vary')).toContain('Origin')
      }
    },
  )

  test('CORS-02 a token may be fetched from a registered origin', async () => {
    const { status, headers } = await call('/oauth2/token', 'POST', { origin: ours }, form())
    expect([status, allowed(headers)]).toEqual([200, ours])
    expect(headers.get('vary')).toContain('Origin')
    expect(headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, X-Request-Id, Retry-After')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('CORS-02 no page of a strange origin can read the answer', async () => {
    for (const origin of strangers) {
      const { headers } = await call('/oauth2/token', 'POST', { origin }, form())
      expect(allowed(headers)).toBeNull()
      expect(headers.get('vary')).toContain('Origin')
    }
  })

  test.each(closed)(
    'CORS-04 errors of %s can be read from a registered origin too: 400, 401, 405',
    async (path) => {
      const bad = await call(path, 'POST', { origin: ours }, new URLSearchParams({ grant_type: 'x' }))
      expect([400, 401]).toContain(bad.status)
      expect(allowed(bad.headers)).toBe(ours)
      const get = await call(path, 'GET', { origin: ours })
      expect([get.status, allowed(get.headers)]).toEqual([405, ours])
      const stranger = await call(path, 'GET', { origin: 'https://evil.example' })
      expect([stranger.status, allowed(stranger.headers)]).toEqual([405, null])
    },
  )

  test('CORS-02 an origin counts from the moment it is registered until its client is disabled or removed', async () => {
    const origin = 'https://new.example.org'
    expect(allowed((await preflight('/oauth2/token', origin)).headers)).toBeNull()
    const { id } = await registerPublicApp(server, { allowed_origins: [origin] })
    expect(allowed((await preflight('/oauth2/token', origin)).headers)).toBe(origin)
    await server.house.clients.setStatus(id, 'disabled')
    expect(allowed((await preflight('/oauth2/token', origin)).headers)).toBeNull()
    await server.house.clients.setStatus(id, 'active')
    expect(allowed((await preflight('/oauth2/token', origin)).headers)).toBe(origin)
    await server.house.clients.remove(id)
    expect(allowed((await preflight('/oauth2/token', origin)).headers)).toBeNull()
  })

  test('CORS-02 a redirect URI alone gives no leave', async () => {
    await registerPublicApp(server, { redirect_uris: ['https://redirect.example.org/callback'] })
    expect(allowed((await preflight('/oauth2/token', 'https://redirect.example.org')).headers)).toBeNull()
  })
})
