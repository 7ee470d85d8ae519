import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizationRequest } from '../support/browser-client.ts'
import { exchange, putRecords } from '../support/launch.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'
import { axeFindings, launchBrowser, openWindow, sidewaysScroll } from './browser.ts'

const site = 'https://growth.example'

let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  await addUser(server.house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(server.house, {
    username: 'samir',
    display_name: 'Dr Samir Haddad',
    roles: ['clinician'],
    patients: 'all',
  })
  await putRecords(server, [
    {
      resourceType: 'Patient',
      id: 'ana',
      name: [{ family: 'Lindqvist', given: ['Ana'] }],
      birthDate: '2014-03-14',
    },
  ])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

async function signIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const field = (page: Page, name: string) => page.locator(`[name="${name}"]`).first()
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

test('a public app is registered, launched from the simulator and broken on purpose; its record says why', async () => {
  const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false })
  await page.goto(`${server.url}/admin/apps/new?kind=browser`)
  await signIn(page, 'iris')
  await field(page, 'client_name').fill('Growth Chart')
  await field(page, 'client_id').fill('growth')
  await field(page, 'redirect_uris').fill(`${site}/callback`)
  await field(page, 'launch_uris').fill(`${site}/launch`)
  await field(page, 'type-0').fill('Patient')
  await field(page, 'level-0').selectOption('patient')
  await page.locator('[name="letters-0"][value="r"]').check()
  await page.locator('[name="context"][value="launch"]').check()
  await press(page, 'Continue to the review')
  await press(page, 'Register it')

  await page.goto(`${server.url}/admin/simulator`)
  await field(page, 'app').selectOption('growth')
  await field(page, 'user').selectOption('samir')
  await field(page, 'q').fill('Lindqvist')
  await press(page, 'Go on')
  // Iris may see nobody's record herself, so the patient is named by its id.
  await field(page, 'patient').fill('ana')
  await press(page, 'Go on')
  await field(page, 'fault').selectOption('token-verifier-wrong')
  await press(page, 'Make the launch')
  await heading(page, 'The launch is made')
  const opens = page.getByRole('link', { name: 'Open Growth Chart' })
  const address = new URL((await opens.getAttribute('href')) ?? '')
  expect([address.origin + address.pathname, address.searchParams.get('iss')]).toEqual([
    `${site}/launch`,
    server.fhir,
  ])
  await page.getByRole('link', { name: 'Watch its record' }).click()
  await heading(page, /^Launch \w{10}/)
  await page.getByText('It is not over').waitFor()

  // The app, in another browser.
  const app = await openWindow(browser, {})
  await app.page.route(`${site}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>Growth Chart</title>' }),
  )
  await app.page.goto(address.href)
  const launch = new URL(app.page.url()).searchParams.get('launch') ?? undefined
  const request = authorizationRequest(server, 'growth', 'launch patient/Patient.r', {
    launch,
    redirect_uri: `${site}/callback`,
  })
  await app.page.goto(server.url + request.address)
  await signIn(app.page, 'samir')
  await press(app.page, 'Allow')
  await app.page.waitForURL(`${site}/callback?**`)
  const answer = Object.fromEntries(new URL(app.page.url()).searchParams)
  const token = await exchange(server, { id: 'growth' }, { request, answer })
  expect([token.status, token.body.error]).toEqual([400, 'invalid_grant'])

  // Without a script the page loads itself again.
  await page.getByText('Simulated error: the token endpoint answered invalid_grant').first().waitFor()
  await page.getByRole('link', { name: 'Stop watching' }).click()
  const failed = page.locator('.trace > .failed')
  await failed.getByRole('heading', { name: 'Token' }).waitFor()
  await failed.getByText('"invalid_grant"').waitFor()
  await press(page, 'Make a link')
  const link = (await page.getByText(/\/shared\/flight\//).innerText()).trim()
  await app.page.goto(link)
  await heading(app.page, /^How launch \w{10} went/)
  expect(await app.page.innerText('body')).not.toMatch(/samir|Haddad|Lindqvist/i)
  // The site of the app is none: its pages are made up, but for those behind a redirect.
  const ofApp = app.complaints.filter((complaint) => !complaint.includes(site))
  expect([...complaints, ...ofApp]).toEqual([])
  await Promise.all([page.context().close(), app.page.context().close()])
})

test.each([
  { width: 1280, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
] as const)('at $width pixels, $colorScheme: axe finds nothing, nothing scrolls sideways', async (view) => {
  const { width, colorScheme } = view
  const [flight] = await server.house.flights.list({ client: 'growth', most: 1 })
  const chosen = 'app=growth&user=samir&q=Lindqvist&patient=ana'
  const link = server.house.flightLinks.make(flight?.id ?? '').link
  const paths = [
    '/admin/simulator',
    `/admin/simulator?${chosen}`,
    '/admin/flights',
    '/admin/flights?reference=nothing',
    `/admin/flights/${flight?.id}`,
    `/shared/flight/${link}`,
    `/admin/simulator?${chosen}&lang=es`,
    `/admin/flights/${flight?.id}`,
  ]
  const { page, complaints } = await openWindow(browser, { viewport: { width, height: 800 }, colorScheme })
  await page.goto(`${server.url}/admin/flights`)
  await signIn(page, 'iris')
  await page.waitForURL('**/admin/flights')
  const shots = process.env.LANYARD_SHOTS
  for (const [index, path] of paths.entries()) {
    await page.goto(server.url + path)
    if (shots) await page.screenshot({ path: `${shots}/${width}-${index}.png`, fullPage: true })
    expect([path, await axeFindings(page)]).toEqual([path, []])
    expect([path, await sidewaysScroll(page)]).toEqual([path, 0])
  }
  expect(complaints).toEqual([])
  await page.context().close()
})
