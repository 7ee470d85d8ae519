import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerAt, authorizationRequest, createBrowser, type Visit } from '../../support/browser-client.ts'
import { type Authorized, authorize, exchange, launch, putRecords } from '../../support/launch.ts'
import { registerBackend, registerPublicApp, registerSecretApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'
import { expectRefused, expectPage as page, expectTold as told } from './answers.ts'

let server: TestServer
let app: { id: string }
beforeAll(async () => {
  server = await startServer()
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
  app = await registerPublicApp(server, {
    scope: 'patient/*.rs',
    redirect_uris: ['https://app.example.org/callback', 'https://app.example.org/other?x=1'],
  })
})
afterAll(() => server.close())

const scope = 'launch/patient patient/Patient.rs'
type Changes = Record<string, string | undefined>

/** What a stranger's request with these changes is answered with. */
const ask = async (changes: Changes, asked = scope): Promise<Visit> =>
  await createBrowser(server).ask(authorizationRequest(server, app.id, asked, changes).address)
/** The same, signed in and allowed. */
const allowed = async (changes: Changes, asked = scope): Promise<Authorized> =>
  await authorize(server, app, { scope: asked, username: 'ana', request: changes })

const expectTold = async (visit: Visit, error: string, more: { reason?: string; state?: string } = {}) =>
  await told(server, visit, error, more)
const expectPage = async (visit: Visit, reason: string) => await page(server, visit, reason)

describe('the app and where it is', () => {
  test('AUTHZ-03, SEC-02 an unknown client gets a page with a reference, and no redirect', async () => {
    for (const client_id of ['nobody', '', '../x', 'x'.repeat(300)]) {
      await expectPage(await ask({ client_id }), 'client-unknown')
    }
  })

  test('AUTHZ-03 a disabled client is as unknown as one that cannot have users', async () => {
    const disabled = await registerPublicApp(server)
    await server.house.clients.setStatus(disabled.id, 'disabled')
    const backend = await registerBackend(server)
    for (const client_id of [disabled.id, backend.id, undefined]) {
      await expectPage(await ask({ client_id }), 'client-unknown')
    }
  })

  test('AUTHZ-03, SEC-02 redirect_uri is compared letter by letter, and needed even if there is only one', async () => {
    for (const redirect_uri of [
      'https://app.example.org/callback/',
      'https://app.example.org/callback?x=1',
      'https://app.example.org/Callback',
      'https://app.example.org/callback#',
      'https://app.example.org:443/callback',
      'https://app.example.org.evil.example/callback',
      'https://app.example.org@evil.example/callback',
      'https://app.example.org/callback/../callback',
      'http://app.example.org/callback',
      'https://evil.example',
      '//evil.example/',
      '/account',
      'javascript:alert(1)',
      'data:text/html,x',
    ]) {
      const visit = await ask({ redirect_uri })
      await expectPage(visit, 'redirect-mismatch')
      expect(visit.html).not.toContain(redirect_uri)
      const { last } = await expectRefused(server, visit, 'redirect-mismatch')
      expect(last?.detail).toMatchObject({
        sent: redirect_uri,
        expected: ['https://app.example.org/callback', 'https://app.example.org/other?x=1'],
      })
    }
    await expectPage(await ask({ redirect_uri: undefined }), 'redirect-missing')
  })

  test('AUTHZ-03 the second address that is registered works, and keeps its own query', async () => {
    const { end, answer } = await allowed({ redirect_uri: 'https://app.example.org/other?x=1' })
    expect(end.location).toMatch(/^https:\/\/app\.example\.org\/other\?x=1&code=/)
    expect(answer).toMatchObject({ x: '1', state: 'a state', iss: server.url })
  })

  test('AUTHZ-03 the port of a native app on loopback is free, its path is not', async () => {
    const native = await registerPublicApp(server, {
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    })
    const asNative = { client_id: native.id, state: undefined }
    const at = async (redirect_uri: string) => await ask({ ...asNative, redirect_uri })
    expect((await at('http://127.0.0.1:51004/callback')).location).toMatch(
      /^http:\/\/127\.0\.0\.1:51004\/callback\?/,
    )
    await expectPage(await at('http://127.0.0.1:51004/other'), 'redirect-mismatch')
    await expectPage(await at('http://127.0.0.2:51004/callback'), 'redirect-mismatch')
  })

  test('a wrong redirect_uri is worse than anything else that is wrong', async () => {
    const visit = await ask({
      redirect_uri: 'https://evil.example/',
      aud: 'https://evil.example',
      state: undefined,
    })
    await expectPage(visit, 'redirect-mismatch')
  })
})

describe('what is asked', () => {
  test('AUTHZ-02, SEC-01 the response type is code, and nothing else', async () => {
    for (const response_type of ['token', 'id_token', 'code token', 'code id_token', 'none', 'CODE', 'x']) {
      const visit = await ask({ response_type, nonce: 'n' }, `${scope} openid`)
      await expectTold(visit, 'unsupported_response_type', { reason: 'unsupported-response-type' })
    }
    await expectTold(await ask({ response_type: undefined }), 'invalid_request')
  })

  test('AUTHZ-09 the answer comes in the query, as discovery says', async () => {
    for (const response_mode of ['fragment', 'form_post', 'web_message', 'jwt', 'x']) {
      await expectTold(await ask({ response_mode }), 'unsupported_response_mode')
    }
    // And even where something else is wrong before.
    await expectTold(
      await ask({ response_mode: 'fragment', response_type: 'x' }),
      'unsupported_response_mode',
    )
    expect((await allowed({ response_mode: 'query' })).answer.code).toMatch(/^[\w-]{20,}$/)
  })

  test('AUTHZ-07 state is needed, and comes back byte for byte', async () => {
    const without = await ask({ state: undefined })
    await expectTold(without, 'invalid_request', { reason: 'state-missing', state: '' })
    expect(answerAt(without)).not.toHaveProperty('state')
    for (const state of ['a+b c/d=&%2B%', '{"a":"ü 👩‍⚕️"}', 'x'.repeat(3000), '<script>', '\u0001\'"\\']) {
      expect((await allowed({ state })).answer).toEqual({
        code: expect.any(String),
        iss: server.url,
        state,
      })
      await expectTold(await ask({ state, aud: undefined }), 'invalid_request', { state })
    }
  })

  test('AUTHZ-04 aud must be the FHIR base; one slash at its end is the same', async () => {
    for (const aud of [
      server.url,
      `${server.fhir}//`,
      `${server.fhir}/Patient`,
      server.fhir.toUpperCase(),
      server.fhir.replace('localhost', '127.0.0.1'),
      'https://evil.example/fhir',
      `${server.fhir}?x`,
      `${server.fhir}#`,
    ]) {
      const visit = await ask({ aud })
      await expectTold(visit, 'invalid_request')
      const { last } = await expectRefused(server, visit, 'aud-mismatch')
      expect(last?.detail).toMatchObject({ sent: aud, expected: [server.fhir] })
    }
    const without = await ask({ aud: undefined })
    await expectTold(without, 'invalid_request')
    const { last } = await expectRefused(server, without, 'aud-missing')
    expect(last?.detail).toMatchObject({ expected: [server.fhir] })
    for (const aud of [server.fhir, `${server.fhir}/`]) {
      expect((await allowed({ aud })).answer.code).toBeDefined()
    }
  })

  test('AUTHZ-05 resource says the same as aud, and must agree with it', async () => {
    const other = 'https://evil.example/fhir'
    expect((await allowed({ aud: undefined, resource: server.fhir })).answer.code).toBeDefined()
    expect((await allowed({ resource: `${server.fhir}/` })).answer.code).toBeDefined()
    for (const changes of [
      { aud: undefined, resource: other },
      { resource: other },
      { aud: other, resource: server.fhir },
      { aud: undefined, resource: 'no address' },
    ]) {
      await expectTold(await ask(changes), 'invalid_target', { reason: 'aud-mismatch' })
    }
  })

  test('AUTHZ-06, SEC-03 PKCE with S256 is needed, of apps with a secret too', async () => {
    const withSecret = await registerSecretApp(server, { scope: 'patient/*.rs' })
    const wrong: [Changes, string][] = [
      [{ code_challenge: undefined, code_challenge_method: undefined }, 'pkce-missing'],
      [{ code_challenge_method: undefined }, 'pkce-method-missing'],
      [{ code_challenge_method: 'plain' }, 'pkce-plain'],
      [{ code_challenge_method: 's256' }, 'pkce-plain'],
      [{ code_challenge: undefined }, 'pkce-malformed'],
      [{ code_challenge: 'short' }, 'pkce-malformed'],
      [{ code_challenge: `${'x'.repeat(42)}=` }, 'pkce-malformed'],
      [{ code_challenge: 'x'.repeat(129) }, 'pkce-malformed'],
    ]
    for (const [changes, reason] of wrong) {
      for (const { id } of [app, withSecret]) {
        await expectTold(await ask({ client_id: id, ...changes }), 'invalid_request', { reason })
      }
    }
    const { token } = await launch(server, withSecret, { scope, username: 'ana' })
    expect(token.status).toBe(200)
  })

  test('AUTHZ-06 the code belongs to its verifier', async () => {
    const way = await allowed({})
    expect((await exchange(server, app, way, { code_verifier: 'x'.repeat(43) })).body.error).toBe(
      'invalid_grant',
    )
  })

  test('AUTHZ-11 what is sent twice is refused, even with one value', async () => {
    const { address } = authorizationRequest(server, app.id, scope)
    const twice = ['state', 'scope', 'aud', 'response_type', 'code_challenge', 'launch', 'prompt', 'nonce']
    for (const name of twice) {
      const value = new URL(address, server.url).searchParams.get(name) ?? 'x'
      const more = `&${name}=${encodeURIComponent(value)}`
      // Of `launch` and the like, which the request does not have yet, two.
      const visit = await createBrowser(server).ask(
        address + more + (address.includes(`${name}=`) ? '' : more),
      )
      const state = name === 'state' ? '' : undefined
      await expectTold(visit, 'invalid_request', {
        reason: 'parameter-repeated',
        ...(state === '' && { state }),
      })
    }
    for (const name of ['client_id', 'redirect_uri']) {
      await expectPage(await createBrowser(server).ask(`${address}&${name}=x`), 'parameter-repeated')
    }
  })

  test('AUTHZ-11 unknown parameters are ignored, also those that we use ourselves, and also twice', async () => {
    const { address } = authorizationRequest(server, app.id, scope)
    const more = '&flight=ABCDEFGH12&flight=x&foo=1&foo=2&__proto__=x&constructor=y&uid=z&login=ana'
    const visit = await createBrowser(server).open(address + more)
    expect(visit.status).toBe(200)
    expect(visit.url).toMatch(/\/sign-in\/[\w-]+$/)
  })

  test('the id of a flight record cannot be chosen', async () => {
    const foreign = server.house.flights.begin({})
    for (const request of [{ flight: foreign }, { flight: foreign, client_id: 'lanyard-account' }]) {
      const { address } = authorizationRequest(server, app.id, scope, {
        ...request,
        ...(request.client_id && { response_type: 'none', redirect_uri: `${server.url}/account` }),
      })
      const browser = createBrowser(server)
      const page = await browser.open(address)
      expect(page.status).toBe(200)
      await browser.submit(page, { username: 'ana', password: 'wrong' })
    }
    await server.house.flights.flush()
    const record = await server.house.flights.show(foreign)
    expect(record?.steps.map(({ event }) => event)).toEqual(['request'])
  })
})

describe('OpenID Connect', () => {
  test('a nonce needs openid, which may be written as a URI too (SCOPE-16)', async () => {
    await expectTold(await ask({ nonce: 'n' }), 'invalid_request', { reason: 'nonce-without-openid' })
    for (const openid of ['openid', 'http://openid.net/specs/openid-connect-core-1_0#openid']) {
      const way = await allowed({ nonce: 'n' }, `${scope} ${openid}`)
      expect((await exchange(server, app, way)).body.id_token).toBeDefined()
    }
  })

  test('what is not offered is refused: request objects and registrations in the request', async () => {
    await expectTold(await ask({ request: 'x.y.z' }), 'request_not_supported')
    await expectTold(await ask({ request_uri: 'https://app.example.org/r' }), 'request_uri_not_supported')
    await expectTold(await ask({ registration: '{}' }), 'registration_not_supported')
    for (const prompt of ['create', 'none login', 'context']) {
      await expectTold(await ask({ prompt }), 'invalid_request', { reason: 'prompt-unknown' })
    }
    const visit = await ask({ max_age: '-1' }, `${scope} openid`)
    await expectTold(visit, 'invalid_request', { reason: 'max-age' })
  })
})
