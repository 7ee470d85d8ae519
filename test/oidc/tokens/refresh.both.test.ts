import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import type { Answer } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import {
  type App,
  type Clinic,
  clinic,
  everything,
  expectError,
  expectNoStore,
  fhir,
  grantOf,
  isOver,
  kinds,
  launched,
  reasonOf,
  refresh,
  registerApp,
  signedIn,
  vitalSigns,
  type Way,
  works,
} from './clinic.ts'

const DAY = 86_400_000
/** How long a lost answer is given again, in milliseconds. */
const GRACE = 10_000

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic({ engine })
  ana = await signedIn(server)
  app = await registerApp(server)
})
afterAll(() => server.close())

const start = async (way: Way = {}): Promise<Answer> =>
  (await launched(server, app, { browser: ana, ...way })).token
const next = ({ body }: Answer, form = {}): Promise<Answer> => refresh(server, app, body.refresh_token, form)
/** The same, and it must work. */
async function gone(answer: Answer, form = {}): Promise<Answer> {
  const found = await next(answer, form)
  expect([found.status, found.body.error]).toEqual([200, undefined])
  return found
}

describe('a refresh', () => {
  test('REFR-05, CTX-09, TOK-03 answers as the code did, with a new access token and a new refresh token', async () => {
    const first = await start()
    const second = await gone(first)
    expectNoStore(second)
    const { access_token, id_token, refresh_token, ...same } = first.body
    expect(second.body).toEqual({
      ...same,
      access_token: expect.any(String),
      id_token: expect.any(String),
      refresh_token: expect.any(String),
    })
    expect(second.body.access_token).not.toBe(access_token)
    expect(second.body.refresh_token).not.toBe(refresh_token)
    expect(await works(server, second.body.access_token)).toBe(true)
    // The access token from before lives as long as it says.
    expect(await works(server, access_token)).toBe(true)
  })

  test.each(kinds)('REFR-02, REFR-09 a chain of refreshes goes on and on: %s', async (kind) => {
    const client = await registerApp(server, kind)
    let { token } = await launched(server, client, { browser: ana })
    const seen = new Set([token.body.refresh_token])
    for (let round = 0; round < 6; round++) {
      server.clock.advance(3_600_000)
      token = await refresh(server, client, token.body.refresh_token)
      expect(token.status).toBe(200)
      seen.add(token.body.refresh_token)
    }
    expect(seen.size).toBe(7)
    expect(await works(server, token.body.access_token)).toBe(true)
  })

  test('REFR-02 only a whole request is one', async () => {
    const first = await start()
    expectError(await next(first, { refresh_token: undefined }), 'invalid_request')
    expectError(await next(first, { refresh_token: '' }), 'invalid_request')
    expectError(await next(first, { client_id: undefined }), 'invalid_client', 401)
    expect((await next(first)).status).toBe(200)
  })

  test('REFR-06 nonsense, and what was never issued, is invalid_grant', async () => {
    const token = String((await start()).body.refresh_token)
    const [family] = token.split('.')
    for (const none of [
      'nonsense',
      `lrt_${'A'.repeat(43)}`,
      `lrt_${'A'.repeat(22)}.${'A'.repeat(43)}`,
      `${token}x`,
      family,
    ]) {
      const answer = await refresh(server, app, none)
      expectError(answer, 'invalid_grant')
      expect(await reasonOf(server, answer)).toBe('refresh-unknown')
    }
    expect((await refresh(server, app, token)).status).toBe(200)
  })

  test('REFR-06, REFR-07 another client gets nothing for it, and does no harm', async () => {
    const first = await start()
    for (const kind of kinds) {
      const thief = await registerApp(server, kind)
      const answer = await refresh(server, thief, first.body.refresh_token)
      expectError(answer, 'invalid_grant')
      expect(await reasonOf(server, answer)).toBe('refresh-other-client')
    }
    const second = await gone(first)
    expectError(await refresh(server, await registerApp(server), first.body.refresh_token), 'invalid_grant')
    expect((await next(second)).status).toBe(200)
  })

  test('SEC-04, REFR-09 however often, one row is kept, without any token in it', async () => {
    let answer = await start()
    for (let round = 0; round < 5; round++) answer = await gone(answer)
    const rows = await server.house.db.kysely
      .selectFrom('refresh_token')
      .selectAll()
      .where('grant_id', '=', grantOf(answer))
      .execute()
    expect(rows).toHaveLength(1)
    const stored = JSON.stringify(rows)
    for (const part of String(answer.body.refresh_token).slice('lrt_'.length).split('.')) {
      expect(stored).not.toContain(part)
    }
    expect(stored).not.toContain(String(answer.body.access_token))
  })
})

describe('scope at a refresh', () => {
  test('REFR-03, trap 12 all that was granted may be asked again, to the letter', async () => {
    const answer = await gone(await start(), { scope: everything })
    expect(answer.body.scope).toBe(everything)
  })

  test('REFR-03, trap 11, CTX-09 less may be asked; the patient stays, whatever the scope', async () => {
    const less = await gone(await start(), { scope: 'patient/Observation.rs' })
    expect(less.body).toMatchObject({ scope: 'patient/Observation.rs', patient: 'ana' })
    expect(less.body).not.toHaveProperty('id_token')
    expect((await fhir(server, less.body.access_token, 'Observation/pulse')).status).toBe(200)
    expect((await fhir(server, less.body.access_token, 'Observation/of-ben')).status).toBe(404)
    expect((await fhir(server, less.body.access_token, 'Patient/ana')).status).toBe(403)
  })

  test('REFR-02, REFR-03 the next refresh without scope has everything again', async () => {
    const less = await gone(await start(), { scope: 'openid patient/Patient.r' })
    expect(less.body).toHaveProperty('id_token')
    const all = await gone(less)
    expect(all.body.scope).toBe(everything)
    expect((await fhir(server, all.body.access_token, 'Observation/pulse')).status).toBe(200)
  })

  test.each([
    ['patient/Observation.r'],
    ['patient/Observation.s'],
    [`patient/Observation.rs?${vitalSigns}`],
    [`patient/Observation.r?${vitalSigns} patient/Patient.r launch/patient`],
    ['patient/Patient.read'],
  ])('REFR-04 what lies within the grant is granted as it was asked: %s', async (scope) => {
    const answer = await gone(await start(), { scope })
    expect(answer.body.scope).toBe(scope)
  })

  test('REFR-04 a part is enforced as that part', async () => {
    const answer = await gone(await start(), { scope: `patient/Observation.rs?${vitalSigns}` })
    expect((await fhir(server, answer.body.access_token, 'Observation/pulse')).status).toBe(200)
    expect((await fhir(server, answer.body.access_token, 'Observation/sodium')).status).toBe(404)
  })

  test.each([
    ['patient/Condition.rs'],
    ['patient/Observation.cruds'],
    ['patient/*.rs'],
    ['user/Observation.rs'],
    ['system/Patient.rs'],
    ['patient/Observation.rs launch/encounter'],
    ['online_access'],
    ['patient/Bogus.rs'],
    ['__introspect'],
    ['nonsense'],
    [' '],
    [`${everything} patient/Condition.r`],
  ])('REFR-03 what goes beyond it is invalid_scope, and uses nothing up: %s', async (scope) => {
    const first = await start()
    const answer = await next(first, { scope })
    expectError(answer, 'invalid_scope')
    expect(await reasonOf(server, answer)).toBe('scope-beyond-grant')
    expect((await gone(first)).body.scope).toBe(everything)
  })

  test('REFR-03 what the registration allows now is no more than what was granted then', async () => {
    const first = await start({ scope: 'launch/patient offline_access patient/Patient.rs' })
    expectError(await next(first, { scope: 'patient/Observation.rs' }), 'invalid_scope')
  })

  test('REFR-05 a grant that was narrowed meanwhile gives what is left', async () => {
    const first = await start()
    const { grants } = server.house
    const grant = await grants.find(grantOf(first))
    const left = 'launch/patient openid offline_access patient/Patient.rs'
    if (grant !== undefined) await grants.narrow(grant, left)
    expectError(await next(first, { scope: everything }), 'invalid_scope')
    expect((await gone(first)).body.scope).toBe(left)
  })
})

describe('a refresh token that comes again', () => {
  test('REFR-10 within the grace, a client that lost the answer gets the same one', async () => {
    const first = await start()
    const second = await gone(first)
    server.clock.advance(GRACE)
    const again = await next(first)
    expect(again.status).toBe(200)
    expectNoStore(again)
    expect(again.body).toEqual(second.body)
    // And once more, and then it goes on with it.
    expect((await next(first)).body).toEqual(second.body)
    expect((await gone(second)).body.refresh_token).not.toBe(second.body.refresh_token)
  })

  test('REFR-10 not a client that does not prove who it is', async () => {
    const client = await registerApp(server, 'secret')
    const { token } = await launched(server, client, { browser: ana })
    const second = await refresh(server, client, token.body.refresh_token)
    const { id } = client
    expectError(await refresh(server, { id }, token.body.refresh_token), 'invalid_client', 401)
    expectError(await refresh(server, app, token.body.refresh_token), 'invalid_grant')
    expect((await refresh(server, client, token.body.refresh_token)).body).toEqual(second.body)
  })

  test('REFR-09, REFR-10 after the grace everything ends that the launch granted', async () => {
    const first = await start()
    const second = await gone(first)
    server.clock.advance(GRACE + 1)
    const again = await next(first)
    expectError(again, 'invalid_grant')
    expect(await reasonOf(server, again)).toBe('refresh-reused')
    expect(await works(server, first.body.access_token)).toBe(false)
    expect(await isOver(server, app, second)).toBe(true)
  })

  test('REFR-09, REFR-10 within the grace too, if somebody went on with the answer', async () => {
    const first = await start()
    const second = await gone(first)
    const third = await gone(second)
    expectError(await next(first), 'invalid_grant')
    expect(await isOver(server, app, third)).toBe(true)
  })

  test('REFR-09 a token of long ago is noticed like that of yesterday', async () => {
    const first = await start()
    let answer = first
    for (let round = 0; round < 4; round++) {
      server.clock.advance(30 * DAY)
      answer = await gone(answer)
    }
    expectError(await next(first), 'invalid_grant')
    expect(await isOver(server, app, answer)).toBe(true)
  })

  test('REFR-09 the end is that of one launch only', async () => {
    const [one, two] = [await start(), await start()]
    const second = await gone(one)
    server.clock.advance(GRACE + 1)
    await next(one)
    expect(await isOver(server, app, second)).toBe(true)
    expect(await isOver(server, app, two)).toBe(false)
  })

  test('REFR-09, REVO-06 the end is in the audit, with its reason', async () => {
    const first = await start()
    const second = await gone(first)
    await gone(second)
    await next(first)
    const rows = await server.house.db.kysely
      .selectFrom('audit')
      .selectAll()
      .where('event', '=', 'grant.revoke')
      .where('reason', '=', 'refresh-reused')
      .execute()
    expect(rows.filter(({ detail }) => detail?.includes(grantOf(first)))).toMatchObject([
      { outcome: 'success', client_id: app.id, patient: 'ana' },
    ])
  })
})

test('AUD-09 each refresh is in the audit before its tokens leave', async () => {
  const answer = await gone(await start())
  const rows = await server.house.db.kysely
    .selectFrom('audit')
    .selectAll()
    .where('request_id', '=', String(answer.headers.get('x-request-id')))
    .execute()
  const user = await server.house.users.findByName('ana')
  expect(rows).toMatchObject([
    { event: 'token.refresh', outcome: 'success', client_id: app.id, user_id: user?.id, patient: 'ana' },
  ])
})
