import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { brokenIn, startServer, type TestServer } from '../../support/server.ts'

/** Of all demo users. */
const password = 'lanyard-demo'

export const observation = (category: string) =>
  `patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|${category}`

/** The demo as somebody has it who has just started it; its clock stands where that of the browser is. */
export async function startDemo(environment: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ kind: 'demo', environment })
  server.clock.now = Date.now()
  return {
    ...server,
    async close() {
      await server.close()
      expect(brokenIn(server)).toEqual([])
    },
  }
}

/** Fills in the sign-in page. */
export async function signIn(page: Page, username: string, itsPassword = password): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(itsPassword)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export async function allow(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
}

/** Waits for the page with this heading. @throws with what is there instead */
export async function arrive(page: Page, name: string): Promise<void> {
  await come(page, name, page.getByRole('heading', { level: 1, name, exact: true }))
}

/** Waits for these words. @throws with what is there instead */
export async function read(page: Page, words: string | RegExp): Promise<void> {
  await come(page, words, page.getByText(words))
}

async function come(page: Page, what: string | RegExp, locator: Locator): Promise<void> {
  try {
    await locator.waitFor({ timeout: 10_000 })
  } catch {
    throw new Error(`"${what}" did not come, but ${page.url()}: ${await page.innerText('body')}`)
  }
}

export type TokenResponse = Record<string, unknown> & { access_token: string; scope: string }

/** The next answer of the token endpoint to the page. */
export async function tokenResponse(page: Page): Promise<TokenResponse> {
  const answer = await page.waitForResponse((response) => response.url().endsWith('/oauth2/token'))
  return (await answer.json()) as TokenResponse
}

/** Asks the FHIR server as an app does. */
export async function fhir(
  server: TestServer,
  accessToken: string,
  path: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(new URL(path, `${server.fhir}/`), {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
