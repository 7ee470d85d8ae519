import { type Browser, createBrowser, formOf, type Visit } from '../support/browser-client.ts'
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

/** Posts a form as a browser does that has files to send; follows what comes. */
export async function withFiles(
  browser: Browser,
  page: Visit,
  fields: Record<string, string>,
  files: Record<string, [name: string, content: Buffer]>,
): Promise<Visit> {
  const form = lastFormOf(page)
  const body = new FormData()
  for (const [name, value] of [...form.hidden, ...Object.entries(fields)]) body.append(name, value)
  for (const [name, [file, content]] of Object.entries(files))
    body.append(name, new Blob([new Uint8Array(content)]), file)
  const { href } = new URL(form.action, page.url)
  return await browser.follow(await browser.ask(href, { method: 'POST', body }))
}

/** Pages have small forms before the one with files. */
function lastFormOf({ html }: Visit): ReturnType<typeof formOf> {
  const forms = html.split(/(?=<form\b)/).filter((part) => /^<form[^>]*multipart/.test(part))
  return formOf({ html: forms.at(-1) ?? html })
}
