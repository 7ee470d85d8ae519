import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arrive, signIn, startDemo, tokenResponse } from '../story/app-launch/support.ts'
import type { TestServer } from '../support/server.ts'
import { launchBrowser, openWindow } from './browser.ts'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startDemo()
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

/** A window in which Glance shows the record of Anders. */
async function opened() {
  const window = await openWindow(browser, {})
  const { page } = window
  await page.goto(`${server.url}/demo/app/launch.html`)
  await signIn(page, 'patient')
  const given = tokenResponse(page)
  // Only the first time: what was allowed is remembered.
  const consent = page.getByRole('button', { name: 'Allow', exact: true })
  const record = page.getByRole('heading', { level: 1, name: 'Anders Lindqvist' })
  await consent.or(record).waitFor()
  if (await consent.isVisible()) await allow(page)
  await record.waitFor()
  return { ...window, given: await given }
}

const given = (page: Page) => page.getByRole('region', { name: 'What this app was given' })
const press = (page: Page, name: string) => page.getByRole('button', { name }).click()

test('REFR-05 REFR-09 "Refresh token" gets a new access token in the browser, and the refresh token is replaced', async () => {
  const { page, complaints, requests, given: first } = await opened()
  const [second] = await Promise.all([tokenResponse(page), press(page, 'Refresh token')])
  expect(second.access_token).not.toBe(first.access_token)
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect([second.scope, second.patient]).toEqual([first.scope, first.patient])
  await given(page)
    .getByText(/^A new access token, good until .* the old one is spent\.$/)
    .waitFor()
  await press(page, 'Read again')
  await page
    .getByRole('status')
    .getByText(/^Read again at /)
    .waitFor()
  expect(complaints).toEqual([])
  expect(requests.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([])
  await page.context().close()
})

test('REFR-01 an hour later the app renews its token without asking anybody', async () => {
  const { page } = await opened()
  server.clock.advance(61 * 60 * 1000)
  await page.evaluate('Date.now = ((now) => () => now() + 61 * 60 * 1000)(Date.now)')
  await Promise.all([tokenResponse(page), press(page, 'Read again')])
  await page
    .getByRole('status')
    .getByText(/^Read again at /)
    .waitFor()
  await page.context().close()
  server.clock.now = Date.now()
})

test('ENF-07 "Try to read something it may not" shows the answer 403 and its sentence', async () => {
  const { page } = await opened()
  await press(page, 'Try to read something it may not')
  const answer = given(page).getByRole('figure', { name: 'Answer' })
  await answer.getByText('403 Forbidden').waitFor()
  expect(await answer.textContent()).toMatch(/GET \/fhir\/Procedure\?patient=anders-lindqvist\s+\S.*\.$/)
  await page.context().close()
})

test('AUTHZ-08 who does not allow it comes back to an app that says so, and can begin again', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await signIn(page, 'parent')
  await page.getByRole('button', { name: /^Choose Elias/ }).click()
  await arrive(page, 'Glance (demo) asks to use Elias’s health record')
  await press(page, 'Don’t allow')
  await arrive(page, 'Nothing was shared')
  expect(new URL(page.url()).search).toBe('')
  await page.getByRole('link', { name: 'Launch again' }).click()
  await arrive(page, 'Choose a patient')
  await page.context().close()
})

test('AUTHZ-08 who goes back from the sign-in page gives the app nothing either', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await press(page, 'Go back to Glance (demo)')
  await arrive(page, 'Nothing was shared')
  await page.context().close()
})

test('an answer that belongs to no launch of this window is not used', async () => {
  const { page } = await openWindow(browser, {})
  for (const answer of ['code=stolen&state=guessed', 'error=access_denied&state=guessed']) {
    await page.goto(`${server.url}/demo/app/?${answer}`)
    await arrive(page, 'This launch did not begin here')
  }
  await page.goto(`${server.url}/demo/app/launch.html?iss=https://evil.example/fhir&launch=x`)
  await arrive(page, 'Glance does not know that hospital')
  await page.context().close()
})

test('the record stays in its window: a reload shows it, another window does not', async () => {
  const { page } = await opened()
  await page.reload()
  await arrive(page, 'Anders Lindqvist')
  const other = await page.context().newPage()
  await other.goto(`${server.url}/demo/app/`)
  await arrive(other, 'A health record at a glance')
  await page.context().close()
})
