import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../pages/browser.ts'
import { type ClientKey, ecKey } from '../support/client-keys.ts'
import { basic, post, token } from '../support/oauth.ts'
import { signIn } from '../support/person.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'

/** The console as its people use it: a real browser, and no JavaScript in it. */
let browser: Browser
let server: TestServer
let key: ClientKey
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  const { house } = server
  await addUser(house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(house, { username: 'jon', display_name: 'Jon Lind', roles: ['admin'] })
  await addUser(house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  await house.clients.add(
    {
      client_id: 'web',
      client_name: 'Growth Chart',
      redirect_uris: ['https://growth.example/cb'],
      scope: 'patient/*.rs',
    },
    'command',
  )
  key = ecKey('cohort-1')
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

async function signedIn(username: string, path: string): Promise<Page> {
  const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false, locale: 'en-GB' })
  await page.goto(server.url + path)
  await signIn(page, username)
  await page.waitForURL(server.url + path)
  expect(complaints).toEqual([])
  return page
}
const save = (page: Page) => page.getByRole('button', { name: 'Save changes' }).click()

test('a backend service is registered by its JWKS, and its first token arrives in Use', async () => {
  const page = await signedIn('iris', '/admin')
  await page.getByRole('link', { name: 'Apps', exact: true }).click()
  await page.getByRole('link', { name: 'New app' }).click()
  await page.getByText('A backend service', { exact: true }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Cohort Builder')
  await page.getByLabel('Client ID').fill('cohort-builder')
  await page.getByText('A set of keys', { exact: true }).click()
  const file = {
    name: 'jwks.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ keys: [key.jwk] })),
  }
  await page.getByLabel('JWKS file').setInputFiles(file)
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByText('1 of 1 keys usable').waitFor()
  await page.getByRole('button', { name: 'Continue to the review' }).click()
  await page.getByRole('heading', { name: 'Register Cohort Builder?' }).waitFor()
  await page.getByLabel('Reason for this change').fill('study 4711')
  await page.getByRole('button', { name: 'Register it' }).click()
  await page.getByText('Cohort Builder is registered.').waitFor()
  await page.getByText('Never used').waitFor()
  await token(server, { id: 'cohort-builder', key }, { scope: 'system/Patient.rs' })
  await page.reload()
  await page.getByText('Last used: 1 March 2026, 12:00 UTC').waitFor()
  expect(await page.locator('.tile', { hasText: 'Tokens' }).locator('.value').textContent()).toBe('1')
  await page.context().close()
})

test('a secret is rotated with an overlap: both work, then only the new one', async () => {
  const { secret: old } = await server.house.clients.newSecret('web')
  const page = await signedIn('iris', '/admin/apps/web/credentials')
  await page.getByRole('link', { name: 'Make a new secret' }).click()
  await page.getByText('Is good for another week').click()
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  const secret = (await page.locator('#client-secret').textContent()) ?? ''
  const answers = async () =>
    await Promise.all(
      [old, secret].map(async (one) => {
        const form = {
          grant_type: 'authorization_code',
          code: 'x',
          redirect_uri: 'https://growth.example/cb',
        }
        return (await post(server, '/oauth2/token', form, { authorization: basic('web', one) })).body.error
      }),
    )
  expect(await answers()).not.toContain('invalid_client')
  server.clock.advance(7 * 86_400_000)
  expect((await answers())[0]).toBe('invalid_client')
  expect((await answers())[1]).not.toBe('invalid_client')
  await page.context().close()
})

test('two admins meet at one app: the second is told, and nothing of the first is lost', async () => {
  const iris = await signedIn('iris', '/admin/apps/web/settings')
  const jon = await signedIn('jon', '/admin/apps/web/settings')
  await iris.getByLabel('Name', { exact: true }).fill('Growth Chart of Iris')
  await save(iris)
  await iris.getByText('Saved.').waitFor()
  await jon.getByLabel('Name', { exact: true }).fill('Growth Chart of Jon')
  await save(jon)
  await jon.getByRole('heading', { name: 'Somebody else changed this meanwhile' }).waitFor()
  await jon.getByText('Iris Okafor changed name').waitFor()
  const row = jon.getByRole('row', { name: 'name' })
  expect((await row.getByRole('cell').allTextContents()).map((text) => text.trim())).toEqual([
    'Growth Chart of Iris',
    'Growth Chart of Jon',
  ])
  expect((await server.house.clients.find('web'))?.metadata.client_name).toBe('Growth Chart of Iris')
  await jon.getByRole('link', { name: 'Leave it as it is now' }).click()
  expect(await jon.getByLabel('Name', { exact: true }).inputValue()).toBe('Growth Chart of Iris')
  await iris.context().close()
  await jon.context().close()
})

test('an auditor sees everything, and finds nothing to press', async () => {
  const page = await signedIn('otto', '/admin')
  for (const path of [
    '/admin',
    '/admin/apps/web/settings',
    '/admin/apps/web/credentials',
    '/admin/apps/web/access',
    '/admin/apps/web/use',
  ]) {
    await page.goto(server.url + path)
    expect([path, await page.getByRole('heading', { level: 1 }).count()]).toEqual([path, 1])
    expect([path, await page.locator('main button:visible, main [type=submit]:visible').count()]).toEqual([
      path,
      0,
    ])
    expect([
      path,
      await page.locator('main :is(input:not([type=hidden]), select, textarea):enabled').count(),
    ]).toEqual([path, 0])
  }
  await page.context().close()
})

test('on a telephone the navigation opens without JavaScript', async () => {
  const { page } = await openWindow(browser, {
    javaScriptEnabled: false,
    viewport: { width: 320, height: 700 },
  })
  await page.goto(`${server.url}/admin/apps`)
  await page.getByLabel('Username').fill('iris')
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  const nav = page.getByRole('navigation', { name: 'Administration' })
  expect(await nav.isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Menu' }).click()
  await nav.getByRole('link', { name: 'Dashboard' }).click()
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
  await page.context().close()
})
