import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../src/pages/words/en.ts'
import { putRecords } from '../support/launch.ts'
import { heading, signIn } from '../support/person.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser, password } from '../support/users.ts'
import { findingsInAllViews, launchBrowser, openWindow } from './browser.ts'

const { roles: said, people, stale } = en.admin
let browser: Browser
let server: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  server = await startServer()
  for (const [username, name, role] of [
    ['iris', 'Iris Okafor', 'admin'],
    ['noor', 'Noor Aziz', 'admin'],
    ['otto', 'Otto Lind', 'auditor'],
  ] as const)
    await addUser(server.house, { username, display_name: name, roles: [role] })
  await server.house.roles.add(
    {
      role: 'desk',
      title: 'Front desk',
      rules: [
        { types: ['Appointment'], letters: 'rs', where: ['location=%user.location'] },
        { types: ['Location'], letters: 'rs' },
      ],
      basic: 'read',
    },
    'command',
  )
  const attributes = { location: 'Location/room' }
  await addUser(server.house, { username: 'jo', display_name: 'Jo Berg', roles: ['desk'], attributes })
  await putRecords(server, [
    {
      resourceType: 'Appointment',
      id: 'one',
      status: 'booked',
      comment: 'knee',
      participant: [{ actor: { reference: 'Location/room' }, status: 'accepted' }],
    },
  ])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

async function windowOf(username: string, path: string, script = false) {
  const opened = await openWindow(browser, { javaScriptEnabled: script })
  await opened.page.goto(server.url + path)
  await signIn(opened.page, username)
  return opened
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click()
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click()
const told = (page: Page) => page.locator('main').innerText()

/** What the front desk gets, as any of its programs would ask. */
async function asJo(path: string): Promise<{ status: number; text: string }> {
  const authorization = `Basic ${Buffer.from(`jo:${password}`).toString('base64')}`
  const response = await fetch(`${server.fhir}${path}`, { headers: { authorization } })
  return { status: response.status, text: await response.text() }
}

test('ENF-26 a role is narrowed in its form: "try it" tells the difference before and after, and the next request too', async () => {
  const { page, complaints } = await windowOf('iris', '/admin/roles')
  await follow(page, 'Front desk')
  await follow(page, said.page.edit)
  await heading(page, said.form.editTitle('Front desk'))
  expect((await asJo('/Appointment?status=booked')).status).toBe(200)

  const first = page.getByRole('group', { name: said.form.rule(1), exact: true })
  await first.getByLabel('Search').uncheck()
  await first.getByLabel(`${said.form.addHide}, ${said.form.rule(1)}`).fill('comment')
  await first.getByRole('button', { name: said.form.apply }).click()
  expect(await first.innerText()).toContain(
    'May read appointments, only where location is the user’s location',
  )
  await press(page, said.form.try)
  await page.getByLabel(people.try.path).fill('/Appointment?status=booked')
  await press(page, people.try.button)
  const trial = await told(page)
  for (const text of [people.try.compared.refused, people.try.now, people.try.withDraft])
    expect(trial).toContain(text)
  expect((await asJo('/Appointment?status=booked')).status).toBe(200)

  await press(page, said.form.review)
  await heading(page, said.review.title('Front desk'))
  const review = await told(page)
  for (const text of [
    said.review.affected('1'),
    'May no longer find appointments',
    'May read appointments in part only (without comment).',
  ])
    expect(review).toContain(text)
  const red = "getComputedStyle(document.querySelector('.told.danger li')).color"
  expect(await page.evaluate(red)).toBe('rgb(161, 38, 34)')
  await page.getByLabel(en.admin.reason.label).fill('no lists at the desk')
  await press(page, said.review.save)
  await heading(page, 'Front desk')

  expect((await asJo('/Appointment?status=booked')).status).toBe(403)
  const one = await asJo('/Appointment/one')
  expect([one.status, one.text.includes('knee')]).toEqual([200, false])
  await follow(page, said.page.try)
  await page.getByLabel(people.try.path).fill('/Appointment?status=booked')
  await press(page, people.try.button)
  expect(await told(page)).toContain(people.try.refused)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('two admins edit one role: the second is told who was first and what differs, and nothing is lost', async () => {
  const { page: iris } = await windowOf('iris', '/admin/roles/desk/edit')
  const { page: noor } = await windowOf('noor', '/admin/roles/desk/edit')
  await iris.getByLabel(said.form.title, { exact: true }).fill('Reception')
  await noor.getByLabel(said.form.description, { exact: true }).fill('Receives people.')
  await press(iris, said.form.review)
  await press(iris, said.review.save)
  await heading(iris, 'Reception')

  await press(noor, said.form.review)
  await heading(noor, stale.heading)
  const page = await told(noor)
  for (const text of ['Iris Okafor', 'Reception', 'Receives people.']) expect(page).toContain(text)
  expect((await server.house.roles.find('desk'))?.file).toMatchObject({ title: 'Reception' })
  await press(noor, stale.button)
  await heading(noor, said.review.title('Reception'))
  await press(noor, said.review.back)
  await noor.getByLabel(said.form.title, { exact: true }).fill('Reception')
  await press(noor, said.form.review)
  await press(noor, said.review.save)
  expect((await server.house.roles.find('desk'))?.file).toMatchObject({
    title: 'Reception',
    description: 'Receives people.',
  })
  await iris.context().close()
  await noor.context().close()
})

test('an auditor sees roles and users, is offered no change, and a forged form is refused', async () => {
  const { page } = await windowOf('otto', '/admin/roles', true)
  for (const path of ['/admin/roles', '/admin/roles/desk', '/admin/users', '/admin/users/jo']) {
    await page.goto(server.url + path)
    const buttons = page.locator('main').getByRole('button')
    expect([path, await buttons.allInnerTexts()]).toEqual([path, path === '/admin/users' ? ['Search'] : []])
    expect([path, await page.locator('form[method=post]').count()]).toEqual([path, 0])
  }
  const before = (await server.house.roles.find('desk'))?.version
  await page.goto(`${server.url}/account/security`)
  const csrf = await page.locator('[name=csrf]').first().inputValue()
  const forged = {
    csrf,
    file: '{"role":"desk","title":"Mine","rules":[]}',
    version: String(before),
    do: 'save',
  }
  for (const path of ['/admin/roles/desk/edit', '/admin/roles/new', '/admin/users/jo/link']) {
    const answer = await page.request.post(server.url + path, {
      form: forged,
      headers: { origin: server.url },
    })
    expect([path, answer.status()]).toEqual([path, 403])
  }
  expect((await server.house.roles.find('desk'))?.version).toBe(before)
  await page.context().close()
})

test('by keyboard alone a rule is added and taken away; Enter takes in what was typed, and saves nothing', async () => {
  const { page } = await windowOf('iris', '/admin/roles/new', true)
  const role = page.getByLabel(said.form.role, { exact: true })
  await role.focus()
  await page.keyboard.type('keyed')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Keyed')
  const add = page.getByRole('button', { name: said.form.add })
  await add.focus()
  await page.keyboard.press('Enter')
  const rule = page.getByRole('group', { name: said.form.rule(1), exact: true })
  await rule.waitFor()
  expect(new URL(page.url()).hash).toBe('#rule-0')
  await rule.getByLabel(`${said.form.addTypes}, ${said.form.rule(1)}`).focus()
  await page.keyboard.type('Slot')
  await page.keyboard.press('Enter')
  await rule.getByLabel('Slot').waitFor()
  await rule.getByLabel('Read').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await page.getByText('May read slot.').waitFor()
  expect(await server.house.roles.find('keyed')).toBeUndefined()
  await rule.getByRole('button', { name: said.form.remove }).press('Enter')
  await page.getByText(said.form.noRules).waitFor()
  await page.context().close()
})

test('the form of a role and what follows it: axe finds nothing, nothing scrolls sideways, at 1280 and 320, light and dark', async () => {
  await server.house.roles.add(
    {
      role: 'wide',
      title: 'Wide',
      rules: [
        {
          types: ['Observation', 'Condition', 'MedicationRequest'],
          letters: 'cruds',
          where: ['patient=%patient'],
          hide: ['note', 'encounter', 'identifier'],
          writable: ['note'],
        },
      ],
      scopes: 'user/*.cruds',
      apps: ['growth-chart'],
    },
    'command',
  )
  const { page, complaints } = await windowOf('iris', '/admin/roles/wide', true)
  const look = async (what: string) =>
    expect([what, await findingsInAllViews(page, [1280, 320])]).toEqual([what, []])
  await look('role')
  await follow(page, said.page.edit)
  await page.getByLabel(`${said.form.addHide}, ${said.form.rule(1)}`).fill('wings')
  await press(page, said.form.review)
  await look('form with a mistake')
  await page.getByLabel('wings').uncheck()
  await page.getByLabel('Delete').uncheck()
  await press(page, said.form.review)
  await look('review')
  await press(page, said.form.try)
  await page.getByLabel(people.try.user).fill('jo')
  await press(page, people.try.button)
  await look('trial')
  await page.goto(`${server.url}/admin/users/jo/link`)
  await press(page, people.user.link)
  const link = /http\S+set-password\?token=\S+/.exec(await told(page))?.[0] ?? ''
  await look('link')
  await page.goto(link)
  await look('set password')
  expect(complaints).toEqual([])
  await page.context().close()
})
