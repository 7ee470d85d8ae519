import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import { claimsOf } from '../../support/client-keys.ts'
import { ehrHandle, putRecords } from '../../support/launch.ts'
import { type Answer, introspect, post, registerBackend, token as serviceToken } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import {
  type App,
  type Clinic,
  clinic,
  everything,
  expectNoStore,
  fhir,
  grantOf,
  kinds,
  launched,
  postAs,
  refresh,
  registerApp,
  signedIn,
  visit,
  type Way,
} from './clinic.ts'

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic({ engine })
  ana = await signedIn(server)
  app = await registerApp(server, 'secret')
})
afterAll(() => server.close())

const start = async (way: Way = {}, of = app) => (await launched(server, of, { browser: ana, ...way })).token
/** As a resource server that may know all. */
const ask = (token: unknown) => introspect(server, server.gateway, String(token))
const words = (scope: unknown) => String(scope).split(' ').sort()
const inactive = (answer: Answer) => {
  expect([answer.status, answer.text]).toEqual([200, '{"active":false}'])
  expectNoStore(answer)
}

describe.each(['jwt', 'opaque'])('of a token in the format %s', (access_token_format) => {
  test('INTRO-02, INTRO-03, INTRO-04, INTRO-08, trap 15 everything is said as in the token response and in the id_token', async () => {
    const client = await registerApp(server, 'secret', { access_token_format })
    const { body } = await start({}, client)
    const answer = await ask(body.access_token)
    expectNoStore(answer)
    const { iss, sub, fhirUser } = claimsOf(String(body.id_token))
    const now = server.clock.now / 1000
    expect(answer.body).toEqual({
      active: true,
      scope: body.scope,
      client_id: client.id,
      exp: now + 3600,
      iat: now,
      iss,
      sub,
      fhirUser,
      aud: server.fhir,
      jti: expect.any(String),
      token_type: 'Bearer',
      patient: 'ana',
      need_patient_banner: true,
      smart_style_url: body.smart_style_url,
    })
  })

  test('INTRO-03, CTX-09 each member of the launch context is the same in both, also after a refresh', async () => {
    const client = await registerApp(server, 'secret', { access_token_format })
    await putRecords(server, [visit])
    const cleo = await server.house.users.findByName('cleo')
    const context = {
      patient: 'ana',
      encounter: 'visit',
      fhirContext: [{ reference: 'Observation/pulse' }],
      intent: 'reconcile-medications',
      need_patient_banner: false,
      tenant: 'ward 7',
      appContext: '{"a":1}',
    }
    const launch = await ehrHandle(server, client, { id: String(cleo?.id) }, context)
    const way = { username: 'cleo', scope: 'launch offline_access patient/*.rs', request: { launch } }
    const { token } = await launched(server, client, way)
    const second = await refresh(server, client, token.body.refresh_token)
    for (const { body } of [token, second]) {
      const { access_token, token_type, expires_in, refresh_token, ...told } = body
      expect(told).toMatchObject(context)
      expect((await ask(access_token)).body).toMatchObject(told)
    }
  })
})

test('INTRO-02, trap 4 scope is the same set, to the letter, whatever was granted', async () => {
  for (const scope of [
    everything,
    'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs launch/patient',
    'openid launch/patient patient/Patient.read user/Observation.r',
  ]) {
    const { body } = await start({ scope })
    const said = await ask(body.access_token)
    expect(words(said.body.scope)).toEqual(words(body.scope))
  }
})

test('INTRO-02, REFR-03 of a token with less, less is said', async () => {
  const first = await start()
  const less = await refresh(server, app, first.body.refresh_token, { scope: 'patient/Observation.r' })
  expect((await ask(less.body.access_token)).body).toMatchObject({
    scope: 'patient/Observation.r',
    patient: 'ana',
  })
  expect((await ask(first.body.access_token)).body.scope).toBe(everything)
})

test('INTRO-04 without openid there is still the sub, and no fhirUser that was not granted', async () => {
  const { body } = await start({ scope: 'launch/patient patient/Patient.rs' })
  const said = await ask(body.access_token)
  const user = await server.house.users.findByName('ana')
  expect(said.body).toMatchObject({ active: true, iss: server.url, sub: user?.id })
  expect(said.body).not.toHaveProperty('fhirUser')
})

describe('who may ask', () => {
  test('INTRO-05 a client about its own tokens, and about no other’s', async () => {
    for (const kind of kinds.filter((one) => one !== 'public')) {
      const client = await registerApp(server, kind)
      const [own, foreign] = [await start({}, client), await start()]
      const about = (token: unknown) => postAs(server, client, '/oauth2/introspect', { token: String(token) })
      expect((await about(own.body.access_token)).body.active).toBe(true)
      inactive(await about(foreign.body.access_token))
    }
  })

  test('INTRO-05, INTRO-06 a service with the right, by bearer token; no app with its own', async () => {
    const watcher = await registerBackend(server, { scope: '__introspect' })
    const { body } = await start()
    const by = (bearer: unknown) =>
      post(
        server,
        '/oauth2/introspect',
        { token: String(body.access_token) },
        { authorization: `Bearer ${bearer}` },
      )
    const right = await serviceToken(server, watcher, { scope: '__introspect' })
    expect((await by(right)).body).toMatchObject({ active: true, patient: 'ana' })
    const app = await by(body.access_token)
    expect([app.status, app.body.error]).toEqual([403, 'insufficient_scope'])
  })

  test('INTRO-06 not an app that cannot prove who it is', async () => {
    const open = await registerApp(server)
    const { body } = await start({}, open)
    const answer = await postAs(server, open, '/oauth2/introspect', { token: String(body.access_token) })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  })
})

describe('what is no access token, or none any more', () => {
  test('INTRO-01, OIDC-07 an ID token, a refresh token and a code are inactive', async () => {
    const { token, answer } = await launched(server, app, { browser: ana })
    for (const none of [token.body.id_token, token.body.refresh_token, answer.code]) inactive(await ask(none))
  })

  test('INTRO-01, REVO-04 a token whose launch has ended', async () => {
    const { grants } = server.house
    const token = await start()
    expect((await ask(token.body.access_token)).body.active).toBe(true)
    await grants.end({ id: grantOf(token) }, 'withdrawn')
    inactive(await ask(token.body.access_token))
  })
})

describe('a grant that was narrowed', () => {
  async function narrowed(answer: Answer, scope: string): Promise<boolean> {
    const { grants } = server.house
    const grant = await grants.find(grantOf(answer))
    return grant !== undefined && (await grants.narrow(grant, scope))
  }
  const left = 'launch/patient openid offline_access patient/Patient.rs'

  test('INTRO-02 is said, and enforced at the next request, for tokens from before and from after', async () => {
    const before = await start()
    const sees = async ({ body }: Answer, path: string) =>
      (await fhir(server, body.access_token, path)).status
    expect(await sees(before, 'Observation/pulse')).toBe(200)
    expect(await narrowed(before, left)).toBe(true)
    const after = await refresh(server, app, before.body.refresh_token)
    expect(after.body.scope).toBe(left)
    for (const answer of [before, after]) {
      expect(words((await ask(answer.body.access_token)).body.scope)).toEqual(words(left))
      expect(await sees(answer, 'Observation/pulse')).toBe(403)
      expect(await sees(answer, 'Patient/ana')).toBe(200)
    }
  })

  test('INTRO-02 can be narrowed to a kind of data', async () => {
    const token = await start()
    const vital =
      'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs'
    await narrowed(token, `launch/patient ${vital}`)
    expect((await ask(token.body.access_token)).body.scope).toBe(`launch/patient ${vital}`)
    expect((await fhir(server, token.body.access_token, 'Observation/pulse')).status).toBe(200)
    expect((await fhir(server, token.body.access_token, 'Observation/sodium')).status).toBe(404)
    const all = await fhir(server, token.body.access_token, 'Observation')
    expect(all.body).toMatchObject({ total: 1 })
  })

  test('REVO-03 of two people who narrow it at the same time one is told that it has changed', async () => {
    const token = await start()
    const grant = await server.house.grants.find(grantOf(token))
    if (grant === undefined) throw new Error('no grant')
    const both = await Promise.all([
      server.house.grants.narrow(grant, left),
      server.house.grants.narrow(grant, 'launch/patient'),
    ])
    expect(both.sort()).toEqual([false, true])
  })

  test('REVO-03 one that has ended is not narrowed', async () => {
    const token = await start()
    const grant = await server.house.grants.find(grantOf(token))
    if (grant === undefined) throw new Error('no grant')
    await server.house.grants.end({ id: grant.id }, 'withdrawn')
    expect(await server.house.grants.narrow(grant, left)).toBe(false)
  })
})
