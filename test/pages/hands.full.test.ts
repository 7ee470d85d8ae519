import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backendClient } from '../support/backend-client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { focused, walk } from './focus.ts'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser('--host-resolver-rules=MAP evil.example 127.0.0.1')
  server = await startServer()
  await server.house.clients.add((await backendClient('demo-backend')).metadata, 'demo')
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const top = ['Skip to main content', 'LanyardAlder Valley Hospital']
const foot = ['Privacy', 'Accessibility', 'Español']

test.each([1280, 320])('Tab reaches everything in the order of reading, at %s pixels', async (width) => {
  const { page } = await openWindow(browser, { viewport: { width, height: 700 } })
  const inOrder = async (path: string): Promise<string[]> => {
    await page.goto(server.url + path)
    return await walk(page)
  }
  // Where somebody is on the way to something else, the head leads nowhere but to help.
  const around = (...between: string[]) => [...top, ...between, ...foot]
  expect(await inOrder('/')).toEqual(
    around(
      'Developers',
      'Help',
      'Get a first token',
      'Your apps',
      'Open the console',
      'Read the developer pages',
      'Copy FHIR server address',
      'Copy token endpoint',
      'Copy issuer',
      `${server.fhir}/.well-known/smart-configuration`,
      'Copy discovery address',
      'CapabilityStatement',
      'OAuth metadata',
      'Public keys',
      'Health',
      'Metrics',
      'Copy the command that gets a token',
      'Copy the command that reads patients',
      'Copy the commands that are refused',
    ),
  )
  expect(await inOrder('/nowhere')).toEqual(
    around('Help', 'Copy reference', 'Technical details', 'Go to the start page'),
  )
  expect(await inOrder('/help')).toEqual(around('Developers', 'Help'))
  await page.context().close()
})

test('the skip link leads past the header, and Enter opens the details', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}/nowhere`)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(new URL(page.url()).hash).toBe('#main')
  await page.keyboard.press('Tab')
  expect((await focused(page))?.name).toBe('Copy reference')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.locator('details').getByText('not-found').isVisible()).toBe(true)
  await page.context().close()
})

test('Copy puts the value on the clipboard and says so', async () => {
  const { page, complaints } = await openWindow(browser, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const clipboard = () => page.evaluate('navigator.clipboard.readText()')
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Copy discovery address' }).click()
  expect(await clipboard()).toBe(`${server.fhir}/.well-known/smart-configuration`)
  expect(await page.getByRole('status').textContent()).toBe('Copied')
  await page.getByRole('button', { name: 'Copied discovery address' }).waitFor()
  await page.getByRole('button', { name: 'Copy discovery address' }).waitFor()
  expect(await page.getByRole('status').textContent()).toBe('')

  await page.getByRole('button', { name: 'Copy the command that reads patients' }).click()
  expect(await clipboard()).toMatch(/^curl 'http.*\/fhir\/Patient\?_count=2&_pretty=true' \\\n {2}-H "Auth/)

  await page.goto(`${server.url}/nowhere`)
  const reference = await page.locator('#reference').textContent()
  await page.getByRole('button', { name: 'Copy reference' }).click()
  expect(await clipboard()).toBe(reference)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('without JavaScript everything is there but the copy buttons', async () => {
  const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false })
  await page.goto(server.url)
  expect(await page.locator('[data-copy]').count()).toBe(7)
  expect(await page.getByRole('button').count()).toBe(0)
  expect(await page.getByText(server.fhir, { exact: true }).isVisible()).toBe(true)
  await page.getByRole('link', { name: 'Get a first token' }).click()
  expect(new URL(page.url()).hash).toBe('#first-token')
  await page.goto(`${server.url}/nowhere`)
  expect(await page.getByText('not-found').isVisible()).toBe(false)
  await page.getByText('Technical details').click()
  expect(await page.getByText('not-found').isVisible()).toBe(true)
  await page.getByRole('link', { name: 'Go to the start page' }).click()
  expect(await page.title()).toBe('Lanyard - Alder Valley Hospital')
  expect(complaints).toEqual([])
  await page.context().close()
})

test('where browsers offer no clipboard the buttons stay away; the foreign host still has a dressed page', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(server.url.replace('localhost', 'evil.example'))
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
    'This is not the address of this server',
  )
  expect(await page.getByRole('button').count()).toBe(0)
  expect(await page.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius")).toBe('12px')
  await page.getByRole('link', { name: 'Go to the start page' }).click()
  expect(page.url()).toBe(`${server.url}/`)
  expect(complaints).toEqual([])
  await page.context().close()
})
