import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import { claimsOf, encoded, headerOf } from '../../support/client-keys.ts'
import { ehrHandle, putRecords } from '../../support/launch.ts'
import { type Answer, introspect, registerBackend, token as serviceToken } from '../../support/oauth.ts'
import { addUser } from '../../support/users.ts'
import {
  type App,
  briefly,
  type Clinic,
  clinic,
  everything,
  expectNoStore,
  fhir,
  launched,
  refresh,
  registerApp,
  signedIn,
  visit,
  type Way,
  works,
} from './clinic.ts'

let server: Clinic
let ana: Browser
let app: App
beforeAll(async () => {
  server = await clinic()
  ana = await signedIn(server)
  app = await registerApp(server)
})
afterAll(() => server.close())

const ofAna = async (way: Way = {}, of = app) => (await launched(server, of, { browser: ana, ...way })).token
const refreshed = (answer: Answer, form = {}) => refresh(server, app, answer.body.refresh_token, form)

/** Verifies an ID token as an app's library does: with what is published, and nothing else. */
async function verified(answer: Answer, audience = app.id): Promise<JWTPayload> {
  const { payload, protectedHeader } = await jwtVerify(
    String(answer.body.id_token),
    createRemoteJWKSet(new URL(`${server.url}/oauth2/jwks`)),
    { issuer: server.url, audience, algorithms: ['RS256'], currentDate: new Date(server.clock.now) },
  )
  expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.any(String) })
  return payload
}

describe('the token response', () => {
  test('TOK-02, TOK-03, TOK-04, CTX-01, trap 1, trap 2, trap 3 has its members, of the right types, at the top', async () => {
    for (const answer of [await ofAna(), await refreshed(await ofAna())]) {
      expect(answer.status).toBe(200)
      expectNoStore(answer)
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(answer.body).toEqual({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: everything,
        id_token: expect.any(String),
        refresh_token: expect.stringMatching(/^lrt_/),
        patient: 'ana',
        need_patient_banner: true,
        smart_style_url: expect.stringMatching(/^http/),
      })
    }
  })

  test('TOK-04, trap 4 scope lists everything that was granted, word for word and in the order of the request', async () => {
    const scope =
      'patient/Observation.rs launch/patient patient/Patient.read openid offline_access patient/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item fhirUser'
    expect((await ofAna({ scope })).body.scope).toBe(scope)
  })

  test('TOK-04 scope says what was granted, not what was asked', async () => {
    const narrow = await registerApp(server, 'public', { scope: 'patient/Observation.r' })
    const { body } = await ofAna({ scope: 'launch/patient patient/Observation.rs patient/Bogus.rs' }, narrow)
    expect(body.scope).toBe('launch/patient patient/Observation.r')
  })

  test('CTX-01, CTX-02, CTX-09 everything that the EHR handed over comes as it is, in the response and in each refresh', async () => {
    await putRecords(server, [visit])
    const cleo = await server.house.users.findByName('cleo')
    const context = {
      patient: 'ana',
      encounter: 'visit',
      fhirContext: [
        { reference: 'Observation/pulse' },
        { canonical: 'http://example.org/q|1', role: 'https://x.example/r' },
      ],
      intent: 'reconcile-medications',
      need_patient_banner: false,
      tenant: 'ward 7',
      appContext: '{"a":1}',
    }
    const handle = await ehrHandle(server, app, { id: String(cleo?.id) }, context)
    const scope = `launch offline_access patient/*.rs`
    const { token } = await launched(server, app, { username: 'cleo', scope, request: { launch: handle } })
    expect(token.body).toMatchObject(context)
    expect((await refreshed(token)).body).toMatchObject(context)
    // The bare id leads to the record, and to no other.
    expect((await fhir(server, token.body.access_token, `Patient/${token.body.patient}`)).status).toBe(200)
    expect((await fhir(server, token.body.access_token, `Encounter/${token.body.encounter}`)).status).toBe(
      200,
    )
    expect((await fhir(server, token.body.access_token, 'Patient/ben')).status).toBe(404)
  })

  test('TOK-09, REFR-01 without openid there is no id_token, without offline or online access no refresh token', async () => {
    const bare = await ofAna({ scope: 'launch/patient patient/Patient.rs' })
    expect(bare.body).not.toHaveProperty('id_token')
    expect(bare.body).not.toHaveProperty('refresh_token')
    const named = await ofAna({ scope: 'openid patient/Patient.rs launch/patient' })
    expect(named.body).toHaveProperty('id_token')
    expect(named.body).not.toHaveProperty('refresh_token')
    const online = await ofAna({ scope: 'online_access launch/patient patient/Patient.rs' })
    expect(online.body).toHaveProperty('refresh_token')
    expect(online.body).not.toHaveProperty('id_token')
  })

  test('OIDC-06 fhirUser without openid gives no id_token, and opens the user’s own resource all the same', async () => {
    const { body } = await ofAna({ scope: 'fhirUser' })
    expect(body).not.toHaveProperty('id_token')
    expect((await fhir(server, body.access_token, 'Patient/ana')).status).toBe(200)
    expect((await fhir(server, body.access_token, 'Observation')).status).toBe(403)
  })

  test('REFR-01 of offline and online access asked together one is granted', async () => {
    const { body } = await ofAna({ scope: 'online_access offline_access launch/patient patient/Patient.rs' })
    expect(body.scope).toBe('offline_access launch/patient patient/Patient.rs')
  })

  test('REFR-01 a client that is not registered for refresh tokens gets none', async () => {
    const brief = await registerApp(server, 'public', { grant_types: ['authorization_code'] })
    const { body } = await ofAna({}, brief)
    expect(String(body.scope).split(' ')).not.toContain('offline_access')
    expect(body).not.toHaveProperty('refresh_token')
  })
})

describe('the access token', () => {
  test('SEC-04, TOK-08 is a JWT for the FHIR server alone, short-lived, with the launch in it', async () => {
    const { body } = await ofAna()
    const jwt = String(body.access_token)
    expect(headerOf(jwt)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
    const now = server.clock.now / 1000
    const user = await server.house.users.findByName('ana')
    expect(claimsOf(jwt)).toEqual({
      iss: server.url,
      aud: server.fhir,
      sub: user?.id,
      client_id: app.id,
      scope: everything,
      gid: expect.any(String),
      patient: 'ana',
      fhirUser: `${server.fhir}/Patient/ana`,
      iat: now,
      exp: now + 3600,
      jti: expect.any(String),
    })
    expect(jwt.length).toBeLessThan(8000)
  })

  test('TOK-02, TOK-08 expires_in is the truth', async () => {
    const { body } = await ofAna({ scope: briefly })
    server.clock.advance(Number(body.expires_in) * 1000 - 1)
    expect(await works(server, body.access_token)).toBe(true)
    server.clock.advance(1)
    expect(await works(server, body.access_token)).toBe(false)
  })

  test('TOK-08 is opaque for a client that wants it so, and when it would be too long for a header', async () => {
    const blind = await registerApp(server, 'public', { access_token_format: 'opaque' })
    const opaque = await ofAna({}, blind)
    const many = Array.from({ length: 120 }, (_, at) => `patient/Observation.rs?code=${1000 + at}`)
    const long = await ofAna({ scope: `launch/patient openid ${many.join(' ')}` })
    for (const answer of [opaque, long]) {
      const token = String(answer.body.access_token)
      expect(token).toMatch(/^lat_[\w-]{43}$/)
      expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, patient: 'ana' })
      expect(answer.headers.get('pragma')).toBe('no-cache')
    }
    expect(long.body.scope).toBe(`launch/patient openid ${many.join(' ')}`)
    expect(await works(server, opaque.body.access_token)).toBe(true)
    expect((await fhir(server, long.body.access_token, 'Observation?code=1000')).status).toBe(200)
    expect((await fhir(server, opaque.body.access_token, 'Patient/ben')).status).toBe(404)
  })

  test('OIDC-08 no sub of a user can be that of a service', async () => {
    const service = claimsOf(await serviceToken(server, await registerBackend(server)))
    const person = claimsOf(String((await ofAna()).body.access_token))
    expect(service.sub).toContain(':')
    expect(person.sub).toMatch(/^[\w-]{22}$/)
  })
})

describe('the ID token', () => {
  test('OIDC-01, OIDC-02, OIDC-03, OIDC-04, trap 9 is verified with what the server publishes, and says who is there', async () => {
    const answer = await ofAna({ request: { nonce: 'n-0S6_WzA2Mj', max_age: '3600' } })
    const user = await server.house.users.findByName('ana')
    expect(await verified(answer)).toEqual({
      iss: server.url,
      sub: user?.id,
      aud: app.id,
      nonce: 'n-0S6_WzA2Mj',
      auth_time: expect.any(Number),
      name: 'Ana Lind',
      fhirUser: `${server.fhir}/Patient/ana`,
      iat: server.clock.now / 1000,
      exp: server.clock.now / 1000 + 3600,
    })
    const jwks = (await (await fetch(`${server.url}/oauth2/jwks`)).json()) as {
      keys: Record<string, unknown>[]
    }
    const key = jwks.keys.find(({ kid }) => kid === decodeProtectedHeader(String(answer.body.id_token)).kid)
    expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' })
    for (const secret of ['d', 'p', 'q']) expect(key).not.toHaveProperty(secret)
  })

  test('OIDC-03 is for the client that asked, and for no other', async () => {
    const answer = await ofAna()
    await expect(verified(answer, 'somebody-else')).rejects.toThrow('aud')
  })

  test('OIDC-03 has no nonce if none was sent, and none in a refresh', async () => {
    expect(await verified(await ofAna())).not.toHaveProperty('nonce')
    const answer = await ofAna({ request: { nonce: 'n' } })
    const again = await verified(await refreshed(answer))
    expect(again).not.toHaveProperty('nonce')
    const first = await verified(answer)
    // REFR-07, OpenID Connect Core §12.2
    for (const name of ['iss', 'sub', 'aud', 'name', 'fhirUser']) expect(again[name]).toBe(first[name])
  })

  test('OIDC-04 has a name only with profile, and fhirUser only when something asked for it', async () => {
    const scope = 'openid launch/patient patient/Patient.rs'
    const bare = await verified(await ofAna({ scope }))
    expect(bare).not.toHaveProperty('name')
    expect(bare).not.toHaveProperty('fhirUser')
    const known = await verified(await ofAna({ scope: `${scope} fhirUser` }))
    expect(known).not.toHaveProperty('name')
    expect(known.fhirUser).toBe(`${server.fhir}/Patient/ana`)
  })

  test('OIDC-03 sub stays the same from launch to launch and from app to app', async () => {
    const other = await registerApp(server, 'secret')
    const subs = [await verified(await ofAna()), await verified(await ofAna({}, other), other.id)].map(
      ({ sub }) => sub,
    )
    expect(subs[0]).toBe(subs[1])
    const cleo = await launched(server, app, {
      username: 'cleo',
      patient: 'ana',
      scope: 'openid user/Patient.rs',
    })
    expect((await verified(cleo.token)).sub).not.toBe(subs[0])
  })

  test('OIDC-04, OIDC-05, trap 20 fhirUser is absolute, and can be read with the access token', async () => {
    const { token } = await launched(server, app, {
      username: 'cleo',
      patient: 'ana',
      scope: 'openid fhirUser launch/patient patient/Observation.rs',
    })
    const { fhirUser } = await verified(token)
    expect(fhirUser).toBe(`${server.fhir}/Practitioner/cleo`)
    const read = await fetch(String(fhirUser), {
      headers: { authorization: `Bearer ${token.body.access_token}` },
    })
    expect(await read.json()).toMatchObject({ resourceType: 'Practitioner', id: 'cleo' })
    // Without the scope it opens nothing.
    const without = await launched(server, app, {
      username: 'cleo',
      patient: 'ana',
      scope: 'openid launch/patient patient/Observation.rs',
    })
    expect((await fhir(server, without.token.body.access_token, 'Practitioner/cleo')).status).toBe(403)
  })

  test('OIDC-06 a user without a FHIR resource gets neither the scope nor the claim', async () => {
    const { username } = await addUser(server.house, { roles: ['clinician'] })
    const { token } = await launched(server, app, {
      username,
      patient: 'ana',
      scope: 'openid fhirUser launch/patient patient/Patient.rs',
    })
    expect(token.body.scope).toBe('openid launch/patient patient/Patient.rs')
    expect(await verified(token)).not.toHaveProperty('fhirUser')
  })

  test('OIDC-02 outlives a rotation of the keys; the next one is signed with the new key', async () => {
    const before = await ofAna()
    await server.house.keys.rotate()
    const kid = (answer: Answer) => decodeProtectedHeader(String(answer.body.id_token)).kid
    await expect.poll(async () => kid(await ofAna()), { timeout: 5000 }).not.toBe(kid(before))
    await verified(before)
    await verified(await ofAna())
  })
})

describe('no token passes for another', () => {
  test('OIDC-07, trap 9 an ID token, a refresh token and a code open nothing', async () => {
    const { token, answer } = await launched(server, app, { browser: ana })
    for (const none of [token.body.id_token, token.body.refresh_token, answer.code]) {
      expect(await works(server, none)).toBe(false)
      expect((await introspect(server, server.gateway, String(none))).text).toBe('{"active":false}')
    }
  })

  test('OIDC-07 an access token is no ID token: other key, other type, other audience', async () => {
    const answer = await ofAna()
    const passedOff = { ...answer, body: { ...answer.body, id_token: answer.body.access_token } }
    await expect(verified(passedOff)).rejects.toThrow()
    expect(headerOf(String(answer.body.id_token)).kid).not.toBe(
      headerOf(String(answer.body.access_token)).kid,
    )
  })

  test('OIDC-07 an access token or an ID token is no refresh token and no code', async () => {
    const answer = await ofAna()
    for (const none of [answer.body.access_token, answer.body.id_token]) {
      const refreshing = await refresh(server, app, none)
      expect([refreshing.status, refreshing.body.error]).toEqual([400, 'invalid_grant'])
    }
  })

  test('SEC-04 a token for another audience or of another issuer opens nothing, whoever signed it', async () => {
    const jwt = String((await ofAna()).body.access_token)
    const [header, , signature] = jwt.split('.')
    for (const changes of [{ aud: server.url }, { iss: 'https://evil.example' }, { patient: 'ben' }]) {
      expect(await works(server, `${header}.${encoded({ ...claimsOf(jwt), ...changes })}.${signature}`)).toBe(
        false,
      )
    }
    expect(await works(server, jwt)).toBe(true)
  })
})
