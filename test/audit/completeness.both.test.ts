import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKeysOf, fhirStoreOf } from '../../src/house.ts'
import { createBrowser } from '../support/browser-client.ts'
import { signAssertion } from '../support/client-keys.ts'
import { authorize, exchange, launch } from '../support/launch.ts'
import {
  type Answer,
  type AuditRow,
  auditRows,
  type Backend,
  basic,
  introspect,
  post,
  registerBackend,
  registerPublicApp,
  requestToken,
  revoke,
  token,
} from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'

// AUD-09 as a table: what is done, and the rows that it leaves.

let server: TestServer
let backend: Backend
let app: { id: string }
let ana: string
beforeAll(async () => {
  server = await startServer({ engine })
  const store = await fhirStoreOf(server.house)
  const person = { birthDate: '2014-03-14', gender: 'female' }
  await store.write([
    { resourceType: 'Patient', id: 'ana', name: [{ family: 'Lindqvist', given: ['Ana'] }], ...person },
    { resourceType: 'Patient', id: 'bo', name: [{ family: 'Berg', given: ['Bo'] }], ...person },
  ] as never)
  backend = await registerBackend(server, { scope: 'system/Patient.rs __launch' })
  app = await registerPublicApp(server, {
    scope: 'patient/Patient.rs patient/Observation.rs',
    grant_types: ['authorization_code', 'refresh_token'],
    launch_uris: ['https://app.example.org/launch'],
  })
  ana = (await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })).id
})
afterAll(() => server.close())

const scope = 'launch/patient openid fhirUser offline_access patient/Patient.rs'
const launched = () => launch(server, app, { scope, username: 'ana', offline: true, duration: 'months' })
const refresh = (refreshToken: unknown) =>
  post(server, '/oauth2/token', {
    grant_type: 'refresh_token',
    refresh_token: String(refreshToken),
    client_id: app.id,
  })
const fhir = async (path: string, bearer?: string) => {
  const headers: Record<string, string> = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  await fetch(`${server.fhir}/${path}`, { headers })
}
const assertion = () => signAssertion(server, backend.id, backend.key)
const ofApp = () => ({ client_id: app.id, user_id: ana, patient: 'ana' })
const ofBackend = () => ({ client_id: backend.id })
const some = expect.any(String)

type Expected = Record<string, unknown>
/** What is done (after `before`, whose rows do not count), and what of its rows must be there, in any order. */
type Line = [
  what: string,
  act: (before: never) => Promise<unknown>,
  rows: () => Expected[],
  before?: () => Promise<unknown>,
]

const lines: Line[] = [
  [
    'a sign-in, a consent with its scopes, and a launch',
    () => authorize(server, app, { scope, username: 'ana', offline: true }),
    () => [
      { event: 'user.sign-in', outcome: 'success', user_id: ana, client_id: app.id, request_id: some },
      {
        event: 'consent.allow',
        outcome: 'success',
        ...ofApp(),
        request_id: some,
        detail: expect.stringContaining('patient/Patient.rs'),
      },
      { event: 'launch.authorize', outcome: 'success', ...ofApp(), detail: some },
    ],
  ],
  [
    'a sign-in that fails',
    async () => {
      const browser = createBrowser(server)
      const { request, end } = await authorize(server, app, { scope, browser })
      expect(request.address).toContain(app.id)
      await browser.submit(end, { username: 'ana', password: 'wrong' })
    },
    () => [
      {
        event: 'user.sign-in',
        outcome: 'refused',
        reason: 'mismatch',
        user_id: ana,
        client_id: app.id,
        request_id: some,
      },
    ],
  ],
  [
    'a consent that is denied',
    (other: { id: string }) => authorize(server, other, { scope, username: 'ana', decision: 'deny' }),
    () => [
      {
        event: 'consent.deny',
        outcome: 'refused',
        reason: 'consent-denied',
        client_id: some,
        user_id: ana,
        request_id: some,
      },
    ],
    // Of an app that nobody has allowed anything yet.
    () => registerPublicApp(server, { scope: 'patient/Patient.rs' }),
  ],
  [
    'an authorization request that is refused',
    () => authorize(server, app, { scope, request: { redirect_uri: 'https://evil.example.org/' } }),
    () => [
      { event: 'launch.authorize', outcome: 'refused', reason: some, client_id: app.id, request_id: some },
    ],
  ],
  [
    'a launch that an EHR makes',
    (bearer: string) =>
      fetch(`${server.url}/launch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ client_id: app.id, user: 'ana', patient: 'ana' }),
      }),
    () => [{ event: 'launch.create', outcome: 'success', ...ofApp(), request_id: some, detail: some }],
    () => token(server, backend, { scope: '__launch' }),
  ],
  [
    'a code that is exchanged',
    (authorized: Awaited<ReturnType<typeof authorize>>) => exchange(server, app, authorized),
    () => [
      {
        event: 'token.issue',
        outcome: 'success',
        ...ofApp(),
        token_id: some,
        request_id: some,
        detail: expect.stringContaining('patient/Patient.rs'),
      },
    ],
    () => authorize(server, app, { scope, username: 'ana' }),
  ],
  [
    'a refresh',
    (launch: { token: Answer }) => refresh(launch.token.body.refresh_token),
    () => [
      {
        event: 'token.refresh',
        outcome: 'success',
        ...ofApp(),
        token_id: some,
        request_id: some,
        detail: some,
      },
    ],
    launched,
  ],
  [
    'a refresh token that comes again, when somebody went on',
    async (old: unknown) => expect((await refresh(old)).status).toBe(400),
    () => [
      { event: 'grant.revoke', outcome: 'success', reason: 'refresh-reused', ...ofApp() },
      {
        event: 'token.issue',
        outcome: 'refused',
        reason: 'refresh-reused',
        client_id: app.id,
        request_id: some,
      },
    ],
    async () => {
      const { token } = await launched()
      const next = await refresh(token.body.refresh_token)
      expect((await refresh(next.body.refresh_token)).status).toBe(200)
      return token.body.refresh_token
    },
  ],
  [
    'a revocation by the app',
    (launch: { token: Answer }) =>
      post(server, '/oauth2/revoke', { token: String(launch.token.body.refresh_token), client_id: app.id }),
    () => [
      { event: 'grant.revoke', outcome: 'success', reason: 'revoked-by-app', ...ofApp() },
      { event: 'token.revoke', outcome: 'success', client_id: app.id, user_id: ana, request_id: some },
    ],
    launched,
  ],
  [
    'a token of a backend service',
    () => requestToken(server, backend),
    () => [
      {
        event: 'token.issue',
        outcome: 'success',
        ...ofBackend(),
        token_id: some,
        request_id: some,
        detail: '{"scope":"system/Patient.rs"}',
      },
    ],
  ],
  [
    'a revocation by a backend service',
    (bearer: string) => revoke(server, backend, bearer),
    () => [{ event: 'token.revoke', outcome: 'success', ...ofBackend(), token_id: some, request_id: some }],
    () => token(server, backend),
  ],
  [
    'an introspection, of a live token and of none',
    async (bearer: string) => [
      await introspect(server, backend, bearer),
      await introspect(server, backend, 'none'),
    ],
    () => [
      { event: 'token.introspect', outcome: 'success', ...ofBackend(), token_id: some, request_id: some },
      { event: 'token.introspect', outcome: 'refused', reason: some, ...ofBackend(), request_id: some },
    ],
    () => token(server, backend),
  ],
  [
    'an assertion that is used again',
    (used: string) => requestToken(server, backend, { form: { client_assertion: used } }),
    () => [{ event: 'token.issue', outcome: 'refused', reason: 'assertion-replayed', request_id: some }],
    async () => {
      const used = assertion()
      await requestToken(server, backend, { form: { client_assertion: used } })
      return used
    },
  ],
  [
    'a client that does not authenticate',
    () => requestToken(server, backend, { form: { client_assertion: 'nonsense' } }),
    () => [{ event: 'token.issue', outcome: 'refused', reason: some, request_id: some }],
  ],
  [
    'a client that is registered, changed, disabled, enabled and removed',
    async () => {
      const { id } = await registerPublicApp(server, { client_id: 'passing', client_name: 'Passing' })
      const { clients } = server.house
      const client = await clients.find(id)
      await clients.update(id, { ...client?.metadata, client_name: 'Changed' })
      await clients.setStatus(id, 'disabled')
      await clients.setStatus(id, 'active')
      await clients.remove(id)
    },
    () =>
      ['add', 'update', 'disable', 'enable', 'remove'].map((word) => ({
        event: `client.${word}`,
        outcome: 'success',
        client_id: 'passing',
      })),
  ],
  [
    'a user that is added, disabled, enabled and removed',
    async () => {
      await server.house.users.add({ username: 'eve', display_name: 'Eve', roles: ['patient'] }, 'command')
      await server.house.users.setStatus('eve', 'disabled')
      await server.house.users.setStatus('eve', 'active')
      await server.house.users.remove('eve')
    },
    () =>
      ['add', 'disable', 'enable', 'remove'].map((word) => ({
        event: `user.${word}`,
        outcome: 'success',
        user_id: some,
        detail: expect.stringContaining('"username":"eve"'),
      })),
  ],
  [
    'signing keys that are rotated',
    () => server.house.keys.rotate(),
    () => [{ event: 'keys.rotate', outcome: 'success', detail: some }],
  ],
  [
    'a read and a search by an app',
    async (launch: { token: Answer }) => {
      await fhir('Patient/ana', String(launch.token.body.access_token))
      await fhir('Patient?name=Lind', String(launch.token.body.access_token))
    },
    () => [
      {
        event: 'fhir.read',
        outcome: 'success',
        ...ofApp(),
        token_id: some,
        request_id: some,
        detail: expect.stringContaining('"reference":"Patient/ana"'),
      },
      {
        event: 'fhir.search',
        outcome: 'success',
        ...ofApp(),
        token_id: some,
        request_id: some,
        detail: expect.stringContaining('"query":"name=Lind"'),
      },
    ],
    launched,
  ],
  [
    'a FHIR request without a token, 401, and one beyond it, 403',
    async (bearer: string) => {
      await fhir('Patient/ana')
      await fhir('Observation', bearer)
    },
    () => [
      {
        event: 'fhir.refuse',
        outcome: 'refused',
        reason: 'token-missing',
        request_id: some,
        detail: expect.stringContaining('"status":401'),
      },
      {
        event: 'fhir.refuse',
        outcome: 'refused',
        reason: 'type-not-granted',
        ...ofBackend(),
        token_id: some,
        request_id: some,
        detail: expect.stringContaining('"status":403'),
      },
    ],
    () => token(server, backend),
  ],
  [
    'an API key that is made, used, revoked and used again',
    async () => {
      const { key, secret } = await apiKeysOf(server.house)(
        { name: 'a script', user: 'ana', scope: 'user/Patient.rs' },
        { userId: ana, reason: 'for the night' },
      )
      const read = () => fetch(`${server.fhir}/Patient/ana`, { headers: { 'x-api-key': secret } })
      await read()
      await server.house.apiKeys.revoke(key.id, { by: 'a-console' })
      await read()
    },
    () => [
      {
        event: 'api-key.add',
        outcome: 'success',
        user_id: ana,
        detail: expect.stringContaining('"scope":"user/Patient.rs"'),
      },
      { event: 'fhir.read', outcome: 'success', user_id: ana, token_id: expect.stringMatching(/^api-key:/) },
      {
        event: 'api-key.revoke',
        outcome: 'success',
        user_id: ana,
        detail: expect.stringContaining('"by":"a-console"'),
      },
      { event: 'fhir.refuse', outcome: 'refused', reason: 'api-key-revoked', request_id: some },
    ],
  ],
  [
    'a password that is wrong, with HTTP Basic',
    () => fetch(`${server.fhir}/Patient/ana`, { headers: { authorization: basic('ana', 'wrong') } }),
    () => [
      { event: 'user.sign-in', outcome: 'refused', reason: 'mismatch', user_id: ana, request_id: some },
      { event: 'fhir.refuse', outcome: 'refused', reason: 'basic-mismatch', request_id: some },
    ],
  ],
]

test.each(lines)('AUD-09 %s', async (_what, act, rows, before) => {
  const made = await before?.()
  const seen = (await auditRows(server)).length
  await act(made as never)
  const left: AuditRow[] = (await auditRows(server)).slice(seen)
  for (const row of rows()) expect(left).toContainEqual(expect.objectContaining(row))
  // What has just happened must be told once.
  expect(new Set(left.map((row) => JSON.stringify({ ...row, seq: 0, hash: '' }))).size).toBe(left.length)
})

test('AUD-10 no row holds a token, a code, an assertion or a password', async () => {
  const { token: answer, answer: parameters } = await launched()
  const secrets = [
    ...['access_token', 'refresh_token', 'id_token'].map((name) => String(answer.body[name])),
    String(parameters.code),
    'correct horse battery',
  ]
  const text = JSON.stringify(await auditRows(server))
  for (const secret of secrets) expect(text).not.toContain(secret)
  // Nor any other JWT.
  expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/)
})
