import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizationRequest, createBrowser } from '../../support/browser-client.ts'
import { authorize, exchange, flightOf, type LaunchedApp, launch, putRecords } from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'
import { expectTold } from './answers.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await putRecords(server, [{ resourceType: 'Patient', id: 'ana' }])
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana' })
  // Acts for a patient, and is nobody in the record.
  await addUser(server.house, { username: 'proxy', patients: ['ana'], roles: ['proxy'] })
  await addUser(server.house, { username: 'clerk', roles: ['developer'] })
})
afterAll(() => server.close())

const appWith = async (scope: string, metadata: Record<string, unknown> = {}): Promise<LaunchedApp> =>
  await registerPublicApp(server, { scope, ...metadata })

/** What is granted of a request whose user allows everything, and what is not, by reason. */
async function granted(app: LaunchedApp, scope: string, username = 'ana') {
  const { token, end } = await launch(server, app, { scope, username, ticks: 'all' })
  const { steps } = await flightOf(server, end)
  const notGranted = steps.flatMap(({ detail }) => detail.notGranted ?? [])
  return {
    scope: token.body.scope,
    idToken: token.body.id_token,
    refreshToken: token.body.refresh_token,
    not: notGranted.map(({ scope, reason }) => [scope, reason]),
  }
}

describe('what cannot be granted is left out, and the developer is told why', () => {
  test('AUTHZ-12, SCOPE-01, SCOPE-15 unknown and ill-formed scopes', async () => {
    const app = await appWith('patient/*.cruds')
    const wrong: [string, string][] = [
      ['nonsense', 'unknown'],
      ['OpenID', 'unknown'],
      ['launch/Patient', 'unknown'],
      ['launch/nothing', 'unknown'],
      ['__other', 'unknown'],
      ['https://example.org/scopes/other', 'unknown'],
      ['patient/Patient.dus', 'malformed'],
      ['patient/Patient.rr', 'malformed'],
      ['patient/Patient.readX', 'malformed'],
      ['patient/Patient.', 'malformed'],
      ['Patient/Patient.read', 'unknown'],
      ['patient/patient.rs', 'unknown-type'],
      ['patient/Patients.rs', 'unknown-type'],
      ['patient/Observation.rs?', 'malformed'],
      ['patient/Observation.rs?_sort=date', 'not-evaluable'],
      ['patient/Observation.rs?nothing=1', 'not-evaluable'],
      ['patient/Observation.read?category=x', 'malformed'],
      ['patient/Observation.rs?category="x"', 'malformed'],
      ['patient\\Observation.rs', 'malformed'],
    ]
    const all = ['launch/patient', 'patient/Patient.rs', ...wrong.map(([scope]) => scope)].join(' ')
    const { scope, not } = await granted(app, all)
    expect(scope).toBe('launch/patient patient/Patient.rs')
    expect(not).toEqual(wrong)
  })

  test('AUTHZ-18 what is not registered for the app, in whole or in part', async () => {
    const app = await appWith('patient/Observation.rs patient/Condition.cruds?category=http://x|a')
    const asked =
      'patient/Observation.cruds patient/Condition.rs patient/Encounter.rs user/Observation.rs patient/Patient.rs'
    const { scope, not } = await granted(app, `launch/patient ${asked}`)
    expect(scope).toBe('launch/patient patient/Observation.rs patient/Condition.rs?category=http://x|a')
    expect(not).toEqual(asked.split(' ').map((one) => [one, 'not-registered']))
  })

  test('SCOPE-17 system scopes, and those that only services have', async () => {
    const app = await appWith('patient/*.rs system/*.rs __launch', {})
    const { scope, not } = await granted(app, 'patient/Patient.rs system/Patient.rs __launch')
    expect(scope).toBe('patient/Patient.rs')
    expect(not).toEqual([
      ['system/Patient.rs', 'not-for-apps'],
      ['__launch', 'not-for-apps'],
    ])
  })

  test('REFR-01 offline access without the grant type refresh_token', async () => {
    const without = await granted(await appWith('patient/*.rs'), 'patient/Patient.rs offline_access')
    expect(without).toMatchObject({
      scope: 'patient/Patient.rs',
      not: [['offline_access', 'no-offline-for-client']],
      refreshToken: undefined,
    })
    const app = await appWith('patient/*.rs', { grant_types: ['authorization_code', 'refresh_token'] })
    const withIt = await granted(app, 'patient/Patient.rs offline_access')
    expect(withIt).toMatchObject({ scope: 'patient/Patient.rs offline_access', not: [] })
    expect(withIt.refreshToken).toBeDefined()
    const both = await granted(app, 'patient/Patient.rs online_access offline_access')
    expect(both.not).toEqual([['online_access', 'offline-instead']])
  })

  test('OIDC-06 fhirUser for somebody who is nobody in the record', async () => {
    const app = await appWith('patient/*.rs')
    const asked = 'launch/patient openid fhirUser patient/Patient.rs'
    expect(await granted(app, asked, 'proxy')).toMatchObject({
      scope: 'launch/patient openid patient/Patient.rs',
      not: [['fhirUser', 'no-fhir-user']],
    })
    expect(await granted(app, asked)).toMatchObject({ scope: asked, not: [] })
  })

  test('OIDC-06 without openid there is no id_token, whatever else is asked', async () => {
    const app = await appWith('patient/*.rs')
    expect(await granted(app, 'fhirUser profile patient/Patient.rs')).toMatchObject({
      scope: 'fhirUser patient/Patient.rs',
      idToken: undefined,
      not: [['profile', 'no-openid']],
    })
    expect((await granted(app, 'openid profile patient/Patient.rs')).idToken).toBeDefined()
  })
})

describe('what can be granted comes back as it was written', () => {
  test('SCOPE-03, SCOPE-04 to the letter: SMART 1.0, granular, separate letters, in the order asked', async () => {
    const app = await appWith('patient/*.cruds user/*.cruds')
    const asked =
      'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory ' +
      'openid patient/Patient.read patient/Condition.r patient/Condition.s launch/patient user/Encounter.write'
    expect(await granted(app, asked)).toMatchObject({ scope: asked, not: [] })
  })

  test('SCOPE-16 as URIs', async () => {
    const app = await appWith('patient/*.rs')
    const smart = 'http://smarthealthit.org/fhir/scopes/'
    const asked = `${smart}launch/patient ${smart}patient/Patient.rs http://openid.net/specs/openid-connect-core-1_0#openid`
    const answer = await granted(app, asked)
    expect(answer.scope).toBe(asked)
    expect(answer.idToken).toBeDefined()
  })

  test('SCOPE-18 a scope that is sent twice in one list is granted once', async () => {
    const app = await appWith('patient/*.rs')
    const { scope } = await granted(app, ' patient/Patient.rs  patient/Patient.rs ')
    expect(scope).toBe('patient/Patient.rs')
  })

  test('RFC 6749 §3.3 without scope, an app gets its usual ones if it has some', async () => {
    const app = await appWith('patient/*.rs', { default_scope: 'launch/patient patient/Patient.rs' })
    const way = await authorize(server, app, { scope: '', username: 'ana' })
    expect((await exchange(server, app, way)).body.scope).toBe('launch/patient patient/Patient.rs')
  })
})

describe('where nothing is left', () => {
  const refused = async (app: LaunchedApp, scope: string) =>
    await createBrowser(server).ask(authorizationRequest(server, app.id, scope).address)

  test('AUTHZ-12 the app is told invalid_scope with its state, before anybody signs in', async () => {
    const app = await appWith('patient/Observation.rs')
    for (const scope of ['', 'nonsense', 'patient/Encounter.rs', 'system/*.rs', '"', 'ü', 'launch/nothing']) {
      await expectTold(server, await refused(app, scope), 'invalid_scope', { reason: 'scope-none-left' })
    }
    const { steps } = await flightOf(server, await refused(app, 'system/Patient.rs nonsense'))
    expect(steps.map(({ detail }) => detail.notGranted?.map(({ reason }) => reason))).toContainEqual([
      'unknown',
      'not-for-apps',
    ])
  })

  test('AUTHZ-12 and after signing in, if it is this user who cannot give any', async () => {
    const app = await appWith('user/*.rs')
    const { pages, end } = await authorize(server, app, { scope: 'user/Patient.rs', username: 'clerk' })
    expect(pages).toEqual(['sign-in'])
    await expectTold(server, end, 'invalid_scope', { reason: 'scope-none-left' })
  })
})
