import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ecKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { startJwksServer } from '../support/jwks-server.ts'
import {
  type Answer,
  auditRows,
  basic,
  introspect,
  post,
  registerBackend,
  registerSecretApp,
  requestToken,
  revoke,
} from '../support/oauth.ts'
import { startServer } from '../support/server.ts'

test('AUD-10, INTRO-08 no token, assertion, secret or key is in any log line, error or audit row', async () => {
  const server = await startServer()
  const site = await startJwksServer()
  const secrets = new Set<string>()
  const errors: string[] = []

  /** A JWT is as secret as its signature: with it the rest can be guessed. */
  const keep = (secret: string): string => {
    secrets.add(secret.split('.').at(-1) ?? secret)
    return secret
  }
  const see = (answer: Answer): Answer => {
    if (answer.status !== 200) errors.push(answer.text, JSON.stringify([...answer.headers]))
    return answer
  }
  const at = (path: string, form: Record<string, string | undefined>, headers?: Record<string, string>) =>
    post(server, path, form, headers).then(see)

  try {
    // Registration, with everything that must never be shown again.
    const backend = await registerBackend(server)
    const blind = await registerBackend(server, {
      access_token_format: 'opaque',
      scope: '__introspect system/*.rs',
    })
    const byUrl = await registerBackend(server, { jwks_uri: site.url })
    const app = await registerSecretApp(server)
    keep(app.secret)
    keep((await server.house.clients.newSecret(app.id)).secret)
    for (const { key } of [backend, blind, byUrl]) keep(String(key.privateKey.export({ format: 'jwk' }).d))
    await server.house.keys.rotate()

    // Every flow, as it should be.
    const assertion = (who = backend, changes = {}) => keep(signAssertion(server, who.id, who.key, changes))
    const scope = 'system/Patient.rs'
    const ask = (who = backend, changes = {}, form: Record<string, string | undefined> = {}) =>
      at('/oauth2/token', {
        grant_type: 'client_credentials',
        scope,
        ...withAssertion(assertion(who, changes)),
        ...form,
      })
    const jwt = keep(String((await ask()).body.access_token))
    const opaque = keep(String((await ask(blind, {}, { scope: '__introspect' })).body.access_token))
    expect(jwt.length * opaque.length).toBeGreaterThan(40 * 100)
    await at('/oauth2/introspect', { token: jwt }, { authorization: `Bearer ${opaque}` })
    await at('/oauth2/introspect', { token: jwt, ...withAssertion(assertion()) })
    await fetch(`${server.fhir}/Patient`, { headers: { authorization: `Bearer ${jwt}` } })
    await fetch(`${server.fhir}/Device/x`, { headers: { authorization: `Bearer ${opaque}` } })

    // Every flow, gone wrong.
    const used = assertion()
    for (let twice = 0; twice < 2; twice++)
      await at('/oauth2/token', { grant_type: 'client_credentials', scope, ...withAssertion(used) })
    for (const changes of [
      { claims: { exp: 1 } },
      { claims: { aud: 'x' } },
      { header: { kid: 'x' } },
      { header: { alg: 'none' } },
    ]) {
      await ask(backend, changes)
    }
    await ask({ ...backend, key: ecKey(backend.key.jwk.kid) })
    await ask({ ...backend, id: 'nobody' })
    await ask(byUrl)
    site.handle((_request, response) => response.end(`{"keys":"${[...secrets][0]}"}`))
    server.clock.advance(60_000)
    await ask(byUrl)
    await ask(backend, {}, { scope: 'system/Device.rs' })
    await ask(backend, {}, { grant_type: 'password', password: keep('correct horse battery staple') })
    await at('/oauth2/revoke', { token: opaque, ...withAssertion(assertion()) })
    await at('/oauth2/revoke', { token: jwt, ...withAssertion(assertion()) })
    await at('/oauth2/introspect', { token: jwt, ...withAssertion(assertion()) })
    await at('/oauth2/introspect', { token: opaque }, { authorization: `Bearer ${jwt}` })
    await fetch(`${server.fhir}/Patient`, { headers: { authorization: `Bearer ${jwt}` } })

    // Secrets in the wrong place, as happens while somebody tries things out.
    const wrong = keep(randomBytes(32).toString('base64url'))
    await at('/oauth2/revoke', { token: opaque }, { authorization: basic(app.id, wrong) })
    await at('/oauth2/revoke', { token: opaque }, { authorization: basic(app.secret, app.id) })
    await at('/oauth2/revoke', { token: opaque }, { authorization: app.basic.replace('Basic', 'Bearer') })
    await at('/oauth2/revoke', { token: opaque, client_id: app.id, client_secret: app.secret })
    await at('/oauth2/revoke', { token: opaque, client_id: app.secret })
    await at('/oauth2/revoke', { token: opaque, client_id: jwt })
    await at('/oauth2/revoke', { client_id: opaque })
    await at('/oauth2/token', { grant_type: jwt })
    await at('/oauth2/token', {
      grant_type: 'client_credentials',
      client_assertion: used,
      client_assertion_type: used,
    })
    await at('/oauth2/token', {
      grant_type: 'client_credentials',
      client_assertion: `${used}.x`,
      client_assertion_type: 'x',
    })
    see(await post(server, `/oauth2/introspect?token=${jwt}&client_secret=${app.secret}`, { token: jwt }))
    see(
      await post(server, '/oauth2/token', JSON.stringify({ token: jwt }), {
        'content-type': 'application/json',
      }),
    )
    await fetch(`${server.url}/nowhere/${opaque}?access_token=${jwt}`)

    // The database fails in the midst of it.
    await sql`drop table denied_token`.execute(server.house.db.kysely)
    await sql`drop table opaque_token`.execute(server.house.db.kysely)
    expect((await at('/oauth2/introspect', { token: jwt, ...withAssertion(assertion()) })).status).toBe(500)
    expect((await at('/oauth2/revoke', { token: jwt, ...withAssertion(assertion()) })).status).toBe(503)
    expect((await ask(blind)).status).toBe(500)

    const audit = JSON.stringify(await auditRows(server))
    const log = JSON.stringify(server.logged)
    const told = errors.join('\n')
    expect(server.logged.length).toBeGreaterThan(60)
    expect(errors.length).toBeGreaterThan(50)
    expect(secrets.size).toBeGreaterThan(25)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      // Parts too: a piece of a secret is a piece of a secret.
      const piece = secret.slice(3, 35)
      for (const [where, text] of Object.entries({ audit, log, told })) {
        expect([where, secret, text.includes(piece)]).toEqual([where, secret, false])
      }
    }
    expect(told).not.toMatch(/\bat .*\.ts:\d+|node_modules|SqliteError|select |insert /i)
  } finally {
    await site.close()
    await server.close()
  }
})

test('REVO-05 when it cannot be revoked: 503 with Retry-After; a token that cannot be checked is not said to be inactive', async () => {
  const server = await startServer()
  const backend = await registerBackend(server)
  const jwt = String((await requestToken(server, backend)).body.access_token)
  await sql`alter table denied_token rename to elsewhere`.execute(server.house.db.kysely)
  const revoked = await revoke(server, backend, jwt)
  expect([revoked.status, revoked.body.error]).toEqual([503, 'temporarily_unavailable'])
  expect(revoked.headers.get('retry-after')).toBe('5')
  expect(revoked.headers.get('pragma')).toBe('no-cache')
  const asked = await introspect(server, backend, jwt)
  expect([asked.status, asked.body.error]).toEqual([500, 'server_error'])
  await sql`alter table elsewhere rename to denied_token`.execute(server.house.db.kysely)
  expect((await introspect(server, backend, jwt)).body.active).toBe(true)
  expect((await revoke(server, backend, jwt)).status).toBe(200)
  expect((await introspect(server, backend, jwt)).body.active).toBe(false)
  const errors = (await auditRows(server)).filter(({ outcome }) => outcome === 'error')
  expect(errors.map(({ event, reason }) => `${event} ${reason}`)).toEqual([
    'token.revoke unexpected',
    'token.introspect unexpected',
  ])
  await server.close()
})

test('AUD-10 without an audit row there is no token, and no revocation', async () => {
  const server = await startServer()
  const backend = await registerBackend(server)
  const jwt = String((await requestToken(server, backend)).body.access_token)
  await server.house.audit.flush()
  await sql`alter table audit rename to elsewhere`.execute(server.house.db.kysely)
  const answer = await requestToken(server, backend)
  expect([answer.status, answer.body]).toEqual([
    500,
    { error: 'server_error', error_description: expect.any(String) },
  ])
  expect((await revoke(server, backend, jwt)).status).toBe(503)
  await sql`alter table elsewhere rename to audit`.execute(server.house.db.kysely)
  // The revocation was undone with its row.
  expect((await introspect(server, backend, jwt)).body.active).toBe(true)
  expect((await requestToken(server, backend)).status).toBe(200)
  await server.close()
})
