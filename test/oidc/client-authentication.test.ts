import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ecKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import {
  auditOf,
  type Backend,
  basic,
  post,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
} from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let backend: Backend
let app: Awaited<ReturnType<typeof registerSecretApp>>
let open: { id: string }
beforeAll(async () => {
  server = await startServer()
  backend = await registerBackend(server)
  app = await registerSecretApp(server)
  open = await registerPublicApp(server)
})
afterAll(() => server.close())

/** Revocation takes every way to authenticate, and answers 200 to whoever is let in. */
const knock = (form: Record<string, string | undefined>, authorization?: string) =>
  post(
    server,
    '/oauth2/revoke',
    { token: 'x', ...form },
    authorization === undefined ? {} : { authorization },
  )

const assertion = (changes = {}) => withAssertion(signAssertion(server, backend.id, backend.key, changes))

describe('CAUTH-02 a client with a secret', () => {
  test('CAUTH-02 is let in by HTTP Basic, and its id and secret need no encoding', async () => {
    expect((await knock({}, app.basic)).status).toBe(200)
    expect((await knock({ client_id: app.id }, app.basic)).status).toBe(200)
    expect((await knock({}, app.basic.replace('Basic', 'bAsIc'))).status).toBe(200)
    expect(encodeURIComponent(app.id) + encodeURIComponent(app.secret)).toBe(app.id + app.secret)
  })

  test('CAUTH-02 is let in as well when its library form-encodes both', async () => {
    const encoded = (part: string) =>
      part.replace(/[^A-Za-z0-9]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    const { id, secret } = await registerSecretApp(server, { client_id: 'an-app_with.all~of-them' })
    expect((await knock({ client_id: id }, basic(encoded(id), encoded(secret)))).status).toBe(200)
    expect((await knock({}, basic(encoded(id), `${encoded(secret)}%41`))).status).toBe(401)
  })

  test.each<[string, () => string, string]>([
    ['wrong secret', () => basic(app.id, 'x'), 'client-secret'],
    ['empty secret', () => basic(app.id, ''), 'client-secret'],
    ['secret with something behind it', () => basic(app.id, `${app.secret}x`), 'client-secret'],
    ['the hash in place of the secret', () => basic(app.id, 'hash'), 'client-secret'],
    ['unknown client', () => basic('nobody', app.secret), 'client-unknown'],
    ['a client without secret', () => basic(open.id, ''), 'client-method'],
    ['a client with keys', () => basic(backend.id, ''), 'client-method'],
    ['an id that is none', () => basic("' or 1=1 --", 'x'), 'client-unknown'],
    ['no colon', () => `Basic ${Buffer.from(app.id).toString('base64')}`, 'client-unknown'],
    ['no base64', () => 'Basic %%%', 'client-unknown'],
    ['nothing behind Basic', () => 'Basic', 'client-unknown'],
  ])('CAUTH-17 %s is 401 with the scheme named', async (_what, authorization, reason) => {
    const answer = await knock({}, authorization())
    expect(answer.status).toBe(401)
    expect(answer.body.error).toBe('invalid_client')
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Lanyard", charset="UTF-8"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await auditOf(server, answer)).toMatchObject({ reason, outcome: 'refused', client_id: null })
  })

  test('all of them hear the same sentence', async () => {
    const heard = new Set<unknown>()
    for (const credentials of [basic(app.id, 'x'), basic('nobody', 'x'), basic(open.id, 'x')]) {
      heard.add((await knock({}, credentials)).body.error_description)
    }
    expect(heard.size).toBe(1)
  })

  test('a disabled client is refused with the right secret, and let in when it is enabled again', async () => {
    const other = await registerSecretApp(server)
    await server.house.clients.setStatus(other.id, 'disabled')
    const refused = await knock({}, other.basic)
    expect(refused.status).toBe(401)
    expect(await auditOf(server, refused)).toMatchObject({ reason: 'client-disabled' })
    await server.house.clients.setStatus(other.id, 'active')
    expect((await knock({}, other.basic)).status).toBe(200)
  })

  test('a new secret ends the old one at once', async () => {
    const other = await registerSecretApp(server)
    const { secret } = await server.house.clients.newSecret(other.id)
    expect((await knock({}, other.basic)).status).toBe(401)
    expect((await knock({}, basic(other.id, secret))).status).toBe(200)
  })

  test('CAUTH-06 client_id of another client is 400', async () => {
    const answer = await knock({ client_id: open.id }, app.basic)
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
    expect(await auditOf(server, answer)).toMatchObject({ reason: 'client-id-mismatch' })
  })
})

describe('CAUTH-01 a public client', () => {
  test('CAUTH-01 names itself and is let in where that is enough', async () => {
    expect((await knock({ client_id: open.id })).status).toBe(200)
  })

  test.each<[string, () => Record<string, string>, string]>([
    [
      'a public client with a secret',
      () => ({ client_id: open.id, client_secret: 'x' }),
      'public-with-secret',
    ],
    [
      'a public client with an assertion type',
      () => ({ client_id: open.id, client_assertion_type: 'x' }),
      'assertion-type',
    ],
    [
      'a public client with an assertion',
      () => ({ client_id: open.id, ...withAssertion(signAssertion(server, open.id, ecKey())) }),
      'client-method',
    ],
    ['CAUTH-03 a confidential client that only names itself', () => ({ client_id: app.id }), 'client-method'],
    [
      'CAUTH-03 a secret in the body',
      () => ({ client_id: app.id, client_secret: app.secret }),
      'client-method',
    ],
    [
      'CAUTH-03 a client with keys that only names itself',
      () => ({ client_id: backend.id }),
      'client-method',
    ],
    [
      'CAUTH-03 a client with a secret that sends an assertion',
      () => withAssertion(signAssertion(server, app.id, ecKey())),
      'client-method',
    ],
    ['an unknown client', () => ({ client_id: 'nobody' }), 'client-unknown'],
    ['an id that is none', () => ({ client_id: 'x'.repeat(3000) }), 'client-unknown'],
    ['nobody at all', () => ({}), 'no-authentication'],
    ['only a secret', () => ({ client_secret: 'x' }), 'no-authentication'],
  ])('CAUTH-17 %s is 401 invalid_client', async (_what, form, reason) => {
    const answer = await knock(form())
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    expect(answer.headers.get('www-authenticate')).toBeNull()
    expect(await auditOf(server, answer)).toMatchObject({ reason, outcome: 'refused', client_id: null })
  })

  test('a disabled public client is refused', async () => {
    const other = await registerPublicApp(server)
    await server.house.clients.setStatus(other.id, 'disabled')
    const answer = await knock({ client_id: other.id })
    expect(answer.status).toBe(401)
    expect(await auditOf(server, answer)).toMatchObject({ reason: 'client-disabled' })
  })
})

describe('CAUTH-03 more than one way in a request', () => {
  test.each<[string, () => Record<string, string>, () => string | undefined]>([
    ['Basic and an assertion', () => assertion(), () => app.basic],
    ['Basic and half an assertion', () => ({ client_assertion_type: 'x' }), () => app.basic],
    ['Basic and a secret in the body', () => ({ client_secret: 'x' }), () => app.basic],
    ['an assertion and a secret', () => ({ ...assertion(), client_secret: 'x' }), () => undefined],
  ])('CAUTH-03 %s is 400 invalid_request, though each may be right', async (_what, form, header) => {
    const answer = await knock(form(), header())
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
    expect(await auditOf(server, answer)).toMatchObject({ reason: 'several-methods' })
  })

  test('CAUTH-03 an assertion alone, or Basic alone, is let in', async () => {
    expect((await knock(assertion())).status).toBe(200)
    expect((await knock({ ...assertion(), client_secret: '' })).status).toBe(200)
  })

  test('TOK-07 who used the Authorization header in another scheme is told the scheme that works', async () => {
    for (const authorization of ['Bearer x', 'Digest username="x"', 'nonsense']) {
      const answer = await knock({}, authorization)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
    }
  })
})

test('CAUTH-17 the token endpoint answers like the others', async () => {
  const form = { grant_type: 'client_credentials', scope: 'system/Patient.rs' }
  const wrong = await post(server, '/oauth2/token', form, { authorization: basic(app.id, 'x') })
  expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
  expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /)
  expect((await post(server, '/oauth2/token', form)).status).toBe(401)
  expect((await requestToken(server, backend)).status).toBe(200)
})
