import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import type { Answer } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import {
  type App,
  type Clinic,
  clinic,
  code,
  expectError,
  expectNoStore,
  grantOf,
  isOver,
  kinds,
  launched,
  postAs,
  reasonOf,
  redeem,
  refresh,
  registerApp,
  signedIn,
  works,
} from './clinic.ts'

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic({ engine })
  ana = await signedIn(server)
  app = await registerApp(server)
})
afterAll(() => server.close())

const start = async (of = app) => (await launched(server, of, { browser: ana })).token
const revoke = (token: unknown, of = app, more: Record<string, string | undefined> = {}): Promise<Answer> =>
  postAs(server, of, '/oauth2/revoke', { token: String(token), ...more })
function expectDone(answer: Answer): void {
  expect([answer.status, answer.text]).toEqual([200, ''])
  expectNoStore(answer)
}

describe.each(kinds)('a %s client', (kind) => {
  test('REVO-01, REVO-02 revokes an access token: it is dead at once, and the launch goes on', async () => {
    const client = await registerApp(server, kind)
    const token = await start(client)
    expectDone(await revoke(token.body.access_token, client))
    expect(await works(server, token.body.access_token)).toBe(false)
    const second = await refresh(server, client, token.body.refresh_token)
    expect(await works(server, second.body.access_token)).toBe(true)
  })

  test('REVO-02, trap 14 revokes a refresh token: everything that the launch granted is dead at once', async () => {
    const client = await registerApp(server, kind)
    const [token, other] = [await start(client), await start(client)]
    const second = await refresh(server, client, token.body.refresh_token)
    expect(await works(server, token.body.access_token)).toBe(true)
    expectDone(await revoke(second.body.refresh_token, client))
    expect(await works(server, token.body.access_token)).toBe(false)
    expect(await isOver(server, client, second)).toBe(true)
    expect(await isOver(server, client, other)).toBe(false)
  })

  test('REVO-02 revokes nothing of another client', async () => {
    const client = await registerApp(server, kind)
    const token = await start()
    for (const one of [token.body.access_token, token.body.refresh_token]) {
      const answer = await revoke(one, client)
      expectError(answer, 'invalid_grant')
      expect(await reasonOf(server, answer)).toBe('token-foreign')
    }
    expect(await isOver(server, app, token)).toBe(false)
  })
})

test('REVO-02 a refresh token that was replaced is as good for revoking as the present one', async () => {
  const token = await start()
  const second = await refresh(server, app, token.body.refresh_token)
  expectDone(await revoke(token.body.refresh_token))
  expect(await isOver(server, app, second)).toBe(true)
})

test('REVO-01 what is over already, or was never a token, is answered in the same way', async () => {
  const token = await start()
  expectDone(await revoke(token.body.refresh_token))
  const again = await revoke(token.body.refresh_token)
  expectDone(again)
  expect(await reasonOf(server, again)).toBe('grant-ended')
  for (const none of ['nonsense', `lrt_${'A'.repeat(22)}.${'A'.repeat(43)}`, `lat_${'A'.repeat(43)}`]) {
    expectDone(await revoke(none))
  }
})

test('REVO-01 token_type_hint changes nothing, also when it is wrong', async () => {
  for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense']) {
    const token = await start()
    expectDone(await revoke(token.body.access_token, app, { token_type_hint }))
    expect(await works(server, token.body.access_token)).toBe(false)
    expectDone(await revoke(token.body.refresh_token, app, { token_type_hint }))
    expectError(await refresh(server, app, token.body.refresh_token), 'invalid_grant')
  }
})

test('REVO-05 an ID token cannot be revoked', async () => {
  const token = await start()
  expectError(await revoke(token.body.id_token), 'unsupported_token_type')
  expect(await isOver(server, app, token)).toBe(false)
})

test('REVO-01 without authentication nothing happens', async () => {
  const client = await registerApp(server, 'secret')
  const token = await start(client)
  for (const one of [token.body.access_token, token.body.refresh_token]) {
    expectError(await revoke(one, { id: client.id }), 'invalid_client', 401)
    expectError(await revoke(one, app, { client_id: undefined }), 'invalid_client', 401)
  }
  expect(await isOver(server, client, token)).toBe(false)
})

test('REVO-06 it is in the audit: what ended and why, and who asked', async () => {
  const token = await start()
  const answer = await revoke(token.body.refresh_token)
  await server.house.audit.flush()
  const rows = await server.house.db.kysely.selectFrom('audit').selectAll().orderBy('seq').execute()
  const user = await server.house.users.findByName('ana')
  const ended = rows.filter(
    ({ event, detail }) => event === 'grant.revoke' && detail?.includes(grantOf(token)),
  )
  expect(ended).toMatchObject([
    { reason: 'revoked-by-app', client_id: app.id, user_id: user?.id, patient: 'ana' },
  ])
  const asked = rows.filter(({ request_id }) => request_id === answer.headers.get('x-request-id'))
  expect(asked).toMatchObject([{ event: 'token.revoke', outcome: 'success', client_id: app.id }])
})

test('REVO-01 a code cannot be revoked, and is still good', async () => {
  const way = await code(server, app, { browser: ana })
  expectDone(await revoke(way.answer.code))
  expect((await redeem(server, app, way)).status).toBe(200)
})
