import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../../pages/browser.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, observation, signIn, startDemo } from './support.ts'
import { type ServerApp, startServerApp } from './support-server-app.ts'

let browser: Browser
let server: TestServer
let app: ServerApp
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startDemo()
  app = await startServerApp(server, {
    scope:
      'launch/patient launch/encounter openid fhirUser patient/Patient.rs patient/Encounter.rs patient/Observation.rs',
  })
})
afterAll(async () => {
  await browser.close()
  app.close()
  await server.close()
})

test('AUTHZ-13 STAND-01 STAND-03 without JavaScript: a wrong password, a search, a visit, and fewer data than asked', async () => {
  const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false })
  await page.goto(`${app.url}/connect`)
  await arrive(page, 'Sign in')
  await signIn(page, 'clinician', 'guessed')
  await page.getByRole('alert').getByRole('link', { name: 'That username and password do not match' }).click()
  expect(await page.getByLabel('Username').inputValue()).toBe('clinician')
  await signIn(page, 'clinician')

  await arrive(page, 'Choose a patient')
  const search = async (words: string) => {
    await page.getByRole('searchbox').fill(words)
    await page.getByRole('button', { name: 'Search' }).click()
  }
  await search('lindqvst')
  await page.getByRole('heading', { name: 'No patient matches “lindqvst”' }).waitFor()
  await search('lindqvist 2014-03-14')
  await page.getByRole('table', { name: '1 patient matches “lindqvist 2014-03-14”' }).waitFor()
  await page.getByRole('button', { name: /^Choose Ana Sofia Lindqvist/ }).click()

  await arrive(page, 'Choose a visit')
  await page.getByRole('button', { name: /^Choose .*19 Nov 2026/ }).click()

  await arrive(page, 'Pulse Diary asks to use Ana’s health record')
  await page.getByRole('checkbox', { name: 'Lab results' }).uncheck()
  await page.getByText('Technical details').click()
  await page.getByText('patient/Encounter.rs').first().waitFor()
  await allow(page)
  await arrive(page, 'Connected')
  const { scope = '', patient, encounter } = app.tokens()
  expect([patient, encounter]).toEqual(['ana-lindqvist', 'ana-lindqvist-clinic'])
  expect(scope.split(' ')).toContain(observation('vital-signs'))
  expect(scope.split(' ')).not.toContain(observation('laboratory'))
  expect(complaints).toEqual([])
  await page.context().close()
})

/** Presses Tab until this has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    const snapshot = (await focused.count()) === 0 ? '' : await focused.ariaSnapshot()
    if (typeof name === 'string' ? snapshot.includes(`"${name}"`) : name.test(snapshot)) return
  }
  throw new Error(`Tab does not come to ${name}`)
}

test('AUTHZ-13 with the keyboard alone, from the app to the app', async () => {
  const { page, complaints } = await openWindow(browser, { viewport: { width: 1280, height: 700 } })
  const { keyboard } = page
  await page.goto(app.url)
  await tabTo(page, 'Connect to the hospital')
  await keyboard.press('Enter')

  await arrive(page, 'Sign in')
  await tabTo(page, 'Username')
  await keyboard.type('parent')
  await tabTo(page, 'Password')
  await keyboard.type('guessed')
  await keyboard.press('Enter')
  // What went wrong has the focus, and leads to the field.
  await page.locator('.error-summary:focus').waitFor()
  await tabTo(page, 'That username and password do not match')
  await keyboard.press('Enter')
  expect(await page.locator(':focus').inputValue()).toBe('parent')
  await tabTo(page, 'Password')
  await keyboard.type('lanyard-demo')
  await keyboard.press('Enter')

  await arrive(page, 'Choose a patient')
  await tabTo(page, /Choose Ana Sofia Lindqvist/)
  await keyboard.press('Enter')
  await arrive(page, 'Choose a visit')
  await tabTo(page, 'Go on without a visit')
  await keyboard.press('Enter')

  await arrive(page, 'Pulse Diary asks to use Ana’s health record')
  await tabTo(page, 'Lab results')
  await keyboard.press('Space')
  expect(await page.getByRole('checkbox', { name: 'Lab results' }).isChecked()).toBe(false)
  await tabTo(page, /^- button "Allow"/)
  await keyboard.press('Enter')
  await arrive(page, 'Connected')
  const { scope = '', patient, encounter } = app.tokens()
  expect([patient, encounter]).toEqual(['ana-lindqvist', undefined])
  expect(scope.split(' ')).not.toContain(observation('laboratory'))
  expect(complaints).toEqual([])
  await page.context().close()
})
