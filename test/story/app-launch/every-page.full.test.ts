import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, launchBrowser, openWindow, sidewaysScroll } from '../../pages/browser.ts'
import { authorizationRequest } from '../../support/browser-client.ts'
import type { TestServer } from '../../support/server.ts'
import { allow, arrive, read, signIn, startDemo } from './support.ts'
import { type ServerApp, startServerApp } from './support-server-app.ts'

let browser: Browser
let server: TestServer
let app: ServerApp
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startDemo()
  app = await startServerApp(server, {
    scope:
      'launch/patient launch/encounter openid fhirUser offline_access patient/*.rs patient/Observation.rs patient/Observation.c',
  })
})
afterAll(async () => {
  await browser.close()
  app.close()
  await server.close()
})

/** What reaches out of a box that cuts it off. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('body *:not(.hidden, .skip)')]
    .filter((box) => getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth)
    .map((box) => box.className + ': ' + box.textContent.replace(/\\s+/g, ' ').trim().slice(0, 80))`)
}

/**
 * Looks at the page of this heading, as it is with real data: axe finds nothing and is sure of it; wide and narrow
 * nothing leads sideways and nothing is cut off. In all views it was looked at in `pages/screens.full.test.ts`.
 */
async function look(page: Page, name: string): Promise<void> {
  await arrive(page, name)
  for (const details of await page.locator('summary').all()) await details.click()
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 })
    const where = `${name}, ${width} pixels`
    expect([where, await sidewaysScroll(page)]).toEqual([where, 0])
    expect([where, await cutOff(page)]).toEqual([where, []])
  }
  expect([name, await axeFindings(page)]).toEqual([name, []])
}

async function walk(steps: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await openWindow(browser, {})
  await steps(page)
  expect(complaints).toEqual([])
  await page.context().close()
}

test('sign-in, picker, visits and consent of an app that nobody has checked', () =>
  walk(async (page) => {
    await page.goto(`${app.url}/connect`)
    await look(page, 'Sign in')
    await signIn(page, 'clinician', 'guessed')
    await page.getByRole('alert').waitFor()
    await look(page, 'Sign in')
    await signIn(page, 'clinician')
    await look(page, 'Choose a patient')
    const search = async (words: string) => {
      await page.getByRole('searchbox').fill(words)
      await page.getByRole('button', { name: 'Search' }).click()
    }
    await search('lindqvst')
    await page.getByRole('heading', { name: 'No patient matches' }).waitFor()
    await look(page, 'Choose a patient')
    await search('lind')
    await page.getByRole('table').waitFor()
    await look(page, 'Choose a patient')
    await page.getByRole('button', { name: /^Choose Ana/ }).click()
    await look(page, 'Choose a visit')
    await page.getByRole('button', { name: /^Choose .*19 Nov 2026/ }).click()
    await look(page, 'Pulse Diary asks to use Ana’s health record')
    await allow(page)
    await arrive(page, 'Connected')
  }))

test('consent of an app that the hospital has checked, and the app', () =>
  walk(async (page) => {
    await page.goto(`${server.url}/demo/app/`)
    await look(page, 'A health record at a glance')
    await page.getByRole('link', { name: 'Launch standalone' }).click()
    await signIn(page, 'patient')
    await look(page, 'Glance (demo) asks to use your health record')
    await allow(page)
    await look(page, 'Anders Lindqvist')
    await page.goto(`${server.url}/demo/app/?code=x&state=y`)
    await look(page, 'This launch did not begin here')

    await page.goto(`${server.url}/account`)
    await look(page, 'My apps')
    await page.getByRole('link', { name: 'Change of Glance (demo)' }).click()
    await look(page, 'Change what Glance (demo) may do')
    await page.getByRole('checkbox', { name: 'Medicines' }).uncheck()
    await page.getByRole('button', { name: 'Save' }).click()
    await read(page, 'Saved. Glance (demo) can do only what is ticked, from now on.')
    await look(page, 'My apps')
    await page.getByRole('link', { name: 'Activity' }).click()
    await look(page, 'Activity')
    await page.getByRole('link', { name: 'Sessions' }).click()
    await look(page, 'Sessions')
    await page.getByRole('link', { name: 'Security' }).click()
    await look(page, 'Security')
    await page.getByLabel('Current password', { exact: true }).fill('guessed')
    await page.getByLabel('New password', { exact: true }).fill('short')
    await page.getByLabel('New password, once more', { exact: true }).fill('other')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('alert').waitFor()
    await look(page, 'Security')
    await page.getByRole('link', { name: 'My apps' }).click()
    await page.getByRole('link', { name: 'Withdraw access of Glance (demo)' }).click()
    await look(page, 'Withdraw Glance (demo)’s access to your record?')
    await page.getByRole('button', { name: 'Withdraw access' }).click()
    await read(page, /^Withdrawn\. Glance \(demo\) /)
    await look(page, 'My apps')
    await page.getByRole('link', { name: 'Sign out' }).click()
    await look(page, 'Sign out?')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await look(page, 'You are signed out')
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await look(page, 'Sign in')
  }))

test('what went wrong', () =>
  walk(async (page) => {
    const { address } = authorizationRequest(server, app.id, 'openid', { redirect_uri: 'https://x.example/' })
    await page.goto(server.url + address)
    await look(page, 'This app could not be opened')
    await page.goto(`${server.url}/sign-in/nothing`)
    await look(page, 'This page has closed')
  }))
