import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'
import { axeFindings, launchBrowser, openWindow, sidewaysScroll } from './browser.ts'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  await addUser(server.house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  const rules = [
    { types: ['Appointment'], letters: 'rs', where: ['location=%user.location'], hide: ['comment'] },
  ]
  await server.house.roles.add({ role: 'frontdesk', title: 'Front desk', rules }, 'command')
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const paths = [
  '/admin/users',
  '/admin/users?q=nobody-of-that-name',
  '/admin/users/iris',
  '/admin/users/new?lang=es',
  '/admin/roles?lang=en',
  '/admin/roles/frontdesk',
  '/admin/roles/frontdesk/remove',
  '/admin/try?user=iris&scope=user/*.rs&path=/Appointment',
  '/admin/api-keys',
  '/admin/api-keys/new',
  '/admin/issuers',
  '/admin/sessions',
  '/admin/audit',
  '/admin/keys',
  '/admin/settings',
  '/admin/settings/branding',
  '/developer/apps',
  '/developer/apps/new',
  '/developer/apps/new?kind=browser',
  '/developer/apps/new?kind=service',
]

test.each([
  { width: 1280, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
] as const)('at $width pixels, $colorScheme: axe finds nothing, nothing scrolls sideways', async (view) => {
  const { width, colorScheme } = view
  const { page, complaints } = await openWindow(browser, { viewport: { width, height: 800 }, colorScheme })
  await page.goto(`${server.url}/admin/users`)
  await page.getByLabel('Username').fill('iris')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL('**/admin/users')
  for (const path of paths) {
    await page.goto(server.url + path)
    expect([path, await axeFindings(page)]).toEqual([path, []])
    expect([path, await sidewaysScroll(page)]).toEqual([path, 0])
  }
  expect(complaints).toEqual([])
  await page.context().close()
})
