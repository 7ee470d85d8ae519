import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../src/pages/words/en.ts'
import { type ServerProcess, serverProcess } from '../support/process.ts'
import { launchBrowser, openWindow } from './browser.ts'

const main = resolve(import.meta.dirname, '../../src/main.ts')
const folder = mkdtempSync(join(tmpdir(), 'lanyard-first-'))
let browser: Browser
let server: ServerProcess
beforeAll(async () => {
  browser = await launchBrowser()
  server = await serverProcess({ folder, environment: { LANYARD_SEED_PATIENTS: '3' } })
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

/** In place of npx and curl, which a machine may lack. */
const shell = `
npx() { shift; "$NODE" "$MAIN" "$@"; }
curl() { "$NODE" -e '
  const [url, , header] = process.argv.slice(1)
  fetch(url, { headers: [header.split(": ")] }).then((answer) => answer.text()).then(console.log)
' "$@"; }
`

test('the commands of the start page, copied and pasted, do what it says', async () => {
  const { page } = await openWindow(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.goto(server.url)
  const copied: string[] = []
  for (const button of await page.locator('.trace [data-copy]').all()) {
    await button.click()
    copied.push(String(await page.evaluate('navigator.clipboard.readText()')))
  }
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', [shell, copied[0], copied[1], 'echo ----', copied[2]].join('\n')],
    { cwd: folder, env: { PATH: process.env.PATH, NODE: process.execPath, MAIN: main } },
  )
  const [read = '', refused = ''] = stdout.split('----\n')
  expect(JSON.parse(read)).toMatchObject({ resourceType: 'Bundle', total: 3 })
  expect(JSON.parse(read).entry).toHaveLength(2)
  expect(JSON.parse(refused)).toMatchObject({
    resourceType: 'OperationOutcome',
    issue: [{ code: 'forbidden', diagnostics: en.landing.firstToken.refuse.answer.text }],
  })
  await page.context().close()
})
