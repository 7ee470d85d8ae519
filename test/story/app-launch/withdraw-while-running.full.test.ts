import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../../pages/browser.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, fhir, observation, read, signIn, startDemo, tokenResponse } from './support.ts'

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

/** Glance with the record of Anders, and beside it his account in a second tab. */
async function opened() {
  const { page: app } = await openWindow(browser, {})
  await app.goto(`${server.url}/demo/app/launch.html`)
  await signIn(app, 'patient')
  await arrive(app, 'Glance (demo) asks to use your health record')
  const [given] = await Promise.all([tokenResponse(app), allow(app)])
  await arrive(app, 'Anders Lindqvist')
  const [account] = await Promise.all([
    app.context().waitForEvent('page'),
    app.getByRole('link', { name: 'your account' }).click(),
  ])
  await arrive(account, 'My apps')
  return { app, account, given }
}

const readAgain = (app: Page) => app.getByRole('button', { name: 'Read again' }).click()

async function withdraw(account: Page): Promise<void> {
  await account.getByRole('link', { name: 'Withdraw access of Glance (demo)' }).click()
  await arrive(account, 'Withdraw Glance (demo)’s access to your record?')
  await account.getByRole('button', { name: 'Withdraw access' }).click()
  await read(account, /^Withdrawn\. Glance \(demo\) /)
}

test('REVO-03 REVO-04 withdrawn in one tab, the app in the other is refused at its next call', async () => {
  const { app, account, given } = await opened()
  const panel = account.getByRole('article', { name: 'Glance (demo)' })
  expect(await panel.textContent()).toContain('Anders Lindqvist')
  // First somebody who changes their mind.
  await account.getByRole('link', { name: 'Withdraw access of Glance (demo)' }).click()
  await account.getByRole('link', { name: 'Keep it' }).click()
  await arrive(account, 'My apps')
  await readAgain(app)
  await read(app, /^Read again at /)

  await withdraw(account)
  await read(account, 'No app may use your record')
  const refused = app.waitForResponse((response) => response.url().includes('/fhir/'))
  await readAgain(app)
  expect((await refused).status()).toBe(401)
  await arrive(app, 'Your access was withdrawn')
  expect(await app.innerText('main')).not.toContain('Lindqvist')

  expect((await fhir(server, given.access_token, 'Patient/anders-lindqvist')).status).toBe(401)
  const renewed = await fetch(`${server.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: String(given.refresh_token),
      client_id: 'demo-app',
    }),
  })
  expect([renewed.status, await renewed.json()]).toMatchObject([400, { error: 'invalid_grant' }])

  // What was withdrawn is not remembered: the app must ask again.
  await app.getByRole('link', { name: 'Launch again' }).click()
  await arrive(app, 'Glance (demo) asks to use your health record')
  await app.context().close()
})

test('REVO-06 narrowed in one tab, the app in the other gets less at its next call', async () => {
  const { app, account, given } = await opened()
  const count = async (category: string) =>
    (await fhir(server, given.access_token, `Observation?category=${category}&_summary=count`)).body.total
  expect(await count('laboratory')).toBeGreaterThan(0)
  await account.getByRole('link', { name: 'Change of Glance (demo)' }).click()
  await arrive(account, 'Change what Glance (demo) may do')
  await account.getByRole('checkbox', { name: 'Lab results' }).uncheck()
  await account.getByRole('button', { name: 'Save' }).click()
  await read(account, 'Saved. Glance (demo) can do only what is ticked, from now on.')
  expect(await count('laboratory')).toBe(0)
  expect(await count('vital-signs')).toBeGreaterThan(0)
  const [renewed] = await Promise.all([
    tokenResponse(app),
    app.getByRole('button', { name: 'Refresh token' }).click(),
  ])
  expect(renewed.scope).toBe(
    given.scope
      .split(' ')
      .filter((scope) => scope !== observation('laboratory'))
      .join(' '),
  )
  await withdraw(account)
  await app.context().close()
})

test('REVO-06 with a new password the app and all sessions end', async () => {
  const { app, account } = await opened()
  const { page: elsewhere } = await openWindow(browser, {})
  await elsewhere.goto(`${server.url}/account/sessions`)
  await signIn(elsewhere, 'patient')
  await arrive(elsewhere, 'Sessions')

  await account.getByRole('link', { name: 'Security' }).click()
  await account.getByLabel('Current password', { exact: true }).fill('lanyard-demo')
  const password = 'four quiet herons by the weir'
  await account.getByLabel('New password', { exact: true }).fill(password)
  await account.getByLabel('New password, once more', { exact: true }).fill(password)
  await account.getByRole('button', { name: 'Change password' }).click()
  await arrive(account, 'Sign in')
  await signIn(account, 'patient', password)
  await read(account, 'Saved. Use the new password from now on.')
  await readAgain(app)
  await arrive(app, 'Your access was withdrawn')

  await elsewhere.reload()
  await arrive(elsewhere, 'Sign in')
  await signIn(elsewhere, 'patient')
  await read(elsewhere, 'That username and password do not match')
  await signIn(elsewhere, 'patient', password)
  await arrive(elsewhere, 'Sessions')
  await elsewhere.context().close()
  await app.context().close()
})
