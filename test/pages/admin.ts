import { expect } from 'vitest'
import { type Browser, createBrowser, formOf, textOf, type Visit } from '../support/browser-client.ts'
import { type Engine, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { signIn } from './account.ts'

/** A server with an admin and an auditor, each signed in in a browser of their own. */
export type Console = { server: TestServer; iris: Browser; irisId: string; otto: Browser }

export async function startConsole(engine: Engine): Promise<Console> {
  const server = await startServer({ engine })
  const { house } = server
  const admin = await addUser(house, { username: 'iris', display_name: 'Iris Okafor', roles: ['admin'] })
  await addUser(house, { username: 'otto', display_name: 'Otto', roles: ['auditor'] })
  const [iris, otto] = [await signedInAs(server, 'iris'), await signedInAs(server, 'otto')]
  return { server, iris, irisId: admin.id, otto }
}

/** Expects this among the words of a page. */
export function says({ html }: Visit, text: string | RegExp): void {
  expect(textOf(html)).toEqual(
    typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text),
  )
}

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
