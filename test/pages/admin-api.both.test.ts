import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../support/browser-client.ts'
import { ecKey } from '../support/client-keys.ts'
import { type Answer, answerOf, auditOf, registerBackend, token } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'

let server: TestServer
let admin: string
let auditor: string
let iris: Browser
let irisId: string
beforeAll(async () => {
  server = await startServer({ engine })
  const script = await registerBackend(server, { scope: '__admin __auditor system/Patient.rs' })
  admin = await token(server, script, { scope: '__admin' })
  auditor = await token(server, script, { scope: '__auditor' })
  irisId = (await addUser(server.house, { username: 'iris', roles: ['admin'] })).id
  iris = await signedInAs(server, 'iris')
})
afterAll(() => server.close())

type Call = { bearer?: string; headers?: Record<string, string>; body?: unknown }
async function call(
  method: string,
  path: string,
  { bearer = admin, headers, body }: Call = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}/admin/api${path}`, {
    method,
    headers: {
      ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return await answerOf(response)
}

const backend = (more: object = {}) => ({
  client_name: 'Cohort Builder',
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
  jwks: { keys: [ecKey().jwk] },
  scope: 'system/Patient.rs',
  ...more,
})
const added = async (more: object = {}) =>
  (await call('POST', '/apps', { body: { metadata: backend(more) } })).body as Record<string, unknown> & {
    client_id: string
  }

describe('an app, from its registration to its end', () => {
  test('AUD-09 each step answers with the new state and its ETag, and says in the audit who, why, before and after', async () => {
    const made = await call('POST', '/apps', { body: { metadata: backend(), reason: 'CSR-118' } })
    expect([made.status, made.headers.get('etag'), made.headers.get('cache-control')]).toEqual([
      201,
      '"1"',
      'no-store',
    ])
    expect(made.body).toMatchObject({ kind: 'service', status: 'active', origin: 'console', version: 1 })
    expect(await auditOf(server, made)).toMatchObject({ event: 'client.add', user_id: null })
    const path = `/apps/${made.body.client_id}`
    const seen = { 'if-match': '"1"' }
    const changed = await call('PUT', path, {
      headers: seen,
      body: { metadata: backend({ owner: 'Research' }) },
    })
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"'])
    const row = await auditOf(server, changed)
    expect(row?.detail).toMatch(/"by":"[^"]+","changed":\{.*"owner":\{"after":"Research"\}/)
    expect(row?.detail).not.toContain('"crv"')
    const off = await call('PUT', `${path}/status`, {
      headers: { 'if-match': '"2"' },
      body: { status: 'disabled' },
    })
    expect(off.body).toMatchObject({ status: 'disabled', version: 3 })
    const gone = await call('DELETE', `${path}?reason=retired`, { headers: { 'if-match': '"3"' } })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await auditOf(server, gone))?.detail).toContain('"why":"retired"')
    expect((await call('GET', path)).status).toBe(404)
  })

  test('a secret is in the answer once, and rotates with an overlap', async () => {
    const web = { client_name: 'Web', redirect_uris: ['https://a.example/cb'] }
    const { body } = await call('POST', '/apps', { body: { metadata: web } })
    expect(body.client_secret).toMatch(/^[\w-]{43}$/)
    const path = `/apps/${body.client_id}`
    const headers = { 'if-match': '"1"' }
    const next = await call('POST', `${path}/secret`, { headers, body: { overlap_hours: 24 } })
    expect(next.body.client_secret).not.toBe(body.client_secret)
    expect(next.body.previous_secret_until).toBe(new Date(server.clock.now + 86_400_000).toISOString())
    expect((await call('GET', path)).text).not.toContain(String(next.body.client_secret))
    expect((await auditOf(server, next))?.detail).not.toContain(String(next.body.client_secret))
  })

  test('of two who change the same state the second gets 412, and has to say which state they saw', async () => {
    const { client_id } = await added()
    const put = (headers: Record<string, string>) =>
      call('PUT', `/apps/${client_id}`, { headers, body: { metadata: backend() } })
    expect((await put({ 'if-match': '"1"' })).status).toBe(200)
    const second = await put({ 'if-match': '"1"' })
    expect([second.status, second.body.reason]).toEqual([412, 'stale'])
    for (const headers of [{}, { 'if-match': '*' }, { 'if-match': '"1x"' }])
      expect((await put(headers as Record<string, string>)).status).toBe(428)
  })

  test('what is wrong is said member by member, as RFC 9457', async () => {
    const metadata = backend({ redirect_uris: ['http://a.example'], jwks: { keys: [] }, nonsense: 1 })
    const answer = await call('POST', '/apps', { body: { metadata, reason: 'x\ny' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    expect(answer.body.errors).toEqual([{ path: 'reason', message: 'must have no line breaks' }])
    const { body } = await call('POST', '/apps', { body: { metadata } })
    expect((body.errors as { path: string }[]).map(({ path }) => path)).toEqual([
      'jwks.keys',
      '',
      'jwks',
      'redirect_uris',
    ])
    expect((await call('POST', '/apps', { body: [] })).status).toBe(400)
    expect(
      (await call('POST', '/apps', { body: {}, headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(415)
  })
})

describe('the list', () => {
  test('is searched in any case, by kind and state, and read a page at a time without gaps', async () => {
    const names = ['zeta 1', 'Zeta 2', 'ZETA 3', 'zeta 100%', 'zeta_5']
    for (const client_name of names) await added({ client_name, owner: 'Zoo' })
    const found: string[] = []
    let path = '/apps?q=zETa&kind=service&limit=2'
    for (let pages = 0; pages < 5 && path !== ''; pages++) {
      const { body, headers } = await call('GET', path)
      found.push(...(body.items as { client_name: string }[]).map(({ client_name }) => client_name))
      const [, next = ''] = /^<\/admin\/api([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? []
      path = next
    }
    expect(found).toEqual(['zeta 1', 'zeta 100%', 'Zeta 2', 'ZETA 3', 'zeta_5'])
    const ask = async (query: string) =>
      ((await call('GET', `/apps?${query}`)).body.items as unknown[]).length
    expect([await ask('q=100%25'), await ask('q=a_5'), await ask('q=zoo'), await ask('kind=native')]).toEqual(
      [1, 1, 5, 0],
    )
    expect((await call('GET', '/apps?after=nonsense')).status).toBe(400)
    expect((await call('GET', '/apps?limit=1000')).status).toBe(400)
  })
})

describe('who may call', () => {
  test('an auditor sees, and changes nothing', async () => {
    const { client_id } = await added()
    expect((await call('GET', `/apps/${client_id}`, { bearer: auditor })).status).toBe(200)
    const headers = { 'if-match': '"1"' }
    const changes = [
      call('POST', '/apps', { bearer: auditor, body: { metadata: backend() } }),
      call('PUT', `/apps/${client_id}`, { bearer: auditor, headers, body: { metadata: backend() } }),
      call('POST', `/apps/${client_id}/secret`, { bearer: auditor, headers, body: {} }),
      call('PUT', `/apps/${client_id}/status`, { bearer: auditor, headers, body: { status: 'disabled' } }),
      call('DELETE', `/apps/${client_id}`, { bearer: auditor, headers }),
    ]
    for (const answer of await Promise.all(changes))
      expect([answer.status, answer.body.reason]).toEqual([403, 'read-only'])
    expect((await call('GET', `/apps/${client_id}`)).body.version).toBe(1)
  })

  test('neither nobody, nor a token without the right, nor one that is none', async () => {
    const other = await token(server, await registerBackend(server, { scope: 'system/Patient.rs' }))
    expect((await call('GET', '/apps', { bearer: '' })).status).toBe(401)
    expect((await call('GET', '/apps', { bearer: 'nonsense' })).status).toBe(401)
    const lacking = await call('GET', '/apps', { bearer: other })
    expect([lacking.status, lacking.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('scope="__admin"'),
    ])
  })

  test('AUTHZ-17 a page of the console, with its session and the header; the session alone reads only', async () => {
    expect((await iris.ask('/admin/api/apps')).status).toBe(200)
    const post = (headers: Record<string, string>) =>
      iris.ask('/admin/api/apps', {
        method: 'POST',
        body: JSON.stringify({ metadata: backend() }),
        headers: { 'content-type': 'application/json', ...headers },
      })
    for (const headers of [{}, { 'x-csrf-token': 'x' }])
      expect((await post(headers as object as Record<string, string>)).status).toBe(403)
    const done = await post({ 'x-csrf-token': await csrfOf(iris) })
    expect(done.status).toBe(201)
    expect(
      await server.house.db.kysely
        .selectFrom('audit')
        .select('user_id')
        .orderBy('seq', 'desc')
        .executeTakeFirst(),
    ).toEqual({ user_id: irisId })
  })
})

test('the OpenAPI document names every operation, with the schemas that check its input', async () => {
  const { status, body } = await call('GET', '/openapi.json', { bearer: auditor })
  const { openapi, paths, components } = body as {
    openapi: string
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>
    components: { schemas: Record<string, { properties: object }> }
  }
  expect([status, openapi]).toEqual([200, '3.1.0'])
  const list = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((m) => `${m} ${path}`),
  )
  expect(list).toEqual(
    expect.arrayContaining(['get /apps', 'post /apps', 'put /apps/{client_id}', 'delete /apps/{client_id}']),
  )
  expect(paths['/apps/{client_id}']?.put?.parameters.map((one) => `${one.in} ${one.name}`)).toEqual([
    'path client_id',
    'header If-Match',
  ])
  expect(Object.keys(components.schemas.ClientMetadata?.properties ?? {})).toContain('redirect_uris')
  expect(JSON.stringify(body)).not.toContain('$defs')
  expect((await call('GET', '/nowhere')).status).toBe(404)
})
