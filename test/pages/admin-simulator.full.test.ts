import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { putRecords } from '../support/launch.ts'
import { field, heading, press, signIn } from '../support/person.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { launchBrowser, openWindow } from './browser.ts'

let site: Awaited<ReturnType<typeof startApp>>
let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  site = await startApp()
  await addUser(server.house, {
    username: 'iris',
    display_name: 'Iris Okafor',
    roles: ['admin', 'clinician'],
    patients: 'all',
  })
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
  await site.close()
  await server.close()
})

/** Chooses the patient in the form, as somebody who may see him, and launches with a fault. */
async function launchWith(page: Page, fault: string): Promise<string> {
  await field(page, 'fault').selectOption(fault)
  await page.getByRole('button', { name: /^(Launch|Run again)$/ }).click()
  const opens = page.getByRole('link', { name: 'Open Growth Chart' })
  return (await opens.getAttribute('href')) ?? ''
}
/** A step of the trace, by its title. */
const step = (page: Page, title: string) =>
  page.locator('.trace > li', { has: page.getByRole('heading', { level: 3, name: title, exact: true }) })

test('a public app is registered, launched from the simulator and broken at each place; the trace says why', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(`${server.url}/admin/apps/new?kind=browser`)
  await signIn(page, 'iris')
  await field(page, 'client_name').fill('Growth Chart')
  await field(page, 'client_id').fill('growth')
  await field(page, 'redirect_uris').fill(`${site.url}/callback`)
  await field(page, 'launch_uris').fill(`${site.url}/launch`)
  await field(page, 'allowed_origins').fill(site.url)
  await field(page, 'type-0').fill('Patient')
  await field(page, 'level-0').selectOption('patient')
  await page.locator('[name="letters-0"][value="r"]').check()
  await page.locator('[name="context"][value="launch"]').check()
  await press(page, 'Continue to the review')
  await press(page, 'Register it')

  await page.goto(`${server.url}/admin/simulator`)
  await field(page, 'app').selectOption('growth')
  await field(page, 'user').selectOption('iris')
  await field(page, 'q').fill('Lindqvist')
  await press(page, 'Find')
  await field(page, 'patient').selectOption('ana')

  // The steps come by themselves, without the page being loaded again.
  await page.evaluate('globalThis.stays = true')
  const address = await launchWith(page, '')
  await page.evaluate('globalThis.stays = true')
  // Beside it, in the same browser, in which Iris is signed in.
  const app = await page.context().newPage()
  await app.goto(address)
  await press(app, 'Allow')
  await app.getByText('Read: Lindqvist').waitFor()
  const read = step(page, 'FHIR call').first()
  await read.getByText('GET /fhir/Patient/ana').first().waitFor()
  await read.getByText('Show request and response').click()
  await read.getByText('"family": "Lindqvist"').waitFor()
  await step(page, 'Discovery')
    .getByText(`A page of ${site.url} read .well-known/smart-configuration`)
    .waitFor()
  expect(await page.evaluate('globalThis.stays')).toBe(true)

  const places = [
    ['authorize-access-denied', 'Refused: access_denied', 'Authorize', 'as if the user had said no'],
    ['token-verifier-wrong', 'Refused: invalid_grant', 'Token', 'as if code_verifier did not fit'],
    ['fhir-forbidden', 'Refused: 403', 'FHIR call', 'as if no scope covered the call'],
  ] as const
  for (const [fault, told, title, why] of places) {
    await app.goto(await launchWith(page, fault))
    await app.getByText(told).waitFor()
    await step(page, title).and(page.locator('.failed')).getByText(why).first().waitFor()
    await page.locator('[data-said]', { hasText: /Refused at step \d/ }).waitFor()
  }

  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save' }).click()
  expect((await saved).suggestedFilename()).toMatch(/^launch-\w{10}\.json$/)
  await page.getByRole('link', { name: 'The whole record' }).click()
  await press(page, 'Make a link')
  const link = (await page.getByText(/\/shared\/flight\//).innerText()).trim()
  await app.goto(link)
  await heading(app, /^How launch \w{10} went/)
  expect(await app.innerText('body')).not.toMatch(/iris|Okafor|Lindqvist|Patient\/ana/i)
  await page.getByRole('link', { name: 'Back to the record' }).click()
  await press(page, 'Take the links back')
  await page.getByText('Links that show this record').waitFor({ state: 'detached' })
  expect((await app.goto(link))?.status()).toBe(404)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('without a script: a launch that the app begins itself, in a browser that was made ready, is looked at again', async () => {
  const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false })
  await page.goto(`${server.url}/admin/simulator`)
  await signIn(page, 'iris')
  await page.goto(`${server.url}/admin/simulator?lang=es`)
  await page.getByText('La propia aplicación').click()
  // What only a chart says goes.
  await field(page, 'patient').waitFor({ state: 'hidden' })
  await field(page, 'app').selectOption('growth')
  await field(page, 'user').selectOption('samir')
  await field(page, 'fault').selectOption('token-unavailable')
  await page.getByRole('button', { name: 'Lanzar', exact: true }).click()
  const ready = await page.getByRole('link', { name: 'Preparar este navegador' }).getAttribute('href')

  const { page: app } = await openWindow(browser, {})
  await app.goto(ready ?? '')
  await heading(app, 'This browser is ready')
  await app.getByRole('link', { name: `${site.url}/launch` }).click()
  await signIn(app, 'samir')
  await app.getByLabel(/name/i).first().fill('Lindqvist')
  await app.getByRole('button', { name: /search/i }).click()
  await app.getByRole('button', { name: /Ana/ }).click()
  await press(app, 'Allow')
  await app.getByText('Refused: temporarily_unavailable').waitFor()
  await page.getByRole('link', { name: 'Mirar de nuevo' }).click()
  await page.getByText('Error simulado: el servidor de tokens respondió 503').first().waitFor()
  await step(page, 'Navegador preparado').waitFor()
  expect(complaints).toEqual([])
  await Promise.all([page.context().close(), app.context().close()])
})

/**
 * A site of its own with a small app: it reads what the server says of itself, asks for a code with PKCE, exchanges it
 * and reads the patient; it writes down what it got, or what it was refused.
 */
async function startApp() {
  const page = (script: string) => `<!doctype html><title>Growth Chart</title><p>…</p><script type="module">
    const say = (text) => { document.querySelector('p').textContent = text }
    const asked = new URLSearchParams(location.search)
    const base64 = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    ${script}
  </script>`
  const launch = page(`
    const iss = asked.get('iss')
    const { authorization_endpoint, token_endpoint } = await (await fetch(iss + '/.well-known/smart-configuration')).json()
    const verifier = base64(crypto.getRandomValues(new Uint8Array(32)))
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    sessionStorage.setItem('launch', JSON.stringify({ iss, token_endpoint, verifier }))
    const launch = asked.get('launch')
    location.href = authorization_endpoint + '?' + new URLSearchParams({
      response_type: 'code', client_id: 'growth', redirect_uri: location.origin + '/callback', aud: iss, state: 'one',
      scope: (launch === null ? 'launch/patient' : 'launch') + ' patient/Patient.r',
      code_challenge: base64(new Uint8Array(hash)), code_challenge_method: 'S256',
      ...(launch === null ? {} : { launch }),
    })`)
  const callback = page(`
    const { iss, token_endpoint, verifier } = JSON.parse(sessionStorage.getItem('launch'))
    if (asked.has('error')) say('Refused: ' + asked.get('error'))
    else {
      const body = new URLSearchParams({ grant_type: 'authorization_code', code: asked.get('code'),
        client_id: 'growth', redirect_uri: location.origin + '/callback', code_verifier: verifier })
      const token = await (await fetch(token_endpoint, { method: 'POST', body })).json()
      if (token.error) say('Refused: ' + token.error)
      else {
        const answer = await fetch(iss + '/Patient/' + token.patient, { headers: { authorization: 'Bearer ' + token.access_token } })
        const read = await answer.json()
        say(answer.ok ? 'Read: ' + read.name[0].family : 'Refused: ' + answer.status)
      }
    }`)
  const http = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(request.url?.startsWith('/launch') ? launch : callback)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return { url: `http://localhost:${port}`, close: () => new Promise((done) => http.close(done)) }
}
