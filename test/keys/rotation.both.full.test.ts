import { decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type BackendClient, backendClient } from '../support/backend-client.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: BackendClient
beforeEach(async () => {
  server = await startServer({ engine })
  client = await backendClient()
  await server.house.clients.add(client.metadata, 'command')
})
afterEach(() => server.close())

type Keys = { kid: string; alg: string }[]
async function published(): Promise<Keys> {
  const response = await fetch(`${server.url}/oauth2/jwks`)
  return ((await response.json()) as { keys: Keys }).keys
}

const token = () => client.accessToken(server.url, server.clock.now)

test('SEC-08 OIDC-02 a rotation reaches the running server; tokens signed before it live on', async () => {
  const before = await token()
  const keysBefore = await published()
  expect(keysBefore).toHaveLength(4)
  const successor = keysBefore.find(
    ({ kid, alg }) => alg === 'ES256' && kid !== decodeProtectedHeader(before).kid,
  )

  await server.house.keys.rotate()
  await vi.waitFor(async () => expect(await published()).toHaveLength(6), { timeout: 10_000, interval: 50 })

  const after = await token()
  // Signed by the key that was published as the next one all the time.
  expect(decodeProtectedHeader(after).kid).toBe(successor?.kid)
  for (const each of [before, after]) {
    expect(await client.introspect(server.url, each, server.clock.now)).toMatchObject({ active: true })
  }
  expect((await published()).map(({ kid }) => kid)).toEqual(
    expect.arrayContaining(keysBefore.map(({ kid }) => kid)),
  )

  const rows = await server.house.db.kysely
    .selectFrom('audit')
    .select(['event', 'detail'])
    .orderBy('seq')
    .execute()
  expect(rows.filter((row) => row.event.startsWith('keys.')).map((row) => row.event)).toEqual([
    'keys.make',
    'keys.rotate',
  ])
})

test('a token that claims a key this server never had is refused', async () => {
  const [head, ...rest] = (await token()).split('.')
  const header = JSON.parse(Buffer.from(head ?? '', 'base64url').toString())
  const forged = [
    Buffer.from(JSON.stringify({ ...header, kid: 'another' })).toString('base64url'),
    ...rest,
  ].join('.')
  expect(await client.introspect(server.url, forged, server.clock.now)).toEqual({ active: false })
})
