import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerPublicApp } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { focused, tabTo, walk } from './focus.ts'

/** An admin without a mouse. */
let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  await addUser(server.house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await registerPublicApp(server, { client_id: 'growth', client_name: 'Growth Chart', scope: 'patient/*.rs' })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const enter = async (page: Page) => {
  await page.keyboard.press('Enter')
  await page.waitForLoadState()
}
/** Goes to a link or a button and takes it. */
const take = async (page: Page, name: string) => {
  await tabTo(page, name)
  await enter(page)
}
const type = async (page: Page, field: string, value: string) => {
  await tabTo(page, field)
  await page.keyboard.type(value)
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()

test('on a telephone: sign in, skip the header, open the menu, mend a mistake, say no to a question', async () => {
  const { page, complaints } = await openWindow(browser, { viewport: { width: 360, height: 740 } })
  await page.goto(`${server.url}/admin`)
  await type(page, 'Username', 'iris')
  await type(page, 'Password', password)
  await enter(page)
  await page.waitForURL('**/admin')

  await page.keyboard.press('Tab')
  expect((await focused(page))?.name).toBe('Skip to main content')
  await enter(page)
  await take(page, '7 days')
  await page.waitForURL('**/admin?span=week')
  expect(await page.locator('.tabs [aria-current]').innerText()).toBe('7 days')

  await tabTo(page, 'Menu')
  expect(await page.locator('#nav').isVisible()).toBe(false)
  await page.keyboard.press('Enter')
  await page.locator('#nav').waitFor()
  await page.keyboard.press('Escape')
  expect([await page.locator('#nav').isVisible(), (await focused(page))?.name]).toEqual([false, 'Menu'])
  await page.keyboard.press('Enter')
  await take(page, 'Users')
  await page.waitForURL('**/admin/users')

  await page.goto(`${server.url}/admin/apps/growth/settings`)
  await tabTo(page, 'Return addresses')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('http://growth.example/callback')
  await take(page, 'Save changes')
  await page.locator('#errors').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('errors')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect((await focused(page))?.name).toBe('Return addresses')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('https://growth.example/callback')
  await take(page, 'Save changes')
  await page.getByText('Saved.').waitFor()

  await page.goto(`${server.url}/admin/apps/growth/use`)
  await take(page, 'Disable Growth Chart')
  await page.waitForURL('**/disable')
  expect(await heading(page)).toBe('Disable Growth Chart?')
  await take(page, 'Leave it enabled')
  await page.waitForURL('**/admin/apps/growth/use')
  expect((await server.house.clients.find('growth'))?.status).toBe('active')
  expect(complaints).toEqual([])
  await page.context().close()
})

test('at a desk: Tab goes over a whole page in the order of reading, the navigation first', async () => {
  const { page } = await openWindow(browser, { viewport: { width: 1280, height: 800 } })
  await page.goto(`${server.url}/admin/users/new`)
  await type(page, 'Username', 'iris')
  await type(page, 'Password', password)
  await enter(page)
  await page.waitForURL('**/admin/users/new')
  const names = await walk(page)
  const stops = [
    'Skip to main content',
    'Dashboard',
    'Users',
    'Sign out',
    'Español',
    'Users',
    'Username',
    'Name',
  ]
  expect(names.filter((name) => stops.includes(name))).toEqual(stops)
  expect(names.at(-1)).toBe('Add the user')
  await page.context().close()
})
