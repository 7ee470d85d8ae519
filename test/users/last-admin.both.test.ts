import { afterAll, beforeAll, expect, test } from 'vitest'
import { csrfOf, signedInAs } from '../pages/admin.ts'
import type { Browser } from '../support/browser-client.ts'
import { registerBackend, token } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ engine })
  await addUser(server.house, { username: 'iris', display_name: 'Iris', roles: ['admin'] })
  await addUser(server.house, { username: 'jon', display_name: 'Jon', roles: ['admin'] })
  // One who cannot sign in opens nothing to anybody.
  await server.house.users.add({ username: 'kim', display_name: 'Kim', roles: ['admin'] }, 'command')
})
afterAll(() => server.close())

async function caller(username: string) {
  const browser = await signedInAs(server, username)
  const csrf = await csrfOf(browser)
  return async (method: string, path: string, body: object = {}) =>
    await ask(browser, method, path, csrf, body)
}
async function ask(browser: Browser, method: string, path: string, csrf: string, body: object) {
  const { version } = (await server.house.users.findByName(path.split('/')[2] ?? '')) ?? {}
  const headers = { 'x-csrf-token': csrf, 'content-type': 'application/json', 'if-match': `"${version}"` }
  const answer = await browser.ask(`/admin/api${path}`, { method, headers, body: JSON.stringify(body) })
  return answer.status
}
const isActive = async (username: string) =>
  (await server.house.users.findByName(username))?.status === 'active'

test('two admins who disable each other at once: one stays, and can open the console', async () => {
  const [iris, jon] = [await caller('iris'), await caller('jon')]
  const off = { status: 'disabled' }
  const answers = await Promise.all([
    iris('PUT', '/users/jon/status', off),
    jon('PUT', '/users/iris/status', off),
  ])
  expect(answers.filter((status) => status === 200)).toHaveLength(1)
  expect([await isActive('iris'), await isActive('jon')].filter(Boolean)).toHaveLength(1)
})

test('a service that disables both at once is told that one has to stay', async () => {
  const script = await registerBackend(server, { scope: '__admin' })
  const bearer = await token(server, script, { scope: '__admin' })
  const off = async (username: string) => {
    const { version } = (await server.house.users.findByName(username)) ?? {}
    const answer = await fetch(`${server.url}/admin/api/users/${username}/status`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        'if-match': `"${version}"`,
      },
      body: JSON.stringify({ status: 'disabled' }),
    })
    return answer.status
  }
  // Neither loses by it what lets them ask, as those do who disable each other.
  for (const username of ['iris', 'jon']) await server.house.users.setStatus(username, 'active')
  const answers = await Promise.all([off('iris'), off('jon')])
  expect(answers.toSorted()).toEqual([200, 409])
  expect([await isActive('iris'), await isActive('jon')].filter(Boolean)).toHaveLength(1)
})

test('the last admin neither disables, removes nor demotes themselves; beside another one, they may', async () => {
  const name = (await isActive('iris')) ? 'iris' : 'jon'
  const other = name === 'iris' ? 'jon' : 'iris'
  const last = await caller(name)
  const demoted = { user: { username: name, display_name: 'Nobody special', roles: ['clinician'] } }
  const before = await server.house.users.findByName(name)
  expect(await last('PUT', `/users/${name}/status`, { status: 'disabled' })).toBe(409)
  expect(await last('DELETE', `/users/${name}`)).toBe(409)
  expect(await last('PUT', `/users/${name}`, demoted)).toBe(409)
  expect(await server.house.users.findByName(name)).toEqual(before)
  expect(await last('PUT', `/users/${other}/status`, { status: 'active' })).toBe(200)
  expect(await last('PUT', `/users/${name}`, demoted)).toBe(200)
  expect((await server.house.users.findByName(name))?.roles).toEqual(['clinician'])
  // Whoever may open the database can take the last one away, and put another one there.
  await server.house.users.setStatus(other, 'disabled')
  expect(await isActive(other)).toBe(false)
})
