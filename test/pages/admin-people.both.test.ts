import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSessions } from '../../src/oidc/authorize/sessions.ts'
import { en } from '../../src/pages/words/en.ts'
import { type Browser, textOf } from '../support/browser-client.ts'
import { auditRows } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { csrfOf, signedInAs } from './admin.ts'

const { people } = en.admin
let server: TestServer
let iris: Browser
let otto: Browser
let irisId: string
beforeAll(async () => {
  server = await startServer({ engine })
  irisId = (await addUser(server.house, { username: 'iris', display_name: 'Iris', roles: ['admin'] })).id
  await addUser(server.house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  iris = await signedInAs(server, 'iris')
  otto = await signedInAs(server, 'otto')
})
afterAll(() => server.close())

/** Posts a form of the console with the token of the browser's pages. */
async function post(browser: Browser, path: string, fields: Record<string, string>) {
  const body = new URLSearchParams({ csrf: await csrfOf(browser), ...fields })
  return await browser.ask(path, { method: 'POST', body })
}
const page = async (browser: Browser, path: string) => textOf((await browser.open(path)).html)
const versionOf = (html: string) => /name="version" value="(\d+)"/.exec(html)?.[1] ?? ''
const lastAudit = async () => (await auditRows(server)).at(-1)

const person = { display_name: 'Noor Aziz', roles: 'clinician', fhir_user: '', patients: '', attributes: '' }

describe('users', () => {
  test('AUD-09 one is added, changed, disabled and removed; the audit says who did it, why, before and after', async () => {
    const added = await post(iris, '/admin/users/new', {
      ...person,
      username: 'noor',
      reason: 'new in ward 3',
    })
    expect([added.status, added.location]).toEqual([303, `${server.url}/admin/users/noor`])
    expect(await page(iris, '/admin/users?q=noor')).toContain('Noor Aziz')
    expect(await lastAudit()).toMatchObject({ event: 'user.add', user_id: irisId })

    const form = await iris.open('/admin/users/noor')
    const edit = { ...person, attributes: 'location: Location/9', version: versionOf(form.html) }
    expect((await post(iris, '/admin/users/noor', { ...edit, reason: 'moved' })).status).toBe(303)
    expect((await server.house.users.findByName('noor'))?.attributes).toEqual({ location: 'Location/9' })
    const told = await lastAudit()
    expect(told).toMatchObject({ event: 'user.update', user_id: irisId })
    expect(JSON.parse(told?.detail ?? '{}')).toMatchObject({ why: 'moved' })

    const asks = await page(iris, '/admin/users/noor/disable')
    expect(asks).toContain(people.user.disableHeading('Noor Aziz'))
    const version = versionOf((await iris.open('/admin/users/noor/disable')).html)
    expect((await post(iris, '/admin/users/noor/disable', { version })).status).toBe(303)
    expect((await server.house.users.findByName('noor'))?.status).toBe('disabled')

    const gone = versionOf((await iris.open('/admin/users/noor/remove')).html)
    expect((await post(iris, '/admin/users/noor/remove', { version: gone })).status).toBe(303)
    expect(await server.house.users.findByName('noor')).toBeUndefined()
    expect((await iris.open('/admin/users/noor')).status).toBe(404)
  })

  test('ENF-26 a form that is sent as it was shown changes nothing: no reach and no attribute grows by it', async () => {
    const reach = { patients: [], attributes: { ward: 'North, East', team: ['a', 'b\\,c'] } }
    const was = await addUser(server.house, { username: 'vera', roles: ['clinician'], ...reach })
    const { html } = await iris.open('/admin/users/vera')
    const patients = /name="patients"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? ''
    const attributes = /name="attributes"[^>]*>([^<]*)</.exec(html)?.[1] ?? ''
    expect([patients, attributes.trim().split('\n').length]).toEqual(['none', 2])
    const edit = { ...person, display_name: 'Vera Lund', patients, attributes, version: versionOf(html) }
    expect((await post(iris, '/admin/users/vera', edit)).status).toBe(303)
    expect(await server.house.users.findByName('vera')).toMatchObject({
      displayName: 'Vera Lund',
      patients: [],
      attributes: was.attributes,
      roles: ['clinician'],
    })
  })

  test('the second of two who change the same is told, and nothing of theirs is kept', async () => {
    await addUser(server.house, { username: 'maja', display_name: 'Maja', roles: ['clinician'] })
    const seen = versionOf((await iris.open('/admin/users/maja')).html)
    const first = { ...person, display_name: 'Maja One', version: seen }
    expect((await post(iris, '/admin/users/maja', first)).status).toBe(303)
    const second = await post(iris, '/admin/users/maja', { ...first, display_name: 'Maja Two' })
    expect(second.status).toBe(409)
    expect(textOf(second.html)).toContain(en.admin.stale.lead)
    expect((await server.house.users.findByName('maja'))?.displayName).toBe('Maja One')
    // Nor is it by a form that came back first with what was wrong.
    const wrong = await post(iris, '/admin/users/maja', { ...first, roles: 'wizard' })
    expect([wrong.status, versionOf(wrong.html)]).toEqual([400, seen])
  })

  test('what cannot be is told on the form, with what was typed', async () => {
    const answer = await post(iris, '/admin/users/new', { ...person, username: 'x y', roles: 'wizard' })
    expect(answer.status).toBe(400)
    expect(answer.html).toContain('value="x y"')
    for (const place of ['href="#username"', 'id="username-error"']) expect(answer.html).toContain(place)
    expect(answer.html).toContain('role="alert"')
    const unknown = await post(iris, '/admin/users/new', { ...person, username: 'ok', roles: 'wizard' })
    expect(textOf(unknown.html)).toContain('there is no role')
    expect(unknown.html).toContain('id="roles-error"')
    expect(await server.house.users.findByName('ok')).toBeUndefined()
  })

  test('AUD-09 of two who end one session at once, one did', async () => {
    const { house } = server
    const { id: userId } = await addUser(house, { username: 'nora', display_name: 'Nora' })
    await signedInAs(server, 'nora')
    const sessions = createSessions(house)
    const [session] = await sessions.list(userId)
    const which = { uid: session?.uid ?? '', userId }
    expect(await sessions.end({ ...which, userId: irisId }, {})).toBe(false)
    const ended = await Promise.all([sessions.end(which, {}), sessions.end(which, {})])
    expect(ended.toSorted()).toEqual([false, true])
    const rows = (await auditRows(server)).filter(({ event }) => event === 'session.end')
    expect(rows).toHaveLength(1)
  })

  test('AUD-09 an admin ends a session of somebody: their browser is signed out, and the audit says who did it', async () => {
    const { id } = await addUser(server.house, { username: 'elif', display_name: 'Elif', roles: ['admin'] })
    const elif = await signedInAs(server, 'elif')
    expect((await elif.ask('/admin/users')).status).toBe(200)
    const { html } = await iris.open('/admin/users/elif')
    const link = /href="(\/admin\/users\/elif\/end\?id=[^"]+)"/.exec(html)?.[1] ?? ''
    expect(await page(iris, link)).toContain(people.user.endHeading)
    expect((await post(iris, link, { reason: 'lost laptop' })).status).toBe(303)
    const told = await lastAudit()
    expect(told).toMatchObject({ event: 'session.end', user_id: irisId })
    expect(JSON.parse(told?.detail ?? '{}')).toMatchObject({ user: id, why: 'lost laptop' })
    expect((await elif.ask('/admin/users')).status).toBe(303)
  })
})

describe('API keys', () => {
  test('SEC-08 a key is shown once, opens what it says, and is dead once revoked', async () => {
    await addUser(server.house, { username: 'script', display_name: 'Script', roles: ['clinician'] })
    const made = await post(iris, '/admin/api-keys/new', {
      name: 'Night job',
      user: 'script',
      scope: 'user/Patient.rs',
      days: '30',
    })
    expect(made.status).toBe(200)
    const key = /lak_[\w-]+/.exec(made.html)?.[0] ?? ''
    const call = async (path: string) =>
      (await fetch(`${server.fhir}${path}`, { headers: { 'x-api-key': key } })).status
    expect([await call('/Patient'), await call('/Observation')]).toEqual([200, 403])
    const list = await iris.open('/admin/api-keys')
    expect(list.html).not.toContain(key)
    const link = /href="(\/admin\/api-keys\/[^"]+\/revoke)"/.exec(list.html)?.[1] ?? ''
    expect(await page(iris, link)).toContain(people.keys.revokeHeading('Night job'))
    expect((await post(iris, link, {})).status).toBe(303)
    expect(await call('/Patient')).toBe(401)
  })

  test('a key that its owner could not have is refused on the form', async () => {
    const answer = await post(iris, '/admin/api-keys/new', {
      name: 'Too much',
      user: 'script',
      scope: 'system/*.rs',
      days: '30',
    })
    expect([answer.status, textOf(answer.html)]).toEqual([400, expect.stringContaining('user/ scopes only')])
  })
})

test('an auditor sees it all and is offered no change; what is posted all the same is refused', async () => {
  for (const path of ['/admin/users', '/admin/users/iris', '/admin/api-keys', '/admin/issuers']) {
    const { status, html } = await otto.open(path)
    expect([path, status]).toEqual([path, 200])
    expect([path, html.includes('method="post"')]).toEqual([path, false])
  }
  const forms: [string, Record<string, string>][] = [
    ['/admin/users/new', { ...person, username: 'sneaky' }],
    ['/admin/users/iris/disable', { version: '1' }],
    ['/admin/api-keys/new', { name: 'x', user: 'iris', scope: 'user/*.rs', days: '1' }],
  ]
  for (const [path, fields] of forms)
    expect([path, (await post(otto, path, fields)).status]).toEqual([path, 403])
  for (const path of ['/admin/users/new', '/admin/users/iris/remove', '/admin/api-keys/new'])
    expect([path, (await otto.ask(path)).status]).toEqual([path, 403])
})
