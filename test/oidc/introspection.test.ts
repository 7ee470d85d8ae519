import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimsOf, encoded, headerOf, signAssertion, withAssertion } from '../support/client-keys.ts'
import {
  type Answer,
  auditOf,
  type Backend,
  introspect,
  post,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
  token,
} from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let owner: Backend
let stranger: Backend
let gateway: Backend
let watcher: Backend
beforeAll(async () => {
  server = await startServer()
  owner = await registerBackend(server)
  stranger = await registerBackend(server)
  gateway = await registerBackend(server, { introspects_all: true })
  watcher = await registerBackend(server, { scope: '__introspect system/Patient.rs' })
})
afterAll(() => server.close())

const byBearer = (bearer: string, form: Record<string, string | undefined>) =>
  post(server, '/oauth2/introspect', form, { authorization: `Bearer ${bearer}` })
const rightToAll = () => token(server, watcher, { scope: '__introspect' })

const inactive = (answer: Answer) => {
  expect(answer.status).toBe(200)
  expect(answer.text).toBe('{"active":false}')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('pragma')).toBe('no-cache')
}

describe('what an active token says', () => {
  test('INTRO-02, INTRO-04, INTRO-08 scope, client, times and the rest, as in the token', async () => {
    const issued = await requestToken(server, owner, {
      form: { scope: 'system/Observation.r system/Patient.read' },
    })
    const jwt = String(issued.body.access_token)
    const { status, headers, body } = await introspect(server, owner, jwt)
    expect(status).toBe(200)
    const { gid: _, ...claims } = claimsOf(jwt)
    expect(body).toEqual({ ...claims, active: true, token_type: 'Bearer' })
    expect(body.scope).toBe(issued.body.scope)
    expect(body).toMatchObject({
      iss: server.url,
      aud: server.fhir,
      client_id: owner.id,
      exp: expect.any(Number),
    })
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('pragma')).toBe('no-cache')
  })

  test('INTRO-02 an opaque token says the same as a JWT would', async () => {
    const blind = await registerBackend(server, { access_token_format: 'opaque' })
    const { body } = await introspect(server, blind, await token(server, blind))
    expect(body).toEqual({
      active: true,
      iss: server.url,
      aud: server.fhir,
      sub: `client:${blind.id}`,
      client_id: blind.id,
      scope: 'system/Patient.rs',
      iat: server.clock.now / 1000,
      exp: server.clock.now / 1000 + 300,
      jti: expect.any(String),
      token_type: 'Bearer',
    })
  })

  test('INTRO-02 a token with more than 2 kB of scope says all of it', async () => {
    const scope = Array.from({ length: 100 }, (_, at) => `system/Observation.rs?code=${100 + at}`).join(' ')
    const opaque = await token(server, owner, { scope })
    expect(opaque).toMatch(/^lat_/)
    expect((await introspect(server, owner, opaque)).body).toMatchObject({ active: true, scope })
  })

  test('INTRO-01 token_type_hint changes nothing, whatever it says', async () => {
    const jwt = await token(server, owner)
    for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
      const answer = await post(server, '/oauth2/introspect', {
        token: jwt,
        token_type_hint: hint,
        ...withAssertion(signAssertion(server, owner.id, owner.key)),
      })
      expect(answer.body.active).toBe(true)
    }
  })
})

describe('who may ask', () => {
  test('INTRO-05 a bearer token with the right scope may ask about any client; without it 403', async () => {
    const jwt = await token(server, owner)
    const bearer = await rightToAll()
    expect((await byBearer(bearer, { token: jwt })).body).toMatchObject({ active: true, client_id: owner.id })
    const lacking = await byBearer(await token(server, watcher, { scope: 'system/Patient.rs' }), {
      token: jwt,
    })
    expect([lacking.status, lacking.body.error]).toEqual([403, 'insufficient_scope'])
    expect(lacking.headers.get('www-authenticate')).toBe(
      'Bearer realm="Lanyard", error="insufficient_scope", scope="__introspect"',
    )
    expect(await auditOf(server, lacking)).toMatchObject({ reason: 'right-missing', outcome: 'refused' })
  })

  test('INTRO-05 an opaque bearer token is as good', async () => {
    const blind = await registerBackend(server, { scope: '__introspect', access_token_format: 'opaque' })
    const bearer = await token(server, blind, { scope: '__introspect' })
    expect((await byBearer(bearer, { token: await token(server, owner) })).body.active).toBe(true)
  })

  test('INTRO-06 a bearer token that is expired, revoked or nonsense is 401 invalid_token', async () => {
    const jwt = await token(server, owner)
    const old = await rightToAll()
    const [header, claims] = old.split('.')
    const cases = ['nonsense', `${header}.${claims}.AAAA`, `lat_${'x'.repeat(43)}`]
    server.clock.advance(300_000)
    for (const bearer of [...cases, old]) {
      const answer = await byBearer(bearer, { token: jwt })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Lanyard", error="invalid_token"')
    }
    for (const none of ['', 'a b']) {
      const answer = await byBearer(none, { token: jwt })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Lanyard"')
    }
  })

  test('INTRO-05 a client may ask about its own tokens; one registered for all about all; a stranger hears nothing', async () => {
    const jwt = await token(server, owner)
    expect((await introspect(server, owner, jwt)).body.active).toBe(true)
    expect((await introspect(server, gateway, jwt)).body.active).toBe(true)
    const foreign = await introspect(server, stranger, jwt)
    inactive(foreign)
    expect(await auditOf(server, foreign)).toMatchObject({
      event: 'token.introspect',
      reason: 'token-foreign',
      client_id: stranger.id,
      token_id: null,
    })
  })

  test('INTRO-05 a client with a secret may ask by HTTP Basic', async () => {
    const { basic } = await registerSecretApp(server, { introspects_all: true })
    const jwt = await token(server, owner)
    const answer = await post(server, '/oauth2/introspect', { token: jwt }, { authorization: basic })
    expect(answer.body.active).toBe(true)
  })

  test('INTRO-06 nobody, a public client, and a client that fails are 401 with WWW-Authenticate', async () => {
    const { id } = await registerPublicApp(server)
    const jwt = await token(server, owner)
    const right = signAssertion(server, owner.id, owner.key)
    for (const form of [{}, { client_id: id }, { client_id: owner.id }, withAssertion(`${right}x`)] as Record<
      string,
      string
    >[]) {
      const answer = await post(server, '/oauth2/introspect', { token: jwt, ...form })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Lanyard"')
    }
  })

  test('CAUTH-03 a bearer token and an assertion in one request are refused', async () => {
    const answer = await byBearer(await rightToAll(), {
      token: await token(server, owner),
      ...withAssertion(signAssertion(server, owner.id, owner.key)),
    })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
  })

  test('INTRO-08 who may not ask hears so before anything about the token', async () => {
    const unauthorised = await post(server, '/oauth2/introspect', {})
    expect(unauthorised.status).toBe(401)
    const without = await byBearer(await rightToAll(), {})
    expect([without.status, without.body.error]).toEqual([400, 'invalid_request'])
    expect(await auditOf(server, without)).toMatchObject({ reason: 'token-missing', client_id: watcher.id })
  })
})

describe('INTRO-01 whatever is wrong with a token, it is inactive and says no more', () => {
  test.each<[string, string, (jwt: string) => string]>([
    ['nonsense', 'token-malformed', () => 'nonsense'],
    ['three parts of nonsense', 'token-malformed', () => 'a.b.c'],
    ['an unknown opaque token', 'token-unknown', () => `lat_${'A'.repeat(43)}`],
    ['60 kB of nonsense', 'token-malformed', () => 'x'.repeat(60_000)],
    ['a JWT without signature', 'token-signature', (jwt) => jwt.replace(/[^.]+$/, '')],
    ['a JWT whose signature is another', 'token-signature', (jwt) => `${jwt.slice(0, -20)}${'A'.repeat(20)}`],
    ['alg none', 'token-malformed', (jwt) => withHeader(jwt, { alg: 'none' })],
    ['alg HS256', 'token-malformed', (jwt) => withHeader(jwt, { alg: 'HS256' })],
    ['an unknown kid', 'token-unknown', (jwt) => withHeader(jwt, { kid: 'x' })],
    ['no kid', 'token-unknown', (jwt) => withHeader(jwt, { kid: undefined })],
    ['OIDC-07 another typ', 'token-signature', (jwt) => withHeader(jwt, { typ: 'JWT' })],
    ['other claims', 'token-signature', (jwt) => withClaims(jwt, { client_id: 'x' })],
    [
      "a token of somebody else's issuer",
      'token-signature',
      (jwt) => withClaims(jwt, { iss: 'https://evil.example' }),
    ],
  ])('INTRO-01 %s', async (_what, reason, change) => {
    const answer = await introspect(server, owner, change(await token(server, owner)))
    inactive(answer)
    expect(await auditOf(server, answer)).toMatchObject({
      event: 'token.introspect',
      outcome: 'refused',
      reason,
      client_id: owner.id,
    })
  })

  test('INTRO-01 a token is active until its exp and not a second longer', async () => {
    const blind = await registerBackend(server, { access_token_format: 'opaque' })
    const tokens: [Backend, string][] = [
      [owner, await token(server, owner)],
      [blind, await token(server, blind)],
    ]
    server.clock.advance(299_999)
    for (const [client, each] of tokens)
      expect((await introspect(server, client, each)).body.active).toBe(true)
    server.clock.advance(1)
    for (const [client, each] of tokens) {
      const answer = await introspect(server, client, each)
      inactive(answer)
      expect(await auditOf(server, answer)).toMatchObject({ reason: 'token-expired' })
    }
  })

  test('INTRO-01 an ID token, an assertion, and a JWT signed with our ID token key are no access tokens', async () => {
    const jwt = await token(server, owner)
    const ring = await server.house.keys.load()
    const { kid, key } = ring.signer('RS256')
    for (const typ of ['at+jwt', 'JWT']) {
      const forged = await new SignJWT(claimsOf(jwt)).setProtectedHeader({ typ, alg: 'RS256', kid }).sign(key)
      inactive(await introspect(server, owner, forged))
    }
    inactive(await introspect(server, owner, signAssertion(server, owner.id, owner.key)))
    const es256 = ring.signer('ES256')
    const idToken = await new SignJWT(claimsOf(jwt))
      .setProtectedHeader({ typ: 'JWT', alg: 'ES256', kid: es256.kid })
      .sign(es256.key)
    inactive(await introspect(server, owner, idToken))
    const same = await new SignJWT(claimsOf(jwt))
      .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid: es256.kid })
      .sign(es256.key)
    expect((await introspect(server, owner, same)).body.active).toBe(true)
  })
})

function withHeader(jwt: string, changes: Record<string, unknown>): string {
  const [, claims, signature] = jwt.split('.')
  return `${encoded({ ...headerOf(jwt), ...changes })}.${claims}.${signature}`
}

function withClaims(jwt: string, changes: Record<string, unknown>): string {
  const [header, , signature] = jwt.split('.')
  return `${header}.${encoded({ ...claimsOf(jwt), ...changes })}.${signature}`
}
