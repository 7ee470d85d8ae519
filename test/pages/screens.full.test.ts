import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  findingsInAllViews,
  findingsInLargeWords,
  findingsOfWords,
  launchBrowser,
  openWindow,
} from './browser.ts'
import { openShowcase, type Showcase } from './showcase.ts'

let browser: Browser
let show: Showcase
beforeAll(async () => {
  browser = await launchBrowser()
  show = await openShowcase()
})
afterAll(async () => {
  await browser.close()
  await show.close()
})

test.each([
  ['en', findingsInAllViews],
  ['es', findingsOfWords],
] as const)(
  'every screen, %s: axe finds nothing and is in doubt about nothing; nothing scrolls sideways, in words of twice the size either; nothing is complained of',
  async (language, findings) => {
    const { page, complaints, requests } = await openWindow(browser, {})
    // Those of the console are looked at in English where they are in use (every-page.full.test.ts).
    const elsewhere = '/en/admin-'
    const paths = show.paths.filter((path) => path.startsWith(`/${language}/`) && !path.startsWith(elsewhere))
    expect(paths.length).toBeGreaterThan(10)
    for (const path of paths) {
      await page.goto(show.url + path)
      expect([path, await findings(page, [1280, 320])]).toEqual([path, []])
      expect([path, await findingsInLargeWords(page)]).toEqual([path, []])
    }
    expect(complaints).toEqual([])
    expect(requests.filter((url) => !url.startsWith(`${show.url}/`))).toEqual([])
    await page.context().close()
  },
)

describe('by hand, without JavaScript', () => {
  /** Opens a screen, does something there, and says which fields were sent. */
  async function sends(name: string, act: (page: Page) => Promise<void>) {
    const { page, complaints } = await openWindow(browser, { javaScriptEnabled: false })
    await page.goto(`${show.url}/en/${name}`)
    await act(page)
    await page.getByText('Sent.').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
    const { method, fields } = show.sent.findLast(({ path }) => path !== '/favicon.ico') ?? {}
    return { method, fields: fields?.filter(([field]) => field !== 'csrf') }
  }
  const click = (name: string) => (page: Page) =>
    page.getByRole('button', { name, exact: true }).first().click()
  const posts = (...fields: [string, string][]) => ({ method: 'POST', fields })

  test('sign-in: Enter signs in, and the way back takes no password along', async () => {
    const typed = async (page: Page) => {
      await page.getByLabel('Username').fill('marta')
      await page.getByLabel('Password').fill('a secret')
    }
    const signedIn = await sends('sign-in', async (page) => {
      await typed(page)
      await page.keyboard.press('Enter')
    })
    expect(signedIn).toEqual(posts(['username', 'marta'], ['password', 'a secret']))
    const back = await sends('sign-in', async (page) => {
      await typed(page)
      await click('Go back to Pulse Diary')(page)
    })
    expect(back).toEqual(posts(['decision', 'deny']))
  })

  test('choosing a patient: search, choose, choose a recent one, be somebody else, go back', async () => {
    const found = await sends('choose-patient', async (page) => {
      await page.getByRole('searchbox').fill('berg')
      await page.keyboard.press('Enter')
    })
    expect(found).toEqual(posts(['q', 'berg']))
    expect(await sends('choose-patient', click('Choose Ana Lindqvist, born 14 Mar 2014'))).toEqual(
      posts(['patient', 'ana-lindqvist']),
    )
    const recent = (page: Page) => page.getByRole('button', { name: 'Tomas Berg' }).click()
    expect(await sends('choose-patient', recent)).toEqual(posts(['patient', 'p6']))
    expect(await sends('choose-patient', click('Not you?'))).toEqual(posts(['decision', 'switch']))
    expect(await sends('choose-patient', click('Cancel and return to the app'))).toEqual(
      posts(['decision', 'deny']),
    )
  })

  test('choosing a visit or something else, or none of them', async () => {
    expect(await sends('choose-encounter', click('Choose Check-up, 1 Mar 2026 – 4 Mar 2026'))).toEqual(
      posts(['encounter', 'e2']),
    )
    expect(await sends('choose-encounter', click('Go on without a visit'))).toEqual(posts(['encounter', '']))
    expect(await sends('choose-context', click('Choose Ultrasound'))).toEqual(
      posts(['context', 'ImagingStudy/2']),
    )
    expect(await sends('choose-context', click('Go on without any'))).toEqual(posts(['context', '']))
  })

  const observation = 'patient/Observation.rs'
  const vitals = `${observation}?category=http://x.example|vital-signs`
  const labs = `${observation}?category=http://x.example|laboratory`
  const ticked: [string, string][] = [
    ['scope', observation],
    ['parts', observation],
    ['scope', vitals],
    ['scope', labs],
    ['scope', 'patient/MedicationRequest.rs'],
    ['scope', 'patient/Observation.c'],
  ]

  test('AUTHZ-13 consent: what is ticked is sent, with the lines whose parts were on the page', async () => {
    const rest: [string, string][] = [
      ['duration', 'months'],
      ['offline', 'yes'],
      ['decision', 'allow'],
    ]
    expect(await sends('consent', click('Allow'))).toEqual(posts(...ticked, ...rest))
    const fewer = await sends('consent', async (page) => {
      await page.getByLabel('Lab results').uncheck()
      await page.getByLabel('Also when you are not using the app').uncheck()
      await page.getByLabel('Conditions').check()
      await page.getByLabel('1 hour').check()
      await click('Allow')(page)
    })
    expect(fewer.fields).not.toContainEqual(['scope', labs])
    expect(fewer.fields).toContainEqual(['scope', 'patient/Condition.rs'])
    expect(fewer.fields).toContainEqual(['duration', 'hour'])
    expect(fewer.fields?.map(([field]) => field)).not.toContain('offline')
  })

  test('consent: Enter refuses, and whoever is somebody else sends no tick', async () => {
    const entered = await sends('consent', async (page) => {
      await page.getByLabel('Medicines').focus()
      await page.keyboard.press('Enter')
    })
    expect(entered.fields?.at(-1)).toEqual(['decision', 'deny'])
    expect(await sends('consent', click('Not you?'))).toEqual(posts(['decision', 'switch']))
  })

  test('account: narrow, withdraw, end sessions, change the password, look for what happened', async () => {
    expect(await sends('account-narrow', click('Save'))).toEqual(posts(...ticked))
    expect(await sends('account-withdraw', click('Withdraw access'))).toEqual(posts())
    const phone = click('End Chrome on Android, since 20 November 2026, 17:05 UTC')
    expect(await sends('account-sessions', phone)).toEqual(posts(['session', 's2']))
    expect(await sends('account-sessions', click('End all others'))).toEqual(posts(['session', 'others']))
    const changed = await sends('account-security', async (page) => {
      await page.getByLabel('Current password').fill('old')
      await page.getByLabel('New password', { exact: true }).fill('new')
      await page.getByLabel('New password, once more').fill('new')
      await click('Change password')(page)
    })
    expect(changed).toEqual(
      posts(['username', 'marta'], ['current', 'old'], ['password', 'new'], ['again', 'new']),
    )
    const asked = await sends('account-activity', async (page) => {
      await page.getByLabel('Record', { exact: true }).selectOption('Ana Lindqvist')
      await click('Show')(page)
    })
    expect(asked).toEqual({
      method: 'GET',
      fields: [
        ['record', 'ana'],
        ['app', 'pulse-diary-web'],
      ],
    })
  })
})

test('a password can be shown; after a refusal the focus is on what went wrong', async () => {
  const { page, complaints } = await openWindow(browser, {})
  await page.goto(`${show.url}/en/sign-in-error`)
  expect(await page.evaluate('document.activeElement.id')).toBe('errors')
  await page.getByRole('link', { name: 'That username and password do not match' }).click()
  expect(await page.evaluate('document.activeElement.id')).toBe('username')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('a secret')
  await page.getByRole('button', { name: 'Show password' }).click()
  expect(await password.getAttribute('type')).toBe('text')
  await page.getByRole('button', { name: 'Hide password' }).click()
  expect(await password.getAttribute('type')).toBe('password')
  expect(complaints).toEqual([])
  await page.context().close()
})
