import { afterAll, beforeAll, expect, test } from 'vitest'
import { signAssertion } from '../support/client-keys.ts'
import { auditRows, type Backend, registerBackend, requestToken } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let backend: Backend
beforeAll(async () => {
  server = await startServer({ engine })
  backend = await registerBackend(server)
})
afterAll(() => server.close())

const send = (assertion: string) => requestToken(server, backend, { form: { client_assertion: assertion } })

test('CAUTH-09 a replayed jti is refused', async () => {
  const assertion = signAssertion(server, backend.id, backend.key)
  expect((await send(assertion)).status).toBe(200)
  const replayed = await send(assertion)
  expect([replayed.status, replayed.body.error]).toEqual([401, 'invalid_client'])
  expect(replayed.body.error_description).toMatch(/jti was used before/)
})

test('CAUTH-09 the same jti in another assertion is refused too', async () => {
  const claims = { jti: 'again' }
  expect((await requestToken(server, backend, { claims })).status).toBe(200)
  expect(
    (await requestToken(server, backend, { claims: { ...claims, exp: server.clock.now / 1000 + 60 } }))
      .status,
  ).toBe(401)
})

test('CAUTH-09 of 20 posts of one assertion at the same time exactly one gets a token', async () => {
  for (let round = 0; round < 3; round++) {
    const assertion = signAssertion(server, backend.id, backend.key)
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(assertion)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(
      answers.filter(({ status, body }) => status === 401 && body.error === 'invalid_client'),
    ).toHaveLength(19)
  }
  const rows = await auditRows(server)
  expect(rows.filter(({ reason }) => reason === 'assertion-replayed').length).toBeGreaterThanOrEqual(57)
})

test('CAUTH-09 20 assertions at the same time all get a token', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => requestToken(server, backend)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
})

test('CAUTH-09 a jti is remembered until no clock takes its assertion any more, fractions included', async () => {
  const claims = { jti: 'remembered', exp: server.clock.now / 1000 + 100.2501234 }
  expect((await requestToken(server, backend, { claims })).status).toBe(200)
  const row = await server.house.db.kysely
    .selectFrom('used_assertion')
    .select('expires')
    .where('jti', '=', 'remembered')
    .executeTakeFirstOrThrow()
  expect(row.expires).toBe(server.clock.now + 130_251)
  const assertion = signAssertion(server, backend.id, backend.key, { claims })
  server.clock.advance(100_000)
  expect((await send(assertion)).status).toBe(401)
})

test('CAUTH-09 jtis that differ in case, in script or in a blank at the end are different', async () => {
  for (const jti of ['abc', 'ABC', 'abc ', 'àbc', 'a\u0300bc']) {
    expect((await requestToken(server, backend, { claims: { jti } })).status).toBe(200)
  }
})
