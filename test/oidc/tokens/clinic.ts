import { expect } from 'vitest'
import { sha256 } from '../../../src/lib/id.ts'
import { type Browser, createBrowser, type Visit } from '../../support/browser-client.ts'
import { type ClientKey, claimsOf, ecKey, signAssertion, withAssertion } from '../../support/client-keys.ts'
import {
  type Authorized,
  authorize,
  type Choices,
  exchange,
  type LaunchedApp,
  putRecords,
} from '../../support/launch.ts'
import {
  type Answer,
  answerOf,
  type Backend,
  introspect,
  post,
  registerBackend,
  registerPublicApp,
  registerSecretApp,
} from '../../support/oauth.ts'
import { type Engine, startServer, type TestServer } from '../../support/server.ts'
import { addUser } from '../../support/users.ts'

/** A server with a family, a clinician, and somebody who may introspect every token. */
export type Clinic = TestServer & { gateway: Backend }

/** An app with what it needs to authenticate. */
export type App = LaunchedApp & { key?: ClientKey }
export const kinds = ['public', 'secret', 'private_key_jwt'] as const
export type Kind = (typeof kinds)[number]

/** What the apps of these tests ask for, if nothing else is said. */
export const everything =
  'launch/patient openid fhirUser profile offline_access patient/Patient.rs patient/Observation.rs'
/** The same without refresh tokens. */
export const briefly = 'launch/patient openid fhirUser patient/Patient.rs patient/Observation.rs'

const LOINC = 'http://loinc.org'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
export const vitalSigns = `category=${CATEGORY}|vital-signs`

/** An encounter of Ana, for those who put it there. */
export const visit = {
  resourceType: 'Encounter',
  id: 'visit',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/ana' },
}

export async function clinic(
  options: { engine?: Engine; environment?: Record<string, string> } = {},
): Promise<Clinic> {
  const server = await startServer(options)
  const observation = (id: string, patient: string, category: string) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ system: CATEGORY, code: category }] }],
    code: { coding: [{ system: LOINC, code: '8867-4' }] },
    subject: { reference: `Patient/${patient}` },
  })
  await putRecords(server, [
    { resourceType: 'Patient', id: 'ana' },
    { resourceType: 'Patient', id: 'ben' },
    { resourceType: 'Practitioner', id: 'cleo' },
    observation('pulse', 'ana', 'vital-signs'),
    observation('sodium', 'ana', 'laboratory'),
    observation('of-ben', 'ben', 'vital-signs'),
  ])
  await addUser(server.house, { username: 'ana', fhir_user: 'Patient/ana', display_name: 'Ana Lind' })
  await addUser(server.house, {
    username: 'cleo',
    fhir_user: 'Practitioner/cleo',
    roles: ['clinician'],
    display_name: 'Cleo Roy',
  })
  const gateway = await registerBackend(server, { introspects_all: true })
  return { ...server, gateway }
}

/** Registers the hospital's own app, whose users are not asked for consent; members of `metadata` win. */
export async function registerApp(
  server: TestServer,
  kind: Kind = 'public',
  metadata: Record<string, unknown> = {},
): Promise<App> {
  const all = {
    redirect_uris: ['https://app.example.org/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'patient/*.rs user/*.rs',
    skip_consent: true,
    ...metadata,
  }
  if (kind === 'public') return await registerPublicApp(server, all)
  if (kind === 'secret') return await registerSecretApp(server, all)
  return await registerBackend(server, all, ecKey())
}

/** How an app says who it is: the members of the form and the headers. */
export function credentials(
  server: TestServer,
  { id, basic, key }: App,
): { form: Record<string, string>; headers: Record<string, string> } {
  if (basic !== undefined) return { form: {}, headers: { authorization: basic } }
  return {
    form: key === undefined ? { client_id: id } : withAssertion(signAssertion(server, id, key)),
    headers: {},
  }
}

/** Posts a form as the app would; members of `form` win, and those that are undefined are not sent. */
export async function postAs(
  server: TestServer,
  app: App,
  path: string,
  form: Record<string, string | undefined>,
): Promise<Answer> {
  const own = credentials(server, app)
  return await post(server, path, { ...own.form, ...form }, own.headers)
}

/** Exchanges a code; members of `form` win. */
export async function redeem(
  server: TestServer,
  app: App,
  authorized: Pick<Authorized, 'request' | 'answer'>,
  form: Record<string, string | undefined> = {},
): Promise<Answer> {
  const own = app.key === undefined ? {} : { client_id: undefined, ...credentials(server, app).form }
  return await exchange(server, app, authorized, { ...own, ...form })
}

export async function refresh(
  server: TestServer,
  app: App,
  token: unknown,
  form: Record<string, string | undefined> = {},
): Promise<Answer> {
  return await postAs(server, app, '/oauth2/token', {
    grant_type: 'refresh_token',
    refresh_token: String(token),
    ...form,
  })
}

/** A browser in which somebody has signed in, so that the next launches need no page. */
export async function signedIn(server: TestServer, username = 'ana') {
  const browser = createBrowser(server)
  const app = await registerApp(server)
  const { answer } = await authorize(server, app, { scope: briefly, browser, username, patient: 'ana' })
  if (answer.code === undefined) throw new Error(`not signed in: ${JSON.stringify(answer)}`)
  return browser
}

/** Signs out, as the page that asks for it does. */
export async function signOut(browser: Browser, parameters: Record<string, string> = {}): Promise<Visit> {
  const page = await browser.open(`/oauth2/logout?${new URLSearchParams(parameters)}`)
  return await browser.submit(page, {})
}

/** What a launch needs to know, where it differs from Ana's own with everything. */
export type Way = Partial<Parameters<typeof authorize>[2]> & Choices

/** An authorization of Ana, up to the code. */
export async function code(server: TestServer, app: App, way: Way = {}): Promise<Authorized> {
  return await authorize(server, app, { scope: everything, username: 'ana', ...way })
}

/** A whole launch of Ana. */
export async function launched(
  server: TestServer,
  app: App,
  way: Way = {},
): Promise<Authorized & { token: Answer }> {
  const authorized = await code(server, app, way)
  const token = await redeem(server, app, authorized)
  if (token.status !== 200) throw new Error(`no token: ${JSON.stringify(authorized.answer)} ${token.text}`)
  return { ...authorized, token }
}

export async function fhir(server: TestServer, token: unknown, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${String(token)}` }
  return await answerOf(await fetch(`${server.fhir}/${path}`, { headers }))
}

/** Whether an access token works: the FHIR server, introspection and userinfo must agree. */
export async function works(server: Clinic, token: unknown): Promise<boolean> {
  const { body } = await introspect(server, server.gateway, String(token))
  const { status } = await fhir(server, token, 'Patient/ana')
  expect([200, 401]).toContain(status)
  expect(body.active).toBe(status === 200)
  if (body.active !== true) expect(body).toEqual({ active: false })
  const about = await fetch(`${server.url}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${String(token)}` },
  })
  expect(about.status).toBe(status)
  return status === 200
}

/** Whether nothing of a launch works any more: neither its access tokens nor its refresh token. */
export async function isOver(server: Clinic, app: App, { body }: Answer): Promise<boolean> {
  const alive = await works(server, body.access_token)
  const refreshing = await refresh(server, app, body.refresh_token)
  expect(refreshing.status).toBe(alive ? 200 : 400)
  if (!alive) expect(refreshing.body.error).toBe('invalid_grant')
  return !alive
}

/** Expects an error of OAuth in its right shape (TOK-03, TOK-07). */
export function expectError(answer: Answer, error: string, status = 400): void {
  expect([answer.status, answer.body.error]).toEqual([status, error])
  expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description'])
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expectNoStore(answer)
}

/** TOK-03. */
export function expectNoStore({ headers }: Answer): void {
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('pragma')).toBe('no-cache')
  expect(headers.get('etag')).toBeNull()
}

/** The reason in the audit, where the caller heard less. */
export async function reasonOf(server: TestServer, answer: Answer): Promise<string | null | undefined> {
  await server.house.audit.flush()
  const row = await server.house.db.kysely
    .selectFrom('audit')
    .select('reason')
    .where('request_id', '=', String(answer.headers.get('x-request-id')))
    .where('outcome', '!=', 'success')
    .executeTakeFirst()
  return row?.reason
}

/** The id of the grant that a code stands for. */
export async function grantOfCode(
  { house }: TestServer,
  { answer }: Pick<Authorized, 'answer'>,
): Promise<string> {
  const row = await house.db.kysely
    .selectFrom('oidc')
    .select('grant_id')
    .where('id_hash', '=', sha256(String(answer.code)))
    .executeTakeFirstOrThrow()
  return String(row.grant_id)
}

/** The id of the grant that an access token lives by. */
export function grantOf({ body }: Answer): string {
  return String(claimsOf(String(body.access_token)).gid)
}
