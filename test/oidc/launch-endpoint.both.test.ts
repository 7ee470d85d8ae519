import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fhirStoreOf } from '../../src/house.ts'
import { MINUTE } from '../../src/lib/time.ts'
import {
  type Answer,
  answerOf,
  auditOf,
  type Backend,
  registerBackend,
  registerPublicApp,
  token,
} from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'
import { tampered } from '../support/tampered.ts'

let server: TestServer
let ehr: Backend
let right: string
let app: string
beforeAll(async () => {
  server = await startServer({ engine })
  const { users } = server.house
  ehr = await registerBackend(server, { scope: '__launch system/Patient.rs' })
  right = await token(server, ehr, { scope: '__launch' })
  app = await appWith({
    launch_uris: ['https://growth.example.org/launch', 'https://growth.example.org/b?x=1'],
  })
  const person = { display_name: 'A person', roles: ['clinician'] }
  await users.add({ ...person, username: 'dr.okafor', patients: 'all' }, 'command')
  await users.add({ ...person, username: 'marta', patients: ['ana'] }, 'command')
  await users.add({ ...person, username: 'gone' }, 'command')
  await users.setStatus('gone', 'disabled')
  const store = await fhirStoreOf(server.house)
  const encounter = { resourceType: 'Encounter', status: 'in-progress', class: { code: 'AMB' } }
  await store.write([
    { resourceType: 'Patient', id: 'ana' },
    { resourceType: 'Patient', id: 'ben' },
    { ...encounter, id: 'of-ana', subject: { reference: 'Patient/ana' } },
    { ...encounter, id: 'of-ben', subject: { reference: 'Patient/ben' } },
    { resourceType: 'PlanDefinition', id: 'plan', status: 'active' },
  ])
})
afterAll(() => server.close())

const appWith = async (metadata: Record<string, unknown>) => (await registerPublicApp(server, metadata)).id

async function launch(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/launch`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${right}`, ...headers },
  })
  return await answerOf(response)
}
const request = (more: object = {}) => ({ client_id: app, user: 'dr.okafor', patient: 'ana', ...more })

/** What stands behind the handle that an answer brings. */
const behind = ({ body }: Answer) => server.house.handles.find(String(body.launch))

describe('a launch', () => {
  test('EHRL-01, EHRL-02 brings the address to open: iss and an opaque launch, good for five minutes', async () => {
    const answer = await launch(request())
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const url = new URL(String(answer.body.launch_url))
    expect(url.origin + url.pathname).toBe('https://growth.example.org/launch')
    expect([...url.searchParams]).toEqual([
      ['iss', server.fhir],
      ['launch', answer.body.launch],
    ])
    expect(answer.body).toMatchObject({ launch: expect.stringMatching(/^[\w-]{43}$/), expires_in: 300 })
    server.clock.advance(5 * MINUTE)
    expect(await behind(answer)).toEqual({ refused: 'launch-expired' })
    right = await token(server, ehr, { scope: '__launch' })
  })

  test('EHRL-01 the query that a launch URI has is kept', async () => {
    const launch_uri = 'https://growth.example.org/b?x=1'
    const answer = await launch(request({ launch_uri }))
    expect(answer.body.launch_url).toBe(
      `${launch_uri}&iss=${encodeURIComponent(server.fhir)}&launch=${answer.body.launch}`,
    )
  })

  test('CTX-03, CTX-06, CTX-08 all of the context is bound to app and user', async () => {
    const context = {
      patient: 'ana',
      encounter: 'of-ana',
      fhirContext: [
        { reference: 'PlanDefinition/plan', role: 'https://example.org/role' },
        { canonical: 'http://example.org/Questionnaire/q|1', type: 'Questionnaire' },
        { reference: 'Patient/ben', role: 'https://example.org/sibling' },
      ],
      intent: 'reconcile',
      need_patient_banner: true,
      smart_style_url: 'https://ehr.example.org/style.json',
      tenant: 'alder',
      appContext: '{"a":1}',
    }
    const user = await server.house.users.findByName('dr.okafor')
    expect(await behind(await launch({ client_id: app, user: 'dr.okafor', ...context }))).toEqual({
      clientId: app,
      userId: user?.id,
      context,
    })
  })

  test('EHRL-05 a launch may leave the patient to the user', async () => {
    const answer = await launch({ client_id: app, user: 'marta' })
    expect(answer.status).toBe(201)
    expect(await behind(answer)).toMatchObject({ context: {} })
  })

  test('AUD-09 who launched which app for whom about whom is in the audit, the handle is not', async () => {
    const answer = await launch(request())
    const row = await auditOf(server, answer)
    const user = await server.house.users.findByName('dr.okafor')
    expect(row).toMatchObject({
      event: 'launch.create',
      outcome: 'success',
      client_id: app,
      user_id: user?.id,
      patient: 'ana',
      detail: JSON.stringify({ by: ehr.id }),
    })
    expect(JSON.stringify(row)).not.toContain(answer.body.launch)
    expect(JSON.stringify(server.logged)).not.toContain(answer.body.launch)
  })
})

describe('who may not launch', () => {
  const challenge = ({ headers }: Answer) => headers.get('www-authenticate')

  test('without a token, or with one that is none: 401 with a challenge', async () => {
    for (const authorization of ['', 'Bearer', 'Basic YTpi', `Bearer ${right} x`]) {
      const answer = await launch(request(), { authorization })
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
      expect(challenge(answer)).toBe('Bearer realm="Lanyard"')
    }
    const forged = await launch(request(), { authorization: `Bearer ${tampered(right)}` })
    expect([forged.status, forged.body.error]).toEqual([401, 'invalid_token'])
    expect(challenge(forged)).toBe('Bearer realm="Lanyard", error="invalid_token"')
  })

  test('a token without the right: 403, and the audit says who it was', async () => {
    const without = await token(server, ehr, { scope: 'system/Patient.rs' })
    const answer = await launch(request(), { authorization: `Bearer ${without}` })
    expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope'])
    expect(challenge(answer)).toBe('Bearer realm="Lanyard", error="insufficient_scope", scope="__launch"')
    expect(await auditOf(server, answer)).toMatchObject({
      event: 'launch.create',
      outcome: 'refused',
      reason: 'right-missing',
    })
  })

  test('a service that is not registered for the right does not get it', async () => {
    const other = await registerBackend(server)
    await expect(token(server, other, { scope: '__launch' })).rejects.toThrow(/invalid_scope/)
  })
})

describe('what cannot be launched', () => {
  const refused = async (body: unknown, headers: Record<string, string> = {}) => {
    const answer = await launch(body, headers)
    return [answer.status, answer.body.error, answer.body.error_description]
  }
  const invalid = (said: RegExp) => [400, 'invalid_request', expect.stringMatching(said)]

  test('an app that is unknown, disabled, or has no such launch URI', async () => {
    expect(await refused(request({ client_id: 'nobody' }))).toEqual(invalid(/^There is no app 'nobody'\.$/))
    const bare = await appWith({})
    expect(await refused(request({ client_id: bare }))).toEqual(invalid(/has no launch_uris/))
    const off = await appWith({ launch_uris: ['https://off.example.org/'] })
    await server.house.clients.setStatus(off, 'disabled')
    expect(await refused(request({ client_id: off }))).toEqual(invalid(/is disabled/))
    for (const launch_uri of ['https://evil.example/', 'https://growth.example.org/launch/', '']) {
      expect(await refused(request({ launch_uri }))).toEqual(invalid(/none of those registered/))
    }
  })

  test('a user who is unknown or disabled', async () => {
    expect(await refused(request({ user: 'nobody' }))).toEqual(invalid(/^There is no user 'nobody'\.$/))
    expect(await refused(request({ user: 'gone' }))).toEqual(invalid(/is disabled/))
  })

  test('CTX-10 a patient whom this user may not see, who sees another', async () => {
    expect((await launch(request({ user: 'marta', patient: 'ana' }))).status).toBe(201)
    const cannot = invalid(/^The user 'marta' cannot see Patient\/ben: /)
    expect(await refused(request({ user: 'marta', patient: 'ben' }))).toEqual(cannot)
    expect(await refused(request({ patient: 'nobody' }))).toEqual(invalid(/cannot see Patient\/nobody: /))
  })

  test('CTX-10 an encounter or another thing of another patient', async () => {
    expect((await launch(request({ encounter: 'of-ana' }))).status).toBe(201)
    expect(await refused(request({ encounter: 'of-ben' }))).toEqual(
      invalid(/cannot see Encounter\/of-ben: .* not in the record of Patient\/ana\.$/),
    )
    const role = 'https://example.org/role'
    expect(await refused(request({ fhirContext: [{ reference: 'Encounter/of-ben', role }] }))).toEqual(
      invalid(/Encounter\/of-ben/),
    )
    expect(
      await refused(request({ user: 'marta', fhirContext: [{ reference: 'Patient/ben', role }] })),
    ).toEqual(invalid(/Patient\/ben/))
  })

  test('CTX-03, CTX-04, CTX-05 context that SMART does not allow, each mistake with its place', async () => {
    const cases: [object, RegExp][] = [
      [{ patient: 'Patient/ana' }, /patient: must be a bare FHIR id/],
      [{ fhirContext: ['ImagingStudy/1'] }, /fhirContext\.0: /],
      [{ fhirContext: [{ reference: 'Patient/ana' }] }, /fhirContext\.0: a Patient needs a role of its own/],
      [{ fhirContext: [{ role: 'launch' }] }, /needs a reference, a canonical or an identifier/],
      [{ fhirContext: [{ reference: 'PlanDefinition/plan', role: '' }] }, /fhirContext\.0\.role: /],
      [{ need_patient_banner: 'true' }, /need_patient_banner: /],
      [{ smart_style_url: '/style.json' }, /smart_style_url: must be an absolute URL/],
      [{ Patient: 'ana' }, /Unrecognized key/],
      [{ user: undefined }, /user: /],
    ]
    for (const [change, said] of cases) expect(await refused(request(change))).toEqual(invalid(said))
  })

  test('a body that is no JSON, is none at all, or is too large', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await refused('client_id=app', form)).toEqual(invalid(/as application\/json/))
    expect(await refused('{"client_id":')).toEqual(invalid(/^The body is not JSON/))
    expect(await refused('null')).toEqual(invalid(/^The launch cannot be made/))
    const large = await launch(request({ appContext: 'x'.repeat(70_000) }))
    expect([large.status, large.headers.get('content-type')]).toEqual([413, expect.stringMatching(/json/)])
  })

  test('another method', async () => {
    const answer = await answerOf(await fetch(`${server.url}/launch`))
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })
})
