import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../../pages/browser.ts'
import { introspect, registerBackend } from '../../support/oauth.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, fhir, observation, signIn, startDemo, tokenResponse } from './support.ts'

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

test('AUTHZ-13 AUTHZ-14 SCOPE-13 a patient unticks lab results and offline access, and that is what the app gets', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/`)
  await page.getByRole('link', { name: 'Launch standalone' }).click()
  await arrive(page, 'Sign in')
  await signIn(page, 'patient')

  // A patient with one record is not asked which.
  await arrive(page, 'Glance (demo) asks to use your health record')
  expect(await page.getByRole('main').textContent()).toContain('2 Sept 1979 (47 years)')
  const box = (name: string) => page.getByRole('checkbox', { name, exact: true })
  expect(await box('Medicines').isChecked()).toBe(true)
  expect(await box('Conditions').isChecked()).toBe(false)
  await box('Lab results').uncheck()
  await box('Also when you are not using the app').uncheck()
  const [given] = await Promise.all([tokenResponse(page), allow(page)])

  const scope = [
    'launch/patient',
    'openid',
    'fhirUser',
    'patient/Patient.rs',
    observation('vital-signs'),
    observation('procedure'),
    observation('survey'),
    'patient/MedicationRequest.rs',
    'patient/AllergyIntolerance.rs',
    'patient/Immunization.rs',
  ].join(' ')
  expect(given).toMatchObject({ token_type: 'Bearer', patient: 'anders-lindqvist', scope })
  expect(given).not.toHaveProperty('refresh_token')

  await arrive(page, 'Anders Lindqvist')
  const part = (name: string) => page.getByRole('region', { name })
  expect(await part('Vital signs').getByRole('heading', { level: 3 }).allTextContents()).toEqual([
    'Blood pressure',
    'Weight',
    'Heart rate',
  ])
  const notShared = 'were not shared with this app. It cannot even tell whether there are any.'
  expect(await part('Lab results').textContent()).toContain(`Lab results ${notShared}`)
  expect(await part('Conditions').textContent()).toContain(`Conditions ${notShared}`)
  expect(await part('Medicines').getByRole('listitem').count()).toBeGreaterThan(0)
  const what = part('What this app was given')
  const kept = what.getByRole('list').nth(1).getByRole('listitem')
  expect(await kept.allTextContents()).toEqual(['offline_access', 'patient/Condition.rs'])
  expect(await what.getByRole('button', { name: 'Refresh token' }).isVisible()).toBe(false)

  // Not only the app keeps to it.
  const count = async (query: string) => await fhir(server, given.access_token, `${query}&_summary=count`)
  expect((await count('Observation?category=vital-signs')).body.total).toBeGreaterThan(0)
  expect((await count('Observation?category=laboratory')).body.total).toBe(0)
  expect((await count('Condition?patient=anders-lindqvist')).status).toBe(403)
  const resourceServer = await registerBackend(server, { scope: '__introspect', introspects_all: true })
  const told = await introspect(server, resourceServer, given.access_token)
  expect(told.body).toMatchObject({ active: true, scope, patient: 'anders-lindqvist' })

  // The next launch asks nothing, and gives the same.
  const [again] = await Promise.all([
    tokenResponse(page),
    page.getByRole('link', { name: 'Launch again' }).click(),
  ])
  await arrive(page, 'Anders Lindqvist')
  expect([again.scope, again.patient]).toEqual([scope, 'anders-lindqvist'])
  expect(again.access_token).not.toBe(given.access_token)

  await page.goto(`${server.url}/account`)
  const panel = page.getByRole('article', { name: 'Glance (demo)' })
  await panel.getByText('Technical details').click()
  await panel.getByText(scope, { exact: true }).waitFor()
  expect(await panel.textContent()).toContain('Vital signs')
  expect(await panel.textContent()).not.toContain('Lab results')
  expect(complaints).toEqual([])
  await page.context().close()
})

test('AUTHZ-13 the same person on another device signs in, and is not asked again', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await arrive(page, 'Sign in')
  await signIn(page, 'patient')
  await arrive(page, 'Anders Lindqvist')
  expect(complaints).toEqual([])
  await page.context().close()
})
