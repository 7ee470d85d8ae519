import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPasswords } from '../../src/users/passwords.ts'
import { answerAt, authorizationRequest, boxesIn, createBrowser } from '../support/browser-client.ts'
import { type Ask, type Load, load } from './load.ts'
import { type Measured, outputOf, runLanyard, startBareApps, startLanyard } from './process.ts'
import { judged, median, type Row, ratio, whole } from './table.ts'

const LAUNCHES = 2000
const ROUNDS = 3
/** Sign-ins that come at once, each of another user. */
const STORM = 200
const PASSWORD = 'correct horse battery'
const redirectUri = 'https://app.example.org/callback'
const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')
const SCOPE = 'launch/patient openid fhirUser offline_access patient/*.rs'

/** The way of an app: to its code, to its tokens and to the next ones, beside oidc-provider doing the same. */
export async function launching(folder: string): Promise<Row[]> {
  const home = join(folder, 'launching')
  const secret = await prepare(home)
  const ours = await startLanyard(home)
  const authorize = await firstLaunch(ours.url)
  const runs: Run[] = []
  for (let round = 0; round < ROUNDS; round++) runs.push(await oneRound(ours, authorize, secret))
  const storm = await signInStorm(ours, authorize)
  await ours.stop()
  return rowsOf(runs, storm)
}

type Run = Record<'code' | 'exchange' | 'bareExchange' | 'refresh' | 'bareRefresh' | 'introspect', Load>

async function oneRound(ours: Measured, authorize: Ask, secret: string): Promise<Run> {
  const codes: string[] = []
  const code = await load(ours, LAUNCHES, () => authorize, {
    status: 303,
    seen: (index, answer) => {
      codes[index] = /[?&]code=([^&\s]+)/.exec(answer)?.[1] ?? ''
    },
  })
  const own = await exchangeAll(ours, '/oauth2/token', codes)
  const bare = await startBareApps(LAUNCHES, challenge)
  const floor = await exchangeAll(bare, '/token', bare.codes)
  await bare.stop()
  const authorization = `Basic ${Buffer.from(`resource-server:${secret}`).toString('base64')}`
  const introspect = await load(ours, LAUNCHES, (index) => {
    const ask = posted('/oauth2/introspect', { token: own.accessTokens[index] ?? '' })
    return { ...ask, headers: { ...ask.headers, authorization } }
  })
  const { exchange, refresh } = own
  return { code, exchange, refresh, bareExchange: floor.exchange, bareRefresh: floor.refresh, introspect }
}

/** Every code for tokens, and then every refresh token for the next. */
async function exchangeAll(server: Measured, path: string, codes: readonly string[]) {
  const accessTokens: string[] = []
  const refreshTokens: string[] = []
  const member = (answer: string, name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(answer)?.[1] ?? ''
  const exchange = await load(
    server,
    codes.length,
    (index) =>
      posted(path, {
        grant_type: 'authorization_code',
        client_id: 'bench-app',
        code: codes[index] ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    {
      seen: (index, answer) => {
        accessTokens[index] = member(answer, 'access_token')
        refreshTokens[index] = member(answer, 'refresh_token')
      },
    },
  )
  const refresh = await load(server, codes.length, (index) =>
    posted(path, {
      grant_type: 'refresh_token',
      client_id: 'bench-app',
      refresh_token: refreshTokens[index] ?? '',
    }),
  )
  return { exchange, refresh, accessTokens }
}

/** A patient, two clients, and users enough for a storm. @returns the secret of the resource server */
async function prepare(home: string): Promise<string> {
  const users = join(home, 'config/users')
  mkdirSync(users, { recursive: true })
  const clients = join(home, 'config/clients')
  mkdirSync(clients)
  const write = (file: string, content: object) => writeFileSync(file, JSON.stringify(content))
  write(join(home, 'patient.json'), { resourceType: 'Patient', id: 'ana', name: [{ family: 'Lindqvist' }] })
  const password_hash = await createPasswords().hash(PASSWORD)
  for (let index = 0; index < STORM; index++) {
    const username = `user-${index}`
    write(join(users, `${username}.json`), {
      username,
      display_name: username,
      roles: ['patient'],
      fhir_user: 'Patient/ana',
      password_hash,
    })
  }
  write(join(clients, 'app.json'), {
    client_id: 'bench-app',
    client_name: 'Bench',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [redirectUri],
    scope: 'patient/*.rs',
  })
  write(join(home, 'resource-server.json'), {
    client_id: 'resource-server',
    client_name: 'Resource server',
    redirect_uris: [redirectUri],
    introspects_all: true,
  })
  await runLanyard(home, ['import', 'patient.json'])
  const told = await outputOf(home, ['client', 'add', 'resource-server.json', '--json'])
  return String((JSON.parse(told) as { client_secret?: string }).client_secret)
}

/** Signs in and allows once, as a person does. @returns the request that is granted from then on without a question */
async function firstLaunch(url: string): Promise<Ask> {
  const browser = createBrowser({ url })
  const { address } = authorizationRequest({ url, fhir: `${url}/fhir` }, 'bench-app', SCOPE, {
    code_challenge: challenge,
  })
  const signIn = await browser.open(address)
  const consent = await browser.submit(signIn, { username: 'user-0', password: PASSWORD })
  const back = await browser.submit(consent, [
    ...boxesIn(consent, 'scope').map((scope): [string, string] => ['scope', scope]),
    ['offline', 'yes'],
    ['duration', 'months'],
    ['decision', 'allow'],
  ])
  answerAt(back)
  const cookie = [...browser.jar]
    .filter(([, { path }]) => path === '/')
    .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
    .join('; ')
  return { path: address, headers: { cookie } }
}

/** All users sign in at once, while an app goes on reading. @returns how much later its slowest answers come */
async function signInStorm(server: Measured, authorize: Ask): Promise<{ idle: Load; stormy: Load }> {
  const codes: string[] = []
  await load(server, 20, () => authorize, {
    status: 303,
    connections: 1,
    seen: (index, answer) => {
      codes[index] = /[?&]code=([^&\s]+)/.exec(answer)?.[1] ?? ''
    },
  })
  const { accessTokens } = await exchangeAll(server, '/oauth2/token', codes)
  const read = { path: '/fhir/Patient/ana', headers: { authorization: `Bearer ${accessTokens[0]}` } }
  const reading = () => load(server, 10_000, () => read, { connections: 1 })
  const idle = await reading()
  const storm = Promise.all(Array.from({ length: STORM }, (_, index) => signInAs(server.url, index)))
  const stormy = await reading()
  await storm
  return { idle, stormy }
}

async function signInAs(url: string, index: number): Promise<void> {
  const browser = createBrowser({ url })
  const { address } = authorizationRequest({ url, fhir: `${url}/fhir` }, 'bench-app', SCOPE)
  const page = await browser.open(address)
  const next = await browser.submit(page, { username: `user-${index}`, password: PASSWORD })
  if (next.status >= 400) throw new Error(`user-${index} could not sign in: ${next.status}`)
}

function posted(path: string, parameters: Record<string, string>): Ask {
  return {
    path,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(parameters)),
  }
}

function rowsOf(runs: readonly Run[], { idle, stormy }: { idle: Load; stormy: Load }): Row[] {
  const of = (pick: (run: Run) => number) => median(runs.map(pick))
  const code = of((run) => run.code.cpu)
  const beside = (name: 'exchange' | 'refresh', floor: 'bareExchange' | 'bareRefresh') => {
    const times = of((run) => run[floor].cpu / run[name].cpu)
    const rates = of((run) => run[name].rate / run[floor].rate)
    return {
      figure: `${whole(of((run) => run[name].rate))} a second, ${whole(of((run) => run[name].cpu))} µs CPU`,
      floor: `oidc-provider, memory: ${whole(of((run) => run[floor].rate))} a second, ${whole(of((run) => run[floor].cpu))} µs CPU: ${ratio(times)} (by requests a second: ${ratio(rates)})`,
      ...judged('≥ 0.8 ×', times >= 0.8),
    }
  }
  const perCore = 1_000_000 / of((run) => run.introspect.cpu)
  const times = stormy.p99 / idle.p99
  return [
    {
      what: 'authorize to code, consent remembered',
      figure: `${(code / 1000).toFixed(2)} ms CPU`,
      floor: `${whole(of((run) => run.code.rate))} a second`,
      ...judged('≤ 15 ms', code <= 15_000),
    },
    { what: 'code for tokens (ES256, RS256 ID token, refresh token)', ...beside('exchange', 'bareExchange') },
    { what: 'refresh', ...beside('refresh', 'bareRefresh') },
    {
      what: 'introspection, client secret',
      figure: `${whole(perCore)} a second and core`,
      floor: `${whole(of((run) => run.introspect.rate))} a second at 8 connections`,
      ...judged('≥ 1,000', perCore >= 1000),
    },
    {
      what: `a read while ${STORM} people sign in at once, 99th percentile`,
      figure: `${stormy.p99.toFixed(2)} ms`,
      floor: `idle: ${idle.p99.toFixed(2)} ms: ${ratio(times)}`,
      ...judged('≤ 3 ×', times <= 3),
    },
  ]
}
