import { fhirStoreOf, type House } from '../../src/house.ts'
import type { LaunchContext } from '../../src/smart/launch-context.ts'
import {
  answerAt,
  authorizationRequest,
  type Browser,
  boxesIn,
  createBrowser,
  textOf,
  tickedIn,
  type Visit,
} from './browser-client.ts'
import { type Answer, post } from './oauth.ts'
import type { TestServer } from './server.ts'
import { password } from './users.ts'

/** An app as `registerPublicApp` or `registerSecretApp` returns it. */
export type LaunchedApp = { id: string; basic?: string }

/** What the person does on the pages; without it, everything that is ticked stays ticked. */
export type Choices = {
  /** Who signs in when somebody is asked to, with the password of all test users. */
  username?: string
  /** What is chosen on the pickers: an id, a reference, or '' for "none of them". */
  patient?: string
  encounter?: string
  context?: string
  /** The boxes that are ticked in the end (their `value`s), in place of those that are at the start. */
  ticks?: readonly string[] | 'all'
  /** Boxes to take out of those that are ticked at the start. */
  untick?: readonly string[]
  /** False unticks offline access; without it the box stays as it is. */
  offline?: boolean
  duration?: 'hour' | 'months' | 'year'
  /** What is answered on the consent page. */
  decision?: 'allow' | 'deny'
  /** The page that is left open. */
  stopAt?: PageName
}
export type LaunchOptions = Choices & {
  scope: string
  /** A browser that has been here before; a new one otherwise. */
  browser?: Browser
  /** Parameters of the authorization request that differ from the usual ones. */
  request?: Record<string, string | undefined>
}

/** The pages that a person can be shown on the way. */
export type PageName = 'sign-in' | 'patient' | 'encounter' | 'context' | 'consent'

/** How far an authorization request came: to its answer, or to a page that nobody answers. */
export type Authorized = {
  browser: Browser
  request: ReturnType<typeof authorizationRequest>
  /** What came last: the redirect to the app, or a page. */
  end: Visit
  /** The pages on the way, in their order. */
  pages: PageName[]
  /** The parameters that came back to the app; empty if the way ended on a page. */
  answer: Record<string, string>
}
export type Launched = Authorized & { token: Answer }

/** Goes from an authorization request to its answer by plain form posts, as a browser without JavaScript does. */
export async function authorize(
  server: TestServer,
  app: LaunchedApp,
  { scope, browser = createBrowser(server), request: changes = {}, ...choices }: LaunchOptions,
): Promise<Authorized> {
  const request = authorizationRequest(server, app.id, scope, changes)
  return await goOn(browser, request, await browser.open(request.address), choices)
}

/** Answers the pages from one that is open until the browser is back at the app, or nobody has an answer. */
export async function goOn(
  browser: Browser,
  request: Authorized['request'],
  from: Visit,
  choices: Choices,
): Promise<Authorized> {
  const pages: PageName[] = []
  let visit = from
  for (let page = pageOf(visit); page !== undefined; page = pageOf(visit)) {
    pages.push(page)
    const fields = page === choices.stopAt ? undefined : fieldsFor(page, visit, choices)
    if (fields === undefined || pages.length > 8) break
    visit = await browser.submit(visit, fields)
  }
  return { browser, request, end: visit, pages, answer: visit.location === undefined ? {} : answerAt(visit) }
}

/** Exchanges the code of an authorization; members of `form` win. */
export async function exchange(
  server: TestServer,
  app: LaunchedApp,
  { request, answer }: Pick<Authorized, 'request' | 'answer'>,
  form: Record<string, string | undefined> = {},
): Promise<Answer> {
  const fields = {
    grant_type: 'authorization_code',
    code: answer.code,
    redirect_uri: request.redirectUri,
    code_verifier: request.verifier,
    ...(app.basic === undefined ? { client_id: app.id } : {}),
    ...form,
  }
  const headers = app.basic === undefined ? {} : { authorization: app.basic }
  return await post(server, '/oauth2/token', fields, headers)
}

/** A whole launch, up to the token response. */
export async function launch(
  server: TestServer,
  app: LaunchedApp,
  options: LaunchOptions,
): Promise<Launched> {
  const authorized = await authorize(server, app, options)
  if (authorized.answer.code === undefined) {
    const { end, pages, answer } = authorized
    throw new Error(
      `no code after ${pages.join(', ')}: ${end.status} ${JSON.stringify(answer)} ${textOf(end.html).slice(0, 300)}`,
    )
  }
  return { ...authorized, token: await exchange(server, app, authorized) }
}

/** What an EHR hands to the app: the value of the `launch` parameter. */
export async function ehrHandle(
  { house }: TestServer,
  app: LaunchedApp,
  user: { id: string },
  context: LaunchContext = {},
): Promise<string> {
  return (await house.handles.create({ clientId: app.id, userId: user.id, context, by: 'command' })).launch
}

/** Puts resources into the FHIR server. */
export async function putRecords({ house }: TestServer, resources: readonly object[]): Promise<void> {
  const store = await fhirStoreOf(house)
  await store.write(resources as Parameters<typeof store.write>[0])
}

/** The flight record of the request that was answered with this. */
export async function flightOf(
  { house: { db, flights } }: TestServer,
  { headers }: Pick<Visit, 'headers'>,
): Promise<NonNullable<Awaited<ReturnType<House['flights']['show']>>>> {
  await flights.flush()
  const { flight_id } = await db.kysely
    .selectFrom('flight_step')
    .select('flight_id')
    .where('detail', 'like', `%${headers.get('x-request-id')}%`)
    .executeTakeFirstOrThrow()
  const found = await flights.show(flight_id)
  if (found === undefined) throw new Error('steps without a flight')
  return found
}

/** Which page of the way this is, by the names of its form. */
export function pageOf({ html, location }: Visit): PageName | undefined {
  if (location !== undefined) return undefined
  if (/name="password"/.test(html)) return 'sign-in'
  if (/name="decision" value="allow"/.test(html)) return 'consent'
  // A picker without a match still has its search.
  if (/name="patient"/.test(html) || /name="q"/.test(html)) return 'patient'
  if (/name="encounter"/.test(html)) return 'encounter'
  return /name="context"/.test(html) ? 'context' : undefined
}

/** What is posted on a page; nothing where the choices have no answer. */
function fieldsFor(page: PageName, visit: Visit, choices: Choices): [string, string][] | undefined {
  if (page === 'consent') return consentFields(visit, choices)
  if (page === 'sign-in') {
    const { username } = choices
    return username === undefined
      ? undefined
      : [
          ['username', username],
          ['password', password],
        ]
  }
  const chosen = choices[page]
  return chosen === undefined ? undefined : [[page, chosen]]
}

/** The consent form as the person leaves it. */
export function consentFields(page: Visit, choices: Choices): [string, string][] {
  const { ticks, untick = [], offline, duration = 'months', decision = 'allow' } = choices
  const atStart = ticks === 'all' ? boxesIn(page, 'scope') : tickedIn(page, 'scope')
  const scopes = Array.isArray(ticks) ? ticks : atStart.filter((value) => !untick.includes(value))
  const keepsOffline = offline ?? tickedIn(page, 'offline').length > 0
  return [
    ...scopes.map((value): [string, string] => ['scope', value]),
    ...(keepsOffline && boxesIn(page, 'offline').length > 0 ? [['offline', 'yes'] as [string, string]] : []),
    ['duration', duration],
    ['decision', decision],
  ]
}
