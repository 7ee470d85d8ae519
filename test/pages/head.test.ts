import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { linksTo } from './account.ts'
import { signedInAs } from './admin.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  for (const [username, role] of [
    ['iris', 'admin'],
    ['otto', 'auditor'],
    ['noor', 'patient'],
  ] as const)
    await addUser(server.house, { username, display_name: username, roles: [role] })
})
afterAll(() => server.close())

test('the head leads everybody to the developer pages, and to the console those it is for', async () => {
  for (const [username, expected] of [
    ['iris', true],
    ['otto', true],
    ['noor', false],
  ] as const) {
    const browser = await signedInAs(server, username)
    for (const path of ['/account', '/account/sessions?lang=es', '/developer/apps'])
      expect([username, path, linksTo(await browser.open(path), '/admin').includes('/admin')]).toEqual([
        username,
        path,
        expected,
      ])
    expect(linksTo(await browser.open('/account'), '/developer')).toContain('/developer')
  }
  const console = await (await signedInAs(server, 'otto')).open('/admin')
  expect(linksTo(console, '/developer')).toContain('/developer')
})
