import { accessSync, constants, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
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

let shared: Promise<Browser> | undefined

/**
 * The machine's Chromium; `.ci/chromium` installs it. All files of a worker share one, which ends with the worker: to
 * close it closes its windows. With arguments of its own it is a file's own.
 */
export async function launchBrowser(...more: string[]): Promise<Browser> {
  if (more.length > 0) return await startBrowser(more)
  shared ??= startBrowser([]).then((browser) => {
    browser.close = async () => {
      for (const context of browser.contexts()) await context.close()
    }
    return browser
  })
  return await shared
}

function startBrowser(more: readonly string[]): Promise<Browser> {
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

/** Which rules: all, those about colours where the rest was looked at before, or the rest. */
type Rules = 'all' | 'colours' | 'without colours'

/** What axe finds, and what it could not decide: each as rule, place and reason. */
export async function axeFindings(page: Page, rules: Rules = 'all'): Promise<string[]> {
  // Evaluated through the debugger, which the content security policy does not concern.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axeSource())
  const options: axe.RunOptions = {
    runOnly: rules === 'colours' ? { type: 'rule', values: ofColours } : { type: 'tag', values: standards },
    ...(rules === 'without colours'
      ? { rules: Object.fromEntries(ofColours.map((rule) => [rule, { enabled: false }])) }
      : {}),
    // Nothing more than what is asked for below: half the time goes into lists of what is well.
    resultTypes: ['violations', 'incomplete'],
    preload: false,
  }
  return await page.evaluate(async (options) => {
    // Swagger UI is somebody else's.
    const ours = { exclude: ['.explorer'] }
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run(ours, options)
    const told = (kind: string, results: typeof found.violations) =>
      results.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${kind} ${id} ${target.join(' ')}: ${failureSummary}`),
      )
    return [...told('violation', found.violations), ...told('incomplete', found.incomplete)]
  }, options)
}

let source: string | undefined
function axeSource(): string {
  source ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  return source
}

/**
 * Looks at a page that is open at each width, light and dark, without loading it again: everything once a width, and
 * what colours decide in the other scheme too. Folded parts are opened first.
 * @returns what axe finds, and how far it scrolls sideways; empty if all is well
 */
export async function findingsInAllViews(page: Page, widths: readonly number[]): Promise<string[]> {
  await unfold(page)
  const all: string[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await axeFindings(page, colorScheme === 'dark' ? 'colours' : 'all')
      all.push(...found.map((finding) => `${width} ${colorScheme}: ${finding}`))
    }
    all.push(...(await sidewaysFindings(page, width)))
  }
  return all
}

/**
 * The same for a page whose other language was looked at in all views: its words cannot change colours, but they may
 * be longer.
 */
export async function findingsOfWords(page: Page, widths: readonly number[]): Promise<string[]> {
  await unfold(page)
  const all: string[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    all.push(...(await sidewaysFindings(page, width)))
  }
  return [...all, ...(await axeFindings(page, 'without colours'))]
}

/** What is lost to the right when the words grow to twice their size, as in a browser whose text size is doubled (1.4.4). */
export async function findingsInLargeWords(page: Page): Promise<string[]> {
  await page.setViewportSize({ width: 640, height: 800 })
  await page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
  return await sidewaysFindings(page, '640, in large words')
}

/** Opens what is folded; what is open already stays so. */
export async function unfold(page: Page): Promise<void> {
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
}

async function sidewaysFindings(page: Page, view: number | string): Promise<string[]> {
  const sideways = await sidewaysScroll(page)
  return sideways === 0 ? [] : [`${view}: scrolls sideways by ${sideways} pixels`]
}

/** How far the page can be moved sideways, in pixels. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
