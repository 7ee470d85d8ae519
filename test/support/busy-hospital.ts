import { type Browser, createBrowser, type Visit } from './browser-client.ts'
import { certificate } from './certificate.ts'
import { ecKey, rsaKey, signAssertion, withAssertion } from './client-keys.ts'
import { flightOf, launch } from './launch.ts'
import {
  type Backend,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
  requestToken,
  token,
} from './oauth.ts'
import { noon, startServer, type TestServer } from './server.ts'
import { addUser, password } from './users.ts'

const DAY = 86_400_000
const site = 'https://app.example.org'
const long = 'Integrated Paediatric Growth, Nutrition, Immunisation Workbench, Northern Region'
const scope = 'launch/patient patient/Patient.rs patient/Observation.rs patient/MedicationRequest.rs'

/** Who is there beside the people of the demo, all with the password of test users. */
const people: Record<string, Record<string, unknown>> = {
  iris: { display_name: 'Iris Okafor', roles: ['admin'] },
  otto: { display_name: 'Otto Ek', roles: ['auditor'] },
  dev: { display_name: 'Devika Rao', roles: ['developer', 'patient'], fhir_user: 'Patient/ana-lindqvist' },
  newcomer: { display_name: 'Nils Newcomer', roles: ['developer'] },
  anders: { display_name: 'Anders Lindqvist', roles: ['patient'], fhir_user: 'Patient/anders-lindqvist' },
  'maximilian.featherstonehaugh-montgomery': { display_name: long, roles: ['clinician'], patients: 'all' },
  gone: { display_name: 'Somebody Gone', roles: ['clinician'] },
}

/** A server on which everything has happened once, with the addresses of what came of it. */
export type BusyHospital = {
  server: TestServer
  backend: Backend
  /** An access token that is good. */
  token: string
  /** Of the patient: what they allowed an app, as their account shows it and as the app's page does. */
  narrow: string
  endGrant: string
  endSession: string
  endApp: string
  /** Of an app whose certificate ends soon. */
  remind: string
  flights: { good: string; bad: string; shared: string }
  revokeKey: string
  /** Of the developer: an app that works, a service that waits, a launch of the app. */
  ownApp: string
  ownService: string
  ownFlight: string
}

export async function openBusyHospital(): Promise<BusyHospital> {
  const partner = 'https://login.partner.example'
  const trustedIssuers = [{ issuer: partner, jwksUri: `${partner}/keys`, roles: ['clinician'] }]
  const server = await startServer({
    environment: { LANYARD_SEED_PATIENTS: '3' },
    config: { trustedIssuers },
  })
  const { house } = server
  for (const [username, person] of Object.entries(people)) await addUser(house, { username, ...person })
  await house.users.setStatus('gone', 'disabled')
  const iris = await signedInAs(server, 'iris')
  const backend = await addApps(server)
  const flights = await launchApps(server)
  const own = await registerOwnApps(server)
  await addApiKeys(server)
  await requestToken(server, backend, { claims: { aud: server.fhir } })
  const good = await token(server, backend)
  await house.flights.flush()
  await house.audit.flush()
  const anders = await signedInAs(server, 'anders')
  return {
    server,
    backend,
    token: good,
    narrow: linkIn(await anders.open('/account'), '/account/apps/'),
    endGrant: linkIn(await iris.open('/admin/apps/growth/use'), '/admin/apps/growth/use/'),
    endApp: linkIn(await iris.open('/admin/users/anders'), '/admin/users/anders/end-app'),
    remind: linkIn(await iris.open('/admin/apps/cohort/credentials'), '/admin/apps/cohort/remind'),
    endSession: linkIn(await iris.open('/admin/users/anders'), '/admin/users/anders/end'),
    revokeKey: linkIn(await iris.open('/admin/api-keys'), '/admin/api-keys/', '/revoke'),
    flights,
    ...own,
  }
}

async function signedInAs(server: TestServer, username: string): Promise<Browser> {
  const browser = createBrowser(server)
  await browser.submit(await browser.open('/account'), { username, password })
  return browser
}

function linkIn({ html }: Visit, start: string, end = ''): string {
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
  const found = links.find((href) => href.startsWith(start) && href.endsWith(end))
  if (found === undefined) throw new Error(`no link to ${start}…${end}`)
  return found
}

/** Apps of each kind and in each state; one with more of everything than a page is drawn for. */
async function addApps(server: TestServer): Promise<Backend> {
  const { clients } = server.house
  await registerPublicApp(server, {
    client_id: 'growth',
    client_name: 'Growth Chart',
    owner: 'Paediatrics',
    redirect_uris: [`${site}/callback`],
    launch_uris: [`${site}/launch`],
    verified: true,
    scope,
  })
  const { id: tower } = await registerSecretApp(server, { client_id: 'tower', client_name: 'Tower', scope })
  await clients.newSecret(tower, { overlap: DAY })
  await registerPublicApp(server, {
    client_id: 'workbench-of-the-northern-region-with-a-long-identifier',
    client_name: long,
    owner: `${long}, Department of Paediatric Endocrinology`,
    contacts: ['somebody.with.a.rather.long.address@paediatrics.northern-region.health.example.org'],
    redirect_uris: Array.from(
      { length: 6 },
      (_, index) => `${site}/rather/long/path/where/people/come/back/${index}`,
    ),
    scope: `launch openid fhirUser offline_access patient/*.rs patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory`,
  })
  for (const status of ['disabled', 'refused', 'waiting'] as const) {
    const redirect_uris = [`${site}/callback`]
    const file = { client_id: status, client_name: `An app ${status}`, redirect_uris, scope }
    await clients.add(file, 'developer', { waiting: status !== 'disabled' })
    if (status !== 'waiting') await clients.setStatus(status, status)
  }
  const pem = certificate(rsaKey().privateKey, noon - DAY, noon + 9 * DAY, 'cohort.example')
  const cohort = { client_id: 'cohort', client_name: 'Cohort Builder', x509: pem }
  await registerBackend(server, cohort)
  return await registerBackend(
    server,
    { client_id: 'nightly', client_name: 'Nightly', scope: 'system/Patient.rs __introspect' },
    ecKey('k1'),
  )
}

/** A launch that went well, with what the app read afterwards, and one that did not. */
async function launchApps(server: TestServer): Promise<BusyHospital['flights']> {
  const app = { id: 'growth' }
  const good = await launch(server, app, { scope, username: 'anders' })
  const headers = { authorization: `Bearer ${good.token.body.access_token}` }
  for (const path of ['Patient/anders-lindqvist', 'Observation?category=vital-signs', 'Condition'])
    await fetch(`${server.fhir}/${path}`, { headers })
  server.clock.advance(60_000)
  const bad = await launch(server, app, {
    scope,
    username: 'anders',
    request: { code_challenge: 'x'.repeat(43) },
  })
  const [shown, failed] = [await flightOf(server, good.token), await flightOf(server, bad.token)]
  const { link } = await server.house.flightLinks.make(failed.flight, {})
  return { good: shown.flight.id, bad: failed.flight.id, shared: link }
}

/** What a developer registers by the form: an app, with a launch; a service, whose assertion is refused. */
async function registerOwnApps(server: TestServer) {
  const dev = await signedInAs(server, 'dev')
  const register = async (kind: string, fields: Record<string, string>): Promise<string> => {
    const form = await dev.open(`/developer/apps/new?kind=${kind}`)
    return new URL((await dev.submit(form, fields)).url).pathname
  }
  const ownApp = await register('browser', {
    client_name: 'Sundial',
    redirect_uris: 'https://app.example.org/callback',
    launch_uris: 'https://app.example.org/launch',
    scope: 'openid',
  })
  const key = ecKey('own')
  const jwks = JSON.stringify({ keys: [key.jwk] })
  const service = { client_name: 'Night run', from: 'keys', jwks, scope: 'system/Patient.rs' }
  const ownService = await register('service', service)
  const id = ownService.split('/').at(-1) ?? ''
  await server.house.clients.setStatus(id, 'active')
  const form = withAssertion(signAssertion(server, id, key, { claims: { aud: server.fhir } }))
  await requestToken(server, { id, key }, { form })
  await launch(server, { id: ownApp.split('/').at(-1) ?? '' }, { scope: 'openid', username: 'dev' })
  await register('service', { ...service, client_name: 'Census' })
  await server.house.flights.flush()
  return { ownApp, ownService, ownFlight: linkIn(await dev.open(ownApp), `${ownApp}/flights/`) }
}

async function addApiKeys({ house: { apiKeys, users } }: TestServer): Promise<void> {
  const owner = { kind: 'user' as const, id: (await users.findByName('iris'))?.id ?? '' }
  const add = async (name: string, addresses: string[], expires_in_days: number) =>
    await apiKeys.add({ name, scope: 'user/Patient.rs', addresses, expires_in_days }, owner, ['admin'])
  await add('Night job', ['10.0.0.0/8'], 30)
  await apiKeys.revoke((await add('Lost', [], 3)).key.id)
}
