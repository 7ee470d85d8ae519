import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepOnce } from '../../../src/store/sweep.ts'
import type { Browser } from '../../support/browser-client.ts'
import type { Answer } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'
import {
  type App,
  type Clinic,
  clinic,
  expectError,
  grantOf,
  isOver,
  launched,
  reasonOf,
  refresh,
  registerApp,
  signedIn,
  signOut,
  type Way,
  works,
} from './clinic.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const online = 'launch/patient openid online_access patient/Patient.rs'

let server: Clinic
let app: App
beforeAll(async () => {
  server = await clinic({ engine })
  app = await registerApp(server)
})
afterAll(() => server.close())

const next = ({ body }: Answer): Promise<Answer> => refresh(server, app, body.refresh_token)
async function reasonAtRefresh(answer: Answer): Promise<unknown> {
  const refused = await next(answer)
  expectError(refused, 'invalid_grant')
  return await reasonOf(server, refused)
}
/** How long a launch lives from now, in milliseconds. */
async function left(answer: Answer): Promise<number> {
  const grant = await server.house.grants.find(grantOf(answer))
  return (grant?.expires ?? 0) - server.clock.now
}

describe('how long offline access lasts', () => {
  test('REFR-08 three months and more are left after each use, for as long as it is used', async () => {
    const browser = await signedIn(server)
    let { token } = await launched(server, app, { browser })
    for (const pause of [
      0,
      HOUR,
      DAY - 1000,
      DAY,
      25 * HOUR,
      30 * DAY,
      92 * DAY,
      92 * DAY,
      92 * DAY,
      92 * DAY,
    ]) {
      server.clock.advance(pause)
      token = await next(token)
      expect([pause, token.status]).toEqual([pause, 200])
      expect(await left(token)).toBeGreaterThanOrEqual(92 * DAY)
      // What is swept is not missed.
      await sweepOnce(server.house.db.kysely, server.clock.now)
    }
    server.clock.advance(93 * DAY)
    expect(await reasonAtRefresh(token)).toBe('refresh-expired')
    while ((await sweepOnce(server.house.db.kysely, server.clock.now + 1)) > 0);
    expect(await reasonAtRefresh(token)).toBe('refresh-unknown')
  })

  test('REFR-08 what makes all nodes look at all tokens again happens once a day at most', async () => {
    const browser = await signedIn(server)
    let { token } = await launched(server, app, { browser })
    const count = async () =>
      await server.house.db.kysely
        .selectFrom('change')
        .select('version')
        .where('name', '=', 'token')
        .executeTakeFirst()
    const before = await count()
    for (let round = 0; round < 5; round++) {
      server.clock.advance(HOUR)
      token = await next(token)
    }
    expect(await count()).toEqual(before)
    server.clock.advance(DAY)
    await next(token)
    expect(await count()).not.toEqual(before)
  })

  test.each([
    ['hour', HOUR],
    ['year', 365 * DAY],
  ] as const)('REFR-08 a user who chose one %s is asked again when it is over', async (duration, length) => {
    const asking = await registerApp(server, 'public', { skip_consent: false, verified: true })
    const { username } = await addUser(server.house, { fhir_user: 'Patient/ana' })
    let { token } = await launched(server, asking, { username, duration })
    const began = server.clock.now
    for (const moment of [length / 2, length - 60_000]) {
      server.clock.advance(began + moment - server.clock.now)
      token = await refresh(server, asking, token.body.refresh_token)
      expect(token.status).toBe(200)
      expect(await left(token)).toBe(length - moment)
    }
    // No access token outlives what it comes from.
    expect(token.body.expires_in).toBe(60)
    server.clock.advance(59_999)
    expect(await works(server, token.body.access_token)).toBe(true)
    server.clock.advance(1)
    expect(await works(server, token.body.access_token)).toBe(false)
    expectError(await refresh(server, asking, token.body.refresh_token), 'invalid_grant')
  })
})

describe('online access', () => {
  const start = async (browser: Browser, way: Way = {}) =>
    (await launched(server, app, { browser, scope: online, ...way })).token

  test('REFR-01 lives as long as the session, and offline access longer', async () => {
    const browser = await signedIn(server)
    const [token, lasting] = [
      await start(browser),
      await start(browser, { scope: online.replace('online', 'offline') }),
    ]
    const second = await next(token)
    expect(second.status).toBe(200)
    server.clock.advance(12 * HOUR)
    expect(await reasonAtRefresh(second)).toBe('session-ended')
    expect((await next(lasting)).status).toBe(200)
  })

  test('REFR-01 goes on while the user does', async () => {
    const browser = await signedIn(server)
    let token = await start(browser)
    for (let round = 0; round < 3; round++) {
      server.clock.advance(7 * HOUR)
      await start(browser)
      token = await next(token)
      expect(token.status).toBe(200)
    }
    // A day after the sign-in it is over, however busy the user was.
    server.clock.advance(4 * HOUR)
    expectError(await next(token), 'invalid_grant')
  })

  test('REFR-01 ends at once when the user signs out, in this browser only', async () => {
    const [here, there] = [await signedIn(server), await signedIn(server)]
    const [one, two] = [await start(here), await start(there)]
    const lasting = await start(here, { scope: online.replace('online', 'offline') })
    await signOut(here)
    expectError(await next(one), 'invalid_grant')
    await expect.poll(() => works(server, one.body.access_token)).toBe(false)
    expect(await isOver(server, app, two)).toBe(false)
    expect(await isOver(server, app, lasting)).toBe(false)
  })

  test('REFR-01 ends at once when the session is ended from elsewhere', async () => {
    const browser = await signedIn(server)
    const token = await start(browser)
    const { uid } = await server.house.db.kysely
      .selectFrom('launch_grant')
      .select('session_uid as uid')
      .where('grant_id', '=', grantOf(token))
      .executeTakeFirstOrThrow()
    const elsewhere = await signedIn(server)
    const page = await elsewhere.open('/account/sessions')
    expect(page.html).toContain(String(uid))
    await elsewhere.submit(page, { session: String(uid) })
    expect(await isOver(server, app, token)).toBe(true)
  })

  test('REFR-01 ends when somebody else signs in with the same browser, and does not begin again with the first', async () => {
    const browser = await signedIn(server)
    const token = await start(browser)
    const { username } = await addUser(server.house, { fhir_user: 'Patient/ana' })
    await start(browser, { username, request: { prompt: 'login' } })
    expect(await isOver(server, app, token)).toBe(true)
    await start(browser, { username: 'ana', request: { prompt: 'login' } })
    expect(await isOver(server, app, token)).toBe(true)
  })
})

describe('REFR-11 what has ended since', () => {
  /** A user of their own, so that others keep theirs. */
  async function someone(file: Record<string, unknown> = {}, scope?: string) {
    const { username } = await addUser(server.house, { fhir_user: 'Patient/ana', ...file })
    const way = { username, patient: 'ana', ...(scope === undefined ? {} : { scope }) }
    const { token } = await launched(server, app, way)
    return { username, token, file: { username, display_name: 'A user', roles: ['patient'], ...file } }
  }

  test.each([
    ['disabled', (name: string) => server.house.users.setStatus(name, 'disabled')],
    ['removed', (name: string) => server.house.users.remove(name)],
    ['given a new password', (name: string) => server.house.users.setPassword(name, 'another good password')],
  ])('REFR-11, REVO-06 a user who was %s', async (_what, end) => {
    const { username, token } = await someone()
    const other = await someone()
    await end(username)
    expect(await isOver(server, app, token)).toBe(true)
    expect(await isOver(server, app, other.token)).toBe(false)
  })

  test('REFR-11 a user who was disabled gets no launch back when enabled again', async () => {
    const { username, token } = await someone()
    await server.house.users.setStatus(username, 'disabled')
    await server.house.users.setStatus(username, 'active')
    expect(await isOver(server, app, token)).toBe(true)
  })

  test('REFR-11, CTX-10 a proxy whose right ended; it works again when it is given back', async () => {
    const mother = { fhir_user: 'Patient/ben', patients: ['ben', 'ana'] }
    const { token, file, username } = await someone(mother)
    await server.house.users.update(username, { ...file, patients: ['ben'] })
    expect(await works(server, token.body.access_token)).toBe(false)
    expect(await reasonAtRefresh(token)).toBe('patient-link-ended')
    await server.house.users.update(username, file)
    expect(await isOver(server, app, token)).toBe(false)
  })

  test('REFR-11 a client that was disabled or removed', async () => {
    for (const end of [
      (id: string) => server.house.clients.setStatus(id, 'disabled'),
      (id: string) => server.house.clients.remove(id),
    ]) {
      const client = await registerApp(server)
      const { token } = await launched(server, client, { browser: await signedIn(server) })
      await end(client.id)
      expect(await works(server, token.body.access_token)).toBe(false)
      expectError(await refresh(server, client, token.body.refresh_token), 'invalid_client', 401)
    }
  })

  test('REFR-11 a client that was disabled gets no launch back when enabled again', async () => {
    const client = await registerApp(server)
    const { token } = await launched(server, client, { browser: await signedIn(server) })
    await server.house.clients.setStatus(client.id, 'disabled')
    await server.house.clients.setStatus(client.id, 'active')
    expect(await isOver(server, client, token)).toBe(true)
  })

  test('REVO-03 a launch that was withdrawn', async () => {
    const { token } = await someone()
    await server.house.grants.end({ id: grantOf(token) }, 'withdrawn')
    expect(await isOver(server, app, token)).toBe(true)
  })
})
