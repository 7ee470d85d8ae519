import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from '../../support/browser-client.ts'
import type { Answer } from '../../support/oauth.ts'
import { engine } from '../../support/server.ts'
import {
  type App,
  type Clinic,
  clinic,
  code,
  grantOf,
  isOver,
  kinds,
  launched,
  redeem,
  refresh,
  registerApp,
  signedIn,
} from './clinic.ts'

const ROUNDS = 3

let server: Clinic
let ana: Browser
beforeAll(async () => {
  server = await clinic({ engine })
  ana = await signedIn(server)
})
afterAll(() => server.close())

const atOnce = (count: number, ask: () => Promise<Answer>) => Promise.all(Array.from({ length: count }, ask))
const outcomes = (answers: readonly Answer[]) =>
  answers.map(({ status, body }) => (status === 200 ? 200 : body.error)).sort()

describe.each(kinds)('a %s client', (kind) => {
  let app: App
  beforeAll(async () => {
    app = await registerApp(server, kind)
  })

  test('AUTHZ-10 of 12 exchanges of one code at the same time exactly one wins, and what it won is over', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const way = await code(server, app, { browser: ana })
      const answers = await atOnce(12, () => redeem(server, app, way))
      expect(outcomes(answers)).toEqual([200, ...Array(11).fill('invalid_grant')])
      const winner = answers.find(({ status }) => status === 200)
      expect(winner !== undefined && (await isOver(server, app, winner))).toBe(true)
    }
  })

  test('REFR-10 of 12 refreshes with one token at the same time all get the same answer, which works', async () => {
    let { token } = await launched(server, app, { browser: ana })
    for (let round = 0; round < ROUNDS; round++) {
      const before = token.body.refresh_token
      const answers = await atOnce(12, () => refresh(server, app, before))
      expect(outcomes(answers)).toEqual(Array(12).fill(200))
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      token = answers[0] ?? token
    }
    expect(await isOver(server, app, token)).toBe(false)
  })
})

test('REFR-09 of 12 uses of an old token at the same time none gets anything, and the launch is over', async () => {
  const app = await registerApp(server)
  const { token: first } = await launched(server, app, { browser: ana })
  const second = await refresh(server, app, first.body.refresh_token)
  server.clock.advance(10_001)
  const answers = await atOnce(12, () => refresh(server, app, first.body.refresh_token))
  expect(outcomes(answers)).toEqual(Array(12).fill('invalid_grant'))
  expect(await isOver(server, app, second)).toBe(true)
})

test('AUTHZ-10 12 codes exchanged at the same time all give tokens, and 12 refreshes too', async () => {
  const app = await registerApp(server)
  const ways = []
  for (let index = 0; index < 12; index++) ways.push(await code(server, app, { browser: ana }))
  const tokens = await Promise.all(ways.map((way) => redeem(server, app, way)))
  expect(outcomes(tokens)).toEqual(Array(12).fill(200))
  const refreshed = await Promise.all(tokens.map(({ body }) => refresh(server, app, body.refresh_token)))
  expect(outcomes(refreshed)).toEqual(Array(12).fill(200))
  expect(new Set(refreshed.map(({ body }) => body.refresh_token)).size).toBe(12)
})

test('REVO-03 a refresh at the moment of a withdrawal: whoever comes first, nothing works afterwards', async () => {
  const app = await registerApp(server)
  for (let round = 0; round < ROUNDS; round++) {
    const { token } = await launched(server, app, { browser: ana })
    const [answer] = await Promise.all([
      refresh(server, app, token.body.refresh_token),
      server.house.grants.end({ id: grantOf(token) }, 'withdrawn'),
    ])
    expect([200, 400]).toContain(answer.status)
    expect(await isOver(server, app, answer.status === 200 ? answer : token)).toBe(true)
  }
})

test('REVO-06 code exchanges at the moment when the user is disabled: no request fails for it, and nothing works afterwards', async () => {
  const app = await registerApp(server)
  const ways = []
  for (let index = 0; index < 8; index++) ways.push(await code(server, app, { browser: ana }))
  const [tokens] = await Promise.all([
    Promise.all(ways.map((way) => redeem(server, app, way))),
    server.house.users.setStatus('ana', 'disabled'),
  ])
  for (const answer of tokens) expect([200, 'invalid_grant']).toContain(outcomes([answer])[0])
  for (const answer of tokens.filter(({ status }) => status === 200)) {
    expect(await isOver(server, app, answer)).toBe(true)
  }
  await server.house.users.setStatus('ana', 'active')
})
