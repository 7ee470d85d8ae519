import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, textOf } from '../support/browser-client.ts'
import { ecKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { registerBackend, requestToken } from '../support/oauth.ts'
import { brokenIn, engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'

let server: TestServer
let iris: Browser
let csrf: string
let admin: string
beforeAll(async () => {
  server = await startServer({ engine })
  admin = (await addUser(server.house, { username: 'iris', display_name: 'Iris', roles: ['admin'] })).id
  iris = await signedInAs(server, 'iris')
  csrf = await csrfOf(iris)
})
afterAll(() => server.close())

const api = (method: string, path: string, body: object) =>
  iris.ask(`/admin/api${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { 'x-csrf-token': csrf, 'content-type': 'application/json' },
  })
const app = (more: object) => ({
  client_name: 'App',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://app.example/callback'],
  scope: 'openid',
  ...more,
})
const cursor = (key: object) => Buffer.from(JSON.stringify(key)).toString('base64url')
const NUL = '\0'

test('what no database stores is a mistake of who sends it, and not one of ours', async () => {
  for (const path of [
    '/admin/users?q=%00',
    '/admin/apps?q=%00',
    '/admin/audit?patient=%00',
    '/admin/flights?reference=%00',
    '/admin/flights?app=%00',
    `/admin/apps?after=${cursor({ name: NUL, id: NUL })}`,
    `/admin/registrations?after=${cursor({ name: NUL, id: NUL })}`,
    `/admin/flights?after=${cursor({ started: 1e300, id: 'a' })}`,
    `/admin/flights?after=${cursor({ started: 1, id: NUL })}`,
    `/admin/sessions?after=${cursor({ at: 1.5, uid: 'a' })}`,
    `/admin/sessions?after=${cursor({ at: 1, uid: NUL })}`,
    '/admin/api/audit?request=%00',
    '/admin/api/flights/%00',
  ])
    expect([path, (await iris.ask(path)).status]).toEqual([path, 400])
  for (const path of ['/admin/flights/%00', '/admin/users/%00', '/developer/apps/%00', '/shared/flight/%00'])
    expect([path, (await iris.ask(path)).status]).toEqual([path, 404])
  expect((await iris.ask('/set-password?token=%00.1.x')).status).toBe(403)
  for (const path of [
    '/admin/users?q=iris',
    '/admin/audit?patient=ana',
    '/admin/flights?reference=ABC',
    `/admin/sessions?after=${cursor({ at: 1, uid: 'a' })}`,
  ])
    expect([path, (await iris.ask(path)).status]).toEqual([path, 200])
  const form = new URLSearchParams({ csrf, do: 'dismiss' })
  const own = await server.house.clients.add(app({}), 'developer', { owner: { userId: admin, most: 9 } })
  const reminder = `/developer/apps/${own.client.id}/reminders?credential=`
  expect((await iris.ask(`${reminder}%00`, { method: 'POST', body: form })).status).toBe(
    engine === 'postgres' ? 400 : 303,
  )
  expect((await iris.ask(`${reminder}x`, { method: 'POST', body: form })).status).toBe(303)
  expect(brokenIn(server)).toEqual([])
})

test('the last assertion that failed is kept, whatever it holds', async () => {
  const key = ecKey('k')
  const backend = await registerBackend(server, {}, key)
  for (const header of [{ alg: NUL }, { kid: `${NUL}x` }]) {
    const { status } = await requestToken(server, backend, {
      form: withAssertion(signAssertion(server, backend.id, key, { header })),
    })
    expect(status).toBe(401)
    const html = (await iris.open(`/developer/tools/assertion?failed=${backend.id}`)).html
    expect(html).toContain('The last assertion of')
  }
  expect(brokenIn(server)).toEqual([])
})

test('nobody is called like a page of the console, where they could not be looked at', async () => {
  const user = (username: string) => ({ user: { username, display_name: 'New', roles: ['admin'] } })
  const role = (name: string) => ({ file: { role: name, title: 'New', rules: [] } })
  for (const name of ['new', 'New '])
    expect([name, (await api('POST', '/users', user(name))).status]).toEqual([name, 400])
  expect((await api('POST', '/roles', role('new'))).status).toBe(400)
  expect((await api('POST', '/users', user('newt'))).status).toBe(201)
  expect((await api('POST', '/roles', role('newt'))).status).toBe(201)
  expect((await iris.open('/admin/users/newt')).html).toContain('name="version"')
})

test('names that are no text, or turn the text around them, and ids that a path takes for a step', async () => {
  expect(
    (await api('POST', '/apps', { metadata: app({ client_id: 'half', client_name: 'a\ud800' }) })).status,
  ).toBe(201)
  const asked = await iris.open('/admin/apps/half/disable')
  const done = await iris.submit(asked, {})
  expect([done.status, done.html.includes('a\ufffd')]).toEqual([200, true])
  for (const wrong of [
    { client_id: '.' },
    { client_id: '..' },
    { client_name: 'gro.elpmaxe\u202e' },
    { client_name: 'a\u2067b' },
  ])
    expect([wrong, (await api('POST', '/apps', { metadata: app(wrong) })).status]).toEqual([wrong, 400])
  for (const right of [{ client_id: '..a' }, { client_id: 'a.b' }, { client_name: 'אבג 👩‍⚕️' }])
    expect([right, (await api('POST', '/apps', { metadata: app(right) })).status]).toEqual([right, 201])
  const called = async (display_name: string, username: string) =>
    (await api('POST', '/users', { user: { username, display_name, roles: ['clinician'] } })).status
  expect(await called('nimdA\u202e', 'turned')).toBe(400)
  expect(await called('A\u2067B', 'turned')).toBe(400)
  expect(await called('אבג Ŵ 👩‍⚕️', 'straight')).toBe(201)
  expect(brokenIn(server)).toEqual([])
})

test('AUD-09 who gives themselves a right is named; a change of which nobody is named is not said to be theirs', async () => {
  const roles = ['admin', 'clinician']
  const changed = async () => {
    const { acts } = JSON.parse((await iris.ask('/admin/api/dashboard')).html) as {
      acts: { event: string; who?: string }[]
    }
    return acts[0]
  }
  const file = { username: 'iris', display_name: 'Iris', roles }
  const { version } = (await server.house.users.findByName('iris')) ?? {}
  const answer = await iris.ask('/admin/api/users/iris', {
    method: 'PUT',
    body: JSON.stringify({ user: file }),
    headers: { 'x-csrf-token': csrf, 'content-type': 'application/json', 'if-match': `"${version}"` },
  })
  expect(answer.status).toBe(200)
  expect(await changed()).toMatchObject({ event: 'user.update', who: 'Iris' })
  await server.house.users.update('iris', { ...file, roles: ['admin'] })
  const act = await changed()
  expect([act?.event, act?.who]).toEqual(['user.update', undefined])
  const shown = async (event: string, language = 'en') => {
    const { items } = JSON.parse((await iris.ask(`/admin/api/audit?event=${event}`)).html) as {
      items: { seq: number }[]
    }
    return await Promise.all(
      items
        .slice(0, 2)
        .map(async ({ seq }) =>
          textOf((await iris.ask(`/admin/audit/${seq}`, { headers: { 'accept-language': language } })).html),
        ),
    )
  }
  const who = [
    ...(await iris.ask('/admin/audit?event=user.update')).html.matchAll(/data-label="Who">(.*?)<\/td>/gs),
  ]
  expect(who.slice(0, 2).map(([, cell = '']) => textOf(cell).trim())).toEqual(['–', 'Iris'])
  const [subject, person] = ['Person it was done to', 'Person']
  const [byNobody = '', byIris = ''] = await shown('user.update')
  expect([byNobody.includes(subject), byIris.includes(subject), byIris.includes(person)]).toEqual([
    true,
    false,
    true,
  ])
  expect((await shown('user.update', 'es'))[0]).toContain('Persona a quien se hizo')
  expect((await shown('user.sign-in'))[0]).not.toContain(subject)
})
