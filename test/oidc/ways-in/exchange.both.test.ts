import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { MINUTE } from '../../../src/lib/time.ts'
import { signAssertion, withAssertion } from '../../support/client-keys.ts'
import {
  type Answer,
  answerOf,
  auditOf,
  type Backend,
  introspect,
  token as ownToken,
  post,
  registerBackend,
  revoke,
} from '../../support/oauth.ts'
import { type OutsideIssuer, startOutsideIssuer } from '../../support/outside-issuer.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
let outside: OutsideIssuer
let server: TestServer
let client: Backend
beforeAll(async () => {
  outside = await startOutsideIssuer()
  const trusted = { issuer: outside.issuer, groupRoles: { nurses: ['clinician'] } }
  server = await startServer({ engine, config: { trustedIssuers: [trusted] } })
  client = await registerBackend(server, {
    grant_types: [exchangeGrant],
    scope: 'user/Observation.rs user/Patient.rs patient/Observation.rs',
  })
  const { write } = await fhirStoreOf(server.house)
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } }
  await write([
    { resourceType: 'Patient', id: 'ana' },
    { ...observation, id: 'of-ana', subject: { reference: 'Patient/ana' } },
  ] as Stored[])
})
afterAll(async () => {
  await server?.close()
  await outside?.close()
})

const subject = (claims: Record<string, unknown> = {}) =>
  outside.token(server, { groups: ['nurses'], scope: 'user/Observation.cruds user/Condition.rs', ...claims })

async function exchange(
  form: Record<string, string | undefined> = {},
  by: Backend = client,
): Promise<Answer> {
  return await post(server, '/oauth2/token', {
    grant_type: exchangeGrant,
    subject_token: form.subject_token ?? (await subject()),
    subject_token_type: accessToken,
    ...withAssertion(signAssertion(server, by.id, by.key)),
    ...form,
  })
}
async function read(token: unknown, path = 'Observation/of-ana'): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` }
  return await answerOf(await fetch(`${server.fhir}/${path}`, { headers }))
}

test('RFC 8693 a token of a trusted server is traded for one of ours, no wider and no longer', async () => {
  const answer = await exchange()
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    issued_token_type: accessToken,
    token_type: 'Bearer',
    // Of user/Observation.cruds, what the client is registered for.
    scope: 'user/Observation.rs',
    expires_in: 300,
  })
  expect(answer.body).not.toHaveProperty('refresh_token')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const token = answer.body.access_token
  expect((await read(token)).status).toBe(200)
  expect((await read(token, 'Condition')).status).toBe(403)
  expect((await read(token, 'Patient/ana')).status).toBe(403)
})

test('TOK-08 a client with a lifetime of its own gets tokens of that, if the subject token lives as long', async () => {
  const short = await registerBackend(server, {
    grant_types: [exchangeGrant],
    scope: 'user/Observation.rs',
    access_token_lifetime: 60,
  })
  expect((await exchange({}, short)).body.expires_in).toBe(60)
  const long = await registerBackend(server, {
    grant_types: [exchangeGrant],
    scope: 'user/Observation.rs',
    access_token_lifetime: 3600,
  })
  expect((await exchange({}, long)).body.expires_in).toBe(300)
})

test('the scope is what was asked for, what the subject token has, and what is registered', async () => {
  expect((await exchange({ scope: 'user/Observation.r' })).body.scope).toBe('user/Observation.r')
  for (const scope of ['user/Patient.rs', 'user/Condition.rs', 'system/Observation.rs', '__introspect'])
    expect(await exchange({ scope }), scope).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
})

test('the patient of the subject token stays the patient in context', async () => {
  const launched = await subject({ scope: 'patient/Observation.rs', patient: 'ana' })
  const { body } = await exchange({ subject_token: launched })
  expect(body.patient).toBe('ana')
  expect((await read(body.access_token)).status).toBe(200)
  const other = await exchange({
    subject_token: await subject({ scope: 'patient/Observation.rs', patient: 'bo' }),
  })
  expect((await read(other.body.access_token)).status).toBe(404)
})

test('whose group is mapped to nothing gets a token that opens nothing', async () => {
  const { body } = await exchange({ subject_token: await subject({ groups: ['others'] }) })
  expect((await read(body.access_token)).status).toBe(403)
})

test('RFC 8693 §2.2.2 every mistake has its error', async () => {
  const now = Math.floor(server.clock.now / 1000)
  const own = await ownToken(server, await registerBackend(server))
  const lines: [Record<string, string | undefined>, string, string][] = [
    [{ subject_token: '' }, 'invalid_request', 'subject-token-missing'],
    [{ subject_token_type: undefined }, 'invalid_request', 'subject-token-missing'],
    [
      { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      'invalid_request',
      'subject-token-type',
    ],
    [
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
      'exchange-requested-type',
    ],
    [{ actor_token: 'x', actor_token_type: accessToken }, 'invalid_request', 'exchange-actor'],
    [{ resource: 'https://other.example.org' }, 'invalid_target', 'resource-unknown'],
    [{ audience: 'somebody' }, 'invalid_target', 'audience-unknown'],
    [{ subject_token: own }, 'invalid_request', 'subject-token-issuer'],
    [{ subject_token: 'made-up' }, 'invalid_request', 'subject-token-issuer'],
    [{ subject_token: await subject({ exp: now - 60 }) }, 'invalid_request', 'subject-token-expired'],
    [{ subject_token: await subject({ exp: now }) }, 'invalid_request', 'subject-token-expired'],
    [{ subject_token: await subject({ aud: 'x' }) }, 'invalid_request', 'subject-token-audience'],
  ]
  for (const [form, error, reason] of lines) {
    const answer = await exchange(form)
    expect([answer.status, answer.body.error], reason).toEqual([400, error])
    expect((await auditOf(server, answer))?.reason).toBe(reason)
  }
})

test('CAUTH-03 the client must prove itself and be registered for it', async () => {
  const other = await registerBackend(server, { scope: 'system/Patient.rs' })
  expect((await exchange({}, other)).body.error).toBe('unauthorized_client')
  const unproven = {
    grant_type: exchangeGrant,
    subject_token: await subject(),
    subject_token_type: accessToken,
  }
  expect((await post(server, '/oauth2/token', { ...unproven, client_id: client.id })).status).toBe(401)
  const publicApp = { client_name: 'x', token_endpoint_auth_method: 'none', grant_types: [exchangeGrant] }
  await expect(server.house.clients.add(publicApp, 'command')).rejects.toThrow('token exchange needs')
})

test('REVO-03 it ends by revocation, with its client, and with the token that it was traded for', async () => {
  const tokenOf = async () => String((await exchange()).body.access_token)
  const revoked = await tokenOf()
  await revoke(server, client, revoked)
  expect((await read(revoked)).status).toBe(401)
  const [living, other] = [await tokenOf(), await tokenOf()]
  expect((await read(living)).status).toBe(200)
  expect((await read(other)).status).toBe(200)
  server.clock.advance(5 * MINUTE)
  expect((await read(other)).status).toBe(401)
  server.clock.advance(-5 * MINUTE)
  await server.house.clients.setStatus(client.id, 'disabled')
  expect((await read(living)).status).toBe(401)
  await server.house.clients.setStatus(client.id, 'active')
})

test('INTRO-02 introspection, audit and flight record tell of it', async () => {
  const subjectToken = await subject({ jti: 'subject-1', sub: 'nurse-8' })
  const answer = await exchange({ subject_token: subjectToken })
  const caller = await registerBackend(server, { introspects_all: true })
  const { body } = await introspect(server, caller, String(answer.body.access_token))
  const who = `${outside.issuer}|nurse-8`
  expect(body).toMatchObject({ active: true, sub: who, client_id: client.id, scope: 'user/Observation.rs' })
  const row = await auditOf(server, answer)
  expect(row).toMatchObject({ event: 'token.issue', outcome: 'success', client_id: client.id })
  expect(JSON.parse(row?.detail ?? '')).toMatchObject({
    subjectToken: 'subject-1',
    scope: 'user/Observation.rs',
  })
  await server.house.flights.flush()
  const [flight] = await server.house.flights.list({ user: who, most: 1 })
  expect(flight).toMatchObject({ clientId: client.id, outcome: 'done' })
  const { steps = [] } = (await server.house.flights.show(flight?.id ?? '')) ?? {}
  expect(JSON.stringify(steps)).not.toContain(subjectToken)
  expect(steps.map(({ event }) => event)).toEqual(['exchange', 'token'])
})

test('DISC-07 it is told of where there is a server to trust, and unknown where there is none', async () => {
  const types = async (at: TestServer) =>
    (
      (await (await fetch(`${at.url}/.well-known/oauth-authorization-server`)).json()) as Record<
        string,
        string[]
      >
    ).grant_types_supported
  expect(await types(server)).toContain(exchangeGrant)
  const other = await startServer()
  try {
    expect(await types(other)).not.toContain(exchangeGrant)
    const answer = await post(other, '/oauth2/token', { grant_type: exchangeGrant })
    expect(answer.body.error).toBe('unsupported_grant_type')
  } finally {
    await other.close()
  }
})
