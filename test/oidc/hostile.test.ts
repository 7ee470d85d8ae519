import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attacks, withstand } from '../support/hostile.ts'
import { type Backend, registerBackend, requestToken } from '../support/oauth.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let backend: Backend
beforeAll(async () => {
  server = await startServer()
  backend = await registerBackend(server)
})
afterAll(() => server.close())

test('SEC-07, TOK-07 whatever is sent, the answer is an OAuth answer, and the server stays well', async () => {
  await fc.assert(
    fc.asyncProperty(attacks(server, backend), async (attack) => {
      await withstand(server, attack)
    }),
    { numRuns: 50 },
  )
  expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
  expect((await requestToken(server, backend)).status).toBe(200)
})
