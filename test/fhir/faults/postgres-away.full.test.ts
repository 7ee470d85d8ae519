import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../../src/store/migrate.ts'
import { openDatabase } from '../../../src/store/open.ts'
import { registerBackend, requestToken } from '../../support/oauth.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'
import { expectOAuthUnavailable, expectUnavailable, large, transactionOf } from './outage.ts'

// A PostgreSQL of its own, since it is stopped.

let postgres: Postgres
let server: FhirServer
beforeAll(async () => {
  postgres = await startPostgres()
  const db = await openDatabase(postgres.url, 0)
  await migrate(db)
  await db.close()
  server = await fhirServer([], {
    scope: 'system/*.cruds',
    environment: { LANYARD_FHIR_UPDATE_CREATE: 'yes', LANYARD_DATABASE_URL: postgres.url },
  })
})
afterAll(async () => {
  await server?.close()
  await postgres?.remove()
})

const put = (id: string) => server.submit('PUT', `Basic/${id}`, large(id, 10))
const page = async (path: string) => await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } })

test('a PostgreSQL that goes away in the midst of writes: 503, and all is well when it is back', async () => {
  const backend = await registerBackend(server)
  const kept: string[] = []
  let next = 0
  let away = false
  const writer = async (): Promise<void> => {
    while (!away) {
      const id = `w${next++}`
      const ids = next % 2 === 0 ? [id] : [id, `${id}-b`]
      const answer =
        ids.length === 1
          ? await put(id)
          : await server.submit('POST', '', transactionOf(...ids.map((it) => large(it, 10))))
      if (answer.status < 300) kept.push(...ids)
      else expectUnavailable(answer)
    }
  }
  const writers = Array.from({ length: 4 }, writer)
  while (kept.length < 20) await setTimeout(5)
  await postgres.stop()
  away = true
  await Promise.all(writers)

  for (let n = 0; n < 3; n++) {
    expectUnavailable(await put('while-away'))
    expectUnavailable(await server.submit('POST', '', transactionOf(large('t1'), large('t2'))))
    expectUnavailable(await server.get(`Basic/${kept[0]}`))
    expectUnavailable(await server.get('Basic?_count=1'))
    expectOAuthUnavailable(await requestToken(server, backend))
  }
  expect((await page('/health/live')).status).toBe(200)
  expect((await page('/health/ready')).status).toBe(503)
  const door = await page('/oauth2/authorize?response_type=code&client_id=nobody')
  expect([door.status, door.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
  expect(await door.text()).not.toMatch(/ECONN|postgres|\.ts:/i)

  await postgres.start()
  expect((await put('back')).status).toBe(201)
  expect((await requestToken(server, backend)).status).toBe(200)
  expect((await page('/health/ready')).status).toBe(200)
  for (const id of kept) expect((await server.get(`Basic/${id}`)).status, id).toBe(200)
  for (const id of ['while-away', 't1', 't2']) expect((await server.get(`Basic/${id}`)).status).toBe(404)
  const { body } = await server.get('Basic?_summary=count')
  const stored = await server.ids('Basic?_count=1000&_elements=id')
  expect(body.total).toBe(stored.length)
  // Of a transaction there is all or nothing.
  for (const id of stored) if (id.endsWith('-b')) expect(stored).toContain(id.slice(0, -2))
})
