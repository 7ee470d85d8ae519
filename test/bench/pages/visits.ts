import type { House } from '../../../src/house.ts'
import { authorizationRequest, boxesIn, createBrowser, textOf } from '../../support/browser-client.ts'
import { appId, busy, flightId, userId } from './crowd.ts'

/** One look at a page: where, and what the browser sends along. */
export type PageVisit = {
  path: string
  cookie: string
  /** What it is called, where its address is another one each time. */
  name?: string
}

const PASSWORD = 'lanyard-demo'

/** What stands in the addresses of pages; a new kind of page with another parameter needs a line here. */
const values: Readonly<Record<string, string>> = {
  '/admin/apps/:id/review': appId(25),
  '/admin/flights/:id': flightId(60),
  '/admin/api-keys/:id/revoke': 'key-1',
  '/developer/apps/:id': appId(1),
  '/account/apps/:grant': 'grant-0',
  ':id': appId(1),
  ':grant': 'grant-60',
  ':name': userId(7),
  ':role': 'ward-7',
  ':seq': '500000',
  ':flight': flightId(60),
  ':file': 'swagger-ui-bundle.js',
  ':hash': 'none',
  ':handle': 'none',
}

/** What is looked for in lists: things that are found, and things that nobody ever wrote. */
const searches: Readonly<Record<string, readonly string[]>> = {
  '/admin/audit': [
    ...['signIn', 'launch', 'consent', 'token', 'read', 'write', 'refused', 'export', 'admin'].map(
      (group) => `event=${group}`,
    ),
    'event=flight.share',
    'outcome=refused',
    'outcome=error',
    `user=${userId(7)}`,
    'user=nobody',
    `client=${appId(7)}`,
    'client=nothing',
    `client=${appId(7)}&event=admin`,
    `client=${appId(7)}&outcome=refused`,
    'patient=pt-7',
    'patient=none',
    'request=request-500000',
    'request=none',
    'from=2020-01-01&to=2020-01-02',
    `from=${day(-8)}&to=${day(-7)}`,
    `from=${day(-20)}&to=${day(-2)}&event=launch`,
    `user=${userId(7)}&event=launch`,
    'user=patient&client=nothing',
  ],
  '/admin/users': [
    'q=ferreira',
    'q=zzz',
    'status=disabled',
    'q=zzz&status=disabled',
    `after=${Buffer.from('{"username":"user-15000"}').toString('base64url')}`,
  ],
  '/admin/apps': ['q=bed', 'q=zzz', 'kind=service', 'status=waiting', 'q=zzz&kind=native'],
  '/admin/flights': [
    `app=${appId(1)}`,
    'app=growth',
    'app=zzz',
    'user=patient',
    'outcome=open',
    'reference=zzz',
  ],
  '/admin/api-keys': ['q=zzz'],
  '/admin/simulator': [`app=${appId(1)}`, `app=${appId(1)}&user=patient`, `app=${appId(1)}&user=patient&q=a`],
  '/account/activity': ['app=nothing', `app=${appId(1)}`],
  '/developer/explorer': ['type=Observation'],
}

/** Files, and what only leads on. */
const noPages = /^\/(?:admin\/api\/|admin\/audit\/export|logos\/)/

/**
 * All pages of a server as it lists them, each with something to show, and seen by whom it is for.
 * @param patterns of the addresses
 */
export async function visitsOf(url: string, patterns: readonly string[], house: House): Promise<PageVisit[]> {
  const cookies = new Map<string, string>()
  for (const username of ['admin', busy.patient, busy.developer])
    cookies.set(username, await signIn(url, username))
  const { link } = await house.flightLinks.make({ id: flightId(60), clientId: appId(1) }, {})
  const pages = patterns
    .filter((pattern) => !noPages.test(pattern) && pattern !== '/sign-in/:uid')
    .flatMap((pattern) => {
      const path = filled(pattern, link)
      const cookie = cookies.get(whoFor(pattern)) ?? ''
      const found = (searches[pattern] ?? []).map((query) => ({ path: `${path}?${query}`, cookie }))
      return [{ path, cookie }, ...found]
    })
  return [...pages, ...(await onTheWay(url))]
}

function filled(pattern: string, link: string): string {
  const own = Object.keys(values).find((key) => key.startsWith('/') && pattern.startsWith(key))
  return pattern.replaceAll(/:[a-zA-Z]+/g, (parameter) => {
    if (parameter === ':link') return link
    const value =
      (own === undefined || !own.endsWith(parameter) ? undefined : values[own]) ?? values[parameter]
    if (value === undefined)
      throw new Error(`no value is known for ${parameter} in ${pattern}: name one here`)
    return encodeURIComponent(value)
  })
}

function whoFor(pattern: string): string {
  if (pattern.startsWith('/admin')) return 'admin'
  return pattern.startsWith('/developer') ? busy.developer : busy.patient
}

async function signIn(url: string, username: string): Promise<string> {
  const browser = createBrowser({ url })
  const page = await browser.submit(await browser.open('/account'), { username, password: PASSWORD })
  if (page.status !== 200) throw new Error(`${username} could not sign in: ${page.status}`)
  return cookieOf(browser, '/')
}

/** Sign in, choose a patient, decide: three people who stopped at one of them each. */
async function onTheWay(url: string): Promise<PageVisit[]> {
  const request = () =>
    authorizationRequest(
      { url, fhir: `${url}/fhir` },
      appId(1),
      'launch/patient openid fhirUser offline_access patient/*.rs',
      {
        redirect_uri: 'https://app-1.example.org/callback',
      },
    ).address
  const stops: PageVisit[] = []
  const stopNames = ['sign in', 'choose a patient', 'decide'] as const
  for (const steps of [0, 1, 2]) {
    const browser = createBrowser({ url })
    let page = await browser.open(request())
    if (steps > 0) page = await browser.submit(page, { username: 'clinician', password: PASSWORD })
    if (steps > 1) {
      page = await browser.submit(page, { q: 'lind' })
      const patient = /<button[^>]*name="patient" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
      page = await browser.submit(page, { patient })
      if (boxesIn(page, 'scope').length === 0) throw new Error(`no consent page, but ${textOf(page.html)}`)
    }
    const { pathname } = new URL(page.url)
    stops.push({ path: pathname, cookie: cookieOf(browser, pathname), name: `/sign-in: ${stopNames[steps]}` })
  }
  return stops
}

/** What the browser would send to a path. */
function cookieOf({ jar }: ReturnType<typeof createBrowser>, path: string): string {
  const fitting = [...jar].filter(([, cookie]) => cookie.path === '/' || path.startsWith(cookie.path))
  return fitting.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ')
}

function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}
