import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, textOf, type Visit } from '../support/browser-client.ts'
import {
  auditRows,
  type Backend,
  introspect,
  registerBackend,
  requestToken,
  token,
} from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedInAs } from './admin.ts'

let server: TestServer
let iris: Browser
let otto: Browser
let machine: Backend
let id: string
let count = 0
beforeAll(async () => {
  server = await startServer({ engine })
  const { house } = server
  await addUser(house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  iris = await signedInAs(server, 'iris')
  otto = await signedInAs(server, 'otto')
  machine = await registerBackend(server, { scope: '__admin' })
})
afterAll(() => server.close())
beforeEach(async () => {
  id = `care-${++count}`
  await server.house.clients.add(web(), 'command')
})

const web = (more: object = {}) => ({
  client_id: id,
  client_name: `Growth Chart ${count}`,
  redirect_uris: ['https://growth.example/cb'],
  scope: 'launch openid offline_access patient/Patient.r patient/Observation.rs',
  ...more,
})
const at = (part: string) => `/admin/apps/${id}/${part}`
const found = () => server.house.clients.find(id)
const says = ({ html }: Visit, text: string | RegExp) =>
  expect(textOf(html)).toEqual(
    typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text),
  )
const lastAct = async () =>
  (await auditRows(server)).filter((row) => row.client_id === id && row.event !== 'token.issue').at(-1)

describe('lifetimes', () => {
  test('TOK-08 are shown with who says so, set with before and after in the audit, and taken back', async () => {
    const page = await iris.open(at('access'))
    says(page, 'Access token 1 hour As the server says')
    says(page, 'Longest grant 3 months after its last use By whether the app is verified')
    says(page, 'A change counts for the next token and the next launch.')
    const fields = { access_token_lifetime: '600', max_consent_duration: 'hour', reason: 'shared tablets' }
    const saved = await iris.submit(page, fields)
    expect(saved.status).toBe(200)
    says(saved, 'Access token 10 minutes This app’s own value')
    says(saved, 'Longest grant 1 hour This app’s own value')
    expect((await found())?.metadata).toMatchObject({
      access_token_lifetime: 600,
      max_consent_duration: 'hour',
    })
    const { detail } = (await lastAct()) ?? {}
    expect(detail).toContain('"access_token_lifetime":{"after":600}')
    expect(detail).toContain('"why":"shared tablets"')
    await iris.submit(saved, { access_token_lifetime: '', max_consent_duration: '' })
    expect((await found())?.metadata).not.toHaveProperty('access_token_lifetime')
    expect((await lastAct())?.detail).toContain('"access_token_lifetime":{"before":600}')
  })

  test('a value beyond the limits is told at its field, and what was typed stays', async () => {
    for (const wrong of ['3601', '29', '1.5', 'x']) {
      const answer = await iris.submit(await iris.open(at('access')), { access_token_lifetime: wrong })
      expect([wrong, answer.status]).toEqual([wrong, 400])
      says(answer, 'in seconds: Choose a whole number from 30 to 3,600')
      expect(answer.html).toMatch(new RegExp(`id="access_token_lifetime"[^>]*value="${wrong}"`))
    }
    expect(await found()).toMatchObject({ version: 1 })
  })

  test('BACK-03 of a service: five minutes at most, by page and by API; no word of consent', async () => {
    const service = await registerBackend(server)
    const page = await iris.open(`/admin/apps/${service.id}/access`)
    says(page, 'Access token 5 minutes As the server says')
    says(page, 'Tokens that the service holds end when you save.')
    expect(page.html).not.toContain('max_consent_duration')
    expect((await iris.submit(page, { access_token_lifetime: '301' })).status).toBe(400)
    expect((await iris.submit(page, { access_token_lifetime: '90' })).status).toBe(200)
    expect((await requestToken(server, service)).body.expires_in).toBe(90)
    const headers = {
      authorization: `Bearer ${await token(server, machine, { scope: '__admin' })}`,
      'content-type': 'application/json',
    }
    const path = `${server.url}/admin/api/apps/${service.id}`
    const { metadata } = (await (await fetch(path, { headers })).json()) as { metadata: object }
    const put = async (access_token_lifetime: number, version: number) =>
      (
        await fetch(path, {
          method: 'PUT',
          headers: { ...headers, 'if-match': `"${version}"` },
          body: JSON.stringify({ metadata: { ...metadata, access_token_lifetime } }),
        })
      ).status
    expect([await put(301, 2), await put(120, 1), await put(120, 2)]).toEqual([400, 412, 200])
    const { body } = await requestToken(server, service)
    expect(body.expires_in).toBe(120)
    const asked = await introspect(server, service, String(body.access_token))
    expect(Number(asked.body.exp) - Number(asked.body.iat)).toBe(120)
  })

  test('an auditor sees them and has no field', async () => {
    const page = await otto.open(at('access'))
    says(page, 'Access token 1 hour')
    expect(page.html).not.toContain('name="access_token_lifetime"')
  })
})
