import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signed } from '../../support/launched-token.ts'
import { answerOf, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

const launch = { scope: 'patient/*.rs', patient: 'ann' }

async function read(token: string | undefined, path = 'Patient/ann', init: RequestInit = {}) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return await answerOf(await fetch(`${ward.fhir}/${path}`, { ...init, headers }))
}

test('ENF-01 a token that is signed by us, for us, and alive opens the door', async () => {
  expect((await read(await ward.app.token(launch))).status).toBe(200)
})

test('ENF-01 a token for another audience, of another issuer, or expired is 401 invalid_token', async () => {
  for (const claims of [
    { aud: ward.url },
    { aud: 'https://other.example/fhir' },
    { aud: `${ward.fhir}/` },
    { iss: 'https://other.example' },
    { exp: 1 },
    { client_id: 'nobody' },
    { gid: 'no-such-grant' },
  ]) {
    const { status, headers, body } = await read(await ward.app.token(launch, claims))
    expect([status, body.resourceType], JSON.stringify(claims)).toEqual([401, 'OperationOutcome'])
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
  }
})

test('ENF-01 a token signed by a stranger, or of another kind, is 401', async () => {
  const ring = await ward.house.keys.load()
  const { kid, key } = ring.signer('ES256')
  const stranger = (await generateKeyPair('ES256')).privateKey
  const [, payload = ''] = (await ward.app.token(launch)).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  expect((await read(await signed(claims, kid, key))).status).toBe(200)
  expect((await read(await signed(claims, kid, stranger))).status).toBe(401)
  expect((await read(await signed(claims, kid, key, 'JWT'))).status).toBe(401)
  const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  expect((await read(`${unsigned}.${payload}.`)).status).toBe(401)
})

test('ENF-01 a token whose grant was withdrawn or whose client was disabled is 401 from then on', async () => {
  const grants = ward.house.db.kysely.updateTable('launch_grant')
  const token = await ward.app.token(launch)
  const { gid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    gid: string
  }
  expect((await read(token)).status).toBe(200)
  await grants.set({ revoked: ward.clock.now }).where('grant_id', '=', gid).execute()
  expect((await read(token)).status).toBe(401)

  const other = await ward.app.token(launch)
  await ward.house.clients.setStatus(ward.app.clientId, 'disabled')
  expect((await read(other)).status).toBe(401)
  await ward.house.clients.setStatus(ward.app.clientId, 'active')
})

test('ENF-32 without a token every path is 401, whether it exists or means anything', async () => {
  for (const path of [
    'Patient/ann',
    'Patient/nobody',
    'Patient',
    'Nonsense',
    'Nonsense/1/2/3/4',
    'Patient/ann/_history/1',
    'Patient/ann/Observation',
    '',
    '_history',
    'metadata/',
    'metadata/x',
    'Metadata',
    '$export',
    'Patient/$everything',
    '%2e%2e/fhir/Patient/ann',
    '.well-known/nothing',
  ]) {
    const { status, headers } = await read(undefined, path)
    // What is beside the documents under .well-known is not there for anybody.
    const expected = path.startsWith('.well-known') ? [401, 404] : [401]
    expect(expected, path).toContain(status)
    if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^Bearer realm=/)
  }
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
    expect((await read(undefined, 'Patient/ann', { method })).status, method).toBe(401)
  expect((await read(undefined, 'Patient/_search', { method: 'POST' })).status).toBe(401)
})

test('ENF-32 the public documents need none', async () => {
  for (const path of ['metadata', '.well-known/smart-configuration'])
    expect((await read(undefined, path)).status, path).toBe(200)
})

test('ENF-33 what is refused or narrowed is audited with token, client, user and patient', async () => {
  const { audit, db } = ward.house
  const token = await ward.app.token(
    { ...launch, scope: 'patient/Observation.rs', sub: 'user-7' },
    { jti: 'token-7' },
  )
  await read(token, 'Observation/bob-lab')
  await read(token, 'Condition')
  await read(token, 'Observation')
  await read(undefined, 'Patient/ann')
  await audit.flush()
  const rows = await db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('event', 'like', 'fhir.%')
    .orderBy('seq')
    .execute()
  const [hidden, forbidden, narrowed, anonymous] = rows.slice(-4)
  const who = { client_id: ward.app.clientId, user_id: 'user-7', patient: 'ann', token_id: 'token-7' }
  expect(hidden).toMatchObject({ event: 'fhir.refuse', outcome: 'refused', reason: 'not-found', ...who })
  expect(forbidden).toMatchObject({
    event: 'fhir.refuse',
    outcome: 'refused',
    reason: 'type-not-granted',
    ...who,
  })
  expect(narrowed).toMatchObject({ event: 'fhir.search', outcome: 'success', ...who })
  expect(anonymous).toMatchObject({
    event: 'fhir.refuse',
    outcome: 'refused',
    reason: 'token-missing',
    token_id: null,
  })
  for (const row of rows) expect(JSON.stringify(row)).not.toContain(token)
})
