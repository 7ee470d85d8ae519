import { type Browser, createBrowser, type Visit } from '../support/browser-client.ts'
import type { TestServer } from '../support/server.ts'
import { password } from '../support/users.ts'

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
