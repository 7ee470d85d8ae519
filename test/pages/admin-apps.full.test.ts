import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '../../src/lib/time.ts'
import { ecKey } from '../support/client-keys.ts'
import { putRecords } from '../support/launch.ts'
import { requestToken } from '../support/oauth.ts'
import { field, heading, press, signIn } from '../support/person.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { findingsInAllViews, launchBrowser, openWindow } from './browser.ts'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  const { house } = server
  await addUser(house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Night Run' }).getByRole('link', { name }).click()
const tile = (page: Page, name: string) => page.locator('.tile', { hasText: name }).innerText()

test('a backend service is registered by uploading its JWKS, and Use shows its first token', async () => {
  const key = ecKey('night-1')
  const weak = { ...ecKey('other').jwk, alg: 'ES256' }
  const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false })
  await page.goto(`${server.url}/admin/apps`)
  await signIn(page, 'iris')
  await page.getByRole('link', { name: 'New app' }).first().click()
  await page.getByLabel('A backend service').check()
  await press(page, 'Continue')
  await heading(page, 'New backend service')
  await field(page, 'client_name').fill('Night Run')
  await field(page, 'client_id').fill('night-run')
  await page.getByLabel('A set of keys').check()
  await field(page, 'jwks_file').setInputFiles({
    name: 'jwks.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ keys: [key.jwk, weak] })),
  })
  await press(page, 'Check')
  await page.getByText('1 of 2 keys usable').waitFor()
  await press(page, 'Continue to the review')
  await heading(page, 'Register Night Run?')
  await press(page, 'Register it')
  await page.getByText('Night Run is registered.').waitFor()
  expect(new URL(page.url()).pathname).toBe('/admin/apps/night-run/use')
  await page.getByText('Never used').waitFor()
  expect(await tile(page, 'Tokens')).toContain('0')

  // The service, elsewhere, with the private part of its key; and somebody who has another one.
  const first = await requestToken(server, { id: 'night-run', key })
  expect([first.status, first.body.expires_in]).toEqual([200, 300])
  const headers = { authorization: `Bearer ${first.body.access_token}` }
  expect((await fetch(`${server.fhir}/Patient`, { headers })).status).toBe(200)
  const stranger = await requestToken(server, { id: 'night-run', key: ecKey('night-1') })
  expect([stranger.status, stranger.body.error]).toEqual([401, 'invalid_client'])
  const form = { scope: 'system/Practitioner.rs' }
  expect((await requestToken(server, { id: 'night-run', key }, { form })).body.error).toBe('invalid_scope')

  // Reads are counted within 100 ms.
  await server.house.audit.flush()
  await page.reload()
  await page.getByText('Last used: 1 March 2026, 12:00 UTC').waitFor()
  expect(await tile(page, 'Tokens')).toMatch(/Tokens\s+1\s/)
  expect(await tile(page, 'FHIR requests')).toMatch(/FHIR requests\s+1\s/)
  expect(await tile(page, 'Refused')).toMatch(/Refused\s+1\s/)
  await page.getByRole('row', { name: 'Patient search 1' }).waitFor()
  await page.getByRole('link', { name: 'See them in the audit' }).click()
  await page.getByRole('row', { name: /Token requested Night Run .* Refused/ }).waitFor()

  // A life of its own for its tokens counts for the next one.
  await page.goto(`${server.url}/admin/apps/night-run/settings`)
  await tab(page, 'Access')
  await field(page, 'access_token_lifetime').fill('60')
  await press(page, 'Save changes')
  await page.getByText('This app’s own value').waitFor()
  expect((await requestToken(server, { id: 'night-run', key })).body.expires_in).toBe(60)
  expect((await fetch(`${server.fhir}/Patient`, { headers })).status).toBe(401)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('an owner is reminded in the console, and reads it among their apps, on a page in which axe finds nothing', async () => {
  const { house, clock } = server
  const dora = await addUser(house, {
    username: 'dora',
    display_name: 'Dora Develops',
    roles: ['developer', 'admin'],
  })
  const owner = { userId: dora.id, most: 9 }
  const service = (client_id: string) => ({
    client_id,
    client_name: `Cohort Builder ${client_id}`,
    contacts: ['dora@example.org'],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    scope: 'system/Patient.rs',
    jwks: { keys: [{ ...ecKey('cb-1').jwk, exp: (clock.now + 17 * DAY) / 1000 }] },
  })
  await house.clients.add(service('one'), 'developer', { owner })
  await house.clients.add(service('two'), 'developer', { owner, waiting: true })
  const growth = { client_id: 'growth', client_name: 'Growth Chart', redirect_uris: ['https://g.example/cb'] }
  await house.clients.add({ ...growth, scope: 'launch patient/Patient.r offline_access' }, 'console')
  const flightId = house.flights.begin({ clientId: 'growth', detail: {} })
  await house.flights.flush()
  await house.grants.create({
    clientId: 'growth',
    userId: dora.id,
    scope: 'patient/Patient.r',
    context: { patient: 'ana' },
    refresh: 'offline',
    sessionUid: undefined,
    duration: 'hour',
    flightId,
  })
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(`${server.url}/admin/apps/one/credentials`)
  await signIn(page, 'dora')
  await page.getByRole('link', { name: 'Remind owner of cb-1' }).click()
  await heading(page, /^Ask the owner/)
  expect(await page.getByRole('link', { name: 'Write to dora@example.org' }).getAttribute('href')).toMatch(
    /^mailto:dora@example\.org\?subject=/,
  )
  await press(page, 'Remind the owner')
  await page.getByText('is asked to renew it').waitFor()
  await page.goto(`${server.url}/developer/apps`)
  await page.getByRole('heading', { name: 'What an admin asks of you' }).waitFor()
  expect(await findingsInAllViews(page, [1280, 320])).toEqual([])
  await page.goto(`${server.url}/developer/apps/one`)
  await press(page, 'Put it aside')
  await page.getByText('Put aside.').waitFor()
  expect(complaints).toEqual([])
  await page.context().close()
})
