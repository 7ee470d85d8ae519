import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstAdminOf } from '../../src/house.ts'
import { startProduction } from '../pages/pages.ts'
import { createBrowser, textOf } from '../support/browser-client.ts'
import type { TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startProduction()
})
afterAll(() => server.close())

const linkOf = () => `/set-up?token=${firstAdminOf(server.house).token()}`
const form = (token: string, more: Record<string, string> = {}) => ({
  method: 'POST',
  body: new URLSearchParams({
    token,
    username: 'iris',
    display_name: 'Iris Okafor',
    password: 'a long and secret word',
    ...more,
  }),
})

test('a link that is made up, or older than a day, opens nothing', async () => {
  const browser = createBrowser(server)
  const token = firstAdminOf(server.house).token()
  for (const bad of ['', 'x', `${token}x`, token.replace(/^\d/, '9')])
    expect([bad, (await browser.ask(`/set-up?token=${encodeURIComponent(bad)}`)).status]).toEqual([bad, 403])
  server.clock.advance(24 * 3_600_000)
  expect((await browser.ask(`/set-up?token=${token}`)).status).toBe(403)
  expect((await browser.ask('/set-up', form(token))).status).toBe(403)
  expect(await server.house.users.list()).toEqual([])
})

test('what ends between the mark and the admin leaves neither: the link works again', async () => {
  const { kysely } = server.house.db
  await sql`create trigger crash before insert on account begin select raise(abort, 'crash'); end`.execute(
    kysely,
  )
  const browser = createBrowser(server)
  expect((await browser.ask('/set-up', form(firstAdminOf(server.house).token()))).status).toBe(500)
  await sql`drop trigger crash`.execute(kysely)
  expect(await firstAdminOf(server.house).isNeeded()).toBe(true)
  expect((await browser.ask(linkOf())).status).toBe(200)
})

test('the link makes one admin, whoever comes with it at the same time; then it is dead', async () => {
  const browser = createBrowser(server)
  const page = await browser.ask(linkOf())
  expect([page.status, textOf(page.html)]).toEqual([200, expect.stringContaining('Set this server up')])
  const token = firstAdminOf(server.house).token()
  const short = await browser.ask('/set-up', form(token, { password: 'short' }))
  expect([short.status, textOf(short.html)]).toEqual([400, expect.stringContaining('12')])
  const answers = await Promise.all(
    ['iris', 'otto', 'noor', 'elif'].map((username) => browser.ask('/set-up', form(token, { username }))),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 403, 403, 403])
  expect((await server.house.users.list()).map(({ roles }) => roles)).toEqual([['admin']])
  expect((await browser.ask(linkOf())).status).toBe(403)
  expect(await firstAdminOf(server.house).isNeeded()).toBe(false)
})
