import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ClientKey, ecKey } from '../support/client-keys.ts'
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts'
import { type Answer, auditOf, type Backend, registerBackend, requestToken } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

// Each test has its own web server, so that no cache of another test helps or hinders it.
let site: JwksServer
let key: ClientKey
let backend: Backend
beforeEach(async () => {
  site = await startJwksServer()
  key = ecKey('first')
  backend = await registerBackend(server, { jwks_uri: site.url }, key)
})
afterEach(() => site.close())

const statusWith = async (with_: ClientKey, header: Record<string, unknown> = {}) =>
  (await requestToken(server, { ...backend, key: with_ }, { header })).status

async function expectReason(answer: Answer, reason: string, detail?: RegExp): Promise<void> {
  expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  const row = await auditOf(server, answer)
  expect(row).toMatchObject({ outcome: 'refused', reason })
  if (detail !== undefined) expect(row?.detail).toMatch(detail)
}

describe('CAUTH-11 keys at a URL', () => {
  test('CAUTH-11, CAUTH-14 are fetched by GET with Accept: application/json, and verify', async () => {
    site.publish([key.jwk])
    expect(await statusWith(key)).toBe(200)
    expect(site.requests).toMatchObject([
      { method: 'GET', url: '/jwks.json', headers: { accept: 'application/json' } },
    ])
    expect(await statusWith(ecKey('first'))).toBe(401)
  })

  test('CAUTH-12 jku may repeat the registered URL to the letter; any other is refused and never fetched', async () => {
    site.publish([key.jwk])
    expect(await statusWith(key, { jku: site.url })).toBe(200)
    const other = await startJwksServer()
    const stranger = ecKey('first')
    other.publish([stranger.jwk])
    for (const jku of [
      other.url,
      `${site.url}?x`,
      site.url.toUpperCase(),
      site.url.replace('127.0.0.1', 'localhost'),
      'file:///etc/passwd',
    ]) {
      const answer = await requestToken(server, { ...backend, key: stranger }, { header: { jku } })
      await expectReason(answer, 'assertion-jku')
    }
    expect(other.requests).toEqual([])
    expect(site.requests).toHaveLength(1)
    await other.close()
  })

  test('CAUTH-13 two keys with one kid, or a kid that is not there, verify nothing', async () => {
    site.publish([key.jwk, { ...ecKey('first').jwk }, ecKey('second').jwk])
    await expectReason(await requestToken(server, backend), 'assertion-kid-unknown')
  })

  test('CAUTH-16 keys with private members and keys for encryption are passed over, good ones beside them count', async () => {
    const good = ecKey('good')
    const secret = { ...key.jwk, ...key.privateKey.export({ format: 'jwk' }), kid: 'first' }
    site.publish([
      secret,
      { ...ecKey('enc').jwk, use: 'enc' },
      { kty: 'oct', k: 'AAAA', kid: 'oct' },
      null,
      'x',
      good.jwk,
    ])
    await expectReason(await requestToken(server, backend), 'assertion-kid-unknown')
    server.clock.advance(11 * SECOND)
    expect(await statusWith(good)).toBe(200)
  })

  test('CAUTH-16 a key whose point is not on its curve is passed over: 401, not 500', async () => {
    site.publish([{ ...key.jwk, y: key.jwk.x }])
    await expectReason(await requestToken(server, backend), 'assertion-kid-unknown')
  })
})

describe('CAUTH-14 caching', () => {
  test.each<[string, Record<string, string>, number, boolean]>([
    ['nothing said: five minutes', {}, 5 * MINUTE - 1, true],
    ['nothing said: not longer', {}, 5 * MINUTE, false],
    ['max-age: as long as it says', { 'cache-control': 'public, max-age=600' }, 10 * MINUTE - 1, true],
    ['max-age: not longer', { 'cache-control': 'public, max-age=600' }, 10 * MINUTE, false],
    ['max-age in quotes', { 'cache-control': 'max-age="60"' }, 59 * SECOND, true],
    ['Age counts', { 'cache-control': 'max-age=600', age: '590' }, 9 * SECOND, true],
    ['Age counts to the end', { 'cache-control': 'max-age=600', age: '590' }, 10 * SECOND, false],
    ['a negative Age lengthens nothing', { 'cache-control': 'max-age=60', age: '-600' }, MINUTE, false],
    ['s-maxage is for proxies', { 'cache-control': 's-maxage=9999, max-age=60' }, MINUTE, false],
    ['a year is cut to a day', { 'cache-control': 'max-age=31536000' }, 24 * 60 * MINUTE, false],
    ['max-age=0: not at all', { 'cache-control': 'max-age=0' }, 0, false],
    ['no-store: not at all', { 'cache-control': 'No-Store' }, 0, false],
    ['no-cache: not at all', { 'cache-control': 'private, no-cache, max-age=600' }, 0, false],
  ])('CAUTH-14 %s', async (_what, headers, wait, cached) => {
    site.publish([key.jwk], headers)
    expect(await statusWith(key)).toBe(200)
    server.clock.advance(wait)
    expect(await statusWith(key)).toBe(200)
    expect(site.requests).toHaveLength(cached ? 1 : 2)
  })

  test('CAUTH-14 a key that was removed ends when the cache ends, and not later', async () => {
    site.publish([key.jwk], { 'cache-control': 'max-age=60' })
    expect(await statusWith(key)).toBe(200)
    const next = ecKey('next')
    site.publish([next.jwk], { 'cache-control': 'max-age=60' })
    server.clock.advance(59 * SECOND)
    expect(await statusWith(key)).toBe(200)
    server.clock.advance(SECOND)
    expect(await statusWith(key)).toBe(401)
    expect(await statusWith(next)).toBe(200)
  })

  test('CAUTH-14 with no-store a removed key ends at once', async () => {
    site.publish([key.jwk], { 'cache-control': 'no-store' })
    expect(await statusWith(key)).toBe(200)
    site.publish([ecKey('next').jwk], { 'cache-control': 'no-store' })
    expect(await statusWith(key)).toBe(401)
  })

  test('CAUTH-14 an unknown kid is looked for once more, at most every ten seconds', async () => {
    site.publish([key.jwk], { 'cache-control': 'max-age=3600' })
    expect(await statusWith(key)).toBe(200)
    const next = ecKey('next')
    site.publish([key.jwk, next.jwk], { 'cache-control': 'max-age=3600' })
    // The set was fetched a moment ago.
    expect(await statusWith(next)).toBe(401)
    expect(site.requests).toHaveLength(1)
    server.clock.advance(10 * SECOND)
    expect(await statusWith(next)).toBe(200)
    expect(site.requests).toHaveLength(2)
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await statusWith(ecKey(`made-up-${attempt}`))).toBe(401)
    expect(site.requests).toHaveLength(2)
    server.clock.advance(10 * SECOND)
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await statusWith(ecKey(`made-up-${attempt}`))).toBe(401)
    expect(site.requests).toHaveLength(3)
    expect(await statusWith(key)).toBe(200)
  })

  test('CAUTH-14 many requests at once share one fetch', async () => {
    site.handle((_request, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ keys: [key.jwk] }))
      }, 30)
    })
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusWith(key)))
    expect(statuses).toEqual(Array(10).fill(200))
    expect(site.requests).toHaveLength(1)
  })

  test('CAUTH-14 a stranger who makes us look for a kid while the site is down does not lock the client out', async () => {
    site.publish([key.jwk], { 'cache-control': 'max-age=3600' })
    expect(await statusWith(key)).toBe(200)
    site.handle((_request, response) => response.writeHead(500).end())
    server.clock.advance(10 * SECOND)
    expect(await statusWith(ecKey('made-up'))).toBe(401)
    expect(site.requests).toHaveLength(2)
    expect(await statusWith(key)).toBe(200)
    // Failed attempts count as attempts.
    expect(await statusWith(ecKey('made-up'))).toBe(401)
    expect(site.requests).toHaveLength(2)
    // And what is stale stays stale.
    server.clock.advance(60 * MINUTE)
    expect(await statusWith(key)).toBe(401)
  })

  test('CAUTH-14 an admin who fetches a set that is away is told, and takes nothing from the client', async () => {
    site.publish([key.jwk], { 'cache-control': 'max-age=3600' })
    expect(await statusWith(key)).toBe(200)
    site.handle((_request, response) => response.writeHead(500).end())
    const admin = await registerBackend(server, { scope: '__admin' })
    const bearer = await requestToken(server, admin, { form: { scope: '__admin' } })
    const address = `${server.url}/admin/api/apps/${backend.id}/keys`
    const headers = {
      authorization: `Bearer ${bearer.body.access_token}`,
      'content-type': 'application/json',
    }
    const fetched = await fetch(`${address}/fetch`, { method: 'POST', headers, body: '{}' })
    expect([fetched.status, await fetched.text()]).toEqual([200, expect.stringContaining('status 500')])
    expect(await (await fetch(address, { headers })).text()).toContain('status 500')
    expect(await statusWith(key)).toBe(200)
    // A set without the key ends it at once.
    site.publish([ecKey('second').jwk])
    await fetch(`${address}/fetch`, { method: 'POST', headers, body: '{}' })
    expect(await statusWith(key)).toBe(401)
  })

  test('CAUTH-11 the URL is the registered one of this moment', async () => {
    site.publish([key.jwk], { 'cache-control': 'max-age=3600' })
    expect(await statusWith(key)).toBe(200)
    const moved = await startJwksServer()
    const next = ecKey('next')
    moved.publish([next.jwk])
    const client = await server.house.clients.find(backend.id)
    await server.house.clients.update(backend.id, { ...client?.metadata, jwks_uri: moved.url })
    expect(await statusWith(key)).toBe(401)
    expect(await statusWith(next)).toBe(200)
    await moved.close()
  })
})

describe('CAUTH-15 a hostile site is invalid_client, never an error of ours', () => {
  test.each<[string, Parameters<JwksServer['handle']>[0], RegExp]>([
    ['500', (_request, response) => response.writeHead(500).end('oops'), /status 500/],
    ['404', (_request, response) => response.writeHead(404).end(), /status 404/],
    ['204', (_request, response) => response.writeHead(204).end(), /status 204/],
    [
      'a redirect, which is not followed',
      (request, response) =>
        request.url === '/jwks.json'
          ? response.writeHead(302, { location: '/other' }).end()
          : response.writeHead(200).end('{"keys":[]}'),
      /status 302/,
    ],
    ['HTML', (_request, response) => response.end('<html></html>'), /not JSON/],
    ['an empty body', (_request, response) => response.end(), /not JSON/],
    ['a JSON list', (_request, response) => response.end('[]'), /no member/],
    ['null', (_request, response) => response.end('null'), /no member/],
    ['keys that are no list', (_request, response) => response.end('{"keys":{}}'), /no member/],
    ['a huge body', (_request, response) => response.end('x'.repeat(300 * 1024)), /larger than 262144 bytes/],
    [
      'a huge body without end',
      (_request, response) => {
        const more = () => {
          while (response.write('x'.repeat(16 * 1024)));
          response.once('drain', more)
        }
        more()
      },
      /larger than 262144 bytes/,
    ],
    ['a connection that is cut', (request) => request.socket.destroy(), /hang up|ECONNRESET/],
    [
      'a body that is cut',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('{"keys":[')
        setTimeout(() => response.destroy(), 5)
      },
      /aborted|ECONNRESET/,
    ],
    ['something that is not HTTP', (request) => request.socket.end('SSH-2.0-OpenSSH\r\n\r\n'), /Parse Error/],
    [
      'huge headers',
      (_request, response) => response.writeHead(200, { 'x-big': 'x'.repeat(20_000) }).end(),
      /Header overflow|Parse Error/,
    ],
    [
      'another protocol',
      (request) =>
        request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      /another protocol/,
    ],
  ])('CAUTH-15 %s', async (_what, listener, detail) => {
    site.handle(listener)
    const answer = await requestToken(server, backend)
    await expectReason(answer, 'jwks-unavailable', detail)
    expect(answer.body.error_description).toBe(
      "Client assertion: the client's keys could not be read from its registered JWKS URL.",
    )
    expect(answer.text).not.toContain(site.url)
  })

  test('CAUTH-15 a failure is remembered for ten seconds, so that nobody can make us hammer a site', async () => {
    site.handle((_request, response) => response.writeHead(500).end())
    for (let attempt = 0; attempt < 5; attempt++) await requestToken(server, backend)
    expect(site.requests).toHaveLength(1)
    site.publish([key.jwk])
    expect(await statusWith(key)).toBe(401)
    server.clock.advance(10 * SECOND)
    expect(await statusWith(key)).toBe(200)
  })

  test('CAUTH-15 a site is asked only for an assertion that is right in all that needs no key', async () => {
    site.publish([key.jwk])
    for (const claims of [{ aud: 'x' }, { exp: 1 }, { jti: '' }, { sub: 'x' }]) {
      expect((await requestToken(server, backend, { claims })).status).toBe(401)
    }
    await server.house.clients.setStatus(backend.id, 'disabled')
    expect(await statusWith(key)).toBe(401)
    expect(site.requests).toEqual([])
  })
})
