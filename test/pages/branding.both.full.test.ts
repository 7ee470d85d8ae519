import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBranding } from '../../src/branding/branding.ts'
import { type Browser, createBrowser, formOf, textOf } from '../support/browser-client.ts'
import { registerBackend, token } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'

const PAGE = '/admin/settings/branding'
let server: TestServer
let iris: Browser
let otto: Browser
beforeAll(async () => {
  server = await startServer({ engine })
  await addUser(server.house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(server.house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  iris = await signedInAs(server, 'iris')
  otto = await signedInAs(server, 'otto')
})
afterAll(() => server.close())

const version = async () => String((await server.house.brand.load()).version)
const save = async (fields: Record<string, string>, browser = iris) =>
  await browser.ask(PAGE, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      csrf: await csrfOf(browser),
      version: await version(),
      ...fields,
    }).toString(),
  })
const upload = async (content: string | undefined, fields: Record<string, string> = {}) => {
  const body = new FormData()
  const all = { csrf: await csrfOf(iris), version: await version(), ...fields }
  for (const [name, value] of Object.entries(all)) body.append(name, value)
  if (content !== undefined) body.append('logo', new File([content], 'logo.svg'))
  const request = new Request('http://x', { method: 'POST', body })
  return await iris.ask(`${PAGE}/logo`, {
    method: 'POST',
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
    body: Buffer.from(await request.arrayBuffer()).toString('latin1'),
  })
}
const lastRow = () =>
  server.house.db.kysely.selectFrom('audit').selectAll().orderBy('seq', 'desc').executeTakeFirstOrThrow()

test('CTX-07 name and colour are on every page at once, and the address of the style follows', async () => {
  const before = await (await fetch(`${server.url}/`)).text()
  expect(before).not.toContain('/style/')
  expect((await save({ name: 'St. Brannoc', accent: '#7A1F5C', reason: 'New house' })).location).toContain(
    PAGE,
  )
  const { html } = await createBrowser(server).ask('/help')
  expect(textOf(html)).toContain('St. Brannoc')
  const [sheet = ''] = /\/style\/7a1f5c-[\w-]{12}\.css/.exec(html) ?? []
  const css = await fetch(server.url + sheet)
  expect([css.status, css.headers.get('content-type'), css.headers.get('cache-control')]).toEqual([
    200,
    'text/css; charset=utf-8',
    'public, max-age=31536000, immutable',
  ])
  expect(await css.text()).toContain('--accent: light-dark(#7a1f5c, #')
  expect((await fetch(`${server.url}/style/7a1f5c-aaaaaaaaaaaa.css`)).status).toBe(404)
  const row = await lastRow()
  expect(row.event).toBe('branding.update')
  expect(JSON.parse(row.detail ?? '')).toMatchObject({
    why: 'New house',
    changed: { accent: { after: '#7a1f5c' }, name: { after: 'St. Brannoc' } },
  })
})

test('a colour that text cannot be read in is refused with one that would do; nothing changes', async () => {
  const seen = await version()
  for (const [accent, said] of [
    ['#ffcc00', 'Choose a darker colour'],
    ['red', 'six digits or letters'],
  ] as const) {
    const answer = await save({ name: 'Kept', accent })
    expect([answer.status, textOf(answer.html)]).toEqual([400, expect.stringContaining(said)])
    expect(answer.html).toContain(`value="${accent}"`)
  }
  expect(await version()).toBe(seen)
})

test('of two who save the same state the second is told who was first, and can save over it', async () => {
  const stale = { version: await version(), name: 'Second', accent: '' }
  await save({ name: 'First', accent: '' })
  const told = await save(stale)
  expect(told.status).toBe(409)
  for (const said of ['Iris Okafor', 'First', 'Second']) expect(textOf(told.html)).toContain(said)
  const again = formOf(told)
  await iris.ask(PAGE, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([...again.hidden]).toString(),
  })
  expect((await server.house.brand.load()).name).toBe('Second')
})

test('SEC-02 a logo is a copy of ours with headers that let it do nothing; what is more than a drawing is refused', async () => {
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
  expect((await upload(drawing)).location).toContain(PAGE)
  const { logo } = await server.house.brand.load()
  expect((await createBrowser(server).ask('/')).html).toContain(`src="/logos/${logo}"`)
  const { headers } = await fetch(`${server.url}/logos/${logo}`)
  expect([headers.get('content-type'), headers.get('content-security-policy')]).toEqual([
    'image/svg+xml',
    "default-src 'none'; frame-ancestors 'none'; sandbox",
  ])
  expect((await lastRow()).event).toBe('branding.logo')
  const bad = await upload(drawing.replace('<path', '<script>alert(1)</script><path'))
  expect([bad.status, textOf(bad.html)]).toEqual([400, expect.stringContaining('plain shapes')])
  expect((await upload(undefined)).status).toBe(400)
  expect((await upload(undefined, { do: 'remove' })).location).toContain(PAGE)
  expect((await fetch(`${server.url}/logos/${logo}`)).status).toBe(404)
})

test('another node looks like it within a second or two', async () => {
  const other = createBranding(server.house.db, async () => {})
  await other.update({ name: 'From elsewhere', accent: null }, {})
  for (let tries = 0; tries < 50; tries++) {
    if ((await (await fetch(`${server.url}/help`)).text()).includes('From elsewhere')) return
    await wait(100)
  }
  expect.fail('it did not')
})

test('an auditor sees it, is offered no change and makes none; the API holds to the same', async () => {
  const page = await otto.ask(PAGE)
  expect([page.status, page.html.includes('name="do"')]).toEqual([200, false])
  expect((await save({ name: 'No', accent: '' }, otto)).status).toBe(403)
  const script = await registerBackend(server, { scope: '__admin' })
  const bearer = await token(server, script, { scope: '__admin' })
  const put = async (body: object, etag: string) =>
    (
      await fetch(`${server.url}/admin/api/branding`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'if-match': etag },
        body: JSON.stringify(body),
      })
    ).status
  const etag = `"${await version()}"`
  expect(await put({ name: 'By script', accent: '#ffffff' }, etag)).toBe(400)
  expect(await put({ name: 'By script', accent: null }, etag)).toBe(200)
  expect(await put({ name: 'By script', accent: null }, etag)).toBe(412)
})
