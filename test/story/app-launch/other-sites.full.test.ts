import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWindow } from '../../pages/browser.ts'
import { authorizationRequest } from '../../support/browser-client.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, signIn, startDemo } from './support.ts'
import { launchWorldBrowser, type Sites, startSites } from './support-sites.ts'

let browser: Browser
let server: TestServer
let sites: Sites
let clientId: string
beforeAll(async () => {
  browser = await launchWorldBrowser()
  server = await startDemo()
  // Another site, and one of the same site: cookies do not tell one port of a host from another.
  sites = await startSites('http', { 'other.example': anyPage, localhost: anyPage })
  clientId = (
    await registerPublicApp(server, {
      client_name: 'Growth Chart',
      redirect_uris: [callback()],
      scope: 'launch/patient openid patient/Patient.rs',
    })
  ).id
})
afterAll(async () => {
  await browser.close()
  sites.close()
  await server.close()
})

const otherSite = () => `http://other.example:${sites.port}/`
const sameSite = () => `http://localhost:${sites.port}/`
const callback = () => `http://localhost:${sites.port}/callback`
function anyPage(address: URL) {
  const heading = address.pathname === '/callback' ? 'Growth Chart is open' : 'A page of others'
  return { body: `<!doctype html><html lang="en"><title>Others</title><h1>${heading}</h1>` }
}

const asked = (more: Record<string, string> = {}) =>
  authorizationRequest(server, clientId, 'launch/patient openid patient/Patient.rs', {
    redirect_uri: callback(),
    ...more,
  })

/** Puts this into the page at hand, as whoever made it can. */
async function put(page: Page, html: string): Promise<void> {
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(html)})`)
}

/** Posts a form from the page at hand. */
async function postFrom(page: Page, action: string, fields: Iterable<[string, string]>): Promise<void> {
  const inputs = [...fields].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  await put(page, `<form method="post" action="${action}">${inputs.join('')}<button>Go on</button></form>`)
  await page.getByRole('button', { name: 'Go on' }).click()
}

test('AUTHZ-01 an app of another site posts its request, and who is signed in need not sign in again', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(otherSite())
  await postFrom(page, `${server.url}/oauth2/authorize`, asked().parameters)
  await arrive(page, 'Sign in')
  await signIn(page, 'patient')
  await arrive(page, 'Growth Chart asks to use your health record')
  await allow(page)
  await arrive(page, 'Growth Chart is open')

  await page.goto(otherSite())
  await postFrom(page, `${server.url}/oauth2/authorize`, asked().parameters)
  await arrive(page, 'Growth Chart is open')
  expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()
  await page.context().close()
})

test('AUTHZ-17 no page of others, on this site or another, can press Allow', async () => {
  const { page } = await openWindow(browser, {})
  await page.goto(`${server.url}${asked().address}`)
  await signIn(page, 'clinician')
  await arrive(page, 'Choose a patient')
  const step = page.url()
  const other = await page.context().newPage()
  for (const [from, refusal] of [
    [otherSite(), 'This page has closed'],
    [sameSite(), 'We could not tell that this came from you'],
  ] as const) {
    for (const fields of [{ patient: 'ana-lindqvist' }, { decision: 'allow' }, { decision: 'deny' }]) {
      await other.goto(from)
      await postFrom(other, step, Object.entries(fields))
      await arrive(other, refusal)
    }
  }
  // It is still asked, and nothing was chosen or refused meanwhile.
  await page.reload()
  await arrive(page, 'Choose a patient')
  await page.context().close()
})

test('AUTHZ-17 no page of others can show the sign-in in a frame', async () => {
  for (const site of [otherSite(), sameSite()]) {
    const { page, complaints } = await openWindow(browser, {})
    await page.goto(site)
    await put(page, `<iframe src="${server.url}${asked().address.replaceAll('&', '&amp;')}"></iframe>`)
    await expect.poll(() => complaints.join('\n')).toContain(`directive: "frame-ancestors 'none'"`)
    expect(await page.frames()[1]?.getByLabel('Username').count()).toBe(0)
    await page.context().close()
  }
})

test('AUTHZ-03 nobody is led to an address that the app has not registered', async () => {
  const { page, requests } = await openWindow(browser, {})
  await page.goto(`${server.url}${asked({ redirect_uri: `${otherSite()}callback` }).address}`)
  await arrive(page, 'This app could not be opened')
  expect(new URL(page.url()).origin).toBe(server.url)
  expect(requests.filter((url) => url.startsWith(otherSite()))).toEqual([])
  await page.context().close()
})
