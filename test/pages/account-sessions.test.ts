import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR } from '../../src/lib/time.ts'
import { type Browser, createBrowser, formOf, textOf, type Visit } from '../support/browser-client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signedIn, signIn } from './account.ts'

const PAGE = '/account/sessions'
let server: TestServer
let username: string
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  username = (await addUser(server.house)).username
})

const isIn = async (browser: Browser): Promise<boolean> => (await browser.ask('/account')).status === 200

/** What the buttons of the page post. */
function buttons({ html }: Visit): string[] {
  return [...html.matchAll(/<button[^>]* name="session" value="([^"]*)"/g)].map(([, value = '']) => value)
}

/** The session of this browser, as another one of its user sees it. */
async function nameOf(browser: Browser): Promise<string> {
  const viewer = await signedIn(server, username)
  const names = buttons(await viewer.open(PAGE)).filter((name) => name !== 'others')
  await browser.submit(await browser.open(PAGE), { session: 'others' })
  expect(names).toHaveLength(1)
  return names[0] ?? ''
}

describe('sessions', () => {
  test('are listed newest first, with device, address and time; this one is marked', async () => {
    const phone = createBrowser(server, {
      'user-agent': 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
    })
    await signIn(phone, '/account', username)
    server.clock.advance(HOUR)
    const page = await (await signedIn(server, username)).open(PAGE)
    expect(textOf(page.html)).toMatch(
      /A browser we do not know 1 March 2026, 13:00 UTC \S+ This one Chrome on Android 1 March 2026, 12:00 UTC \S+ End/,
    )
    expect(buttons(page)).toEqual([expect.stringMatching(/^[\w-]+$/), 'others'])
    server.clock.advance(-HOUR)
  })

  test('one is ended: that browser is out, this one and others stay', async () => {
    const [lost, kept, browser] = [
      await signedIn(server, username),
      await signedIn(server, username),
      await signedIn(server, username),
    ]
    const before = buttons(await browser.open(PAGE))
    expect(before).toHaveLength(3)
    // Each sees the other two: what both see is the third.
    const seenByKept = buttons(await kept.open(PAGE))
    const lostName = before.find((name) => seenByKept.includes(name) && name !== 'others') ?? ''
    const page = await browser.submit(await browser.open(PAGE), { session: lostName })
    expect(textOf(page.html)).toContain('Ended. Whoever used it must sign in again.')
    expect([await isIn(lost), await isIn(kept), await isIn(browser)]).toEqual([false, true, true])
    expect(textOf((await browser.open(PAGE)).html)).not.toContain('Ended.')
  })

  test('all others are ended at once, however many they are', async () => {
    const others: Browser[] = []
    for (let index = 0; index < 3; index++) others.push(await signedIn(server, username))
    const browser = await signedIn(server, username)
    const page = await browser.submit(await browser.open(PAGE), { session: 'others' })
    expect(buttons(page)).toEqual([])
    expect(await Promise.all(others.map(isIn))).toEqual([false, false, false])
    expect(await isIn(browser)).toBe(true)
  })

  test('the own one is ended: it signs out', async () => {
    const browser = await signedIn(server, username)
    const uid = await nameOf(browser)
    const page = await browser.submit(await browser.open(PAGE), { session: uid })
    expect(page.url).toContain('/sign-in/')
    expect(await isIn(browser)).toBe(false)
  })

  test('another user’s is not ended, nor is one that is not there', async () => {
    const other = await signedIn(server, username)
    const uid = await nameOf(other)
    const attacker = await signedIn(server, (await addUser(server.house)).username)
    for (const session of [uid, 'nothing', '']) {
      const page = await attacker.submit(await attacker.open(PAGE), { session })
      expect([page.status, textOf(page.html).includes('Ended.')]).toEqual([200, false])
    }
    expect(await isIn(other)).toBe(true)
    expect(formOf(await other.open(PAGE)).action).toBe(PAGE)
  })

  test('AUD-09 the end of a session is in the audit', async () => {
    const lost = await signedIn(server, username)
    const browser = await signedIn(server, username)
    await browser.submit(await browser.open(PAGE), { session: 'others' })
    expect(await isIn(lost)).toBe(false)
    await server.house.audit.flush()
    const user = await server.house.users.findByName(username)
    const rows = await server.house.db.kysely
      .selectFrom('audit')
      .select(['outcome'])
      .where('event', '=', 'session.end')
      .where('user_id', '=', user?.id ?? '')
      .execute()
    expect(rows).toEqual([{ outcome: 'success' }])
  })
})
