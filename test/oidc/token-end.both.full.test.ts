import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { User } from '../../src/users/user.ts'
import { claimsOf, signAssertion, withAssertion } from '../support/client-keys.ts'
import {
  type Answer,
  auditOf,
  auditRows,
  type Backend,
  basic,
  introspect,
  post,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
  revoke,
  token,
} from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'

let server: TestServer
let gateway: Backend
beforeAll(async () => {
  server = await startServer({ engine })
  gateway = await registerBackend(server, { introspects_all: true })
})
afterAll(() => server.close())

const formats = ['jwt', 'opaque'] as const
const backendWith = (format: (typeof formats)[number]) =>
  registerBackend(server, { access_token_format: format })

/** What every door says of a token at this moment: introspection and the FHIR server must agree. */
async function isGood(jwt: string): Promise<boolean> {
  const { body } = await introspect(server, gateway, jwt)
  const { status } = await fetch(`${server.fhir}/Patient`, { headers: { authorization: `Bearer ${jwt}` } })
  expect([200, 401]).toContain(status)
  expect(body.active).toBe(status === 200)
  if (body.active !== true) expect(body).toEqual({ active: false })
  return body.active === true
}

function expectDone(answer: Answer): void {
  expect(answer.status).toBe(200)
  expect(answer.text).toBe('')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('pragma')).toBe('no-cache')
}

describe.each(formats)('a %s token', (format) => {
  test('REVO-01, REVO-04, INTRO-01 is dead at once when its client revokes it; another of its tokens lives', async () => {
    const backend = await backendWith(format)
    const [one, other] = [await token(server, backend), await token(server, backend)]
    expect(await isGood(one)).toBe(true)
    const answer = await revoke(server, backend, one)
    expectDone(answer)
    expect(await isGood(one)).toBe(false)
    expect(await isGood(other)).toBe(true)
    expect(await auditOf(server, answer)).toMatchObject({
      event: 'token.revoke',
      outcome: 'success',
      client_id: backend.id,
    })
  })

  test('REVO-01 revoking again, or what has expired, is 200 and changes nothing', async () => {
    const backend = await backendWith(format)
    const jwt = await token(server, backend)
    expectDone(await revoke(server, backend, jwt))
    const again = await revoke(server, backend, jwt)
    expectDone(again)
    expect(await auditOf(server, again)).toMatchObject({ outcome: 'refused', reason: 'token-revoked' })
    const late = await token(server, backend)
    server.clock.advance(300_000)
    const expired = await revoke(server, backend, late)
    expectDone(expired)
    expect(await auditOf(server, expired)).toMatchObject({ outcome: 'refused', reason: 'token-expired' })
  })

  test('REVO-02 a stranger cannot revoke it, nor can one who may introspect everything', async () => {
    const backend = await backendWith(format)
    const jwt = await token(server, backend)
    for (const other of [await backendWith('jwt'), gateway]) {
      const answer = await revoke(server, other, jwt)
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
      expect(await auditOf(server, answer)).toMatchObject({ reason: 'token-foreign', client_id: other.id })
    }
    expect(await isGood(jwt)).toBe(true)
  })

  test('REVO-06 is dead at once when its client is removed, and stays dead when the id is registered anew', async () => {
    const backend = await backendWith(format)
    const jwt = await token(server, backend)
    expect(await isGood(jwt)).toBe(true)
    await server.house.clients.remove(backend.id)
    expect(await isGood(jwt)).toBe(false)
    await registerBackend(server, { client_id: backend.id, access_token_format: format }, backend.key)
    expect(await isGood(jwt)).toBe(false)
    expect(await isGood(await token(server, backend))).toBe(true)
  })

  test('REVO-06 is dead at once when its client is disabled, and stays dead when it is enabled again', async () => {
    const backend = await backendWith(format)
    const jwt = await token(server, backend)
    await server.house.clients.setStatus(backend.id, 'disabled')
    expect(await isGood(jwt)).toBe(false)
    expect((await requestToken(server, backend)).status).toBe(401)
    await server.house.clients.setStatus(backend.id, 'active')
    expect(await isGood(jwt)).toBe(false)
    expect(await isGood(await token(server, backend))).toBe(true)
  })

  test('REVO-06 is dead at once when its client is changed, as it may reach further than the client now may', async () => {
    const backend = await backendWith(format)
    const jwt = await token(server, backend)
    const { client } = { client: await server.house.clients.find(backend.id) }
    await server.house.clients.update(backend.id, { ...client?.metadata, scope: 'system/Patient.r' })
    expect(await isGood(jwt)).toBe(false)
    expect((await requestToken(server, backend)).body.scope).toBe('system/Patient.r')
  })

  test("REVO-01 an id that ends at the same time as another client's does not matter to it", async () => {
    const [one, two] = [await backendWith(format), await backendWith(format)]
    const jwt = await token(server, one)
    await server.house.clients.remove(two.id)
    expect(await isGood(jwt)).toBe(true)
  })
})

describe('revocation', () => {
  test('REVO-01 what was never a token is answered like one that was revoked, and the audit knows', async () => {
    const backend = await backendWith('jwt')
    for (const [nonsense, reason] of [
      ['nonsense', 'token-malformed'],
      [`lat_${'A'.repeat(43)}`, 'token-unknown'],
      ['a.b.c', 'token-malformed'],
    ]) {
      const answer = await revoke(server, backend, String(nonsense))
      expectDone(answer)
      expect(await auditOf(server, answer)).toMatchObject({
        event: 'token.revoke',
        outcome: 'refused',
        reason,
      })
    }
  })

  test('REVO-01 token_type_hint changes nothing; a request without token is 400', async () => {
    const backend = await backendWith('jwt')
    for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
      const jwt = await token(server, backend)
      const form = {
        token: jwt,
        token_type_hint: hint,
        ...withAssertion(signAssertion(server, backend.id, backend.key)),
      }
      expectDone(await post(server, '/oauth2/revoke', form))
      expect(await isGood(jwt)).toBe(false)
    }
    const without = await post(
      server,
      '/oauth2/revoke',
      withAssertion(signAssertion(server, backend.id, backend.key)),
    )
    expect([without.status, without.body.error]).toEqual([400, 'invalid_request'])
  })

  test('REVO-05 a token of ours of another kind is unsupported_token_type', async () => {
    const backend = await backendWith('jwt')
    const { kid, key } = (await server.house.keys.load()).signer('RS256')
    const idToken = await new SignJWT({ iss: server.url, sub: 'x', aud: backend.id })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid })
      .sign(key)
    const answer = await revoke(server, backend, idToken)
    expect([answer.status, answer.body.error]).toEqual([400, 'unsupported_token_type'])
    expect(await auditOf(server, answer)).toMatchObject({ reason: 'token-type', client_id: backend.id })
  })

  test('REVO-01, REVO-05 without authentication nothing happens: 401', async () => {
    const backend = await backendWith('jwt')
    const jwt = await token(server, backend)
    for (const form of [{}, { client_id: backend.id }, { client_id: 'nobody' }] as Record<string, string>[]) {
      const answer = await post(server, '/oauth2/revoke', { token: jwt, ...form })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    }
    expect(await isGood(jwt)).toBe(true)
  })

  test('REVO-01 a public client and one with a secret may revoke too', async () => {
    const open = await registerPublicApp(server)
    expectDone(await post(server, '/oauth2/revoke', { token: 'x', client_id: open.id }))
    const app = await registerSecretApp(server)
    expectDone(
      await post(server, '/oauth2/revoke', { token: 'x' }, { authorization: basic(app.id, app.secret) }),
    )
  })

  test('REVO-03, AUD-09 the token and its audit row end and come together, and the row names the token', async () => {
    const backend = await backendWith('jwt')
    const jwt = await token(server, backend)
    const answer = await revoke(server, backend, jwt)
    // Not flushed: it was written in the transaction of the revocation.
    const rows = await server.house.db.kysely
      .selectFrom('audit')
      .selectAll()
      .where('request_id', '=', String(answer.headers.get('x-request-id')))
      .execute()
    expect(rows).toMatchObject([{ event: 'token.revoke', token_id: claimsOf(jwt).jti }])
  })
})

test('AUD-09 the row about an issued token is there before the token is', async () => {
  const backend = await backendWith('jwt')
  const answer = await requestToken(server, backend, {
    form: { scope: 'system/Patient.rs system/Device.rs' },
  })
  const [row] = await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('request_id', '=', String(answer.headers.get('x-request-id')))
    .execute()
  expect(row).toMatchObject({
    event: 'token.issue',
    outcome: 'success',
    client_id: backend.id,
    token_id: claimsOf(String(answer.body.access_token)).jti,
  })
  expect(JSON.parse(row?.detail ?? '')).toEqual({
    scope: 'system/Patient.rs',
    leftOut: [{ scope: 'system/Device.rs', reason: 'not-registered' }],
  })
})

test('AUD-09 the row about introspection names the token that was asked about', async () => {
  const jwt = await token(server, await backendWith('jwt'))
  const answer = await introspect(server, gateway, jwt)
  expect(await auditOf(server, answer)).toMatchObject({
    event: 'token.introspect',
    outcome: 'success',
    client_id: gateway.id,
    token_id: claimsOf(jwt).jti,
  })
  expect((await auditRows(server)).length).toBeGreaterThan(0)
})

async function publishedKeys(): Promise<number> {
  const jwks = (await (await fetch(`${server.url}/oauth2/jwks`)).json()) as { keys: unknown[] }
  return jwks.keys.length
}

test('OIDC-02, SEC-08 tokens outlive a rotation of the keys; new ones are signed with the new key', async () => {
  const backend = await backendWith('jwt')
  const before = await token(server, backend)
  await server.house.keys.rotate()
  await expect.poll(publishedKeys, { timeout: 5000 }).toBe(6)
  expect(await isGood(before)).toBe(true)
  const after = await token(server, backend)
  const kid = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid
  expect(kid(after)).not.toBe(kid(before))
  expect(await isGood(after)).toBe(true)
})

test('SEC-08 a key that was taken away verifies nothing any more, not even what it verified before', async () => {
  const backend = await backendWith('jwt')
  const jwt = await token(server, backend)
  expect(await isGood(jwt)).toBe(true)
  // Twice: current becomes previous, and the overlap of two days ends.
  await server.house.keys.rotate()
  await server.house.db.kysely.deleteFrom('signing_key').where('state', '=', 'previous').execute()
  await expect.poll(() => isGood(jwt), { timeout: 5000, interval: 100 }).toBe(false)
})

describe('a token of a launch', () => {
  const context = {
    patient: 'p1',
    encounter: 'e1',
    need_patient_banner: true,
    fhirContext: [{ reference: 'ImagingStudy/i1' }],
  }

  let user: User
  beforeAll(async () => {
    user = await addUser(server.house, { fhir_user: 'Practitioner/7', patients: 'all', roles: ['clinician'] })
  })

  /** A grant and a token as a launch makes them. */
  async function launched(): Promise<{
    app: Awaited<ReturnType<typeof registerSecretApp>>
    grantId: string
    jwt: string
  }> {
    const app = await registerSecretApp(server)
    const grantId = `grant-${app.id}`
    await server.house.db.kysely
      .insertInto('launch_grant')
      .values({
        grant_id: grantId,
        client_id: app.id,
        user_id: user.id,
        scope: 'launch patient/Patient.rs',
        context: JSON.stringify(context),
        created: server.clock.now,
        expires: server.clock.now + 200_000,
        revoked: null,
        session_uid: null,
        refresh: null,
        used: null,
        flight_id: null,
      })
      .execute()
    const now = server.clock.now / 1000
    const { kid, key } = (await server.house.keys.load()).signer('ES256')
    const jwt = await new SignJWT({
      iss: server.url,
      aud: server.fhir,
      sub: user.id,
      client_id: app.id,
      scope: 'launch patient/Patient.rs',
      gid: grantId,
      jti: `jti-${app.id}`,
      patient: 'p1',
      iat: now,
      exp: now + 3600,
    })
      .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid })
      .sign(key)
    return { app, grantId, jwt }
  }

  test('INTRO-03 introspection says its launch context, and nothing of who the user may see', async () => {
    const { app, jwt } = await launched()
    const { body } = await post(server, '/oauth2/introspect', { token: jwt }, { authorization: app.basic })
    expect(body).toMatchObject({ active: true, sub: user.id, ...context })
    expect(body).not.toHaveProperty('user')
    expect(body).not.toHaveProperty('gid')
  })

  test('INTRO-03 what changes in its grant is said at once', async () => {
    const { app, grantId, jwt } = await launched()
    const ask = () => post(server, '/oauth2/introspect', { token: jwt }, { authorization: app.basic })
    expect((await ask()).body.encounter).toBe('e1')
    await server.house.db.kysely
      .updateTable('launch_grant')
      .set({ context: JSON.stringify({ ...context, encounter: 'e2' }) })
      .where('grant_id', '=', grantId)
      .execute()
    expect((await ask()).body.encounter).toBe('e2')
  })

  test('REVO-03 it ends with its grant: withdrawn, run out, or removed', async () => {
    for (const end of [
      (grantId: string) =>
        server.house.db.kysely
          .updateTable('launch_grant')
          .set({ revoked: server.clock.now })
          .where('grant_id', '=', grantId)
          .execute(),
      (grantId: string) =>
        server.house.db.kysely.deleteFrom('launch_grant').where('grant_id', '=', grantId).execute(),
      async () => server.clock.advance(200_000),
    ]) {
      const { grantId, jwt } = await launched()
      expect((await introspect(server, gateway, jwt)).body.active).toBe(true)
      await end(grantId)
      expect((await introspect(server, gateway, jwt)).body).toEqual({ active: false })
    }
  })

  test('REVO-06 it ends with its client, and a grant of another client does not keep it alive', async () => {
    for (const end of [
      (id: string) => server.house.clients.remove(id),
      (id: string) => server.house.clients.setStatus(id, 'disabled'),
    ]) {
      const { app, jwt } = await launched()
      expect((await introspect(server, gateway, jwt)).body.active).toBe(true)
      await end(app.id)
      expect((await introspect(server, gateway, jwt)).body).toEqual({ active: false })
    }
    const other = await launched()
    await server.house.db.kysely
      .updateTable('launch_grant')
      .set({ client_id: gateway.id })
      .where('grant_id', '=', other.grantId)
      .execute()
    expect((await introspect(server, gateway, other.jwt)).body).toEqual({ active: false })
  })
})
