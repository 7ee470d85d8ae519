import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser, textOf } from '../support/browser-client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signIn } from './account.ts'
import { signedInAs } from './admin.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await addUser(server.house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(server.house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  await addUser(server.house, { username: 'ana', display_name: 'Ana', roles: ['patient'] })
})
afterAll(() => server.close())

describe('coming in', () => {
  test.each(['/admin/apps', '/admin/apps?q=x%20y&kind=native'])(
    '%s asks to sign in, and leads back there with its query',
    async (path) => {
      const browser = createBrowser(server)
      const away = await browser.ask(path)
      expect([away.status, away.location]).toEqual([303, expect.stringContaining('/oauth2/authorize?')])
      const visit = await signIn(browser, path, 'iris')
      expect([visit.status, visit.url]).toEqual([200, server.url + path])
      expect(textOf(visit.html)).toContain('Iris Okafor')
    },
  )

  test('SEC-02 what comes back in the address leads to pages of ours, and nowhere else', async () => {
    const browser = await signedInAs(server, 'iris')
    const led = async (state: string) =>
      (await browser.ask(`/account?${new URLSearchParams({ state })}`)).location?.replace(server.url, '')
    expect(await led('/admin/apps?q=1')).toBe('/admin/apps?q=1')
    expect(await led('/developer')).toBe('/developer')
    for (const state of [
      '/administrator',
      '/admin/../oauth2/logout',
      '/admin/%2e%2e/oauth2/logout',
      '//admin.example/admin',
      '/\\admin.example',
      'https://evil.example/admin',
      `/admin/${'x'.repeat(1000)}`,
    ])
      expect([state, await led(state)]).toEqual([state, '/account'])
  })

  test('neither role, no console; an auditor is let in', async () => {
    const ana = await signedInAs(server, 'ana')
    const answer = await ana.ask('/admin/apps')
    expect([answer.status, textOf(answer.html)]).toEqual([
      403,
      expect.stringContaining('This is for admins and auditors'),
    ])
    const otto = await signedInAs(server, 'otto')
    expect((await otto.ask('/admin/apps')).status).toBe(200)
  })

  test('AUTHZ-17 no page may be framed, kept, or named to another site', async () => {
    const { headers } = await (await signedInAs(server, 'iris')).ask('/admin/apps')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy')).toContain("form-action 'self';")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('REVO-06 who loses the role is out at the next page', async () => {
    await addUser(server.house, { username: 'gone', roles: ['admin'] })
    const browser = await signedInAs(server, 'gone')
    expect((await browser.ask('/admin/apps')).status).toBe(200)
    await server.house.users.update('gone', { username: 'gone', display_name: 'Gone', roles: ['clinician'] })
    expect((await browser.ask('/admin/apps')).status).toBe(403)
  })
})
