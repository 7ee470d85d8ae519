import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import { claimsOf } from '../../support/client-keys.ts'
import { type Answer, answerOf, registerBackend, token as serviceToken } from '../../support/oauth.ts'
import {
  type App,
  type Clinic,
  clinic,
  expectNoStore,
  grantOf,
  launched,
  refresh,
  registerApp,
  signedIn,
  type Way,
} from './clinic.ts'

const known = 'https://app.example.org'
const path = '/oauth2/userinfo'

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic()
  ana = await signedIn(server)
  app = await registerApp(server, 'public', { allowed_origins: [known] })
})
afterAll(() => server.close())

const start = async (way: Way = {}) => (await launched(server, app, { browser: ana, ...way })).token
async function ask(init: RequestInit = {}, at = path): Promise<Answer> {
  return await answerOf(await fetch(`${server.url}${at}`, init))
}
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` })
const challenge = ({ headers }: Answer) => headers.get('www-authenticate')

describe('userinfo', () => {
  test('OIDC-07 says what the id_token says, by GET and by POST, with the token in the header or in the form', async () => {
    const { body } = await start()
    const { sub, name, fhirUser } = claimsOf(String(body.id_token))
    const form = new URLSearchParams({ access_token: String(body.access_token) })
    for (const init of [
      { headers: bearer(body.access_token) },
      { method: 'POST', headers: bearer(body.access_token) },
      { method: 'POST', body: form },
    ]) {
      const answer = await ask(init)
      expect([answer.status, answer.body]).toEqual([200, { sub, name, fhirUser }])
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expectNoStore(answer)
    }
  })

  test('OIDC-07 says no more than was granted', async () => {
    const user = await server.house.users.findByName('ana')
    const scope = 'openid launch/patient patient/Patient.rs'
    const bare = await start({ scope })
    expect((await ask({ headers: bearer(bare.body.access_token) })).body).toEqual({ sub: user?.id })
    const { body } = await start({ scope: `${scope} fhirUser` })
    expect((await ask({ headers: bearer(body.access_token) })).body).toEqual({
      sub: user?.id,
      fhirUser: `${server.fhir}/Patient/ana`,
    })
  })

  test('OIDC-07 needs openid: 403, also when a refresh or the user has taken it away', async () => {
    const without = await start({ scope: 'launch/patient patient/Patient.rs fhirUser' })
    const first = await start()
    const less = await refresh(server, app, first.body.refresh_token, { scope: 'patient/Patient.r' })
    const narrowed = await start()
    const grant = await server.house.grants.find(grantOf(narrowed))
    if (grant !== undefined) await server.house.grants.narrow(grant, 'launch/patient patient/Patient.rs')
    for (const { body } of [without, less, narrowed]) {
      const answer = await ask({ headers: bearer(body.access_token) })
      expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope'])
      expect(challenge(answer)).toBe('Bearer realm="Lanyard", error="insufficient_scope", scope="openid"')
    }
  })

  test('OIDC-07, OIDC-08 a service is nobody', async () => {
    const token = await serviceToken(server, await registerBackend(server))
    expect((await ask({ headers: bearer(token) })).status).toBe(403)
  })

  test('OIDC-07 without a token, or with one that is none: 401 with a challenge, and nothing else', async () => {
    const { body } = await start()
    for (const headers of [{}, { authorization: 'Bearer' }, { authorization: 'Basic eDp5' }] as Record<
      string,
      string
    >[]) {
      const answer = await ask({ headers })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
      expect(challenge(answer)).toBe('Bearer realm="Lanyard"')
      expectNoStore(answer)
    }
    for (const none of ['nonsense', body.id_token, body.refresh_token, `${body.access_token}x`]) {
      const answer = await ask({ headers: bearer(none) })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
      expect(challenge(answer)).toBe('Bearer realm="Lanyard", error="invalid_token"')
    }
    expect((await ask({}, `${path}?access_token=${body.access_token}`)).status).toBe(401)
  })

  test('OIDC-07 a token in two places is refused', async () => {
    const { body } = await start()
    const form = new URLSearchParams({ access_token: String(body.access_token) })
    const answer = await ask({ method: 'POST', headers: bearer(body.access_token), body: form })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
  })

  test('OIDC-07, REVO-06 is over with the launch, and follows what changes about the user', async () => {
    const { token } = await launched(server, app, { username: 'cleo', patient: 'ana' })
    const about = () => ask({ headers: bearer(token.body.access_token) })
    expect((await about()).body).toMatchObject({
      name: 'Cleo Roy',
      fhirUser: `${server.fhir}/Practitioner/cleo`,
    })
    const cleo = {
      username: 'cleo',
      display_name: 'Cleo Roy-Lind',
      roles: ['clinician'],
      fhir_user: 'Practitioner/cleo',
    }
    await server.house.users.update('cleo', cleo)
    expect((await about()).body).toMatchObject({ name: 'Cleo Roy-Lind' })
    await server.house.users.setStatus('cleo', 'disabled')
    expect((await about()).status).toBe(401)
  })
})

describe('CORS at userinfo, token and revocation', () => {
  const strangers = ['https://evil.example', 'http://app.example.org', 'null']
  const allowed = ({ headers }: Answer) => headers.get('access-control-allow-origin')
  const preflight = (at: string, origin: string) =>
    ask(
      {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      },
      at,
    )

  test('CORS-02, CORS-03 preflights are answered without a token, for registered origins', async () => {
    for (const [at, methods] of [
      [path, 'GET, POST'],
      ['/oauth2/token', 'POST'],
      ['/oauth2/revoke', 'POST'],
    ] as const) {
      const answer = await preflight(at, known)
      expect([answer.status, answer.text, allowed(answer)]).toEqual([204, '', known])
      expect(answer.headers.get('access-control-allow-methods')).toBe(methods)
      expect(answer.headers.get('access-control-allow-headers')).toMatch(/Authorization, Content-Type/)
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      for (const origin of strangers) {
        const stranger = await preflight(at, origin)
        expect([stranger.status, allowed(stranger)]).toEqual([204, null])
      }
    }
  })

  test('CORS-02 a page of a public app gets its tokens and reads userinfo, and no page of another origin', async () => {
    const { body } = await start()
    for (const [origin, echo] of [[known, known], ...strangers.map((one) => [one, null])] as const) {
      const answers = [
        await ask({ headers: { ...bearer(body.access_token), origin: String(origin) } }),
        await ask(
          {
            method: 'POST',
            headers: { origin: String(origin) },
            body: new URLSearchParams({
              grant_type: 'refresh_token',
              client_id: app.id,
              refresh_token: String(body.refresh_token),
            }),
          },
          '/oauth2/token',
        ),
      ]
      for (const answer of answers) {
        expect([origin, answer.status, allowed(answer)]).toEqual([origin, 200, echo])
        expect(answer.headers.get('vary')).toContain('Origin')
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      }
    }
  })

  test('CORS-04 errors can be read too: 400, 401, 403, 405', async () => {
    const without = await start({ scope: 'launch/patient patient/Patient.rs' })
    const origin = known
    const answers = [
      await ask({ headers: { origin } }),
      await ask({ headers: { origin, ...bearer('nonsense') } }),
      await ask({ headers: { origin, ...bearer(without.body.access_token) } }),
      await ask({ method: 'PUT', headers: { origin } }),
      await ask(
        { method: 'POST', headers: { origin }, body: new URLSearchParams({ grant_type: 'x' }) },
        '/oauth2/token',
      ),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 405, 400])
    for (const answer of answers) {
      expect(allowed(answer)).toBe(known)
      expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    }
  })

  test('CORS-04 the authorization endpoint has none: it is for navigation', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await ask(
        { method, headers: { origin: known }, redirect: 'manual' },
        '/oauth2/authorize',
      )
      expect(allowed(answer)).toBeNull()
    }
  })
})
