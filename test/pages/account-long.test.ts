import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/lib/time.ts'
import type { Browser } from '../support/browser-client.ts'
import { registerPublicApp } from '../support/oauth.ts'
import { noon, startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'
import { linksTo, signedIn } from './account.ts'

const APPS = 45
const EVENTS = 130

let server: TestServer
let noor: Browser
beforeAll(async () => {
  server = await startServer()
  const user = await addUser(server.house, { username: 'noor', display_name: 'Noor', roles: ['patient'] })
  const { id: client } = await registerPublicApp(server, { client_name: 'Pulse Diary' })
  const grants = Array.from({ length: APPS }, (_, index) => ({
    grant_id: `grant-${index}`,
    client_id: client,
    user_id: user.id,
    scope: 'patient/Observation.rs',
    context: JSON.stringify({ patient: `p-${index}` }),
    created: noon - index,
    expires: noon + 30 * DAY,
    used: noon,
    patient: `p-${index}`,
  }))
  await server.house.db.kysely.insertInto('launch_grant').values(grants).execute()
  for (let index = 0; index < EVENTS; index++) {
    server.house.audit.note({
      event: 'fhir.read',
      outcome: 'success',
      clientId: client,
      userId: user.id,
      detail: { reference: 'Observation/1' },
    })
    server.clock.advance(HOUR)
  }
  await server.house.audit.flush()
  noor = await signedIn(server, 'noor')
})
afterAll(() => server.close())

/** All pages of a list: what each of them shows, told apart by the first group of the pattern. */
async function pagesOf(start: string, next: string, shown: RegExp): Promise<string[][]> {
  const pages: string[][] = []
  let address: string | undefined = start
  while (address !== undefined && pages.length < 9) {
    const page = await noor.open(address)
    pages.push([...page.html.matchAll(shown)].map(([, one = '']) => one))
    address = linksTo(page, next)[0]
  }
  return pages
}
const lengths = (pages: string[][]) => pages.map(({ length }) => length)

test('somebody with very many apps sees all of them, a page at a time', async () => {
  const pages = await pagesOf('/account', '/account?from=', /<article[\s\S]*?\/account\/apps\/([\w-]+)/g)
  expect(lengths(pages)).toEqual([40, 5])
  expect(new Set(pages.flat()).size).toBe(APPS)
  for (const wrong of ['from=x', 'from=-1', 'from=9999'])
    expect((await noor.open(`/account?${wrong}`)).html).toContain('<article')
})

test('very many things that apps did are told in pages, each once', async () => {
  const pages = await pagesOf('/account/activity', '/account/activity?before=', /<time datetime="([^"]*)"/g)
  expect(lengths(pages)).toEqual([60, 60, EVENTS - 120])
  expect(new Set(pages.flat()).size).toBe(EVENTS)
})
