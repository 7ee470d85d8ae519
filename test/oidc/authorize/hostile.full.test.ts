import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  authorizationRequest,
  type Browser,
  createBrowser,
  formOf,
  type Visit,
} from '../../support/browser-client.ts'
import { anyCharacters } from '../../support/hostile.ts'
import { authorize, type LaunchedApp, pageOf } from '../../support/launch.ts'
import { registerPublicApp } from '../../support/oauth.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { fillWard } from './ward.ts'

let server: TestServer
let app: LaunchedApp
beforeAll(async () => {
  server = await startServer()
  await fillWard(server)
  app = await registerPublicApp(server, { scope: 'patient/*.rs user/*.rs' })
})
afterAll(() => server.close())

const odd = fc.oneof(
  fc.string({ maxLength: 60 }),
  anyCharacters(30).map((text) => text.toWellFormed()),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '%00',
    '\r\nset-cookie: a=b',
    '__proto__',
    'constructor',
    'toString',
    '../../etc/passwd',
    "' or 1=1 --",
    '[object Array]',
    'x'.repeat(3000),
    'https://evil.example/',
    '//evil.example',
    'javascript:alert(1)',
    'none',
    'openid',
    'launch',
    'launch/patient patient/*.rs',
    'patient/Observation.rs?category=http://x|y&z',
    '👩‍⚕️',
  ),
)
const names = fc.oneof(
  fc.constantFrom(
    ...[
      'client_id',
      'redirect_uri',
      'scope',
      'state',
      'aud',
      'resource',
      'launch',
      'response_type',
      'response_mode',
    ],
    ...[
      'code_challenge',
      'code_challenge_method',
      'nonce',
      'prompt',
      'max_age',
      'login_hint',
      'id_token_hint',
    ],
    ...[
      'acr_values',
      'claims',
      'claims_locales',
      'ui_locales',
      'display',
      'request',
      'request_uri',
      'registration',
    ],
    ...['flight', 'dpop_jkt', 'authorization_details', 'web_message_uri', '__proto__', 'uid'],
  ),
  odd,
)

/** What holds whatever was sent: no mistake of ours, no way out but to us and to the app. */
function expectWell(visit: Visit): void {
  expect(visit.status).toBeLessThan(500)
  if (visit.location !== undefined) {
    expect(
      visit.location.startsWith(`${server.url}/`) ||
        visit.location.startsWith('https://app.example.org/callback?'),
    ).toBe(true)
  }
  expect(visit.headers.get('set-cookie') ?? '').not.toMatch(/(?:^|, )a=b/)
  expect(visit.html).not.toMatch(/\bat .*\.ts:\d+|node_modules|SqliteError|TypeError|\[object Object\]/)
}

test('SEC-02, SEC-07 whatever an authorization request says, nobody is led astray and nothing breaks', async () => {
  const changes = fc.array(fc.tuple(names, odd), { maxLength: 6 })
  const { browser } = await authorize(server, app, { scope: 'patient/Patient.rs', username: 'ana' })
  await fc.assert(
    fc.asyncProperty(changes, fc.boolean(), fc.boolean(), fc.boolean(), async (pairs, add, posted, known) => {
      const { parameters } = authorizationRequest(server, app.id, 'launch/patient patient/Patient.rs')
      for (const [name, value] of pairs) {
        if (add) parameters.append(name, value)
        else parameters.set(name, value)
      }
      const who = known ? browser : createBrowser(server)
      expectWell(
        posted
          ? await who.follow(await who.ask('/oauth2/authorize', { method: 'POST', body: parameters }))
          : await who.open(`/oauth2/authorize?${parameters}`),
      )
    }),
    { numRuns: 60 },
  )
  expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
})

test('AUTHZ-17, SEC-07 whatever the pages are posted, the way stays open or goes on', async () => {
  const fieldNames = fc.oneof(
    fc.constantFrom('username', 'password', 'patient', 'encounter', 'context', 'scope', 'parts', 'offline'),
    fc.constantFrom('duration', 'decision', 'q', 'csrf'),
    odd,
  )
  const forms = fc.array(fc.tuple(fieldNames, odd), { maxLength: 6 })
  const open = async (browser: Browser, stopAt: 'sign-in' | 'patient' | 'consent') =>
    await authorize(server, app, {
      scope: 'launch/patient patient/Patient.rs',
      browser,
      username: 'marta',
      patient: 'ana',
      stopAt,
      request: { prompt: 'consent' },
    })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('sign-in', 'patient', 'consent'), forms, async (stopAt, fields) => {
      const browser = createBrowser(server)
      const { end } = await open(browser, stopAt as 'sign-in')
      expect(pageOf(end)).toBe(stopAt)
      const body = new URLSearchParams([...formOf(end).hidden, ...fields])
      expectWell(await browser.follow(await browser.ask(end.url, { method: 'POST', body })))
    }),
    { numRuns: 12 },
  )
  expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
})
