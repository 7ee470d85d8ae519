import { type Browser, createBrowser, formOf } from '../support/browser-client.ts'
import type { TestServer } from '../support/server.ts'
import { signIn } from './account.ts'

/** A browser in which somebody is signed in, whichever pages are open to them. */
export async function signedInAs(server: TestServer, username: string): Promise<Browser> {
  const browser = createBrowser(server)
  await signIn(browser, '/account', username)
  return browser
}

/** The token that the pages of this browser's session post, as a script in the console reads it. */
export async function csrfOf(browser: Browser): Promise<string> {
  const { hidden } = formOf(await browser.open('/account/security'))
  return hidden.find(([name]) => name === 'csrf')?.[1] ?? ''
}
