import Router from '@koa/router'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { firstAdminOf } from '../../src/house.ts'
import { type BusyHospital, openBusyHospital } from '../support/busy-hospital.ts'
import { signIn } from '../support/person.ts'
import type { TestServer } from '../support/server.ts'
import {
  axeFindings,
  findingsInLargeWords,
  launchBrowser,
  openWindow,
  sidewaysScroll,
  unfold,
  type Window,
} from './browser.ts'
import { startProduction } from './pages.ts'
import { firstVisits, type Screen, type Visits, visitsOf } from './screens-in-use.ts'
import { englishIn } from './words.ts'

/** What has an address and is no page: documents, files, and what others than people ask for. */
const noPage = [
  /^\/(?:oauth2|fhir|launch|health|metrics|\.well-known|style|logos)\b/,
  /^\/admin\/api\b/,
  /^\/admin\/audit\/export$/,
  /^\/admin\/roles\/:role\/download$/,
  /\/trace$/,
  /^\/developer\/(?:openapi\.json|explorer\/:file)$/,
]
/** A role of the demo, which somebody described in English. */
const written = '/admin/roles/frontdesk'

let browser: Browser
let hospital: BusyHospital
let production: TestServer
/** The routes that a browser can open, in the order in which they are tried. */
let routes: { path: string | RegExp; match: (path: string) => boolean }[]
beforeAll(async () => {
  browser = await launchBrowser()
  const register = vi.spyOn(Router.prototype, 'register')
  hospital = await openBusyHospital()
  routes = register.mock.results
    .flatMap(({ value }) => value)
    .filter((route) => route?.methods?.includes('GET'))
  register.mockRestore()
  production = await startProduction()
})
afterAll(async () => {
  await browser.close()
  await hospital.server.close()
  await production.close()
})

/** The paths of the routes of pages that were seen. */
const visited = new Set<string>()

test('every page of a server in use holds, wide and narrow, light and dark; none is missed', async () => {
  expect(await findingsOf(hospital.server, visitsOf(hospital))).toEqual([])
  const pages = routes.map(({ path }) => String(path)).filter((path) => !noPage.some((one) => one.test(path)))
  expect(pages.filter((path) => !visited.has(path))).toEqual([])
}, 300_000)

test('so do the pages of a server on which nobody has been, up to its first admin', async () => {
  const token = firstAdminOf(production.house).token()
  expect(await findingsOf(production, firstVisits(`/set-up?token=${token}`))).toEqual([])
})

async function findingsOf({ url }: TestServer, visits: Visits): Promise<string[]> {
  const all: string[] = []
  for (const [who, screens] of visits) {
    const window = await openWindow(browser, {})
    window.page.setDefaultTimeout(20_000)
    if (who !== undefined) await enter(window.page, url, who)
    for (const one of screens) {
      const screen = typeof one === 'string' ? { path: one } : one
      const found = await findingsAt(window, url, screen)
      const where = `${who ?? 'nobody'} ${screen.path}${screen.act === undefined ? '' : ', after the act'}`
      all.push(...found.map((finding) => `${where}: ${finding}`))
    }
    const foreign = window.requests.filter((to) => !to.startsWith(`${url}/`) && !to.startsWith('blob:'))
    all.push(...foreign.map((to) => `${who} asks for ${to}`))
    await window.page.context().close()
  }
  return all
}

async function enter(page: Page, url: string, who: string): Promise<void> {
  await page.goto(`${url}/account`)
  await signIn(page, who)
  await page.waitForURL(`${url}/account`)
}

/** One load: each rule at both widths, each colour in both schemes. */
async function findingsAt(
  { page, complaints }: Window,
  url: string,
  { path, act }: Screen,
): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(url + path)
  // Where it led on to is a page too.
  for (const seen of [path.split('?')[0] ?? '', new URL(page.url()).pathname]) note(seen)
  if (act !== undefined) {
    try {
      await act(page)
      await page.waitForLoadState()
      note(new URL(page.url()).pathname)
    } catch (error) {
      return [`cannot be done: ${error}`]
    }
  }
  const found = [...(await headFindings(page)), ...(act === undefined ? await spanishFindings(page) : [])]
  await unfold(page)
  const isNew = await isOfNewParts(page)
  if (isNew) found.push(...(await axeFindings(page)))
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 800 })
    const sideways = await sidewaysScroll(page)
    if (sideways !== 0) found.push(`at ${width} scrolls sideways by ${sideways} pixels`)
    const cut = await cutOff(page)
    if (cut.length > 0) found.push(`at ${width} is cut off: ${cut[0]}`)
  }
  if (isNew) found.push(...(await axeFindings(page)))
  found.push(...(await findingsInLargeWords(page)))
  return [...found, ...complaints.splice(0)].filter((finding) => !finding.includes(ofSwagger))
}

/** Whether no page before was made of these parts: axe finds in the second question what it found in the first. */
async function isOfNewParts(page: Page): Promise<boolean> {
  const parts = await page.evaluate<string>(`[...new Set([...document.querySelectorAll('*')].map((one) =>
    one.parentElement?.className + ' ' + one.tagName + ' ' + one.className + ' ' + one.getAttributeNames()))].sort().join()`)
  if (seenParts.has(parts)) return false
  seenParts.add(parts)
  return true
}
const seenParts = new Set<string>()

function note(seen: string): void {
  const route = routes.find((one) => one.match(seen))
  if (route !== undefined) visited.add(String(route.path))
}

/** Swagger UI makes a main landmark of its own inside of ours. */
const ofSwagger = 'landmark-no-duplicate-main'

/** What ends outside of the window, or of the surface that it is cut off by, where nobody can scroll to. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('main *:not(.hidden, .hidden *, thead, thead *, svg *)')]
    .filter((element) => {
      const surface = element.closest('.flush, .code, .box')?.getBoundingClientRect()
      return element.getBoundingClientRect().right > (surface?.right ?? innerWidth) + 1
    })
    .map((element) => element.outerHTML.slice(0, 100))`)
}

/** What is wrong with how the page names itself. */
async function headFindings(page: Page): Promise<string[]> {
  const title = await page.title()
  const headings = await page.locator('h1:not(.explorer *)').allInnerTexts()
  const lang = await page.locator('html').getAttribute('lang')
  return [
    ...(headings.length === 1 ? [] : [`has ${headings.length} h1: ${headings.join(' | ')}`]),
    ...(lang === 'en' ? [] : [`is in ${lang}`]),
    ...(/^\S.* - \S/.test(title) ? [] : [`is called "${title}"`]),
  ]
}

/** What of the page is not in Spanish when it is asked for so. */
async function spanishFindings(page: Page): Promise<string[]> {
  const headers = { 'accept-language': 'es', accept: 'text/html' }
  const html = await (await page.context().request.get(page.url(), { headers })).text()
  if (!html.includes('<html lang="es">')) return ['has no Spanish']
  if (page.url().endsWith(written)) return []
  return englishIn(html).map((text) => `is in English: ${text}`)
}
