import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWindow } from '../../pages/browser.ts'
import { claimsOf } from '../../support/client-keys.ts'
import { type Backend, registerBackend, registerPublicApp, token } from '../../support/oauth.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, fhir, read, signIn, startDemo, tokenResponse } from './support.ts'

let browser: Browser
let server: TestServer
let ehr: Backend
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startDemo()
  ehr = await registerBackend(server, { client_name: 'The EHR', scope: '__launch' })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

/** What the EHR does when its user presses the button of an app in a chart. */
async function launch(
  context: Record<string, unknown>,
): Promise<{ status: number; body: { launch_url: string } }> {
  const answer = await fetch(`${server.url}/launch`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token(server, ehr, { scope: '__launch' })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ client_id: 'demo-app', ...context }),
  })
  return { status: answer.status, body: (await answer.json()) as { launch_url: string } }
}

const visit = { user: 'clinician', patient: 'ana-lindqvist', encounter: 'ana-lindqvist-clinic' }

test('EHRL-01 EHRL-07 CTX-01 OIDC-05 a clinician opens the app from a visit: no picker, and the visit comes along', async () => {
  const { page, complaints } = await openWindow(browser, {})
  const { status, body } = await launch({ ...visit, need_patient_banner: false })
  expect(status).toBe(201)
  await page.goto(body.launch_url)
  await arrive(page, 'Sign in')
  await signIn(page, 'clinician')

  await arrive(page, 'Glance (demo) asks to use Ana’s health record')
  expect(await page.getByRole('main').textContent()).toContain('14 Mar 2014')
  const [given] = await Promise.all([tokenResponse(page), allow(page)])
  expect(given).toMatchObject({
    patient: 'ana-lindqvist',
    encounter: 'ana-lindqvist-clinic',
    need_patient_banner: false,
  })
  expect(given.scope.split(' ')).toEqual(expect.arrayContaining(['launch', 'openid', 'fhirUser']))
  const style = await fetch(String(given.smart_style_url))
  expect([style.status, typeof (await style.json())]).toEqual([200, 'object'])

  await arrive(page, 'Ana Sofia Lindqvist')
  const main = page.getByRole('main')
  await main.getByText('14 Mar 2014 (12 years)').waitFor()
  await main.getByText(/^Signed in as Dr\. Samir Haddad\. Visit of 19 Nov 2026: /).waitFor()
  expect(complaints).toEqual([])

  const { fhirUser } = claimsOf(String(given.id_token))
  expect(fhirUser).toBe(`${server.fhir}/Practitioner/samir-haddad`)
  for (const [path, type] of [
    [String(fhirUser), 'Practitioner'],
    ['Patient/ana-lindqvist', 'Patient'],
    ['Encounter/ana-lindqvist-clinic', 'Encounter'],
  ] as const) {
    const { status, body } = await fhir(server, given.access_token, path)
    expect([path, status, body.resourceType]).toEqual([path, 200, type])
  }
  // Hers only, whoever else this clinician sees.
  expect((await fhir(server, given.access_token, 'Patient/elias-holm')).status).toBe(404)

  // The next visit of the same patient: signed in, and asked before.
  const next = await launch(visit)
  const [again] = await Promise.all([tokenResponse(page), page.goto(next.body.launch_url)])
  expect(again).toMatchObject({ encounter: 'ana-lindqvist-clinic', need_patient_banner: true })
  await page.context().close()
})

test('EHRL-01 the start page of the demo launches the app from the chart, as an EHR does', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Open it from the chart' }).click()
  await arrive(page, 'Sign in')
  await signIn(page, 'clinician')
  await arrive(page, 'Ana Sofia Lindqvist')
  await read(page, /Visit of 19 Nov 2026: /)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('EHRL-08 somebody else who signs in is refused in plain words, and the app gets nothing', async () => {
  const { page } = await openWindow(browser, {})
  const tokens: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/oauth2/token')) tokens.push(request.url())
  })
  await page.goto((await launch(visit)).body.launch_url)
  await arrive(page, 'Sign in')
  await signIn(page, 'patient')
  await read(
    page,
    'This app was opened for somebody else. Sign in as the person who opened it, or open it again yourself.',
  )
  expect(tokens).toEqual([])
  // Nor is anybody signed in now.
  await page.goto(`${server.url}/demo/app/launch.html`)
  await arrive(page, 'Sign in')
  await page.context().close()
})

test('EHRL-08 somebody else who is signed in already must sign in as the one who opened it', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}/demo/app/launch.html`)
  await signIn(page, 'patient')
  await arrive(page, 'Glance (demo) asks to use your health record')
  await page.goto((await launch(visit)).body.launch_url)
  await arrive(page, 'This launch is for somebody else')
  await page.context().close()
})

test('EHRL-03 a handle that was never made, and one that was made for another app, open nothing', async () => {
  const { id } = await registerPublicApp(server, { launch_uris: ['https://app.example.org/launch'] })
  const { body } = await launch({ ...visit, client_id: id })
  const handles = ['guessed', new URL(body.launch_url).searchParams.get('launch') ?? '']
  for (const handle of handles) {
    const { page } = await openWindow(browser, {})
    const asked = new URLSearchParams({ iss: server.fhir, launch: handle })
    await page.goto(`${server.url}/demo/app/launch.html?${asked}`)
    await arrive(page, 'The launch did not work')
    await page.getByText('Technical details').click()
    await read(page, 'error: invalid_request')
    await page.context().close()
  }
})

test('CTX-10 the EHR cannot launch into a record that its user may not see', async () => {
  expect(await launch({ user: 'patient', patient: 'ana-lindqvist' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request' },
  })
})
