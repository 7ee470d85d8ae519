import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AssertionChanges,
  type ClientKey,
  ecKey,
  encoded,
  jwtBearer,
  rsaKey,
  signAssertion,
  withAssertion,
} from '../support/client-keys.ts'
import {
  type Answer,
  auditOf,
  type Backend,
  introspect,
  post,
  rawRequest,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
  revoke,
  token,
} from '../support/oauth.ts'
import { noon, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let rsa: Backend
let ec: Backend
beforeAll(async () => {
  server = await startServer()
  rsa = await registerBackend(server, { client_id: 'rsa-backend' }, rsaKey('rsa-key'))
  ec = await registerBackend(server, { client_id: 'ec-backend' }, ecKey('ec-key'))
})
afterAll(() => server.close())

const now = noon / 1000

/** What every refusal has in common: the status, the word, a sentence, no caching, an audit row that knows why. */
async function expectRefused(
  answer: Answer,
  reason: string,
  sentence = /^Client assertion: /,
): Promise<void> {
  expect(answer.body).toEqual({
    error: 'invalid_client',
    error_description: expect.stringMatching(sentence),
  })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('pragma')).toBe('no-cache')
  // There was no Authorization header, so there is no scheme to name.
  expect(answer.headers.get('www-authenticate')).toBeNull()
  expect(await auditOf(server, answer)).toMatchObject({
    event: 'token.issue',
    outcome: 'refused',
    reason,
    client_id: null,
    token_id: null,
  })
}

describe('granted', () => {
  test.each<[string, AssertionChanges]>([
    ['CAUTH-06 as Inferno makes it: neither iat nor nbf, exp exactly five minutes ahead', {}],
    ['CAUTH-05 typ in small letters (R7515 §4.1.9)', { header: { typ: 'jwt' } }],
    ['CAUTH-06 iat and nbf now', { claims: { iat: now, nbf: now } }],
    [
      'CAUTH-06 iat and nbf of a clock that is half a minute ahead',
      { claims: { iat: now + 30, nbf: now + 30 } },
    ],
    ['CAUTH-08 exp of a clock that is half a minute ahead', { claims: { exp: now + 330 } }],
    ['CAUTH-08 exp one second ahead', { claims: { exp: now + 1 } }],
    ['CAUTH-08 exp with a fraction (R7519 §2)', { claims: { exp: now + 200.123456789 } }],
    ['CAUTH-09 a jti of 255 characters, of any script', { claims: { jti: `é🔑 ${'x'.repeat(251)}` } }],
    ['claims that nobody knows', { claims: { extensions: { a: 1 } }, header: { extra: true } }],
  ])('%s', async (_what, changes) => {
    for (const backend of [rsa, ec]) {
      expect(await requestToken(server, backend, changes)).toMatchObject({ status: 200 })
    }
  })

  test('CAUTH-07 aud may be the token endpoint, the issuer, or a list that has one of them', async () => {
    const port = new URL(server.url).port
    for (const aud of [
      `${server.url}/oauth2/token`,
      server.url,
      [`${server.url}/oauth2/token`],
      ['https://other.example/token', server.url],
      // SEC-05: in demo mode the loopback names are one host.
      `http://127.0.0.1:${port}/oauth2/token`,
      `http://[::1]:${port}/oauth2/token`,
    ]) {
      expect(await requestToken(server, ec, { claims: { aud } })).toMatchObject({ status: 200 })
    }
  })

  test('CAUTH-06 client_id in the body may repeat iss', async () => {
    expect(await requestToken(server, ec, { form: { client_id: ec.id } })).toMatchObject({ status: 200 })
  })

  test('CAUTH-04 the same way works at introspection and revocation', async () => {
    const jwt = await token(server, ec)
    expect((await introspect(server, ec, jwt)).body.active).toBe(true)
    expect((await revoke(server, ec, jwt)).status).toBe(200)
  })
})

describe('refused', () => {
  const base64url = (text: string) => Buffer.from(text).toString('base64url')

  test.each<[string, string, AssertionChanges]>([
    ['CAUTH-10 alg none', 'assertion-alg', { header: { alg: 'none' } }],
    ['CAUTH-10 alg RS256', 'assertion-alg', { header: { alg: 'RS256' } }],
    ['CAUTH-10 alg ES256', 'assertion-alg', { header: { alg: 'ES256' } }],
    ['CAUTH-10 alg HS384', 'assertion-alg', { header: { alg: 'HS384' } }],
    ['CAUTH-10 alg in small letters', 'assertion-alg', { header: { alg: 'es384' } }],
    ['CAUTH-10 alg missing', 'assertion-alg', { header: { alg: undefined } }],
    ['CAUTH-10 alg a list', 'assertion-alg', { header: { alg: ['ES384'] } }],
    ['CAUTH-10 alg of another kind of key', 'assertion-kid-unknown', { header: { alg: 'RS384' } }],
    ['CAUTH-05 typ missing', 'assertion-typ', { header: { typ: undefined } }],
    ['CAUTH-05 typ of an access token', 'assertion-typ', { header: { typ: 'at+jwt' } }],
    ['CAUTH-05 typ no text', 'assertion-typ', { header: { typ: 1 } }],
    ['R7515 §4.1.11 crit', 'assertion-crit', { header: { crit: ['exp'], exp: 1 } }],
    ['R7797 b64 false', 'assertion-crit', { header: { crit: ['b64'], b64: false } }],
    [
      'CAUTH-13 kid missing, though there is one key only',
      'assertion-kid-missing',
      { header: { kid: undefined } },
    ],
    ['CAUTH-13 kid empty', 'assertion-kid-missing', { header: { kid: '' } }],
    ['CAUTH-13 kid no text', 'assertion-kid-missing', { header: { kid: 7 } }],
    ['CAUTH-13 kid unknown', 'assertion-kid-unknown', { header: { kid: 'another-key' } }],
    [
      'CAUTH-12 jku of a client with inline keys',
      'assertion-jku',
      { header: { jku: 'https://evil.example/jwks' } },
    ],
    ['CAUTH-12 jku empty', 'assertion-jku', { header: { jku: '' } }],
    ['CAUTH-12 jku null', 'assertion-jku', { header: { jku: null } }],
    ['CAUTH-06 iss missing', 'assertion-iss-sub', { claims: { iss: undefined } }],
    ['CAUTH-06 sub missing', 'assertion-iss-sub', { claims: { sub: undefined } }],
    ['CAUTH-06 both missing', 'assertion-iss-sub', { claims: { iss: undefined, sub: undefined } }],
    ['CAUTH-06 sub another client', 'assertion-iss-sub', { claims: { sub: 'rsa-backend' } }],
    ['CAUTH-06 iss another client', 'assertion-iss-sub', { claims: { iss: 'rsa-backend' } }],
    ['CAUTH-06 iss no text', 'assertion-iss-sub', { claims: { iss: { toString: 1 }, sub: { toString: 1 } } }],
    [
      'CAUTH-06 another client with this key',
      'assertion-kid-unknown',
      { claims: { iss: 'rsa-backend', sub: 'rsa-backend' } },
    ],
    ['CAUTH-07 aud missing', 'assertion-aud', { claims: { aud: undefined } }],
    ['CAUTH-07 aud empty list', 'assertion-aud', { claims: { aud: [] } }],
    [
      'CAUTH-07 aud another server',
      'assertion-aud',
      { claims: { aud: 'https://evil.example/oauth2/token' } },
    ],
    ['CAUTH-07 aud nested lists', 'assertion-aud', { claims: { aud: [[['x']]] } }],
    ['CAUTH-07 aud no text', 'assertion-aud', { claims: { aud: { toString: 1 } } }],
    ['CAUTH-08 exp missing', 'assertion-exp-missing', { claims: { exp: undefined } }],
    ['CAUTH-08 exp a text', 'assertion-exp-missing', { claims: { exp: String(now + 60) } }],
    ['CAUTH-08 exp null', 'assertion-exp-missing', { claims: { exp: null } }],
    ['CAUTH-08 exp now', 'assertion-expired', { claims: { exp: now } }],
    ['CAUTH-08 exp in the past', 'assertion-expired', { claims: { exp: now - 60 } }],
    ['CAUTH-08 exp negative', 'assertion-expired', { claims: { exp: -1 } }],
    [
      'CAUTH-08 exp further than five minutes and half a minute of skew',
      'assertion-exp-far',
      { claims: { exp: now + 331 } },
    ],
    ['CAUTH-08 exp a day ahead', 'assertion-exp-far', { claims: { exp: now + 86_400 } }],
    ['CAUTH-08 exp in milliseconds', 'assertion-exp-far', { claims: { exp: noon + 60_000 } }],
    ['CAUTH-06 nbf in the future', 'assertion-nbf', { claims: { nbf: now + 31 } }],
    ['CAUTH-06 iat in the future', 'assertion-iat', { claims: { iat: now + 31 } }],
    ['CAUTH-06 nbf no number', 'assertion-nbf', { claims: { nbf: 'now' } }],
    ['CAUTH-06 iat no number', 'assertion-iat', { claims: { iat: null } }],
    ['CAUTH-09 jti missing', 'assertion-jti', { claims: { jti: undefined } }],
    ['CAUTH-09 jti empty', 'assertion-jti', { claims: { jti: '' } }],
    ['CAUTH-09 jti no text', 'assertion-jti', { claims: { jti: 7 } }],
    ['CAUTH-09 jti of 256 characters', 'assertion-jti', { claims: { jti: 'x'.repeat(256) } }],
    ['CAUTH-09 jti with NUL', 'assertion-jti', { claims: { jti: 'a\u0000b' } }],
    ['the signature is empty', 'assertion-signature', { signature: () => Buffer.alloc(0) }],
    [
      'the signature is all zeros',
      'assertion-signature',
      { signature: (bytes) => Buffer.alloc(bytes.length) },
    ],
    [
      'the signature has one bit turned',
      'assertion-signature',
      { signature: (bytes) => Buffer.from(bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte))) },
    ],
    ['the signature is cut', 'assertion-signature', { signature: (bytes) => bytes.subarray(1) }],
  ])('%s', async (_what, reason, changes) => {
    await expectRefused(await requestToken(server, ec, changes), reason)
  })

  test.each<[AssertionChanges, RegExp]>([
    [{ claims: { exp: noon + 60_000 } }, /exp is 1770594093600 seconds ahead/],
    [
      { claims: { exp: now + 3600 } },
      /exp is 3600 seconds ahead of this server's clock; at most 300 are allowed/,
    ],
    [{ claims: { exp: now - 90 } }, /exp is 90 seconds in the past by this server's clock/],
    [{ claims: { iat: now + 120 } }, /iat is 120 seconds ahead/],
    [
      { claims: { aud: 'http://x/token' } },
      /aud is 'http:\/\/x\/token'; it must be or hold .*\/oauth2\/token\./,
    ],
    [{ claims: { aud: ['x'] } }, /aud is a list; it must be or hold/],
    [{ claims: { aud: undefined } }, /aud is missing; it must be or hold/],
    [{ header: { alg: 'RS256' } }, /alg is 'RS256'; sign with RS384 or ES384/],
    [{ header: { alg: 1 } }, /alg is not a text/],
    [{ header: { typ: undefined } }, /typ is missing; it must be 'JWT'/],
    [{ header: { kid: undefined } }, /has no kid; name the key you signed with/],
    [{ header: { kid: 'k2' } }, /with the key 'k2' for ES384/],
  ])('BACK-07 the sentence for %j says what is wrong and what would be right', async (changes, sentence) => {
    const { body } = await requestToken(server, ec, changes)
    expect(body.error_description).toMatch(sentence)
  })

  test('CAUTH-07, SEC-05 aud of any other address of this server, with other hosts or spellings, is refused', async () => {
    const { port } = new URL(server.url)
    for (const aud of [
      server.fhir,
      `${server.url}/oauth2/introspect`,
      `${server.url}/oauth2/token/`,
      `${server.url}/oauth2/token?x`,
      `${server.url}/oauth2/token#x`,
      `${server.url}/OAUTH2/token`,
      `https://localhost:${port}/oauth2/token`,
      'http://localhost/oauth2/token',
      `http://localhost:${Number(port) + 1}/oauth2/token`,
      `http://localhost.evil.example:${port}/oauth2/token`,
    ]) {
      await expectRefused(await requestToken(server, ec, { claims: { aud } }), 'assertion-aud')
    }
  })

  test('SEC-05 a Host header does not make another aud right', async () => {
    const aud = 'http://evil.example/oauth2/token'
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      ...withAssertion(signAssertion(server, ec.id, ec.key, { claims: { aud } })),
    }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', host: 'evil.example' }
    const answer = await rawRequest(server, { method: 'POST', path: '/oauth2/token', headers, body: form })
    expect(answer.status).toBe(421)
    expect(answer.text).not.toContain('access_token')
  })

  test.each([
    [
      'CAUTH-04, BACK-06 another client_assertion_type',
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      'assertion-type',
    ],
    ['CAUTH-04 client_assertion_type missing', { client_assertion_type: undefined }, 'assertion-type'],
    ['CAUTH-04 client_assertion missing', { client_assertion: undefined }, 'assertion-malformed'],
    ['CAUTH-04, BACK-06 no JWT at all', { client_assertion: 'nonsense' }, 'assertion-malformed'],
    ['CAUTH-04 two parts', { client_assertion: `${encoded({})}.${encoded({})}` }, 'assertion-malformed'],
    [
      'CAUTH-04 five parts (encrypted)',
      { client_assertion: `${encoded({})}.a.b.c.d` },
      'assertion-malformed',
    ],
    ['CAUTH-04 parts that are not JSON', { client_assertion: 'a.b.c' }, 'assertion-malformed'],
    [
      'CAUTH-04 claims that are a list',
      { client_assertion: `${encoded({ alg: 'ES384' })}.${encoded([])}.x` },
      'assertion-malformed',
    ],
    [
      'CAUTH-04 claims that are null',
      { client_assertion: `${encoded({ alg: 'ES384' })}.${encoded(null)}.x` },
      'assertion-malformed',
    ],
    [
      'CAUTH-04 a header that is text',
      { client_assertion: `${encoded('x')}.${encoded({})}.x` },
      'assertion-malformed',
    ],
    ['CAUTH-06 client_id of another client', { client_id: 'rsa-backend' }, 'assertion-client-id'],
    ['CAUTH-06 client_id of nobody', { client_id: 'nobody' }, 'assertion-client-id'],
  ] as [string, Record<string, string | undefined>, string][])('%s', async (_what, form, reason) => {
    await expectRefused(await requestToken(server, ec, { form }), reason, /./)
  })

  test('CAUTH-10 an assertion signed with HMAC and the public key as secret', async () => {
    const signed = `${encoded({ alg: 'HS384', typ: 'JWT', kid: 'rsa-key' })}.${encoded({ iss: rsa.id, sub: rsa.id, aud: server.url, exp: now + 60, jti: 'hmac' })}`
    const mac = createHmac('sha384', JSON.stringify(rsa.key.jwk)).update(signed).digest('base64url')
    const answer = await requestToken(server, rsa, { form: { client_assertion: `${signed}.${mac}` } })
    await expectRefused(answer, 'assertion-alg')
  })

  test('CAUTH-10 a signature in DER, or of another key under the right kid', async () => {
    const stranger: ClientKey = ecKey('ec-key')
    await expectRefused(await requestToken(server, { ...ec, key: stranger }), 'assertion-signature')
    const der = { signature: (bytes: Buffer) => Buffer.concat([Buffer.from('3066', 'hex'), bytes]) }
    await expectRefused(await requestToken(server, ec, der), 'assertion-signature')
  })

  test('a key in the header is not believed', async () => {
    const stranger = ecKey('ec-key')
    const changes = { header: { jwk: stranger.jwk, x5c: ['AAAA'], x5u: 'https://evil.example' } }
    await expectRefused(await requestToken(server, { ...ec, key: stranger }, changes), 'assertion-signature')
  })

  test('claims that were changed after signing', async () => {
    const [header, claims, signature] = signAssertion(server, ec.id, ec.key).split('.')
    const more = base64url(
      Buffer.from(claims ?? '', 'base64url')
        .toString()
        .replace('}', ',"x":1}'),
    )
    const answer = await requestToken(server, ec, {
      form: { client_assertion: `${header}.${more}.${signature}` },
    })
    await expectRefused(answer, 'assertion-signature')
  })

  test('a client that is unknown, disabled or registered otherwise hears what an unknown kid hears; the audit knows', async () => {
    const disabled = await registerBackend(server, { client_id: 'disabled' }, ec.key)
    await server.house.clients.setStatus('disabled', 'disabled')
    const secret = await registerSecretApp(server)
    const open = await registerPublicApp(server)
    const cases: [Backend, string][] = [
      [{ id: 'nobody', key: ec.key }, 'client-unknown'],
      [{ id: 'no body at all, not even an id', key: ec.key }, 'client-unknown'],
      [disabled, 'client-disabled'],
      [{ id: secret.id, key: ec.key }, 'client-method'],
      [{ id: open.id, key: ec.key }, 'client-method'],
      [{ id: rsa.id, key: ec.key }, 'assertion-kid-unknown'],
    ]
    const sentences = new Set<string>()
    for (const [backend, reason] of cases) {
      const answer = await requestToken(server, backend)
      await expectRefused(answer, reason)
      sentences.add(String(answer.body.error_description).replace(`'${backend.id}'`, 'CLIENT'))
    }
    expect([...sentences]).toHaveLength(1)
  })

  test('the log and the audit are told which client it said it was', async () => {
    const answer = await requestToken(server, { id: 'nobody', key: ec.key })
    expect((await auditOf(server, answer))?.detail).toContain('client nobody')
    const known = await requestToken(server, ec, { claims: { exp: now } })
    expect((await auditOf(server, known))?.detail).toContain(`client ${ec.id}`)
  })
})

test('CAUTH-09 a jti is used up by a right assertion only, for its client only, and not before the end', async () => {
  const jti = 'the-one'
  const forged = await requestToken(server, { ...ec, key: ecKey('ec-key') }, { claims: { jti } })
  await expectRefused(forged, 'assertion-signature')
  expect((await requestToken(server, ec, { claims: { jti } })).status).toBe(200)
  await expectRefused(
    await requestToken(server, ec, { claims: { jti } }),
    'assertion-replayed',
    /used before/,
  )
  expect((await requestToken(server, rsa, { claims: { jti } })).status).toBe(200)
})

test('CAUTH-09 an assertion that the token endpoint took is of no use at another endpoint', async () => {
  const assertion = signAssertion(server, ec.id, ec.key)
  expect((await requestToken(server, ec, { form: { client_assertion: assertion } })).status).toBe(200)
  for (const path of ['/oauth2/introspect', '/oauth2/revoke']) {
    const answer = await post(server, path, {
      token: 'x',
      client_assertion_type: jwtBearer,
      client_assertion: assertion,
    })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  }
})

test('CAUTH-13 of two keys the kid chooses, and each kind of key verifies its own alg', async () => {
  const first = ecKey('a')
  const second = rsa.key
  const both = await registerBackend(server, { jwks: { keys: [first.jwk, second.jwk] } }, first)
  expect((await requestToken(server, both)).status).toBe(200)
  expect((await requestToken(server, { ...both, key: second })).status).toBe(200)
  const crossed = await requestToken(server, both, { header: { kid: 'rsa-key' } })
  await expectRefused(crossed, 'assertion-kid-unknown')
})

test('CAUTH-13 a registered alg must be the one that signs', async () => {
  const key = ecKey()
  const rightly = await registerBackend(
    server,
    { jwks: { keys: [{ ...key.jwk, alg: 'ES384', use: 'sig' }] } },
    key,
  )
  expect((await requestToken(server, rightly)).status).toBe(200)
  const other = { ...rsa.key.jwk, kid: 'x', alg: 'RS256' }
  const wrongly = await registerBackend(
    server,
    { jwks: { keys: [key.jwk, other] } },
    { ...rsa.key, jwk: other },
  )
  await expectRefused(await requestToken(server, wrongly), 'assertion-kid-unknown')
})

test('CAUTH-13 allow_missing_kid lets one client leave out kid, if it has one key', async () => {
  const key = ecKey()
  const without = { header: { kid: undefined } }
  const lax = await registerBackend(server, { allow_missing_kid: true }, key)
  expect((await requestToken(server, lax, without)).status).toBe(200)
  expect((await requestToken(server, lax)).status).toBe(200)
  await expectRefused(await requestToken(server, lax, { header: { kid: 'other' } }), 'assertion-kid-unknown')
  const two = await registerBackend(
    server,
    { allow_missing_kid: true, jwks: { keys: [key.jwk, ecKey().jwk] } },
    key,
  )
  await expectRefused(await requestToken(server, two, without), 'assertion-kid-unknown')
  expect((await requestToken(server, two)).status).toBe(200)
})
