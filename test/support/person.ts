import type { Locator, Page } from 'playwright-core'
import { password } from './users.ts'

/** What a person does on a page of a browser, by the words that are there. */

/** Fills in the sign-in page. */
export async function signIn(page: Page, username: string, itsPassword = password): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(itsPassword)
  await press(page, 'Sign in')
}

/** Presses the button with exactly this name. */
export function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click()
}

/** The first field that is posted by this name. */
export function field(page: Page, name: string): Locator {
  return page.locator(`[name="${name}"]`).first()
}

/** Waits for the page with this heading. */
export function heading(page: Page, name: string | RegExp): Promise<void> {
  return page.getByRole('heading', { level: 1, name }).waitFor()
}
