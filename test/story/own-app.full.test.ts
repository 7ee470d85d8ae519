import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_PASSWORD } from '../../src/cli/demo-users.ts'
import { DAY } from '../../src/lib/time.ts'
import { launchBrowser, openWindow } from '../pages/browser.ts'
import { authorizationRequest } from '../support/browser-client.ts'
import { certificate } from '../support/certificate.ts'
import { rsaKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { exchange } from '../support/launch.ts'
import { heading, press, signIn } from '../support/person.ts'
import { noon, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'

/** An app from its developer's idea to its first launch, with the admin who lets it in. */
const site = 'https://app.example.org'
const scope = 'launch openid fhirUser patient/Patient.rs'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer({ kind: 'demo' })
  await addUser(server.house, { username: 'devika', display_name: 'Devika Rao', roles: ['developer'] })
  await addUser(server.house, { username: 'olu', display_name: 'Olu Adeyemi', roles: ['admin'] })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const follow = (page: Page, name: string | RegExp) => page.getByRole('link', { name }).first().click()

test('DCR-05 an app is registered, waits, is let in and launched; its developer sees how that went', async () => {
  const { privateKey, jwk, ...rsa } = rsaKey()
  const { page: dev, complaints } = await openWindow(browser, {})
  await dev.goto(`${server.url}/developer`)
  await follow(dev, 'Register an app')
  await signIn(dev, 'devika')
  await dev.getByText('On a server', { exact: true }).click()
  await press(dev, 'Continue')
  await dev.getByLabel('Name', { exact: true }).fill('Northlight')
  await dev.getByLabel('Launch addresses').fill(`${site}/launch`)
  await dev.getByLabel('Return addresses').fill(`${site}/callback`)
  await dev.getByLabel('Scopes').fill(`${scope} system/Patient.rs`)
  await dev.getByText('A certificate', { exact: true }).click()
  const pem = certificate(privateKey, noon - DAY, noon + 20 * DAY, 'northlight.example')
  await dev.getByLabel('Certificate as text').fill(pem)
  await press(dev, 'Register it')
  await heading(dev, 'Northlight Waiting')
  await dev.getByText('It waits for an admin of this server').waitFor()
  const ownPage = dev.url()
  const id = ownPage.split('/').at(-1) ?? ''

  // Before anybody has looked at it, nobody can open it, and the page says why.
  const { page: early } = await openWindow(browser, {})
  await early.goto(server.url + authorizationRequest(server, id, scope).address)
  await heading(early, 'This app is not open yet')
  await early.context().close()

  const { page: admin } = await openWindow(browser, {})
  await admin.goto(`${server.url}/admin`)
  await signIn(admin, 'olu')
  await admin.getByRole('link', { name: 'Review Northlight' }).waitFor()
  await follow(admin, /^Registrations 1/)
  await follow(admin, 'Review Northlight')
  await heading(admin, 'Let Northlight in?')
  await admin.getByText('It reads without a person').waitFor()
  await press(admin, 'Let it in')
  await heading(admin, 'Registrations')
  await admin.getByText('Nobody waits', { exact: true }).waitFor()
  await admin.context().close()

  await dev.goto(ownPage)
  await dev.getByText('It works: people can open it.').waitFor()
  await dev.getByText('20 days').first().waitFor()
  await dev
    .getByLabel('Who opens it')
    .selectOption({ label: 'Dr Samir Haddad, record of Ana Sofia Lindqvist' })
  await press(dev, 'Prepare the launch')
  const address = (await dev.getByRole('link', { name: 'Open the app' }).getAttribute('href')) ?? ''

  // What is newest is told by its time.
  server.clock.advance(1000)
  // Somebody of the sandbox, in a browser of their own. The app's site is none: the test speaks for its server.
  const { page: app } = await openWindow(browser, {})
  await app.route(`${site}/**`, (route) => route.fulfill({ body: 'Northlight' }))
  await app.goto(address)
  const launch = new URL(app.url()).searchParams.get('launch') ?? undefined
  const request = authorizationRequest(server, id, scope, { launch })
  await app.goto(server.url + request.address)
  await signIn(app, 'clinician', DEMO_PASSWORD)
  await press(app, 'Allow')
  await app.waitForURL(`${site}/callback?**`)
  const answer = Object.fromEntries(new URL(app.url()).searchParams)
  const { x509 } = (await server.house.clients.find(id))?.metadata ?? {}
  const key = { privateKey, ...rsa, jwk: { ...jwk, kid: x509?.thumbprint ?? '' } }
  const assertion = withAssertion(signAssertion(server, id, key))
  const token = await exchange(server, { id }, { request, answer }, assertion)
  expect([token.status, token.body.patient]).toEqual([200, 'ana-lindqvist'])
  await app.context().close()
  await server.house.flights.flush()

  await dev.goto(ownPage)
  const launches = dev.getByRole('table', { name: /Launches/ }).getByRole('row')
  // The newest first; below it the one that came too early.
  expect(await launches.getByText(/^(?:Done|Refused)$/).allInnerTexts()).toEqual(['Done', 'Refused'])
  await dev.getByText('This app waits for an admin').waitFor()
  await launches.getByRole('link').first().click()
  await heading(dev, /^Launch \w{10}/)
  await dev.getByRole('heading', { name: 'Token' }).waitFor()
  expect(await dev.innerText('main')).not.toMatch(/Haddad|Lindqvist/)
  expect(complaints).toEqual([])
  await dev.context().close()
})
