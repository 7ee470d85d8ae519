import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_EXPLORER } from '../../src/clients/api-explorer.ts'
import { type ClientKey, rsaKey } from '../support/client-keys.ts'
import { registerBackend, registerPublicApp, registerSecretApp } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { visit } from './pages.ts'

const run = promisify(execFile)
const hasPython = ['/usr/bin/python3', '/usr/local/bin/python3'].some(existsSync)
const callback = 'https://app.example/callback'

let browser: Browser
let server: TestServer
let folder: string
let key: ClientKey
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer({ kind: 'demo' })
  // What runs outside of this process has a clock of its own.
  server.clock.now = Date.now()
  folder = mkdtempSync(join(tmpdir(), 'lanyard-quick-'))
  key = rsaKey('k1')
  writeFileSync(join(folder, 'private.pem'), key.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const jwk = { ...key.privateKey.export({ format: 'jwk' }), kid: 'k1' }
  writeFileSync(join(folder, 'private.jwk.json'), JSON.stringify(jwk))
})
afterAll(async () => {
  await browser.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The pieces of code that the start page shows for a kind of app, with an id of our own in them. */
async function codesOf(kind: string, clientId: string): Promise<string[]> {
  const { text } = await visit(server, `/developer?kind=${kind}`)
  const shown = text.slice(text.indexOf('id="kinds"'), text.indexOf('id="features-title"'))
  // Each whole one is folded away; the pieces of it that stand before are for reading.
  const whole = shown.slice(shown.indexOf('<details'))
  return [...whole.matchAll(/<pre><code>([\s\S]*?)<\/code><\/pre>/g)].map(([, code = '']) =>
    code
      .replaceAll(/<\/?i>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#34;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
      .replaceAll('your-client-id', clientId)
      .replaceAll('your-key-id', 'k1'),
  )
}

/** Signs the demo's patient in, allows what is ticked, and waits for the address that the app gets its answer at. */
async function signInAndAllow(page: Page, username = 'patient'): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill('lanyard-demo')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
}

/** Where the browser is sent back to, by an authorization request. */
async function answerTo(address: string): Promise<string> {
  const { page } = await openWindow(browser, {})
  await page.route(`${callback}**`, (route) => route.fulfill({ body: 'back' }))
  await page.goto(address)
  await signInAndAllow(page)
  await page.waitForURL(`${callback}**`)
  const url = page.url()
  await page.context().close()
  return url
}

describe('each quick start, copied and run', () => {
  test('browser: a page of its own signs in and reads the record', async () => {
    const app = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<!doctype html><title>App</title><body><script type="module">${code}</script>`)
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    const address = `http://localhost:${(app.address() as AddressInfo).port}/`
    const { id } = await registerPublicApp(server, {
      redirect_uris: [address],
      allowed_origins: [new URL(address).origin],
      scope: 'patient/*.rs',
    })
    const [code] = await codesOf('browser', id)
    const { page, complaints } = await openWindow(browser, {})
    await page.goto(address)
    await signInAndAllow(page)
    await page.getByText('Lindqvist', { exact: true }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
    app.close()
  })

  test.skipIf(!hasPython)('server, with a secret: Python (skipped where there is none)', async () => {
    const { id, secret } = await registerSecretApp(server, {
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'patient/*.rs',
    })
    const [code = ''] = await codesOf('server', id)
    writeFileSync(join(folder, 'server.py'), code)
    const child = spawn('python3', ['server.py'], {
      cwd: folder,
      env: { PATH: process.env.PATH, CLIENT_SECRET: secret },
    })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const { value: address = '' } = await lines.next()
    child.stdin.end(`${await answerTo(address)}\n`)
    expect((await lines.next()).value).toBe('Lindqvist')
  })

  test('server, with a key: an assertion in place of the secret', async () => {
    const { id } = await registerBackend(
      server,
      {
        client_id: 'key-app',
        grant_types: ['authorization_code'],
        redirect_uris: [callback],
        scope: 'patient/*.rs',
      },
      key,
    )
    const [code = ''] = await codesOf('server-key', id)
    const file = join(folder, 'server-key.mjs')
    writeFileSync(file, code.replace("'private.jwk.json'", JSON.stringify(join(folder, 'private.jwk.json'))))
    const { tokenFor, newVerifier } = await import(/* @vite-ignore */ file)
    const verifier = newVerifier()
    const request = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: callback,
      scope: 'launch/patient patient/Patient.rs',
      aud: server.fhir,
      state: 'a state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const answer = new URL(await answerTo(`${server.url}/oauth2/authorize?${request}`)).searchParams
    const token = await tokenFor(answer.get('code'), verifier)
    expect(token).toMatchObject({ token_type: 'Bearer', patient: expect.any(String) })
  })

  test('backend: curl with openssl, JavaScript, and Python where there is one', async () => {
    const { id } = await registerBackend(server, { client_id: 'quick-backend' }, key)
    const [sh = '', js = '', py = ''] = await codesOf('backend', id)
    writeFileSync(join(folder, 'backend.sh'), sh)
    writeFileSync(join(folder, 'backend.mjs'), js)
    writeFileSync(join(folder, 'backend.py'), py)
    const options = { cwd: folder, env: { PATH: process.env.PATH } }
    expect(JSON.parse((await run('sh', ['backend.sh'], options)).stdout)).toMatchObject({
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'Patient' } }],
    })
    expect((await run(process.execPath, ['backend.mjs'], options)).stdout).toBe('Bundle\n')
    if (hasPython) expect((await run('python3', ['backend.py'], options)).stdout).toBe('Bundle\n')
  })
})

test('the API explorer: sign in with PKCE, create a Patient, see its command line', async () => {
  const { page, complaints } = await openWindow(browser, { viewport: { width: 1280, height: 900 } })
  await page.goto(`${server.url}/developer/explorer/try?type=Patient`)
  await page.locator('.auth-wrapper .authorize').click()
  const dialogue = page.locator('.dialog-ux')
  expect(await dialogue.locator('#client_id_authorizationCode, #client_id_smart').first().inputValue()).toBe(
    API_EXPLORER,
  )
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    dialogue.locator('.auth-container').first().locator('button.authorize').click(),
  ])
  await popup.getByLabel('Username').fill('clinician')
  await popup.getByLabel('Password').fill('lanyard-demo')
  await popup.getByRole('button', { name: 'Sign in', exact: true }).click()
  for (const box of await popup.locator('.permission input[type=checkbox]').all()) await box.check()
  const closed = popup.waitForEvent('close')
  await popup.getByRole('button', { name: 'Allow', exact: true }).click()
  await closed
  await dialogue.locator('.btn-done').first().click()

  const create = page.locator('#operations-Patient-createPatient')
  await create.locator('.opblock-summary-control').click()
  await create.locator('.try-out__btn').click()
  await create.locator('.execute').click()
  await create.locator('.responses-inner .live-responses-table').waitFor()
  expect(await create.locator('.live-responses-table .response-col_status').last().innerText()).toMatch(
    /^201/,
  )
  expect(await create.locator('.curl-command').innerText()).toContain('curl -X')
  // Swagger UI's own: its field for a client secret stands outside of a form.
  expect(complaints.filter((text) => !text.includes('Password field'))).toEqual([])
  await page.context().close()
})

test('a key pair is made by the browser; nothing is sent, and the public part can be registered', async () => {
  const { page, requests } = await openWindow(browser, {})
  await page.goto(`${server.url}/developer/tools/keys`, { waitUntil: 'networkidle' })
  const before = requests.length
  await page.getByRole('button', { name: 'Make a key pair' }).click()
  await page.locator('[data-made]').waitFor()
  const jwks = JSON.parse(await page.locator('[data-public]').innerText())
  const priv = JSON.parse(await page.locator('[data-private]').innerText())
  expect(priv).toMatchObject({ kid: jwks.keys[0].kid, alg: 'ES384', d: expect.any(String) })
  await server.house.clients.add(
    {
      client_id: 'made-here',
      client_name: 'Made here',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scope: 'system/*.rs',
      jwks,
    },
    'command',
  )
  expect(requests.slice(before).filter((url) => !url.startsWith('blob:'))).toEqual([])
  await page.context().close()
})
