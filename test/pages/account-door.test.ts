import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser, formOf, textOf } from '../support/browser-client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedIn, signIn } from './account.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await addUser(server.house, { username: 'ana', display_name: 'Ana Lindqvist' })
})
afterAll(() => server.close())

const pages = ['/account', '/account/sessions', '/account/security', '/account/activity']

describe('coming in', () => {
  test.each(pages)('%s asks to sign in, leads back there, and shows it then', async (path) => {
    const browser = createBrowser(server)
    const away = await browser.ask(path)
    expect(away.status).toBe(303)
    expect(away.location).toMatch(/^http:\/\/[^/]+\/oauth2\/authorize\?client_id=lanyard-account&/)
    const visit = await signIn(browser, path, 'ana')
    expect([visit.status, visit.url]).toEqual([200, server.url + path])
    expect(textOf(visit.html)).toContain('Ana Lindqvist Sign out')
    expect((await browser.ask(path)).status).toBe(200)
  })

  test.each([
    ['/account', 'To see which apps use your record'],
    ['/developer/apps', 'To register your apps'],
    ['/admin/simulator?app=x', 'To run this server'],
  ])('the sign-in on the way to %s says what it is for', async (path, purpose) => {
    const browser = createBrowser(server)
    const said = ['To see which apps use your record', 'To register your apps', 'To run this server']
    const { html } = await browser.open(path)
    expect(said.filter((text) => textOf(html).includes(text))).toEqual([purpose])
  })

  test('a deeper page leads to the start of the account', async () => {
    const visit = await signIn(createBrowser(server), '/account/apps/nothing', 'ana')
    expect([visit.status, visit.url]).toEqual([200, `${server.url}/account`])
  })

  test('SEC-02 what comes back in the address is not believed', async () => {
    const browser = await signedIn(server, 'ana')
    for (const state of ['https://evil.example', '//evil.example', 'constructor', 'signOut', '']) {
      const visit = await browser.ask(
        `/account?${new URLSearchParams({ state, iss: 'https://evil.example' })}`,
      )
      expect([visit.status, visit.location]).toEqual([303, `${server.url}/account`])
    }
  })

  test('a sign-in that failed is not begun again by itself', async () => {
    const visit = await createBrowser(server).ask('/account?error=server_error&state=apps')
    expect([visit.status, textOf(visit.html)]).toEqual([
      401,
      expect.stringContaining('You are not signed in'),
    ])
  })

  test('AUTHZ-17 no page may be framed, kept, or named to another site', async () => {
    const browser = await signedIn(server, 'ana')
    for (const path of pages) {
      const { headers } = await browser.ask(path)
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })
})

describe('staying out', () => {
  test('REVO-06 a user who is disabled is out at the next page', async () => {
    await addUser(server.house, { username: 'gone' })
    const browser = await signedIn(server, 'gone')
    await server.house.users.setStatus('gone', 'disabled')
    const away = await browser.ask('/account')
    expect([away.status, away.location]).toEqual([303, expect.stringContaining('/oauth2/authorize?')])
    expect((await signIn(browser, '/account', 'gone')).status).toBe(400)
  })

  test('a session whose user was removed leads nowhere', async () => {
    await addUser(server.house, { username: 'removed' })
    const browser = await signedIn(server, 'removed')
    await server.house.users.remove('removed')
    expect((await browser.ask('/account/activity')).status).toBe(303)
  })

  const forms = ['/account/sessions', '/account/security', '/account/apps/x', '/account/apps/x/withdraw']
  test.each(forms)(
    'AUTHZ-17 %s takes no form without its token, or with that of another session',
    async (path) => {
      const [browser, other] = [await signedIn(server, 'ana'), await signedIn(server, 'ana')]
      const { hidden } = formOf(await other.open('/account/sessions'))
      const foreign = hidden.find(([name]) => name === 'csrf')?.[1] ?? ''
      expect(foreign).not.toBe('')
      for (const body of [{}, { csrf: '' }, { csrf: foreign }]) {
        const answer = await browser.ask(path, { method: 'POST', body: new URLSearchParams(body) })
        expect([answer.status, textOf(answer.html)]).toEqual([
          403,
          expect.stringContaining('We could not tell that this came from you'),
        ])
      }
    },
  )

  test.each(forms)('%s takes no form from somebody who is not signed in', async (path) => {
    const answer = await createBrowser(server).ask(path, {
      method: 'POST',
      body: new URLSearchParams({ csrf: 'x' }),
    })
    expect([answer.status, answer.location]).toEqual([303, expect.stringContaining('/oauth2/authorize?')])
  })
})

test('signing out asks once, and then the account asks to sign in', async () => {
  const browser = await signedIn(server, 'ana')
  const question = await browser.open('/account/sign-out')
  expect((await browser.ask('/account')).status).toBe(200)
  const out = await browser.submit(question, {})
  expect(out.status).toBe(200)
  expect((await browser.ask('/account')).status).toBe(303)
})
