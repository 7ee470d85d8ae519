import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../../pages/browser.ts'
import { claimsOf } from '../../support/client-keys.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, fhir, read, signIn, startDemo, tokenResponse } from './support.ts'

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

test('STAND-01 SCOPE-07 a mother of two chooses one child, and the app gets that record and no other', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await arrive(page, 'Sign in')
  await signIn(page, 'parent')

  await arrive(page, 'Choose a patient')
  const rows = page.getByRole('table', { name: 'Patients whose record you may open' }).getByRole('row')
  const words = (await rows.allTextContents()).slice(1).map((text) => text.replace(/\s+/g, ' '))
  expect(words).toEqual([
    expect.stringMatching(/^Elias Holm ?5 Sept 2011 .*Male/),
    expect.stringMatching(/^Ana Sofia Lindqvist ?14 Mar 2014 .*Female/),
  ])
  // Two children need no search.
  expect(await page.getByRole('searchbox').count()).toBe(0)
  await page.getByRole('button', { name: 'Choose Elias Holm, born 5 Sept 2011' }).click()

  await arrive(page, 'Glance (demo) asks to use Elias’s health record')
  const [given] = await Promise.all([tokenResponse(page), allow(page)])
  expect(given.patient).toBe('elias-holm')
  expect(claimsOf(String(given.id_token)).fhirUser).toMatch(/\/fhir\/RelatedPerson\//)
  await arrive(page, 'Elias Holm')
  expect(complaints).toEqual([])

  expect((await fhir(server, given.access_token, 'Patient/elias-holm')).status).toBe(200)
  expect((await fhir(server, given.access_token, 'Patient/ana-lindqvist')).status).toBe(404)
  const observations = async (patient: string) =>
    await fhir(server, given.access_token, `Observation?patient=${patient}&_summary=count`)
  expect((await observations('elias-holm')).body.total).toBeGreaterThan(0)
  expect((await observations('ana-lindqvist')).status).toBe(403)

  // What was allowed for one child says nothing about the other.
  await page.getByRole('link', { name: 'Launch again' }).click()
  await arrive(page, 'Choose a patient')
  await page.getByRole('button', { name: 'Choose Ana Sofia Lindqvist, born 14 Mar 2014' }).click()
  await arrive(page, 'Glance (demo) asks to use Ana’s health record')

  await page.goto(`${server.url}/account/activity`)
  await arrive(page, 'Activity')
  await read(page, /^Glance \(demo\) read .*Elias’s name, birth date and contact details/)
  await page.context().close()
})

test('STAND-05 on a device that her husband uses: she is somebody else, and goes back without a choice', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await signIn(page, 'patient')
  await arrive(page, 'Glance (demo) asks to use your health record')
  await page.getByRole('button', { name: 'Not you?' }).click()
  await arrive(page, 'Sign in')
  await signIn(page, 'parent')
  await arrive(page, 'Choose a patient')
  await page.getByRole('button', { name: 'Cancel and return to the app' }).click()
  await arrive(page, 'Nothing was shared')
  await page.context().close()
})

test('CTX-10 a child who is not hers cannot be chosen by writing another name into the form', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await signIn(page, 'parent')
  await arrive(page, 'Choose a patient')
  await page.evaluate(`document.querySelector('button[name=patient]').value = 'maja-lindgren'`)
  await page
    .getByRole('button', { name: /^Choose/ })
    .first()
    .click()
  await arrive(page, 'Nothing was shared')
  await page.context().close()
})
