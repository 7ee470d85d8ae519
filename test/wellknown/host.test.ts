import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ecKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { freePort } from '../support/free-port.ts'
import { startJwksServer } from '../support/jwks-server.ts'
import { type Answer, auditRows, type Backend, rawRequest, registerBackend } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

const formType = { 'content-type': 'application/x-www-form-urlencoded' }

describe('demo mode', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  const withHost = (host: string, path: string) => rawRequest(server, { path, headers: { host } })
  const port = () => new URL(server.url).port

  test("SEC-05 the base URL's host and its loopback twins are served, in any case of letters", async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]', 'LocalHost']) {
      expect((await withHost(`${name}:${port()}`, '/oauth2/jwks')).status).toBe(200)
    }
  })

  test('SEC-05 any other Host is 421, at every door', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port()}`,
      'localhost',
      'localhost:80',
      `localhost:${port()}0`,
      `localhost.:${port()}`,
      `localhost:${port()}@evil.example`,
      `127.0.0.2:${port()}`,
    ]) {
      for (const path of [
        '/oauth2/token',
        '/fhir/.well-known/smart-configuration',
        '/fhir/metadata',
        '/oauth2/jwks',
        '/',
        '/nowhere',
      ]) {
        const answer = await withHost(host, path)
        expect([host, path, answer.status]).toEqual([host, path, 421])
        expect(answer.text).not.toContain('evil')
      }
    }
  })

  test('SEC-05 no Host at all, as HTTP/1.0 allows, is 421 too', async () => {
    const socket = connect(Number(port()), '127.0.0.1')
    socket.end('GET /oauth2/jwks HTTP/1.0\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 421 /)
  })

  test('SEC-05 health and metrics answer to any Host, and to nothing that only looks like them', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      expect((await withHost('10.0.0.7:3000', path)).status).toBe(200)
    }
    for (const path of ['/metrics/', '/healthy', '/health', '/fhir/health/live', '//health/live']) {
      expect((await withHost('10.0.0.7:3000', path)).status).toBe(421)
    }
  })

  test('SEC-05 X-Forwarded-Host and an absolute address in the request line change nothing', async () => {
    const forwarded = await rawRequest(server, {
      path: '/fhir/.well-known/smart-configuration',
      headers: {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'host=evil.example',
      },
    })
    expect(forwarded.body.token_endpoint).toBe(`${server.url}/oauth2/token`)
    const absolute = await rawRequest(server, {
      path: 'http://evil.example/fhir/.well-known/smart-configuration',
    })
    expect(absolute.text).not.toContain('evil')
  })

  test('DISC-03, SEC-05 the twins say the same addresses as the base URL', async () => {
    const one = await withHost(`127.0.0.1:${port()}`, '/fhir/.well-known/smart-configuration')
    const other = await withHost(`localhost:${port()}`, '/fhir/.well-known/smart-configuration')
    expect(one.text).toBe(other.text)
  })
})

describe('production', () => {
  let server: TestServer
  let door: { url: string }
  let backend: Backend
  beforeAll(async () => {
    const port = await freePort()
    server = await startServer({
      environment: {
        LANYARD_MODE: 'production',
        LANYARD_BASE_URL: 'https://auth.example.org',
        LANYARD_PORT: String(port),
      },
    })
    door = { url: `http://127.0.0.1:${port}` }
    backend = await registerBackend(server)
  })
  afterAll(() => server.close())

  const tokenWith = (host: string, from: Backend, claims: Record<string, unknown> = {}): Promise<Answer> =>
    rawRequest(door, {
      method: 'POST',
      path: '/oauth2/token',
      headers: { host, ...formType },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'system/Patient.rs',
        ...withAssertion(signAssertion(server, from.id, from.key, { claims })),
      }).toString(),
    })

  test("SEC-05 the public name is served, with the scheme's own port or without; loopback names are not", async () => {
    for (const host of ['auth.example.org', 'AUTH.example.org', 'auth.example.org:443']) {
      expect((await tokenWith(host, backend)).status).toBe(200)
    }
    for (const host of [
      'auth.example.org:80',
      'auth.example.org:3000',
      'auth.example.org.',
      'localhost',
      new URL(door.url).host,
      'x.auth.example.org',
    ]) {
      expect((await tokenWith(host, backend)).status).toBe(421)
    }
  })

  test('CAUTH-07 aud is the public address; the loopback one, http, and another host are refused', async () => {
    const host = 'auth.example.org'
    for (const aud of ['https://auth.example.org/oauth2/token', 'https://auth.example.org']) {
      expect((await tokenWith(host, backend, { aud })).status).toBe(200)
    }
    for (const aud of [
      `${door.url}/oauth2/token`,
      'http://localhost:3000/oauth2/token',
      'http://auth.example.org/oauth2/token',
      'https://auth.example.org:443/oauth2/token',
      'https://auth.example.com/oauth2/token',
      'https://auth.example.org/fhir',
    ]) {
      expect((await tokenWith(host, backend, { aud })).body.error).toBe('invalid_client')
    }
  })

  test('CAUTH-15 neither http nor loopback is fetched for keys', async () => {
    const site = await startJwksServer()
    const key = ecKey()
    site.publish([key.jwk])
    for (const uri of [
      site.url,
      site.url.replace('http:', 'https:'),
      site.url.replace('127.0.0.1', 'localhost'),
    ]) {
      const caller = await registerBackend(server, { jwks_uri: uri }, key)
      expect((await tokenWith('auth.example.org', caller)).body.error).toBe('invalid_client')
    }
    expect(site.requests).toEqual([])
    const reasons = (await auditRows(server)).filter(({ reason }) => reason === 'jwks-unavailable')
    expect(reasons).toHaveLength(3)
    await site.close()
  })
})
