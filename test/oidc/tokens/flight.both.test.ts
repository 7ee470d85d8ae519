import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { likelyMistakes } from '../../../src/launches/flight-mistakes.ts'
import type { Browser } from '../../support/browser-client.ts'
import { type Answer, basic, post } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import {
  type App,
  type Clinic,
  clinic,
  code,
  grantOf,
  grantOfCode,
  kinds,
  launched,
  postAs,
  redeem,
  refresh,
  registerApp,
  signedIn,
  signOut,
} from './clinic.ts'

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic({ engine })
  ana = await signedIn(server)
  app = await registerApp(server)
})
afterAll(() => server.close())

/** The record of the launch that led to a grant. */
async function flightOf(grantId: string) {
  const { flights } = server.house
  await flights.flush()
  const found = await flights.show((await flights.ofGrant(grantId)) ?? '')
  if (found === undefined) throw new Error('no flight')
  return found
}
/** Its last step, and what is said about the mistake. */
async function last(grantId: string) {
  const { flight, steps } = await flightOf(grantId)
  const step = steps.at(-1)
  return { flight, step, mistakes: likelyMistakes(flight, steps).map(({ mistake }) => mistake) }
}

describe('a token request that was granted', () => {
  test('is the end of a flight, and each refresh is added', async () => {
    const { token } = await launched(server, app, { browser: ana })
    const { flight, step } = await last(grantOf(token))
    expect(flight).toMatchObject({ outcome: 'done', reason: undefined, grantId: grantOf(token) })
    expect(step).toMatchObject({ event: 'token', outcome: 'ok', detail: { granted: token.body.scope } })
    await refresh(server, app, token.body.refresh_token, { scope: 'patient/Patient.r' })
    expect((await last(grantOf(token))).step).toMatchObject({
      event: 'refresh',
      outcome: 'ok',
      detail: { granted: 'patient/Patient.r' },
    })
  })
})

describe('a code that was refused is told on its flight, with the likely mistake', () => {
  test.each([
    ['code_verifier', undefined, 'pkce-verifier-missing', /has no code_verifier/],
    ['code_verifier', 'A'.repeat(43), 'pkce-verifier-wrong', /does not fit the code_challenge/],
    ['redirect_uri', 'https://app.example.org/cb', 'code-other-redirect', /redirect_uri differs/],
  ])('%s: %s is %s', async (name, value, reason, mistake) => {
    const way = await code(server, app, { browser: ana })
    const grant = await grantOfCode(server, way)
    const refused = await redeem(server, app, way, { [name]: value })
    const { flight, step, mistakes } = await last(grant)
    expect(flight).toMatchObject({ outcome: 'refused', reason })
    expect(step).toMatchObject({ event: 'token', outcome: 'refused', reason })
    expect(step?.detail.requestId).toBe(refused.headers.get('x-request-id'))
    expect(mistakes[0]).toMatch(mistake)
    // No secret of the request is kept, only how long it was.
    expect(step?.detail.parameters).toMatchObject({
      grant_type: 'authorization_code',
      client_id: app.id,
      code: expect.stringMatching(/^\(\d+ characters\)$/),
    })
    expect(JSON.stringify(step)).not.toContain(String(way.answer.code))
    expect(JSON.stringify(step)).not.toContain(way.request.verifier)
    // With the right request it ends well after all.
    await redeem(server, app, way)
    expect((await last(grant)).flight).toMatchObject({ outcome: 'done', reason: undefined })
  })

  test('the address that was sent stands beside the one that was right', async () => {
    const way = await code(server, app, { browser: ana })
    await redeem(server, app, way, { redirect_uri: 'https://app.example.org/cb' })
    expect((await last(await grantOfCode(server, way))).step?.detail).toMatchObject({
      sent: 'https://app.example.org/cb',
      expected: ['https://app.example.org/callback'],
    })
  })

  test('a client that cannot prove who it is, or another client', async () => {
    const client = await registerApp(server, 'secret')
    const way = await code(server, client, { browser: ana })
    const grant = await grantOfCode(server, way)
    const form = {
      grant_type: 'authorization_code',
      code: way.answer.code,
      redirect_uri: way.request.redirectUri,
      code_verifier: way.request.verifier,
    }
    await post(server, '/oauth2/token', form, { authorization: basic(client.id, 'wrong') })
    expect((await last(grant)).step).toMatchObject({ outcome: 'refused', reason: 'client-secret' })
    await postAs(server, app, '/oauth2/token', form)
    expect((await last(grant)).step).toMatchObject({ outcome: 'refused', reason: 'code-other-client' })
  })

  test('a code that comes too late, and one that comes twice', async () => {
    const late = await code(server, app, { browser: ana })
    const grant = await grantOfCode(server, late)
    server.clock.advance(60_000)
    await redeem(server, app, late)
    expect((await last(grant)).flight).toMatchObject({ outcome: 'refused', reason: 'code-expired' })
    const { token, ...way } = await launched(server, app, { browser: ana })
    await redeem(server, app, way)
    const { flight, steps } = await flightOf(grantOf(token))
    expect(flight).toMatchObject({ outcome: 'refused', reason: 'code-used' })
    expect(steps.slice(-2)).toMatchObject([
      { event: 'end', outcome: 'refused', reason: 'code-reused' },
      { event: 'token', outcome: 'refused', reason: 'code-used' },
    ])
  })

  test('what belongs to no launch is told nowhere, and hurts nobody', async () => {
    for (const form of [
      { grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' },
      { grant_type: 'refresh_token', refresh_token: 'x' },
      { grant_type: 'authorization_code' },
      {},
    ]) {
      expect((await postAs(server, app, '/oauth2/token', form)).status).toBe(400)
    }
  })
})

describe('a refresh that was refused is told there too; the launch itself stays a success', () => {
  async function start(): Promise<{ token: Answer; grant: string }> {
    const { token } = await launched(server, app, { browser: ana })
    return { token, grant: grantOf(token) }
  }

  test('a scope beyond the grant', async () => {
    const { token, grant } = await start()
    await refresh(server, app, token.body.refresh_token, { scope: 'patient/Condition.rs' })
    const { flight, step, mistakes } = await last(grant)
    expect(flight.outcome).toBe('done')
    expect(step).toMatchObject({ event: 'refresh', outcome: 'refused', reason: 'scope-beyond-grant' })
    expect(step?.detail.parameters).toMatchObject({ scope: 'patient/Condition.rs' })
    expect(mistakes[0]).toMatch(/asked for more than the launch had been granted/)
  })

  test.each(kinds)('the token of another app: %s', async (kind) => {
    const { token, grant } = await start()
    await refresh(server, await registerApp(server, kind), token.body.refresh_token)
    expect((await last(grant)).step).toMatchObject({ event: 'refresh', reason: 'refresh-other-client' })
  })

  test('one that was used', async () => {
    const { token, grant } = await start()
    const second = await refresh(server, app, token.body.refresh_token)
    await refresh(server, app, second.body.refresh_token)
    await refresh(server, app, token.body.refresh_token)
    const { steps } = await flightOf(grant)
    expect(steps.slice(-2)).toMatchObject([
      { event: 'end', reason: 'refresh-reused' },
      { event: 'refresh', outcome: 'refused', reason: 'refresh-reused' },
    ])
  })
})

describe('the end of a grant is told, with its reason', () => {
  test('withdrawn by the user, and revoked by the app', async () => {
    for (const [reason, end] of [
      ['withdrawn', (token: Answer) => server.house.grants.end({ id: grantOf(token) }, 'withdrawn')],
      [
        'revoked-by-app',
        (token: Answer) => postAs(server, app, '/oauth2/revoke', { token: String(token.body.refresh_token) }),
      ],
    ] as const) {
      const { token } = await launched(server, app, { browser: ana })
      await end(token)
      await end(token)
      const { steps } = await flightOf(grantOf(token))
      const ends = steps.filter(({ event }) => event === 'end')
      expect(ends).toMatchObject([{ outcome: 'refused', reason }])
      await refresh(server, app, token.body.refresh_token)
      expect((await last(grantOf(token))).step).toMatchObject({ event: 'refresh', reason: 'grant-ended' })
    }
  })

  test('signed out', async () => {
    const browser = await signedIn(server)
    const { token } = await launched(server, app, {
      browser,
      scope: 'launch/patient online_access patient/Patient.rs',
    })
    await signOut(browser)
    await expect
      .poll(async () => (await last(grantOf(token))).step)
      .toMatchObject({ event: 'end', outcome: 'refused', reason: 'signed-out' })
  })
})
