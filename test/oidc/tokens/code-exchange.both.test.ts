import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/lib/id.ts'
import { sweepOnce } from '../../../src/store/sweep.ts'
import type { Browser } from '../../support/browser-client.ts'
import { signAssertion, withAssertion } from '../../support/client-keys.ts'
import { basic, post, registerBackend } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'
import {
  type App,
  type Clinic,
  clinic,
  code,
  expectError,
  grantOfCode,
  isOver,
  kinds,
  launched,
  postAs,
  reasonOf,
  redeem,
  refresh,
  registerApp,
  signedIn,
  works,
} from './clinic.ts'

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic({ engine })
  ana = await signedIn(server)
  app = await registerApp(server)
})
afterAll(() => server.close())

const authorized = (of = app) => code(server, of, { browser: ana })

describe.each(kinds)('a %s client', (kind) => {
  test('TOK-01, CAUTH-01…04 exchanges its code, and the token works', async () => {
    const client = await registerApp(server, kind)
    const answer = await redeem(server, client, await authorized(client))
    expect(answer.status).toBe(200)
    expect(await works(server, answer.body.access_token)).toBe(true)
  })

  test('REFR-02 refreshes with the same authentication', async () => {
    const client = await registerApp(server, kind)
    const { token } = await launched(server, client, { browser: ana })
    expect((await refresh(server, client, token.body.refresh_token)).status).toBe(200)
  })

  test('TOK-01, TOK-06 client_id may be left out by who authenticates, and must not be another', async () => {
    const client = await registerApp(server, kind)
    const way = await authorized(client)
    const other = await redeem(server, client, way, { client_id: app.id })
    const heard =
      kind === 'public' ? 'invalid_grant' : kind === 'secret' ? 'invalid_request' : 'invalid_client'
    expectError(other, heard, kind === 'private_key_jwt' ? 401 : 400)
    const own = kind === 'private_key_jwt' ? { client_id: client.id } : {}
    expect((await redeem(server, client, way, own)).status).toBe(200)
  })
})

describe('client authentication at the code and at the refresh', () => {
  const wrong = `Basic ${Buffer.from('x:y').toString('base64')}`

  test.each([['authorization_code'], ['refresh_token']])(
    'CAUTH-02, CAUTH-03, trap 10 a client with a secret needs it, and the right one: %s',
    async (grant) => {
      const client = await registerApp(server, 'secret')
      const way = await authorized(client)
      const first = grant === 'refresh_token' ? await redeem(server, client, way) : undefined
      const form =
        first === undefined
          ? {
              grant_type: grant,
              code: way.answer.code,
              redirect_uri: way.request.redirectUri,
              code_verifier: way.request.verifier,
            }
          : { grant_type: grant, refresh_token: String(first.body.refresh_token) }
      const send = (more: Record<string, string>, headers: Record<string, string> = {}) =>
        post(server, '/oauth2/token', { ...form, ...more }, headers)
      const cases: [string, Record<string, string>, Record<string, string>, boolean][] = [
        ['nothing', {}, {}, false],
        ['its id only', { client_id: client.id }, {}, false],
        ['a wrong secret', {}, { authorization: basic(client.id, 'wrong') }, true],
        ['an empty secret', {}, { authorization: basic(client.id, '') }, true],
        ['somebody else', {}, { authorization: wrong }, true],
        ['the secret in the form', { client_id: client.id, client_secret: 'x' }, {}, false],
        ['an assertion', withAssertion(signAssertion(server, client.id, server.gateway.key)), {}, false],
      ]
      for (const [what, more, headers, challenged] of cases) {
        const answer = await send(more, headers)
        expect([what, answer.status, answer.body.error]).toEqual([what, 401, 'invalid_client'])
        // TOK-07, CAUTH-17
        const challenge = answer.headers.get('www-authenticate')
        expect([what, challenge]).toEqual([what, challenged ? expect.stringMatching(/^Basic /) : null])
      }
      const twice = await send(withAssertion(signAssertion(server, client.id, server.gateway.key)), {
        authorization: client.basic ?? '',
      })
      expectError(twice, 'invalid_request')
      // None of it has used anything up.
      expect((await send({}, { authorization: client.basic ?? '' })).status).toBe(200)
    },
  )

  test('CAUTH-02 both readings of RFC 6749 §2.3.1 agree: id and secret as they are, and form-encoded to the letter', async () => {
    const client = await registerApp(server, 'secret')
    const { token } = await launched(server, client, { browser: ana })
    const plain = Buffer.from(String(client.basic).slice('Basic '.length), 'base64').toString()
    const encode = (text: string) =>
      text.replace(/[^A-Za-z0-9]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
    const everyCharacter = plain
      .split(':')
      .map((part) => [...part].map((one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`).join(''))
    for (const text of [plain, plain.split(':').map(encode).join(':'), everyCharacter.join(':')]) {
      const headers = { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
      const form = { grant_type: 'refresh_token', refresh_token: String(token.body.refresh_token) }
      expect((await post(server, '/oauth2/token', form, headers)).status).toBe(200)
      const broken = { authorization: `Basic ${Buffer.from(`${text}%`).toString('base64')}` }
      expectError(await post(server, '/oauth2/token', form, broken), 'invalid_client', 401)
    }
  })

  test('CAUTH-01 a public client that sends a secret or an assertion is refused', async () => {
    const way = await authorized()
    const assertion = withAssertion(signAssertion(server, app.id, server.gateway.key))
    for (const more of [{ client_secret: 'x' }, assertion] as Record<string, string>[]) {
      expectError(await redeem(server, app, way, more), 'invalid_client', 401)
    }
    const own = {
      grant_type: 'authorization_code',
      code: way.answer.code,
      redirect_uri: way.request.redirectUri,
      code_verifier: way.request.verifier,
    }
    const byBasic = await post(server, '/oauth2/token', own, { authorization: basic(app.id, '') })
    expectError(byBasic, 'invalid_client', 401)
    expect((await redeem(server, app, way)).status).toBe(200)
  })

  test('CAUTH-04 an assertion of another client, or with another type, is refused', async () => {
    const client = await registerApp(server, 'private_key_jwt')
    const other = await registerBackend(server)
    const way = await authorized(client)
    const foreign = withAssertion(signAssertion(server, client.id, other.key))
    expectError(await redeem(server, client, way, foreign), 'invalid_client', 401)
    const saml = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }
    expect([400, 401]).toContain((await redeem(server, client, way, saml)).status)
    expect((await redeem(server, client, way)).status).toBe(200)
  })

  test('TOK-06 an unknown client is invalid_client', async () => {
    expectError(await redeem(server, { id: 'nobody' }, await authorized()), 'invalid_client', 401)
  })

  test('TOK-07 a client that is not registered for a grant type is unauthorized_client', async () => {
    const backend = await registerBackend(server)
    const form = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'x', code_verifier: 'x' }
    expectError(await postAs(server, backend, '/oauth2/token', form), 'unauthorized_client')
    const brief = await registerApp(server, 'public', { grant_types: ['authorization_code'] })
    expectError(await refresh(server, brief, 'x'), 'unauthorized_client')
    // REFR-02: not even with a token from before.
    const { token } = await launched(server, app, { browser: ana })
    const found = await server.house.clients.find(app.id)
    const before = found?.metadata
    await server.house.clients.update(app.id, { ...before, grant_types: ['authorization_code'] })
    expectError(await refresh(server, app, token.body.refresh_token), 'unauthorized_client')
    // What rested on another registration does not come back with it.
    await server.house.clients.update(app.id, before)
    expectError(await refresh(server, app, token.body.refresh_token), 'invalid_grant')
  })
})

describe('a code', () => {
  test.each([
    ['code', undefined, 'invalid_request', 'code-missing'],
    ['code', '', 'invalid_request', 'code-missing'],
    ['code', 'nonsense', 'invalid_grant', 'code-unknown'],
    ['redirect_uri', undefined, 'invalid_request', 'redirect_uri-missing'],
    ['redirect_uri', 'https://app.example.org/callback/', 'invalid_grant', 'code-other-redirect'],
    ['redirect_uri', 'https://evil.example/callback', 'invalid_grant', 'code-other-redirect'],
    ['code_verifier', undefined, 'invalid_grant', 'pkce-verifier-missing'],
    ['code_verifier', '', 'invalid_grant', 'pkce-verifier-missing'],
    ['code_verifier', 'A'.repeat(43), 'invalid_grant', 'pkce-verifier-wrong'],
    ['code_verifier', 'short', 'invalid_grant', 'pkce-verifier-wrong'],
    ['code_verifier', 'a'.repeat(129), 'invalid_grant', 'pkce-verifier-wrong'],
    ['client_id', undefined, 'invalid_client', 'no-authentication'],
    ['grant_type', 'password', 'unsupported_grant_type', 'grant-type-unknown'],
    ['grant_type', undefined, 'invalid_request', 'grant-type-missing'],
  ])('TOK-01, TOK-05, TOK-06 %s: %s is %s', async (name, value, error, reason) => {
    const way = await authorized()
    const answer = await redeem(server, app, way, { [name]: value })
    expectError(answer, error, error === 'invalid_client' ? 401 : 400)
    expect(await reasonOf(server, answer)).toBe(reason)
    // A mistake uses nothing up: whoever has the right parameters gets the tokens.
    expect((await redeem(server, app, way)).status).toBe(200)
  })

  test('TOK-05 the challenge itself is no verifier, nor is another launch’s verifier', async () => {
    const [one, two] = [await authorized(), await authorized()]
    const challenge = sha256(one.request.verifier)
    for (const code_verifier of [challenge, two.request.verifier]) {
      expectError(await redeem(server, app, one, { code_verifier }), 'invalid_grant')
    }
    expect((await redeem(server, app, one)).status).toBe(200)
  })

  test('SEC-03 a verifier for a code without a challenge is refused', async () => {
    const way = await authorized()
    const { kysely } = server.house.db
    const { payload } = await kysely
      .selectFrom('oidc')
      .select('payload')
      .where('id_hash', '=', sha256(String(way.answer.code)))
      .executeTakeFirstOrThrow()
    const { codeChallenge: _, ...rest } = JSON.parse(payload)
    await kysely
      .updateTable('oidc')
      .set({ payload: JSON.stringify(rest) })
      .where('id_hash', '=', sha256(String(way.answer.code)))
      .execute()
    expectError(await redeem(server, app, way), 'invalid_grant')
    expectError(await redeem(server, app, way, { code_verifier: undefined }), 'invalid_grant')
  })

  test('TOK-06, AUTHZ-10 another client cannot use it, and does no harm to it', async () => {
    const way = await authorized()
    for (const kind of kinds) {
      const thief = await registerApp(server, kind)
      const form = kind === 'public' ? { client_id: thief.id } : {}
      const answer = await redeem(server, thief, way, form)
      expectError(answer, 'invalid_grant')
      expect(await reasonOf(server, answer)).toBe('code-other-client')
    }
    const { status, body } = await redeem(server, app, way)
    expect(status).toBe(200)
    // Nor afterwards, when it comes with a code that was used.
    expectError(await redeem(server, await registerApp(server), way), 'invalid_grant')
    expect(await works(server, body.access_token)).toBe(true)
  })

  test('TOK-06 is good for 60 seconds and not a second longer', async () => {
    const [one, two] = [await authorized(), await authorized()]
    server.clock.advance(59_999)
    expect((await redeem(server, app, one)).status).toBe(200)
    server.clock.advance(1)
    const late = await redeem(server, app, two)
    expectError(late, 'invalid_grant')
    expect(await reasonOf(server, late)).toBe('code-expired')
  })

  test('AUTHZ-10 that comes a second time ends what was issued for it', async () => {
    const way = await authorized()
    const first = await redeem(server, app, way)
    expect(await works(server, first.body.access_token)).toBe(true)
    const again = await redeem(server, app, way)
    expectError(again, 'invalid_grant')
    expect(await reasonOf(server, again)).toBe('code-used')
    expect(await isOver(server, app, first)).toBe(true)
    expectError(await redeem(server, app, way), 'invalid_grant')
  })

  test('AUTHZ-10 is remembered as long as its first token lives, also with a refreshed one', async () => {
    const way = await authorized()
    const first = await redeem(server, app, way)
    server.clock.advance(30 * 60_000)
    await sweepOnce(server.house.db.kysely, server.clock.now)
    const second = await refresh(server, app, first.body.refresh_token)
    expectError(await redeem(server, app, way), 'invalid_grant')
    expect(await isOver(server, app, second)).toBe(true)
  })

  test('AUTHZ-10 the end of one launch is none of another launch of the same app and user', async () => {
    const [one, two] = [await authorized(), await authorized()]
    const [first, second] = [await redeem(server, app, one), await redeem(server, app, two)]
    await redeem(server, app, one)
    expect(await isOver(server, app, first)).toBe(true)
    expect(await isOver(server, app, second)).toBe(false)
  })
})

describe('between the code and its exchange', () => {
  test('TOK-06, REVO-06 a client that is disabled gets nothing, also when it is enabled again', async () => {
    const client = await registerApp(server)
    const way = await authorized(client)
    await server.house.clients.setStatus(client.id, 'disabled')
    expectError(await redeem(server, client, way), 'invalid_client', 401)
    await server.house.clients.setStatus(client.id, 'active')
    expectError(await redeem(server, client, way), 'invalid_grant')
  })

  test('REVO-06 a client that is removed gets nothing, also when its id is registered anew', async () => {
    const client = await registerApp(server)
    const way = await authorized(client)
    await server.house.clients.remove(client.id)
    expectError(await redeem(server, client, way), 'invalid_client', 401)
    await registerApp(server, 'public', { client_id: client.id })
    expectError(await redeem(server, client, way), 'invalid_grant')
  })

  test.each([
    ['is disabled', (name: string) => server.house.users.setStatus(name, 'disabled')],
    ['is removed', (name: string) => server.house.users.remove(name)],
    ['gets a new password', (name: string) => server.house.users.setPassword(name, 'another good password')],
  ])('REVO-06 when the user %s, the code is worth nothing', async (_what, end) => {
    const { username } = await addUser(server.house, { fhir_user: 'Patient/ana' })
    const [one, two] = [await code(server, app, { username }), await code(server, app, { username })]
    expect((await redeem(server, app, one)).status).toBe(200)
    await end(username)
    expectError(await redeem(server, app, two), 'invalid_grant')
  })

  test('REVO-03 a launch that was withdrawn gives no tokens', async () => {
    const way = await authorized()
    await server.house.grants.end({ id: await grantOfCode(server, way) }, 'withdrawn')
    const answer = await redeem(server, app, way)
    expectError(answer, 'invalid_grant')
    expect(await reasonOf(server, answer)).toBe('grant-ended')
  })
})
