import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser } from '../support/browser-client.ts'
import { claimsOf } from '../support/client-keys.ts'
import { authorize, ehrHandle, launch, putRecords } from '../support/launch.ts'
import {
  introspect,
  post,
  rawRequest,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
} from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addUser } from '../support/users.ts'

let server: TestServer
let smart: Record<string, unknown>
let openid: Record<string, unknown>
beforeAll(async () => {
  server = await startServer()
  smart = await json('/fhir/.well-known/smart-configuration')
  openid = await json('/.well-known/openid-configuration')
})
afterAll(() => server.close())

const json = async (path: string) =>
  (await (await fetch(`${server.url}${path}`)).json()) as Record<string, unknown>
const texts = (value: unknown): string[] => value as string[]
const levels = ['patient', 'user', 'system']
const isForServices = (scope: string) => scope.startsWith('system/') || scope.startsWith('__')

describe('smart-configuration', () => {
  test('DISC-01, DISC-02 200 without authentication, as application/json whatever Accept says', async () => {
    for (const accept of [
      undefined,
      'application/fhir+json',
      'text/html',
      'application/json',
      'image/png',
      '*/*;q=0',
      'nonsense',
    ]) {
      const answer = await rawRequest(server, {
        path: '/fhir/.well-known/smart-configuration',
        headers: accept === undefined ? {} : { accept },
      })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(answer.body).toEqual(smart)
    }
  })

  test('DISC-01 it is below the FHIR base and nowhere else', async () => {
    for (const path of [
      '/.well-known/smart-configuration',
      '/fhir/.well-known/smart-configuration.json',
      '/.well-known/smart-configuration/fhir',
    ]) {
      expect((await fetch(`${server.url}${path}`)).status).not.toBe(200)
    }
    const head = await fetch(`${server.url}/fhir/.well-known/smart-configuration`, { method: 'HEAD' })
    expect(head.status).toBe(200)
  })

  test('DISC-03, DISC-04 every address is absolute and of this server', () => {
    for (const document of [smart, openid]) {
      for (const [member, value] of Object.entries(document)) {
        if (!/endpoint$|_uri$|^issuer$/.test(member) || typeof value !== 'string') continue
        expect(new URL(value).origin).toBe(server.url)
      }
      expect(document.token_endpoint).toBe(`${server.url}/oauth2/token`)
      expect(document.authorization_endpoint).toBe(`${server.url}/oauth2/authorize`)
    }
  })

  test('DISC-05 the code flow and client_credentials; refresh_token is never named here', () => {
    expect(smart.grant_types_supported).toEqual(['authorization_code', 'client_credentials'])
    expect(openid.grant_types_supported).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
    ])
    expect(smart.grant_types_supported).not.toContain('refresh_token')
  })

  test('DISC-06 S256 and nothing else', () => {
    expect(smart.code_challenge_methods_supported).toEqual(['S256'])
  })

  test('DISC-07, DISC-16, DISC-17 capabilities are bare words of HL7, and only of what works', () => {
    const certified =
      'launch-ehr launch-standalone authorize-post client-public client-confidential-symmetric client-confidential-asymmetric sso-openid-connect context-banner context-style context-ehr-patient context-ehr-encounter context-standalone-patient permission-offline permission-patient permission-user permission-v1 permission-v2'
    const more = 'context-standalone-encounter permission-online'
    expect(texts(smart.capabilities).toSorted()).toEqual(`${certified} ${more}`.split(' ').sort())
  })

  test('DISC-08 with sso-openid-connect there are issuer and jwks_uri', () => {
    expect(smart.issuer).toBe(server.url)
    expect(smart.jwks_uri).toBe(`${server.url}/oauth2/jwks`)
  })

  test('DISC-09 private_key_jwt with RS384 and ES384', () => {
    expect(smart.token_endpoint_auth_methods_supported).toEqual(['private_key_jwt', 'client_secret_basic'])
    expect(smart.token_endpoint_auth_signing_alg_values_supported).toEqual(['RS384', 'ES384'])
  })

  test('DISC-12 the deprecated app state endpoint is not there', () => {
    expect(smart).not.toHaveProperty('smart_app_state_endpoint')
  })

  test('DISC-15 the oauth-uris of the CapabilityStatement equal the well-known ones; absent in both or in none', async () => {
    type Uris = { extension: { url: string; extension: { url: string; valueUri: string }[] }[] }
    const { rest } = (await json('/fhir/metadata')) as { rest: { security: Uris }[] }
    const uris = rest[0]?.security.extension.find(({ url }) => url.endsWith('/oauth-uris'))?.extension ?? []
    const published = Object.fromEntries(uris.map(({ url, valueUri }) => [url, valueUri]))
    expect(published).toEqual({
      authorize: smart.authorization_endpoint,
      token: smart.token_endpoint,
      register: smart.registration_endpoint,
      manage: smart.management_endpoint,
      introspect: smart.introspection_endpoint,
      revoke: smart.revocation_endpoint,
    })
  })
})

describe('the other documents', () => {
  test('DISC-13 openid-configuration has what OpenID Connect Discovery demands', async () => {
    expect(openid).toMatchObject({
      issuer: server.url,
      jwks_uri: `${server.url}/oauth2/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
    const issued = await requestToken(server, await registerBackend(server))
    expect(claimsOf(String(issued.body.access_token)).iss).toBe(openid.issuer)
  })

  test('DISC-14 the RFC 8414 document says the same', async () => {
    expect(await json('/.well-known/oauth-authorization-server')).toEqual(openid)
  })

  test('DISC-13, DISC-14 what two documents both say they say alike', () => {
    for (const [member, value] of Object.entries(smart)) {
      // SMART's own, and the grant types, of which it names only two.
      if (['capabilities', 'management_endpoint', 'grant_types_supported'].includes(member)) continue
      expect([member, openid[member]]).toEqual([member, value])
    }
  })

  test('SEC-11 the RFC 9728 document names the FHIR base and this server', async () => {
    expect(await json('/.well-known/oauth-protected-resource/fhir')).toMatchObject({
      resource: server.fhir,
      authorization_servers: [server.url],
      bearer_methods_supported: ['header'],
    })
  })

  test('OIDC-02 the JWKS has bare public keys, an RSA one among them, each with its own kid', async () => {
    const { keys } = (await json('/oauth2/jwks')) as { keys: Record<string, unknown>[] }
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'RS256', 'RS256'])
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    for (const key of keys) {
      const members =
        key.kty === 'RSA'
          ? ['alg', 'e', 'kid', 'kty', 'n', 'use']
          : ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
      expect(Object.keys(key).sort()).toEqual(members)
      expect(key.use).toBe('sig')
    }
    const rsa = keys.find(({ kty }) => kty === 'RSA')
    expect(Buffer.from(String(rsa?.n), 'base64url').length).toBeGreaterThanOrEqual(256)
  })
})

describe('everything that is listed works', () => {
  test('DISC-10 every scope for services is granted, to the letter, one by one and all at once', async () => {
    const scopes = texts(smart.scopes_supported).filter(isForServices)
    expect(scopes.length).toBeGreaterThan(30)
    const all = scopes.join(' ')
    const backend = await registerBackend(server, { scope: all })
    for (const scope of scopes) {
      const { status, body } = await requestToken(server, backend, { form: { scope } })
      expect([scope, status, body.scope]).toEqual([scope, 200, scope])
    }
    expect((await requestToken(server, backend, { form: { scope: all } })).body.scope).toBe(all)
    expect((await requestToken(server, backend, { form: { scope: 'system/Nothing.rs' } })).status).toBe(400)
  })

  test('DISC-10 every scope for apps is granted, to the letter, one by one', async () => {
    const scopes = texts(smart.scopes_supported).filter((scope) => !isForServices(scope))
    expect(scopes.length).toBeGreaterThan(60)
    await putRecords(server, [
      { resourceType: 'Patient', id: 'ana' },
      {
        resourceType: 'Encounter',
        id: 'visit',
        status: 'finished',
        class: {},
        subject: { reference: 'Patient/ana' },
      },
    ])
    const user = await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
    const app = await registerPublicApp(server, {
      grant_types: ['authorization_code', 'refresh_token'],
      scope: scopes.join(' '),
      skip_consent: true,
    })
    const browser = createBrowser(server)
    for (const one of scopes) {
      // It says something in the ID token, which only openid brings.
      const scope = one === 'profile' ? 'openid profile' : one
      const handle = scope === 'launch' ? await ehrHandle(server, app, user, { patient: 'ana' }) : undefined
      const request = { launch: handle }
      const { token } = await launch(server, app, {
        scope,
        browser,
        request,
        username: 'ana',
        encounter: 'visit',
      })
      expect([scope, token.status, token.body.scope]).toEqual([scope, 200, scope])
    }
    const refused = await authorize(server, app, { scope: 'patient/Nothing.rs', browser })
    expect(refused.answer.error).toBe('invalid_scope')
  })

  test('SCOPE-09, SCOPE-10, SCOPE-11 the scopes that US Core demands are listed', () => {
    const term = 'http://terminology.hl7.org/CodeSystem'
    const core = 'http://hl7.org/fhir/us/core/CodeSystem'
    for (const scope of [
      ...'AllergyIntolerance CarePlan CareTeam Condition Coverage Device DiagnosticReport DocumentReference Encounter FamilyMemberHistory Goal Immunization MedicationDispense MedicationRequest Observation Organization Patient Practitioner PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson ServiceRequest Specimen'
        .split(' ')
        .flatMap((type) => levels.map((level) => `${level}/${type}.rs`)),
      ...['encounter-diagnosis', 'problem-list-item'].map(
        (code) => `system/Condition.rs?category=${term}/condition-category|${code}`,
      ),
      `system/Condition.rs?category=${core}/condition-category|health-concern`,
      ...['laboratory', 'social-history', 'vital-signs', 'survey', 'procedure'].map(
        (code) => `system/Observation.rs?category=${term}/observation-category|${code}`,
      ),
      `system/Observation.rs?category=${core}/us-core-category|sdoh`,
      `system/DocumentReference.rs?category=${core}/us-core-documentreference-category|clinical-note`,
    ]) {
      expect(smart.scopes_supported).toContain(scope)
    }
  })

  test('DISC-11, INTRO-07 introspection and revocation are where it says, and take the methods it says', async () => {
    const at = (endpoint: unknown) => String(endpoint).slice(server.url.length)
    const backend = await registerBackend(server)
    const jwt = String((await requestToken(server, backend)).body.access_token)
    expect(at(smart.introspection_endpoint)).toBe('/oauth2/introspect')
    expect((await introspect(server, backend, jwt)).body.active).toBe(true)
    const { basic } = await registerSecretApp(server)
    const { id } = await registerPublicApp(server)
    const methods = (endpoint: string) => texts(openid[`${endpoint}_endpoint_auth_methods_supported`])
    expect(methods('introspection')).toEqual(['private_key_jwt', 'client_secret_basic', 'Bearer'])
    expect(
      (await post(server, at(openid.introspection_endpoint), { token: 'x' }, { authorization: basic }))
        .status,
    ).toBe(200)
    expect(methods('revocation')).toEqual(['private_key_jwt', 'client_secret_basic', 'none'])
    const revoke = at(openid.revocation_endpoint)
    expect((await post(server, revoke, { token: 'x' }, { authorization: basic })).status).toBe(200)
    expect((await post(server, revoke, { token: 'x', client_id: id })).status).toBe(200)
  })
})
