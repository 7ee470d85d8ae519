import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimsOf, headerOf, signAssertion, withAssertion } from '../support/client-keys.ts'
import {
  type Backend,
  post,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
} from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let backend: Backend
beforeAll(async () => {
  server = await startServer()
  backend = await registerBackend(server, {
    scope: 'system/Patient.rs system/Observation.rs __introspect',
  })
})
afterAll(() => server.close())

const ask = (scope: string | undefined, from: Backend = backend) =>
  requestToken(server, from, { form: { scope } })

describe('what is granted', () => {
  test('BACK-01, BACK-02, TOK-02, TOK-03 a right request gets a token, its type, lifetime and scope', async () => {
    const { status, headers, body } = await ask('system/Patient.rs')
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'system/Patient.rs',
    })
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('pragma')).toBe('no-cache')
    expect(headers.get('etag')).toBeNull()
  })

  test('OIDC-08, SEC-04 the token is an at+jwt for the FHIR base, and its sub cannot be a user', async () => {
    const jwt = String((await ask('system/Patient.rs')).body.access_token)
    const jwks = (await (await fetch(`${server.url}/oauth2/jwks`)).json()) as JSONWebKeySet
    const { payload, protectedHeader } = await jwtVerify(jwt, createLocalJWKSet(jwks), {
      issuer: server.url,
      audience: server.fhir,
      typ: 'at+jwt',
      currentDate: new Date(server.clock.now),
    })
    expect(protectedHeader).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: server.url,
      aud: server.fhir,
      sub: `client:${backend.id}`,
      client_id: backend.id,
      scope: 'system/Patient.rs',
      iat: server.clock.now / 1000,
      exp: server.clock.now / 1000 + 300,
      jti: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      gid: expect.any(String),
    })
  })

  test('BACK-03 no refresh token, whatever is asked', async () => {
    const { status, body } = await ask('system/Patient.rs offline_access online_access')
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'scope'])
    expect(body.scope).toBe('system/Patient.rs')
  })

  test.each([
    ['the order asked for stays', 'system/Observation.rs system/Patient.rs', undefined],
    ['letters may be fewer', 'system/Patient.r', undefined],
    ['SCOPE-03 a v1 spelling comes back as it was asked', 'system/Patient.read', undefined],
    [
      'SCOPE-04 a granular scope comes back to the letter',
      'system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
      undefined,
    ],
    ['SCOPE-16 written as a URI', 'http://smarthealthit.org/fhir/scopes/system/Patient.rs', undefined],
    ['what is too much is cut off', 'system/Patient.cruds', 'system/Patient.rs'],
    ['a wildcard is cut to what is registered', 'system/*.rs', 'system/Patient.rs system/Observation.rs'],
    ['a v1 wildcard too', 'system/*.*', 'system/Patient.read system/Observation.read'],
    ['what is partly outside is narrowed', 'system/Patient.rs system/Device.rs', 'system/Patient.rs'],
    [
      'SCOPE-17 patient/ and user/ are left out',
      'patient/*.rs user/*.rs openid launch system/Patient.r',
      'system/Patient.r',
    ],
    [
      'AUTHZ-12 what is not a scope is left out',
      'x system/Patient.sr system/Patient.rs',
      'system/Patient.rs',
    ],
    ['a scope said twice is granted once', 'system/Patient.rs system/Patient.rs', 'system/Patient.rs'],
    ['SCOPE-15 a right of ours', '__introspect', undefined],
  ])('BACK-04 %s', async (_why, asked, granted = asked) => {
    const { status, body } = await ask(asked)
    expect(status).toBe(200)
    expect(body.scope).toBe(granted)
    expect(claimsOf(String(body.access_token)).scope).toBe(granted)
  })

  test.each([
    ['wholly outside', 'system/Device.rs', /'system\/Device.rs' is not pre-authorised/],
    ['letters outside', 'system/Patient.cud', /not pre-authorised/],
    ['a right of ours that it was not given', '__introspects', /does not know it/],
    ['SCOPE-17 only patient/', 'patient/Patient.rs', /needs a user/],
    ['SCOPE-17 only user/', 'user/Patient.rs', /needs a user/],
    ['SCOPE-17 only launch and identity', 'launch openid fhirUser', /needs a user/],
    ['SCOPE-01 letters in another order', 'system/Patient.sr', /not a selection of the letters/],
    ['SCOPE-04 percent-encoded', 'system/Observation.rs?category=a%7Cb', /percent-encoded/],
    [
      'SCOPE-12 a parameter that cannot be evaluated',
      'system/Observation.rs?nonsense=1',
      /'nonsense' is no search parameter/,
    ],
    ['SCOPE-12 a modifier', 'system/Observation.rs?code:not=1', /modifier/],
    [
      'SCOPE-12 a result parameter',
      'system/Observation.rs?_include=Observation:subject',
      /no search parameter/,
    ],
    ['an unknown type', 'system/Patients.rs', /not a resource type/],
    ['only blanks', '   ', /names nothing/],
    ['nothing', '', /has no scope/],
    ['missing', undefined, /has no scope/],
  ])('BACK-04 refused: %s', async (_why, asked, sentence) => {
    const { status, body } = await ask(asked)
    expect(status).toBe(400)
    expect(body).toEqual({ error: 'invalid_scope', error_description: expect.stringMatching(sentence) })
  })

  test('BACK-04 what is registered granularly stays so: same value granted, another refused, broad narrowed', async () => {
    const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
    const narrow = await registerBackend(server, {
      scope: `system/Observation.rs?category=${category}|laboratory`,
    })
    const lab = `system/Observation.rs?category=${category}|laboratory`
    expect((await ask(lab, narrow)).body.scope).toBe(lab)
    expect((await ask('system/Observation.rs', narrow)).body.scope).toBe(lab)
    expect((await ask('system/Observation.read', narrow)).body.scope).toBe(lab)
    const both = `system/Observation.rs?category=${category}|survey`
    expect((await ask(both, narrow)).body.scope).toBe(`${both}&category=${category}|laboratory`)
    expect((await ask('system/Patient.rs', narrow)).status).toBe(400)
  })

  test('TOK-08 with more than 2 kB of scope the token is opaque, with less it is a JWT', async () => {
    const codes = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `system/Observation.rs?code=${from + index}`)
    const short = await ask(codes(100, 160).join(' '))
    const long = await ask(codes(100, 200).join(' '))
    expect(String(short.body.access_token).split('.')).toHaveLength(3)
    expect(long.body.access_token).toMatch(/^lat_[\w-]{43}$/)
    expect(String(long.body.scope).split(' ')).toHaveLength(100)
  })

  test('TOK-08 a client that wants tokens it cannot read gets opaque ones', async () => {
    const blind = await registerBackend(server, { access_token_format: 'opaque' })
    const { status, body } = await requestToken(server, blind)
    expect(status).toBe(200)
    expect(body.access_token).toMatch(/^lat_[\w-]{43}$/)
  })

  test('R8707 resource may name the FHIR base, with a slash or not; another is refused', async () => {
    for (const resource of [server.fhir, `${server.fhir}/`]) {
      expect((await requestToken(server, backend, { form: { resource } })).status).toBe(200)
    }
    const other = await requestToken(server, backend, { form: { resource: 'https://evil.example/fhir' } })
    expect(other.status).toBe(400)
    expect(other.body.error).toBe('invalid_target')
  })

  test('a list of scopes that is too intricate is refused at once, not worked on for minutes', async () => {
    const scopes = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `system/Observation.rs?code=${from + index}`).join(' ')
    const intricate = await registerBackend(server, { scope: scopes(100, 500) })
    const spent = process.cpuUsage()
    const { status, body } = await ask(scopes(1000, 1000), intricate)
    expect(process.cpuUsage(spent).user / 1e6).toBeLessThan(2)
    expect(status).toBe(400)
    expect(body.error_description).toMatch(/too many combinations/)
    expect((await ask(scopes(100, 500), intricate)).status).toBe(200)
  })
})

describe('scope left out', () => {
  test('a request without scope gets the default that was registered; without a default it is refused', async () => {
    const lazy = await registerBackend(server, { default_scope: 'system/Patient.r system/Device.rs' })
    expect((await ask(undefined, lazy)).body.scope).toBe('system/Patient.r')
    expect((await ask('system/Observation.r', lazy)).body.scope).toBe('system/Observation.r')
    expect((await ask(undefined, backend)).status).toBe(400)
  })
})

describe('the request itself', () => {
  test('BACK-05 an unknown grant type is 400 unsupported_grant_type, even with a good assertion', async () => {
    for (const type of ['not_a_grant_type', 'password', 'implicit', 'CLIENT_CREDENTIALS']) {
      const { status, body } = await requestToken(server, backend, { form: { grant_type: type } })
      expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
    }
  })

  test('TOK-07 no grant type is 400 invalid_request, also when it is empty', async () => {
    for (const type of [undefined, '']) {
      const { status, body } = await requestToken(server, backend, { form: { grant_type: type } })
      expect([status, body.error]).toEqual([400, 'invalid_request'])
    }
  })

  test('TOK-07 a grant type the client is not registered for is 400 unauthorized_client', async () => {
    const app = await registerBackend(server, {
      grant_types: ['authorization_code'],
      redirect_uris: ['https://app.example.org/callback'],
    })
    const { status, body } = await requestToken(server, app)
    expect([status, body.error]).toEqual([400, 'unauthorized_client'])
  })

  test('BACK-01 a client with a secret, or none, is told the same', async () => {
    const { basic } = await registerSecretApp(server)
    const form = { grant_type: 'client_credentials', scope: 'system/Patient.rs' }
    const withSecret = await post(server, '/oauth2/token', form, { authorization: basic })
    expect([withSecret.status, withSecret.body.error]).toEqual([400, 'unauthorized_client'])
    const { id } = await registerPublicApp(server)
    const without = await post(server, '/oauth2/token', { ...form, client_id: id })
    expect([without.status, without.body.error]).toEqual([400, 'unauthorized_client'])
  })

  test('R6749 §3.2 a parameter sent twice is refused; one sent empty counts as absent; unknown ones are ignored', async () => {
    const assertion = withAssertion(signAssertion(server, backend.id, backend.key))
    const pairs = Object.entries({
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      ...assertion,
    })
    const twice = await post(server, '/oauth2/token', [...pairs, ['scope', 'system/Observation.rs']])
    expect([twice.status, twice.body.error]).toEqual([400, 'invalid_request'])
    const emptyAndUnknown = await post(server, '/oauth2/token', [...pairs, ['client_secret', ''], ['x', 'y']])
    expect(emptyAndUnknown.status).toBe(200)
  })

  test.each([
    ['JSON', 'application/json', '{"grant_type":"client_credentials"}'],
    ['multipart', 'multipart/form-data; boundary=x', '--x--'],
    ['no media type', '', 'grant_type=client_credentials'],
  ])('R6749 §4.4.2 %s is refused: the body must be a form', async (_what, type, body) => {
    const answer = await post(server, '/oauth2/token', body, { 'content-type': type })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
    expect(answer.body.error_description).toMatch(/x-www-form-urlencoded/)
  })

  test('a form with a charset is a form', async () => {
    const form = { grant_type: 'nothing' }
    const answer = await post(server, '/oauth2/token', form, {
      'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
    })
    expect(answer.body.error).toBe('unsupported_grant_type')
  })

  test('AUTHZ-11 34 kB of scope work; beyond 64 kB the answer is 413', async () => {
    const long = Array.from(
      { length: 1000 },
      (_, index) => `system/Observation.rs?code=${100_000 + index}`,
    ).join(' ')
    expect(long.length).toBeGreaterThan(33_000)
    expect((await ask(long)).body.scope).toBe(long)
    const tooLong = await ask('x'.repeat(70_000))
    expect(tooLong.status).toBe(413)
    expect(tooLong.body).toEqual({
      error: 'invalid_request',
      error_description: expect.stringMatching(/65536 bytes/),
    })
    expect(tooLong.headers.get('pragma')).toBe('no-cache')
  })

  test('SEC-07 a body that does not say its length is read up to the limit only', async () => {
    const chunks = (count: number) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let index = 0; index < count; index++)
            controller.enqueue(Buffer.from(`&p${index}=${'x'.repeat(1000)}`))
          controller.close()
        },
      })
    const send = async (count: number) =>
      await fetch(`${server.url}/oauth2/token`, {
        method: 'POST',
        body: chunks(count),
        duplex: 'half',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    expect((await send(40)).status).toBe(400)
    const tooLong = await send(70)
    expect([tooLong.status, tooLong.headers.get('connection')]).toEqual([413, 'close'])
  })

  test('SEC-07 more than fifty parameters are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`p${index}`, 'x']))
    const { status, body } = await post(server, '/oauth2/token', many)
    expect([status, body.error_description]).toEqual([400, 'More than 50 parameters were sent.'])
  })

  test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s is 405 with Allow', async (method) => {
    for (const path of ['token', 'introspect', 'revoke']) {
      const answer = await fetch(`${server.url}/oauth2/${path}`, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('POST')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
    }
  })

  test('R6749 §3.2.1 credentials in the address are not read', async () => {
    const query = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      ...withAssertion(signAssertion(server, backend.id, backend.key)),
    })
    const answer = await post(server, `/oauth2/token?${query}`, '')
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('what the token opens', () => {
  const fhir = async (path: string, authorization?: string) =>
    (await fetch(`${server.fhir}${path}`, authorization === undefined ? {} : { headers: { authorization } }))
      .status

  test('BACK-08 a FHIR call within the scope succeeds, one outside fails, one without token fails', async () => {
    const jwt = String((await ask('system/Patient.rs')).body.access_token)
    expect(await fhir('/Patient', `Bearer ${jwt}`)).toBe(200)
    expect(await fhir('/Observation', `Bearer ${jwt}`)).toBe(403)
    expect(await fhir('/Patient')).toBe(401)
  })

  test('ENF-01 a token is good until its exp and not a second longer', async () => {
    const jwt = String((await ask('system/Patient.rs')).body.access_token)
    server.clock.advance(299_999)
    expect(await fhir('/Patient', `Bearer ${jwt}`)).toBe(200)
    server.clock.advance(1)
    expect(await fhir('/Patient', `Bearer ${jwt}`)).toBe(401)
  })

  test('OIDC-07 an assertion is no access token, though it is a JWT for this server', async () => {
    const assertion = signAssertion(server, backend.id, backend.key, { header: { typ: 'at+jwt' } })
    expect(headerOf(assertion).typ).toBe('at+jwt')
    expect(await fhir('/Patient', `Bearer ${assertion}`)).toBe(401)
  })
})
