import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerAt, createBrowser, textOf } from '../../support/browser-client.ts'
import { encoded, headerOf } from '../../support/client-keys.ts'
import type { Answer } from '../../support/oauth.ts'
import {
  type App,
  type Clinic,
  clinic,
  everything,
  isOver,
  launched,
  registerApp,
  signedIn,
  signOut,
  works,
} from './clinic.ts'

const back = 'https://app.example.org/signed-out'
const online = everything.replace('offline', 'online')

let server: Clinic
let app: App
beforeAll(async () => {
  server = await clinic()
  app = await registerApp(server, 'public', { post_logout_redirect_uris: [back] })
})
afterAll(() => server.close())

const hint = ({ body }: Answer) => ({ id_token_hint: String(body.id_token) })

/** An app in a browser of its own, with all that is needed to sign out of it. */
async function start(scope = online) {
  const browser = await signedIn(server)
  const { token } = await launched(server, app, { browser, scope })
  return { browser, token }
}

/** Whether the browser still knows who is there. */
async function isSignedIn(browser: Awaited<ReturnType<typeof start>>['browser']): Promise<boolean> {
  const { pages } = await launched(server, app, { browser, username: 'ana' })
  return pages.length === 0
}

describe('an app signs its user out (OpenID Connect RP-Initiated Logout)', () => {
  test('the user is asked, then led back with state; session and online access are over, offline access goes on', async () => {
    const { browser, token } = await start()
    const { token: lasting } = await launched(server, app, { browser, scope: everything })
    const parameters = { ...hint(token), post_logout_redirect_uri: back, state: 'x y' }
    const page = await browser.open(`/oauth2/logout?${new URLSearchParams(parameters)}`)
    expect(page.status).toBe(200)
    expect(textOf(page.html)).toContain('Sign out?')
    // Asking has done nothing yet.
    expect(await works(server, token.body.access_token)).toBe(true)
    const after = await browser.submit(page, {})
    expect(after.location?.startsWith(`${back}?`)).toBe(true)
    expect(answerAt(after)).toEqual({ state: 'x y' })
    await expect.poll(() => works(server, token.body.access_token)).toBe(false)
    expect(await isOver(server, app, token)).toBe(true)
    expect(await isOver(server, app, lasting)).toBe(false)
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('an old id_token is as good a hint: it need not be alive', async () => {
    const { browser, token } = await start()
    server.clock.advance(2 * 3_600_000)
    const after = await signOut(browser, { ...hint(token), post_logout_redirect_uri: back })
    expect(after.location).toBe(back)
  })

  test('without a hint the client may name itself; without either nobody is led anywhere', async () => {
    const named = await start()
    const after = await signOut(named.browser, { client_id: app.id, post_logout_redirect_uri: back })
    expect(after.location).toBe(back)
    const { browser } = await start()
    const nowhere = await signOut(browser, { post_logout_redirect_uri: 'https://evil.example/' })
    expect(nowhere.status).toBe(200)
    expect(nowhere.location).toBeUndefined()
    expect(nowhere.html).not.toContain('evil.example')
    expect(await isSignedIn(browser)).toBe(false)
  })

  test.each([
    ['https://evil.example/'],
    [`${back}/`],
    [`${back}?a=1`],
    ['https://app.example.org/callback'],
    ['javascript:alert(1)'],
  ])('SEC-02 an address that is not registered is refused with a page: %s', async (address) => {
    const { browser, token } = await start()
    const page = await browser.open(
      `/oauth2/logout?${new URLSearchParams({ ...hint(token), post_logout_redirect_uri: address })}`,
    )
    expect(page.status).toBe(400)
    expect(page.location).toBeUndefined()
    expect(page.html).not.toContain('method="post"')
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('a hint that is not ours, or was changed, is refused', async () => {
    const { browser, token } = await start()
    const [, claims, signature] = String(token.body.id_token).split('.')
    const unsigned = `${encoded({ ...headerOf(String(token.body.id_token)), alg: 'none' })}.${claims}.`
    const other = await registerApp(server)
    const wrong: Record<string, string>[] = [
      { id_token_hint: 'nonsense' },
      { id_token_hint: unsigned },
      { id_token_hint: `${encoded({ alg: 'RS256', kid: 'x' })}.${claims}.${signature}` },
      { id_token_hint: String(token.body.access_token) },
      { ...hint(token), client_id: other.id },
    ]
    for (const parameters of wrong) {
      const page = await browser.open(`/oauth2/logout?${new URLSearchParams(parameters)}`)
      expect([Object.values(parameters)[0], page.status]).toEqual([Object.values(parameters)[0], 400])
    }
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('SEC-06 nobody is signed out by a form of another page: it lacks what only ours has', async () => {
    const { browser, token } = await start()
    await browser.open('/oauth2/logout')
    for (const fields of [{ logout: 'yes' }, { logout: 'yes', xsrf: 'x' }] as Record<string, string>[]) {
      const answer = await browser.ask('/oauth2/logout/confirm', {
        method: 'POST',
        body: new URLSearchParams(fields),
      })
      expect(answer.status).toBe(400)
    }
    expect(await works(server, token.body.access_token)).toBe(true)
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('who is not signed in has nothing to sign out of', async () => {
    const page = await createBrowser(server).open('/oauth2/logout')
    expect(page.status).toBe(200)
    expect(textOf(page.html)).not.toContain('Sign out?')
  })

  test('AUD-01 it is in the audit', async () => {
    const { browser, token } = await start()
    await signOut(browser, hint(token))
    await server.house.audit.flush()
    const rows = await server.house.db.kysely
      .selectFrom('audit')
      .select(['event', 'reason'])
      .where('event', 'in', ['user.sign-out', 'grant.revoke'])
      .orderBy('seq', 'desc')
      .limit(2)
      .execute()
    expect(rows).toContainEqual({ event: 'user.sign-out', reason: null })
    expect(rows).toContainEqual({ event: 'grant.revoke', reason: 'signed-out' })
  })
})
