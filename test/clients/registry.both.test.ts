import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClientRegistry, secretMatches } from '../../src/clients/registry.ts'
import { ecKey } from '../support/client-keys.ts'
import { auditRows } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let clients: ClientRegistry
beforeAll(async () => {
  server = await startServer({ engine })
  clients = server.house.clients
})
afterAll(() => server.close())

const app = (more: object = {}) => ({ client_name: 'App', redirect_uris: ['https://a.example/cb'], ...more })
const keyed = (more: object = {}) =>
  app({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [ecKey().jwk] }, ...more })
const events = async (id: string) =>
  (await auditRows(server))
    .filter((row) => row.client_id === id)
    .map(({ event, outcome, detail }) => `${event} ${outcome} ${detail}`)

describe('registering', () => {
  test('CAUTH-02 ids and secrets are made of characters that need no encoding; the secret is told once', async () => {
    const { client, secret } = await clients.add(app(), 'command')
    expect(client.id).toMatch(/^[\w-]{22}$/)
    expect(secret).toMatch(/^[\w-]{43}$/)
    const found = await clients.find(client.id)
    expect(found).toMatchObject({ id: client.id, status: 'active', origin: 'command', hasSecret: true })
    expect(JSON.stringify(found)).not.toContain(secret)
    if (found === undefined || secret === undefined) throw new Error('not found')
    expect([
      secretMatches(found, secret, server.clock.now),
      secretMatches(found, `${secret}x`, server.clock.now),
      secretMatches(found, '', server.clock.now),
    ]).toEqual([true, false, false])
    expect(await events(client.id)).toEqual([expect.stringContaining('"client_name":{"after":"App"}')])
    expect(JSON.stringify(await auditRows(server))).not.toContain(secret)
  })

  test('SEC-08 in the database the secret is a hash', async () => {
    const { client, secret } = await clients.add(app(), 'command')
    const row = await server.house.db.kysely
      .selectFrom('client')
      .selectAll()
      .where('client_id', '=', client.id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain(secret)
    expect(row.secret_hash).toMatch(/^[\w-]{43}$/)
  })

  test('a client with keys, or a public one, gets no secret', async () => {
    for (const input of [keyed(), app({ token_endpoint_auth_method: 'none' })]) {
      const added = await clients.add(input, 'command')
      expect(added.secret).toBeUndefined()
      expect(added.client.hasSecret).toBe(false)
      expect(secretMatches(added.client, '', server.clock.now)).toBe(false)
    }
  })

  test('an id that is taken is refused; of many at the same time one gets it', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, () => clients.add(app({ client_id: 'wanted' }), 'command')),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(clients.add(app({ client_id: 'wanted' }), 'command')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('wanted'),
    })
    expect(await events('wanted')).toHaveLength(1)
  })

  test('DCR-02 mistakes are told together, with the word for them', async () => {
    const twice = { redirect_uris: ['http://a.example', 'https://a.example/#x'] }
    await expect(clients.add(app(twice), 'command')).rejects.toMatchObject({
      code: 'invalid-request',
      word: 'invalid_redirect_uri',
      message: expect.stringMatching(/http:\/\/a\.example" must.*https:\/\/a\.example\/#x" must/),
    })
    await expect(clients.add(app({ client_name: '', is_admin: true }), 'command')).rejects.toMatchObject({
      word: 'invalid_client_metadata',
      message: expect.stringMatching(/client_name.*is_admin/),
    })
    for (const scope of ['system/Nothing.rs', 'patient/Patient.sr', 'x']) {
      const refusal = { word: 'invalid_client_metadata', message: expect.stringContaining(scope) }
      await expect(clients.add(app({ scope }), 'command')).rejects.toMatchObject(refusal)
      await expect(clients.add(app({ default_scope: scope }), 'command')).rejects.toMatchObject(refusal)
    }
  })
})

describe('changing', () => {
  test('R7592 §2.2 what is left out goes back to its default; the id stays', async () => {
    const { client } = await clients.add(
      app({ scope: 'user/Patient.r', contacts: ['a@b.example'] }),
      'command',
    )
    const { client: changed, secret } = await clients.update(client.id, app({ client_name: 'New' }))
    expect(secret).toBeUndefined()
    expect(changed.metadata).toMatchObject({ client_id: client.id, client_name: 'New', scope: '' })
    expect(changed.metadata.contacts).toBeUndefined()
    expect(changed.secretHash).toBe(client.secretHash)
    expect(changed.grantId).not.toBe(client.grantId)
    await expect(clients.update(client.id, app({ client_id: 'other' }))).rejects.toThrow(/cannot be changed/)
    await expect(clients.update('nobody', app())).rejects.toMatchObject({ code: 'not-found' })
    const was = '"client_name":{"before":"App","after":"New"},"contacts":{"before":["a@b.example"]}'
    expect(await events(client.id)).toEqual([
      expect.stringMatching(/^client.add success .*"client_name":{"after":"App"}/),
      `client.update success {"origin":"command","version":2,"changed":{${was},"scope":{"before":"user/Patient.r","after":""}}}`,
    ])
  })

  test('AUD-09 who acted stands in the row, with the reason; keys stand there by their names', async () => {
    const { client } = await clients.add(keyed(), 'command', { userId: 'admin-1', requestId: 'r-1' })
    await clients.setStatus(client.id, 'disabled', { userId: 'admin-2', by: 'script', reason: 'retired' })
    const jwks = { keys: [ecKey('new').jwk] }
    await clients.update(client.id, keyed({ jwks }), { userId: 'admin-1' })
    const rows = (await auditRows(server)).filter((row) => row.client_id === client.id)
    expect(rows.map((row) => [row.event, row.user_id, row.request_id])).toEqual([
      ['client.add', 'admin-1', 'r-1'],
      ['client.disable', 'admin-2', null],
      ['client.update', 'admin-1', null],
    ])
    expect(rows[1]?.detail).toContain('"by":"script","why":"retired"')
    expect(rows[2]?.detail).toMatch(/"jwks":{"before":\["[^"]+"\],"after":\["new"\]}/)
  })

  test('of two who change what they saw, the second is told, and changes nothing', async () => {
    const { client: seen } = await clients.add(app(), 'command')
    const both = ['First', 'Second'].map((client_name) =>
      clients.update(seen.id, app({ client_name }), { version: seen.version }),
    )
    const ended = await Promise.allSettled(both)
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const stale = { code: 'conflict', reason: 'stale' }
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: stale })
    const edit = { version: seen.version }
    await expect(clients.setStatus(seen.id, 'disabled', edit)).rejects.toMatchObject(stale)
    await expect(clients.newSecret(seen.id, edit)).rejects.toMatchObject(stale)
    await expect(clients.remove(seen.id, edit)).rejects.toMatchObject(stale)
    expect(await clients.find(seen.id)).toMatchObject({ version: seen.version + 1, status: 'active' })
    await clients.remove(seen.id, { version: seen.version + 1 })
  })

  test('CAUTH-01 a secret that is replaced with an overlap is good until then; without one it ends at once', async () => {
    const { client, secret = '' } = await clients.add(app(), 'command')
    const { client: after, secret: next } = await clients.newSecret(client.id, { overlap: 1000 })
    const now = server.clock.now
    const good = (secret: string, at: number) => secretMatches(after, secret, at)
    expect([good(secret, now), good(secret, now + 999), good(secret, now + 1000)]).toEqual([
      true,
      true,
      false,
    ])
    expect([good(next, now), good(next, now + 5000), good('', now)]).toEqual([true, true, false])
    const { client: last, secret: third } = await clients.newSecret(client.id)
    expect([secret, next, third].map((one) => secretMatches(last, one, now))).toEqual([false, false, true])
  })

  test('an app that waits is no active one; an admin lets it in, or refuses it', async () => {
    const { client } = await clients.add(app(), 'command', { waiting: true })
    expect(client.status).toBe('waiting')
    expect((await clients.setStatus(client.id, 'refused', { reason: 'no owner' })).status).toBe('refused')
    expect((await clients.setStatus(client.id, 'active')).status).toBe('active')
    expect((await clients.setStatus(client.id, 'disabled')).status).toBe('disabled')
    expect((await events(client.id)).map((row) => row.split(' ')[0])).toEqual([
      'client.add',
      'client.refuse',
      'client.enable',
      'client.disable',
    ])
  })

  test('CAUTH-03 a client that changes to keys loses its secret; back to a secret it gets a new one', async () => {
    const { client } = await clients.add(app(), 'command')
    const withKeys = await clients.update(client.id, keyed())
    expect([withKeys.client.hasSecret, withKeys.secret]).toEqual([false, undefined])
    const back = await clients.update(client.id, app())
    expect(back.secret).toMatch(/^[\w-]{43}$/)
    expect(back.client.secretHash).not.toBe(client.secretHash)
    await expect(clients.newSecret(withKeys.client.id)).resolves.toMatchObject({ secret: expect.any(String) })
    await clients.update(client.id, keyed())
    await expect(clients.newSecret(client.id)).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(clients.newSecret('nobody')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('AUD-09 disabling, enabling and removing leave a trace each; doing it twice leaves one', async () => {
    const { client } = await clients.add(app(), 'command')
    for (const status of ['disabled', 'disabled', 'active', 'active'] as const)
      await clients.setStatus(client.id, status)
    await clients.remove(client.id)
    await expect(clients.remove(client.id)).rejects.toMatchObject({ code: 'not-found' })
    await expect(clients.setStatus(client.id, 'disabled')).rejects.toMatchObject({ code: 'not-found' })
    const rows = await events(client.id)
    expect(rows.map((row) => row.split(' ')[0])).toEqual([
      'client.add',
      'client.disable',
      'client.enable',
      'client.remove',
    ])
    expect(rows.at(-1)).toContain('"client_name":{"before":"App"}')
    expect(await clients.find(client.id)).toBeUndefined()
  })

  test('REVO-06 with a client its grants are gone', async () => {
    const { client } = await clients.add(app(), 'command')
    const { kysely } = server.house.db
    await kysely
      .insertInto('launch_grant')
      .values({
        grant_id: 'g',
        client_id: client.id,
        user_id: null,
        scope: '',
        context: '{}',
        created: 0,
        expires: 9e15,
        revoked: null,
      })
      .execute()
    await clients.remove(client.id)
    expect(await kysely.selectFrom('launch_grant').selectAll().execute()).toEqual([])
  })
})

test('an id that cannot be one is looked up nowhere', async () => {
  for (const id of ['', "' or 1=1 --", '\u0000', 'x'.repeat(101), 'a b', '__proto__\n']) {
    expect(await clients.find(id)).toBeUndefined()
  }
})
