import { createHash, randomBytes } from 'node:crypto'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWindow } from '../../pages/browser.ts'
import { freePort } from '../../support/free-port.ts'
import { rawRequest, registerPublicApp } from '../../support/oauth.ts'
import type { TestServer } from '../../support/server.ts'
import { startDemo } from './support.ts'
import { launchWorldBrowser, type Sites, startSites, startTlsProxy } from './support-sites.ts'

const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

let browser: Browser
let server: TestServer
let proxy: Sites
let sites: Sites
let inner: { url: string }
let app: { id: string; callback: string }
beforeAll(async () => {
  browser = await launchWorldBrowser()
  // An EHR and somebody who is not one, each with what they show in a frame; and the app.
  sites = await startSites('https', {
    'ehr.example': framing,
    'other.example': framing,
    'app.example': appPages,
  })
  const [port, innerPort] = [await freePort(), await freePort()]
  server = await startDemo({
    LANYARD_PORT: String(innerPort),
    LANYARD_BASE_URL: `https://lanyard.example:${port}`,
    LANYARD_TRUST_PROXY: 'yes',
    LANYARD_FRAME_ANCESTORS: at('ehr.example'),
  })
  proxy = await startTlsProxy(port, innerPort)
  inner = { url: `http://127.0.0.1:${innerPort}` }
  const callback = `${at('app.example')}/callback`
  const { id } = await registerPublicApp(server, {
    client_name: 'Growth Chart',
    redirect_uris: [callback],
    launch_uris: [`${at('app.example')}/launch`],
    scope: 'launch openid fhirUser patient/Patient.rs',
  })
  app = { id, callback }
})
afterAll(async () => {
  await browser.close()
  proxy.close()
  sites.close()
  await server.close()
})

const at = (host: string) => `https://${host}:${sites.port}`

function framing(address: URL) {
  const frame = `<iframe width="900" height="600" src="${address.searchParams.get('show')}"></iframe>`
  return { body: `<!doctype html><html lang="en"><title>EHR</title><h1>The chart of Ana</h1>${frame}` }
}

function appPages(address: URL) {
  if (address.pathname === '/callback') return { body: '<h1>Growth Chart is open</h1>' }
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: app.id,
    redirect_uri: app.callback,
    scope: 'launch openid fhirUser patient/Patient.rs',
    state: 'a state',
    aud: server.fhir,
    launch: address.searchParams.get('launch') ?? '',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  return { status: 302, headers: { location: `${server.url}/oauth2/authorize?${asked}` } }
}

/** The address at which the EHR opens the app. */
async function launchUrl(): Promise<string> {
  const clinician = await server.house.users.findByName('clinician')
  const { launch } = await server.house.handles.create({
    clientId: app.id,
    userId: clinician?.id ?? '',
    context: { patient: 'ana-lindqvist' },
    by: 'ehr',
  })
  return `${at('app.example')}/launch?${new URLSearchParams({ iss: server.fhir, launch })}`
}

/** A page of this host that shows something in a frame. */
async function shown(
  host: string,
  address: string,
): Promise<{ page: Page; frame: Frame; complaints: string[] }> {
  const { page, complaints } = await openWindow(browser, { ignoreHTTPSErrors: true })
  await page.goto(`${at(host)}/?${new URLSearchParams({ show: address })}`)
  const frame = page.frames()[1]
  if (frame === undefined) throw new Error('there is no frame')
  return { page, frame, complaints }
}

test('AUTHZ-17 in the frame of an EHR of another site a clinician signs in, allows, and the app opens there', async () => {
  const { page, frame, complaints } = await shown('ehr.example', await launchUrl())
  await frame.getByRole('heading', { name: 'Sign in' }).waitFor()
  await frame.getByLabel('Username').fill('clinician')
  await frame.getByLabel('Password', { exact: true }).fill('lanyard-demo')
  await frame.getByRole('button', { name: 'Sign in', exact: true }).click()
  await frame.getByRole('heading', { name: 'Growth Chart asks to use Ana’s health record' }).waitFor()
  await frame.getByRole('button', { name: 'Allow', exact: true }).click()
  await frame.getByRole('heading', { name: 'Growth Chart is open' }).waitFor()
  expect(complaints).toEqual([])

  const code = new URL(frame.url()).searchParams.get('code') ?? ''
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: app.callback,
    client_id: app.id,
    code_verifier: verifier,
  }
  const answer = await rawRequest(inner, {
    method: 'POST',
    path: '/oauth2/token',
    headers: { host: new URL(server.url).host, 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(form)),
  })
  expect(answer.body).toMatchObject({ patient: 'ana-lindqvist' })

  // The next app in the chart finds them signed in.
  await page.goto(`${at('ehr.example')}/?${new URLSearchParams({ show: await launchUrl() })}`)
  await page.frames()[1]?.getByRole('heading', { name: 'Growth Chart is open' }).waitFor()
  // But nobody is to withdraw something by a click on what they do not see.
  await page.goto(`${at('ehr.example')}/?${new URLSearchParams({ show: `${server.url}/account` })}`)
  await refused(complaints)
  await page.context().close()
})

test('EHRL-08 in the frame too, somebody else is told so in plain words', async () => {
  const { page, frame } = await shown('ehr.example', await launchUrl())
  await frame.getByLabel('Username').fill('patient')
  await frame.getByLabel('Password', { exact: true }).fill('lanyard-demo')
  await frame.getByRole('button', { name: 'Sign in', exact: true }).click()
  await frame
    .getByText(
      'This app was opened for somebody else. Sign in as the person who opened it, or open it again yourself.',
    )
    .waitFor()
  await page.context().close()
})

/** Waits until the browser has said that it shows no such frame. */
async function refused(complaints: readonly string[]): Promise<void> {
  await expect.poll(() => complaints.join('\n')).toContain('directive: "frame-ancestors ')
}

test('AUTHZ-17 nobody else gets the sign-in into a frame', async () => {
  const { page, frame, complaints } = await shown('other.example', await launchUrl())
  await refused(complaints)
  expect(await frame.getByLabel('Username').count()).toBe(0)
  await page.context().close()
})

test('AUTHZ-17 not even the EHR gets the other pages into a frame', async () => {
  for (const path of ['/', '/help', '/demo/app/']) {
    const { page, frame, complaints } = await shown('ehr.example', `${server.url}${path}`)
    await refused(complaints)
    expect(await frame.getByRole('main').count()).toBe(0)
    await page.context().close()
  }
})
