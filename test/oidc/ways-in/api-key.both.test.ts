import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { apiKeysOf, fhirStoreOf } from '../../../src/house.ts'
import { DAY, MINUTE } from '../../../src/lib/time.ts'
import {
  type Answer,
  answerOf,
  auditOf,
  type Backend,
  post,
  rawRequest,
  registerBackend,
  registerPublicApp,
  token,
} from '../../support/oauth.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'

let server: TestServer
let ehr: Backend
beforeAll(async () => {
  server = await startServer({ engine })
  const { write } = await fhirStoreOf(server.house)
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'weight' } }
  await write([
    { resourceType: 'Patient', id: 'ana' },
    { resourceType: 'Patient', id: 'bo' },
    { ...observation, id: 'of-ana', subject: { reference: 'Patient/ana' } },
    { ...observation, id: 'of-bo', subject: { reference: 'Patient/bo' } },
  ] as Stored[])
  await addUser(server.house, { username: 'dr.okafor', roles: ['clinician', 'patient'], patients: 'all' })
  await addUser(server.house, { username: 'marta', roles: ['proxy'], patients: ['ana'] })
  ehr = await registerBackend(server, { scope: '__launch system/Observation.rs system/Patient.rs' })
})
afterAll(async () => await server?.close())

const make = async (input: Record<string, unknown>) =>
  await apiKeysOf(server.house)({ name: 'a script', ...input })
const refusalOf = async (input: Record<string, unknown>) =>
  await make(input).then(
    () => 'made',
    (error: Error) => error.message,
  )
async function fhir(
  path: string,
  key: string | undefined,
  { headers, at = server, ...init }: RequestInit & { headers?: Record<string, string>; at?: TestServer } = {},
): Promise<Answer> {
  const shown: Record<string, string> = key === undefined ? {} : { 'x-api-key': key }
  return await answerOf(await fetch(`${at.fhir}/${path}`, { ...init, headers: { ...shown, ...headers } }))
}
const martas = { user: 'marta', scope: 'user/Observation.rs user/Patient.r' }

test('SEC-08 a key is shown once and stored as a hash only; making it is audited', async () => {
  const { key, secret } = await make(martas)
  expect(secret).toMatch(/^lak_[\w-]{43}$/)
  const rows = await server.house.db.kysely.selectFrom('api_key').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(secret.slice(4))
  expect(JSON.stringify(await server.house.apiKeys.list())).not.toContain(secret.slice(4))
  const audit = await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('event', '=', 'api-key.add')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow()
  expect(JSON.parse(audit.detail ?? '')).toMatchObject({ key: key.id, scope: martas.scope, roles: ['proxy'] })
  expect(audit.detail).not.toContain(secret)
})

test("ENF-26 a user's key opens what its scopes open of what the user may see", async () => {
  const { secret } = await make(martas)
  expect((await fhir('Observation/of-ana', secret)).status).toBe(200)
  expect((await fhir('Observation/of-bo', secret)).status).toBe(404)
  expect((await fhir('Observation?_summary=count', secret)).body.total).toBe(1)
  expect((await fhir('Condition', secret)).status).toBe(403)
  const body = JSON.stringify({ resourceType: 'Observation', status: 'final' })
  const posted = { method: 'POST', body, headers: { 'content-type': 'application/fhir+json' } }
  expect((await fhir('Observation', secret, posted)).status).toBe(403)
  expect((await fhir('Observation/of-ana', undefined)).status).toBe(401)
})

test('a key has no roles that its owner does not have, nor has lost since', async () => {
  const scope = 'user/*.rs'
  expect(await refusalOf({ user: 'marta', scope, roles: ['clinician'] })).toContain(
    'does not have the role clinician',
  )
  const { username } = await addUser(server.house, { roles: ['clinician', 'proxy'], patients: ['ana'] })
  const both = await make({ user: username, scope })
  const one = await make({ user: username, scope, roles: ['clinician'] })
  expect((await fhir('Observation/of-ana', one.secret)).status).toBe(200)
  await server.house.users.update(username, {
    username,
    display_name: 'A user',
    roles: ['proxy'],
    patients: ['ana'],
  })
  expect((await fhir('Observation/of-ana', one.secret)).status).toBe(403)
  expect((await fhir('Observation/of-ana', both.secret)).status).toBe(200)
})

test('a key asks for nothing that is not for its owner', async () => {
  for (const scope of [
    'system/Observation.rs',
    'patient/Observation.rs',
    '__launch',
    '__introspect',
    'openid',
  ])
    expect(await refusalOf({ user: 'marta', scope }), scope).toContain('opens user/ scopes only')
  expect(await refusalOf({ client_id: ehr.id, scope: 'user/Observation.rs' })).toContain(
    'opens system/ scopes only',
  )
  expect(await refusalOf({ client_id: ehr.id, scope: 'system/Observation.cruds' })).toContain('more than')
  expect(await refusalOf({ client_id: ehr.id, scope: '__introspect' })).toContain('more than')
  expect(await refusalOf({ ...martas, client_id: ehr.id })).toContain('one of the two')
  expect(await refusalOf({ scope: 'user/*.rs' })).toContain('one of the two')
  expect(await refusalOf({ ...martas, scope: 'user/Nonsense.rs' })).toContain('not a resource type')
  expect(await refusalOf({ ...martas, addresses: ['10.0.0.0/40'] })).toContain('"10.0.0.0/40"')
  expect(await refusalOf({ ...martas, expires_in_days: 0 })).toContain('expires_in_days')
  expect(await refusalOf({ ...martas, user: 'nobody' })).toContain('no user')
  expect(await refusalOf({ client_id: ehr.id, scope: 'system/Patient.rs', roles: ['no-such'] })).toContain(
    'no role',
  )
})

test('SEC-08 a key ends when it expires, is revoked, or its owner ends', async () => {
  const { key, secret } = await make({ ...martas, expires_in_days: 2 })
  expect((await fhir('Observation/of-ana', secret)).status).toBe(200)
  server.clock.advance(2 * DAY)
  const expired = await fhir('Observation/of-ana', secret)
  server.clock.advance(-2 * DAY)
  expect(expired.status).toBe(401)
  expect((await auditOf(server, expired))?.reason).toBe('api-key-expired')
  await server.house.apiKeys.revoke(key.id)
  const revoked = await fhir('Observation/of-ana', secret)
  expect(revoked.status).toBe(401)
  expect(await auditOf(server, revoked)).toMatchObject({
    reason: 'api-key-revoked',
    token_id: `api-key:${key.id}`,
  })
  expect(revoked.text).toBe(expired.text)

  const { username } = await addUser(server.house, { patients: ['ana'] })
  const other = await make({ ...martas, user: username })
  expect((await fhir('Observation/of-ana', other.secret)).status).toBe(200)
  await server.house.users.setStatus(username, 'disabled')
  expect((await fhir('Observation/of-ana', other.secret)).status).toBe(401)
})

test('REVO-03 a key that was revoked on one node is dead on another at the next request', async () => {
  const { databaseUrl, keysDir } = server.house.config
  const second = await startServer({
    environment: { LANYARD_DATABASE_URL: databaseUrl, LANYARD_KEYS_DIR: keysDir },
  })
  try {
    second.clock.now = server.clock.now
    const { key, secret } = await make(martas)
    expect((await fhir('Observation/of-ana', secret, { at: second })).status).toBe(200)
    await server.house.apiKeys.revoke(key.id)
    expect((await fhir('Observation/of-ana', secret, { at: second })).status).toBe(401)
  } finally {
    await second.close()
  }
})

test('SEC-07 a key is good only from where it may be used', async () => {
  const here = await make({ ...martas, addresses: ['192.0.2.0/24', '127.0.0.0/8', '::1'] })
  const elsewhere = await make({ ...martas, addresses: ['192.0.2.0/24', '2001:db8::/32'] })
  expect((await fhir('Observation/of-ana', here.secret)).status).toBe(200)
  const refused = await fhir('Observation/of-ana', elsewhere.secret)
  expect(refused.status).toBe(401)
  expect((await auditOf(server, refused))?.reason).toBe('api-key-address')
  // Nobody says where they are: there is no proxy to be believed.
  const claimed = { headers: { 'x-forwarded-for': '192.0.2.7' } }
  expect((await fhir('Observation/of-ana', elsewhere.secret, claimed)).status).toBe(401)
})

test("BACK-04 a client's key opens what the client is registered for, as long as it is", async () => {
  const client = await registerBackend(server, { scope: 'system/Observation.rs system/Patient.rs' })
  const { secret } = await make({ client_id: client.id, scope: 'system/Observation.rs' })
  expect((await fhir('Observation/of-bo', secret)).status).toBe(200)
  expect((await fhir('Patient/bo', secret)).status).toBe(403)
  const { metadata } = (await server.house.clients.find(client.id)) ?? {}
  await server.house.clients.update(client.id, {
    ...metadata,
    response_types: undefined,
    scope: 'system/Patient.rs',
  })
  expect((await fhir('Observation/of-bo', secret)).status).toBe(403)
  await server.house.clients.setStatus(client.id, 'disabled')
  expect((await fhir('Observation/of-bo', secret)).status).toBe(401)
})

test('a client that is registered anew under an old name does not get the keys of the old one', async () => {
  const { id } = await registerBackend(server)
  const { secret } = await make({ client_id: id, scope: 'system/Patient.rs' })
  expect((await fhir('Patient/bo', secret)).status).toBe(200)
  await server.house.clients.remove(id)
  expect((await fhir('Patient/bo', secret)).status).toBe(401)
  server.clock.advance(1)
  await registerBackend(server, { client_id: id })
  expect((await fhir('Patient/bo', secret)).status).toBe(401)
})

test('EHRL-01 an EHR launches by a key that holds the right, and by no other', async () => {
  const app = await registerPublicApp(server, { launch_uris: ['https://app.example.org/launch'] })
  const launch = async (key: string, headers: Record<string, string> = {}) =>
    await answerOf(
      await fetch(`${server.url}/launch`, {
        method: 'POST',
        body: JSON.stringify({ client_id: app.id, user: 'dr.okafor', patient: 'ana' }),
        headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers },
      }),
    )
  const right = await make({ client_id: ehr.id, scope: '__launch' })
  const made = await launch(right.secret)
  expect(made.status).toBe(201)
  expect(await auditOf(server, made)).toMatchObject({ event: 'launch.create', client_id: app.id })
  const without = await make({ client_id: ehr.id, scope: 'system/Patient.rs' })
  expect((await launch(without.secret)).status).toBe(403)
  expect((await launch(`lak_${'x'.repeat(43)}`)).status).toBe(401)
  // Of several credentials each must hold.
  expect((await launch(right.secret, { authorization: 'Bearer made-up' })).status).toBe(401)
  const { basic } = { basic: `Basic ${Buffer.from('a:b').toString('base64')}` }
  expect((await launch(right.secret, { authorization: basic })).status).toBe(401)
})

test('REST-20 two keys are 400; a key anywhere but in its header is none', async () => {
  const [a, b] = [(await make(martas)).secret, (await make(martas)).secret]
  expect((await fhir('Observation/of-ana', `${a}, ${b}`)).status).toBe(400)
  expect((await fhir(`Observation/of-ana?x-api-key=${a}`, undefined)).status).toBe(401)
  expect(
    (await fhir('Observation/of-ana', undefined, { headers: { authorization: `Bearer ${a}` } })).status,
  ).toBe(401)
  const { host } = new URL(server.url)
  const twice = await rawRequest(server, {
    path: '/fhir/Observation/of-ana',
    headers: { host, authorization: ['Bearer a', 'Bearer b'] as never },
  })
  expect(twice.status).toBe(400)
})

test('CORS-03 a browser of a registered origin may send a key', async () => {
  await registerPublicApp(server, { allowed_origins: ['https://page.example.org'] })
  const response = await fetch(`${server.fhir}/Patient`, {
    method: 'OPTIONS',
    headers: { origin: 'https://page.example.org', 'access-control-request-method': 'GET' },
  })
  expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-api-key')
})

test('AUD-06 the audit names the key and whose it is; its last use is noted once a minute', async () => {
  const { key, secret } = await make(martas)
  const answer = await fhir('Observation/of-ana', secret)
  const row = await auditOf(server, answer)
  const marta = await server.house.users.findByName('marta')
  const name = `api-key:${key.id}`
  expect(row).toMatchObject({ event: 'fhir.read', client_id: name, user_id: marta?.id, token_id: name })
  const used = async () => (await server.house.apiKeys.list()).find(({ id }) => id === key.id)?.used
  await expect.poll(used).toBe(server.clock.now)
  const first = server.clock.now
  server.clock.advance(MINUTE - 1)
  await fhir('Observation/of-ana', secret)
  expect(await used()).toBe(first)
  server.clock.advance(1)
  await fhir('Observation/of-ana', secret)
  await expect.poll(used).toBe(first + MINUTE)

  const ofClient = await make({ client_id: ehr.id, scope: 'system/Patient.rs' })
  const read = await fhir('Patient/bo', ofClient.secret)
  expect(await auditOf(server, read)).toMatchObject({ client_id: ehr.id, user_id: null })
})

test('INTRO-06 a key opens no other interface', async () => {
  const { secret } = await make({ client_id: ehr.id, scope: '__launch' })
  const headers = { 'x-api-key': secret }
  expect((await post(server, '/oauth2/introspect', { token: 'x' }, headers)).status).toBe(401)
})

test('AUD-09 the admin API makes, lists and revokes keys; an auditor only sees them', async () => {
  const script = await registerBackend(server, { scope: '__admin __auditor' })
  const [admin, auditor] = [
    await token(server, script, { scope: '__admin' }),
    await token(server, script, { scope: '__auditor' }),
  ]
  const call = async (method: string, path: string, bearer: string, body?: object): Promise<Answer> =>
    await answerOf(
      await fetch(`${server.url}/admin/api${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  const asked = { key: { name: 'by console', ...martas }, reason: 'CSR-7' }
  expect((await call('POST', '/api-keys', auditor, asked)).status).toBe(403)
  const added = await call('POST', '/api-keys', admin, asked)
  expect([added.status, added.body.user]).toEqual([201, 'marta'])
  expect((await fhir('Observation/of-ana', String(added.body.api_key))).status).toBe(200)
  const wrong = { key: { name: 'wide', user: 'marta', scope: 'system/*.rs' } }
  expect((await call('POST', '/api-keys', admin, wrong)).status).toBe(400)
  const listed = await call('GET', '/api-keys', auditor)
  expect(listed.text).toContain(String(added.body.id))
  expect(listed.text).not.toContain('lak_')
  const ended = await call('DELETE', `/api-keys/${added.body.id}`, admin)
  expect([ended.status, typeof ended.body.revoked]).toEqual([200, 'string'])
  expect((await fhir('Observation/of-ana', String(added.body.api_key))).status).toBe(401)
  const row = await auditOf(server, added)
  expect(JSON.parse(row?.detail ?? '{}')).toMatchObject({ by: script.id, why: 'CSR-7' })
})
