import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, createBrowser, formOf, textOf, type Visit } from '../support/browser-client.ts'
import { launch, putRecords } from '../support/launch.ts'
import { auditRows, registerPublicApp } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'
import { signedIn, signIn } from './account.ts'

const PAGE = '/account/security'
const fresh = 'a new pass phrase of mine'
let server: TestServer
let username: string
let browser: Browser
beforeAll(async () => {
  server = await startServer()
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
})
afterAll(() => server.close())
beforeEach(async () => {
  username = (await addUser(server.house, { fhir_user: 'Patient/ana' })).username
  browser = await signedIn(server, username)
})

/** Posts without following, so that the answer itself is seen. */
async function change(fields: Record<string, string>, from = browser): Promise<Visit> {
  const { hidden } = formOf(await from.open(PAGE))
  return await from.ask(PAGE, {
    method: 'POST',
    body: new URLSearchParams([...hidden, ...Object.entries(fields)]),
  })
}
const right = { current: password, password: fresh, again: fresh }

describe('a new password', () => {
  test('REVO-06 replaces the old one and ends every session and every app', async () => {
    const app = await registerPublicApp(server, { scope: 'patient/Patient.rs' })
    const { token } = await launch(server, app, { browser, scope: 'launch/patient patient/Patient.rs' })
    const headers = { authorization: `Bearer ${token.body.access_token}` }
    const read = async () => (await fetch(`${server.fhir}/Patient/ana`, { headers })).status
    const elsewhere = await signedIn(server, username)
    expect(await read()).toBe(200)

    const answer = await change(right)
    expect([answer.status, answer.location]).toEqual([303, server.url + PAGE])
    expect((await browser.ask('/account')).status).toBe(303)
    expect((await elsewhere.ask('/account')).status).toBe(303)
    expect(await read()).toBe(401)

    const old = await signIn(browser, PAGE, username)
    expect(old.status).toBe(400)
    const page = await browser.submit(old, { username, password: fresh })
    expect([page.status, page.url]).toEqual([200, server.url + PAGE])
    expect(textOf(page.html)).toContain('Saved. Use the new password from now on.')
    expect(textOf((await browser.open(PAGE)).html)).not.toContain('Saved.')
  })

  test('the page helps password managers', async () => {
    const { html } = await browser.open(PAGE)
    expect(html).toContain(`<input name="username" autocomplete="username" value="${username}"`)
    for (const kind of ['current-password', 'new-password']) expect(html).toContain(`autocomplete="${kind}"`)
    expect(textOf(html)).toContain('At least 12 characters.')
  })
})

describe('what is refused, with the old password left as it was', () => {
  const cases: [string, Record<string, string>, string][] = [
    ['a wrong current one', { ...right, current: 'not my password' }, 'That is not your current password'],
    [
      'one that is too short',
      { ...right, password: 'eleven char', again: 'eleven char' },
      'Use at least 12 characters',
    ],
    [
      'one that is too long',
      { ...right, password: 'x'.repeat(201), again: 'x'.repeat(201) },
      'Use fewer characters',
    ],
    [
      'the present one',
      { current: password, password, again: password },
      'This is the password you have now',
    ],
    ['two that differ', { ...right, again: `${fresh}.` }, 'the two are not the same'],
    ['nothing at all', {}, 'There is a problem'],
  ]
  test.each(cases)('%s', async (_what, fields, said) => {
    const answer = await change(fields)
    expect([answer.status, textOf(answer.html)]).toEqual([400, expect.stringContaining(said)])
    expect(answer.html).toContain('<title>Error:')
    for (const typed of Object.values(fields)) expect(answer.html).not.toContain(`value="${typed}"`)
    expect((await signIn(createBrowser(server), PAGE, username)).status).toBe(200)
    expect((await browser.ask(PAGE)).status).toBe(200)
  })

  test('whoever sits at somebody’s browser cannot guess at the password for ever', async () => {
    for (let tries = 0; tries < 5; tries++)
      expect((await change({ ...right, current: 'a guess' })).status).toBe(400)
    const blocked = await change(right)
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '30'])
    expect(textOf(blocked.html)).toContain('There were too many tries. Wait 30 seconds')
    server.clock.advance(31_000)
    expect((await change(right)).status).toBe(303)
  })

  test('SEC-06 nor does that hold up the owner on a device of their own; several people share a device', async () => {
    const { username: colleague } = await addUser(server.house)
    const ward = createBrowser(server)
    /** With no session, as on a later day. */
    const tryFrom = async (from: Browser, secret: string, name = username) => {
      for (const key of [...from.jar.keys()]) if (!key.startsWith('lanyard_device')) from.jar.delete(key)
      return (await signIn(from, PAGE, name, secret)).status
    }
    for (const name of [username, colleague]) expect(await tryFrom(ward, password, name)).toBe(200)
    const device = (from: Browser) => from.jar.get('lanyard_device /')?.value ?? ''
    expect(device(ward)).toMatch(/^[\w-]{22}(\.[\w-]{16}){2}$/)
    expect(device(browser)).toMatch(/^[\w-]{22}\.[\w-]{16}$/)
    expect(device(ward).split('.')[0]).not.toBe(device(browser).split('.')[0])

    const statuses: number[] = []
    for (let tries = 0; tries < 6; tries++) statuses.push(await tryFrom(ward, 'a guess'))
    expect(statuses).toEqual([400, 400, 400, 400, 429, 429])
    expect(await tryFrom(ward, password)).toBe(429)
    expect(await tryFrom(browser, password)).toBe(200)
  })

  test('AUD-09 both are in the audit, and no password anywhere', async () => {
    await change({ ...right, current: 'not my password' })
    await change(right)
    const user = await server.house.users.findByName(username)
    const rows = await auditRows(server)
    const own = rows.filter(
      (row) => row.event === 'user.password' && 'user_id' in row && row.user_id === user?.id,
    )
    expect(own.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['refused', 'mismatch'],
      ['success', null],
    ])
    const written = JSON.stringify([rows, server.logged])
    for (const secret of ['not my password', fresh, password]) expect(written).not.toContain(secret)
  })
})
