import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/lib/time.ts'
import { en } from '../../src/pages/words/en.ts'
import { type Browser, createBrowser, formOf, textOf, tickedIn } from '../support/browser-client.ts'
import { type Launched, launch, putRecords } from '../support/launch.ts'
import { answerOf, auditRows, registerBackend, registerPublicApp, token } from '../support/oauth.ts'
import { engine, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedIn, signIn } from './account.ts'
import { csrfOf, startConsole } from './admin.ts'

const { user: said, users: list } = en.admin.people
let server: TestServer
let iris: Browser
let otto: Browser
let irisId: string
let api: (method: string, path: string, body?: unknown) => Promise<Response>
beforeAll(async () => {
  ;({ server, iris, irisId, otto } = await startConsole(engine))
  const script = await registerBackend(server, { scope: '__admin' })
  const bearer = await token(server, script, { scope: '__admin' })
  api = async (method, path, body) =>
    await fetch(`${server.url}/admin/api${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
})
afterAll(() => server.close())

async function post(browser: Browser, path: string, fields: Record<string, string> = {}) {
  const body = new URLSearchParams({ csrf: await csrfOf(browser), ...fields })
  return await browser.ask(path, { method: 'POST', body })
}
const page = async (browser: Browser, path: string) => textOf((await browser.open(path)).html)
const lastAudit = async () => (await auditRows(server)).at(-1)

test('who failed too often must wait, and the list says so; an admin lets them try at once, and is on record', async () => {
  const { id } = await addUser(server.house, { username: 'maja', display_name: 'Maja' })
  await addUser(server.house, { username: 'vera', display_name: 'Vera' })
  const [maja, vera] = [createBrowser(server), createBrowser(server)]
  for (let tries = 0; tries < 5; tries++) {
    await signIn(maja, '/account', 'Maja', 'wrong')
    await signIn(vera, '/account', 'vera', 'wrong')
  }
  expect((await signIn(maja, '/account', 'maja')).status).toBe(429)
  const shown = await answerOf(await api('GET', '/users/maja'))
  expect(shown.body).toMatchObject({ locked_until: new Date(server.clock.now + MINUTE / 2).toISOString() })
  expect(await page(iris, '/admin/users?q=maja')).toContain(list.locked)
  expect(await page(otto, '/admin/users/maja')).toContain(said.lockedUntil)

  expect((await post(otto, '/admin/users/maja/unlock')).status).toBe(403)
  expect(await page(iris, '/admin/users/maja/unlock')).toContain(said.unlockHeading('Maja'))
  expect((await post(iris, '/admin/users/maja/unlock', { reason: 'called us' })).status).toBe(303)
  const told = await lastAudit()
  expect(told).toMatchObject({ event: 'user.unlock', user_id: irisId })
  expect(JSON.parse(told?.detail ?? '{}')).toMatchObject({ username: 'maja', user: id, why: 'called us' })
  expect((await signIn(maja, '/account', 'maja')).url).toBe(`${server.url}/account`)
  expect((await signIn(vera, '/account', 'vera')).status).toBe(429)
  const again = await answerOf(await api('POST', '/users/maja/unlock', {}))
  expect([again.status, again.body]).toEqual([200, { lifted: false }])
})

test('by a link somebody chooses their password: once, within a day, and nobody else knows it', async () => {
  await server.house.users.add(
    { username: 'noor', display_name: 'Noor Aziz', roles: ['clinician'] },
    'command',
  )
  expect(await page(iris, '/admin/users/noor')).toContain(said.invite)
  expect(await page(iris, '/admin/users/noor/link')).toContain(said.linkHeading('Noor Aziz'))
  const made = await post(iris, '/admin/users/noor/link', { reason: 'new here' })
  const linkIn = (html: string) =>
    /http:\/\/localhost:\d+\/set-password\?token=[\w.%-]+/.exec(html)?.[0] ?? ''
  const link = linkIn(made.html)
  const row = await lastAudit()
  expect([row?.event, row?.user_id]).toEqual(['user.link', irisId])
  expect(row?.detail).not.toContain(new URL(link).searchParams.get('token'))
  expect(linkIn((await iris.open('/admin/users/noor')).html)).toBe('')

  const noor = createBrowser(server)
  const form = await noor.open(link)
  expect([form.status, form.headers.get('cache-control')]).toEqual([200, expect.stringContaining('no-store')])
  expect(textOf(form.html)).toContain('Noor Aziz')
  const short = await noor.submit(form, { password: 'short' })
  expect([short.status, short.html.includes('id="password-error"')]).toEqual([400, true])
  const body = (secret: string) => ({
    method: 'POST',
    body: new URLSearchParams([...formOf(form).hidden, ['password', secret]]),
  })
  const secrets = ['one of two at the same time', 'two of two at the same time']
  const both = await Promise.all(secrets.map((secret) => noor.ask('/set-password', body(secret))))
  expect(both.map(({ status }) => status).toSorted()).toEqual([303, 403])
  const chosen = secrets[both.findIndex(({ status }) => status === 303)]
  expect((await signIn(noor, '/account', 'noor', chosen)).url).toBe(`${server.url}/account`)
  // One of the two, and by whom it is.
  const chose = (await auditRows(server)).filter(({ event }) => event === 'user.password')
  expect(chose.map(({ user_id }) => user_id)).toEqual([(await server.house.users.findByName('noor'))?.id])
  for (const dead of [link, `${link}x`, '/set-password?token=a.b.c', '/set-password'])
    expect([dead, (await noor.open(dead)).status]).toEqual([dead, 403])

  const late = linkIn((await post(iris, '/admin/users/noor/link')).html)
  expect((await noor.open(late)).status).toBe(200)
  server.clock.advance(DAY + 1)
  expect((await noor.open(late)).status).toBe(403)
  server.clock.advance(-DAY - 1)
  expect((await noor.open(late)).status).toBe(200)
  expect((await post(otto, '/admin/users/noor/link')).status).toBe(403)
  await server.house.users.setStatus('noor', 'disabled')
  expect((await noor.open(late)).status).toBe(403)
  expect((await api('POST', '/users/noor/password-link', {})).status).toBe(409)
})

test('REVO-06 what somebody allows which apps is shown, and ended by an admin: its tokens are dead', async () => {
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana', name: [{ family: 'Lindqvist' }] }])
  const scope = 'launch/patient openid fhirUser patient/Patient.rs'
  const app = await registerPublicApp(server, { client_name: 'Pulse Diary', scope: 'patient/Patient.rs' })
  const launched = async (username: string): Promise<Launched> => {
    await addUser(server.house, { username, display_name: username, fhir_user: 'Patient/ana' })
    return await launch(server, app, { scope, browser: await signedIn(server, username) })
  }
  const [ana, ben] = [await launched('ana'), await launched('ben')]
  const reads = async ({ token: { body } }: Launched) =>
    (await fetch(`${server.fhir}/Patient/ana`, { headers: { authorization: `Bearer ${body.access_token}` } }))
      .status
  const { html } = await iris.open('/admin/users/ana')
  for (const text of ['Pulse Diary', 'Patient/ana', 'patient/Patient.rs'])
    expect(textOf(html)).toContain(text)
  expect((await otto.open('/admin/users/ana')).html).not.toContain('end-app')
  const link = /href="(\/admin\/users\/ana\/end-app\?id=[^"]+)"/.exec(html)?.[1] ?? ''
  expect(await page(iris, link)).toContain(said['end-appHeading']('ana'))
  expect((await post(otto, link)).status).toBe(403)
  expect([await reads(ana), await reads(ben)]).toEqual([200, 200])
  expect((await post(iris, link, { reason: 'lost phone' })).status).toBe(303)
  expect([await reads(ana), await reads(ben)]).toEqual([401, 200])
  const told = (await auditRows(server)).findLast(({ event }) => event === 'grant.revoke')
  expect(told).toMatchObject({ user_id: irisId, detail: expect.stringContaining('lost phone') })
  expect(await page(iris, '/admin/users/ana')).toContain(said.noApps)
  const gone = await answerOf(await api('GET', '/users/ana/apps'))
  expect(gone.body).toEqual({ items: [] })
  expect((await post(iris, link)).status).toBe(404)
})

test('roles are ticked and unticked; the list finds who has one, and says when they signed in last', async () => {
  await server.house.roles.add({ role: 'desk', title: 'Desk', rules: [] }, 'command')
  await addUser(server.house, { username: 'jo', display_name: 'Jo Berg', roles: ['clinician', 'desk'] })
  const form = await iris.open('/admin/users/jo')
  expect(tickedIn(form, 'roles')).toEqual(['clinician', 'desk'])
  const version = /name="version" value="(\d+)"/.exec(form.html)?.[1] ?? ''
  const fields = { display_name: 'Jo Berg', patients: 'all', version }
  const none = await post(iris, '/admin/users/jo', fields)
  expect([none.status, textOf(none.html)]).toEqual([400, expect.stringContaining('at least one role')])
  expect((await post(iris, '/admin/users/jo', { ...fields, roles: 'desk' })).status).toBe(303)
  expect((await server.house.users.findByName('jo'))?.roles).toEqual(['desk'])
  const held = await page(iris, '/admin/users?role=desk')
  expect([held.includes('Jo Berg'), held.includes('Otto')]).toEqual([true, false])
  expect(held).toContain(list.never)
  await signedIn(server, 'jo')
  const found = await answerOf(await api('GET', '/users?role=desk'))
  expect(found.body).toMatchObject({
    items: [{ username: 'jo', last_sign_in: new Date(server.clock.now).toISOString() }],
  })
  expect((await answerOf(await api('GET', '/users?role=De%20sk'))).status).toBe(400)
})

test('who is signed in at all is listed, newest first, page by page; each session can be ended from there', async () => {
  for (const username of ['one', 'two']) {
    await addUser(server.house, { username, display_name: `Person ${username}` })
    server.clock.advance(1000)
    await signedIn(server, username)
  }
  const shown = await iris.open('/admin/sessions')
  const text = textOf(shown.html)
  expect(text.indexOf('Person two')).toBeGreaterThan(0)
  expect(text.indexOf('Person one')).toBeGreaterThan(text.indexOf('Person two'))
  expect((await otto.open('/admin/sessions')).html).not.toContain('/end?')
  const first = await answerOf(await api('GET', '/sessions?limit=1'))
  expect(first.body).toMatchObject({ items: [{ username: 'two' }], next: expect.any(String) })
  const second = await answerOf(await api('GET', `/sessions?limit=1&after=${String(first.body.next)}`))
  expect(second.body).toMatchObject({ items: [{ username: 'one', address: '127.0.0.1' }] })
  const link = /href="(\/admin\/users\/two\/end\?id=[^"]+)"/.exec(shown.html)?.[1] ?? ''
  expect((await post(iris, link)).status).toBe(303)
  expect(await page(iris, '/admin/sessions')).not.toContain('Person two')
})
