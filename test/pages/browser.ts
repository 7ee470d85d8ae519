import { accessSync, constants } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The machine's Chromium; `.ci/chromium` installs it. */
export function launchBrowser(...more: string[]): Promise<Browser> {
  const executablePath = names.flatMap((name) => [`/usr/bin/${name}`, `/usr/local/bin/${name}`]).find(runs)
  if (executablePath === undefined) throw new Error('No Chromium is at hand: run `bash .ci/chromium`.')
  return chromium.launch({ executablePath, args: [...quiet, ...more] })
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A window, with everything in it that a person would not see and we must: errors, refusals, foreign requests. */
export type Window = { page: Page; complaints: string[]; requests: string[] }

export async function openWindow(browser: Browser, options: BrowserContextOptions): Promise<Window> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    // Chromium says this of every page whose status is an error, and of nothing else that we do.
    const ownStatus = message.location().url === page.url() && /status of [45]\d\d/.test(message.text())
    if (message.type() !== 'log' && !ownStatus) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => {
    // A page that leads on at once is left before it has all its pictures.
    const left = request.failure()?.errorText === 'net::ERR_ABORTED'
    if (!left) complaints.push(`failed: ${request.url()}`)
  })
  page.on('request', (request) => requests.push(request.url()))
  return { page, complaints, requests }
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What colours alone decide. */
const ofColours = ['color-contrast', 'link-in-text-block']

/**
 * What axe finds, and what it could not decide: each as rule, place and reason.
 * @param coloursOnly looks at the colours alone, where the rest was looked at before
 */
export async function axeFindings(page: Page, coloursOnly = false): Promise<string[]> {
  // Evaluated through the debugger, which the content security policy does not concern.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source)
  const runOnly: axe.RunOptions['runOnly'] = coloursOnly
    ? { type: 'rule', values: ofColours }
    : { type: 'tag', values: standards }
  return await page.evaluate(async (runOnly) => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly })
    const told = (kind: string, results: typeof found.violations) =>
      results.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${kind} ${id} ${target.join(' ')}: ${failureSummary}`),
      )
    return [...told('violation', found.violations), ...told('incomplete', found.incomplete)]
  }, runOnly)
}

/**
 * Looks at a page that is open at each width, light and dark, without loading it again: everything once a width, and
 * what colours decide in the other scheme too. Folded parts are opened first.
 * @returns what axe finds, and how far it scrolls sideways; empty if all is well
 */
export async function findingsInAllViews(page: Page, widths: readonly number[]): Promise<string[]> {
  for (const details of await page.locator('summary').all()) await details.click()
  const all: string[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await axeFindings(page, colorScheme === 'dark')
      const sideways = await sidewaysScroll(page)
      if (sideways !== 0) found.push(`scrolls sideways by ${sideways} pixels`)
      all.push(...found.map((finding) => `${width} ${colorScheme}: ${finding}`))
    }
  }
  return all
}

/** How far the page can be moved sideways, in pixels. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
