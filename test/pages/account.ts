import { type Browser, createBrowser, type Visit } from '../support/browser-client.ts'
import { putRecords } from '../support/launch.ts'
import { type Engine, startServer, type TestServer } from '../support/server.ts'
import { password } from '../support/users.ts'

/** The code system of the categories of observations. */
export const category = 'http://terminology.hl7.org/CodeSystem/observation-category'

/** A server with the records of Ana, with vital signs and a laboratory value, and of Ben. */
export async function startWithRecords(engine: Engine): Promise<TestServer> {
  const server = await startServer({ engine })
  const observation = (id: string, code: string) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: id },
    category: [{ coding: [{ system: category, code }] }],
    subject: { reference: 'Patient/ana' },
  })
  await putRecords(server, [
    { resourceType: 'Patient', id: 'ana', name: [{ given: ['Ana'], family: 'Lindqvist' }] },
    { resourceType: 'Patient', id: 'ben', name: [{ given: ['Ben'], family: 'Okafor' }] },
    observation('pulse', 'vital-signs'),
    observation('weight', 'vital-signs'),
    observation('glucose', 'laboratory'),
  ])
  return server
}

/** A browser in which somebody has signed in to their own pages. */
export async function signedIn(server: TestServer, username: string): Promise<Browser> {
  const browser = createBrowser(server)
  const visit = await signIn(browser, '/account', username)
  if (visit.url !== `${server.url}/account`) throw new Error(`signing in ended at ${visit.url}`)
  return browser
}

/** Opens a page that asks to sign in first, and does so. */
export async function signIn(
  browser: Browser,
  path: string,
  username: string,
  secret: string = password,
): Promise<Visit> {
  return await browser.submit(await browser.open(path), { username, password: secret })
}

/** The addresses on the page that begin so, each once. */
export function linksTo({ html }: Visit, start: string): string[] {
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
  return [...new Set(links.filter((href) => href.startsWith(start)))]
}
