import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerBackend, requestToken } from '../../support/oauth.ts'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'
import { expectOAuthUnavailable, expectUnavailable, large, transactionOf } from './outage.ts'

// SQLite that may not grow any more says SQLITE_FULL, as it does on a full disk.

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], {
    engine: 'sqlite',
    scope: 'system/*.cruds',
    environment: { LANYARD_FHIR_UPDATE_CREATE: 'yes' },
  })
})
afterAll(() => server.close())

const put = (id: string) => server.submit('PUT', `Basic/${id}`, large(id))
const pages = async (most?: number) => {
  const { rows } = await sql<{ max_page_count: number }>`pragma ${sql.raw(
    most === undefined ? 'page_count' : `max_page_count = ${most}`,
  )}`.execute(server.house.db.kysely)
  return Number(Object.values(rows[0] ?? {})[0])
}

test('a full disk: writes are 503 and leave nothing, reads go on; with room again all is as before', async () => {
  expect((await put('before')).status).toBe(201)
  const backend = await registerBackend(server)
  await pages((await pages()) + 40)
  const kept: string[] = ['before']
  let last = await put('0')
  for (let n = 1; last.status === 201 && n < 100; n++) {
    kept.push(String(n - 1))
    last = await put(String(n))
  }
  const refused = String(kept.length - 1)
  expect(kept.length).toBeGreaterThan(1)
  expectUnavailable(last)
  expectUnavailable(await server.submit('POST', '', transactionOf(large('t1'), large('t2'), large('t3'))))
  // What is small may still find room within the file, or not; it is never another error.
  const patch = [{ op: 'replace', path: '/code/text', value: 'y'.repeat(9000) }]
  const type = { 'content-type': 'application/json-patch+json' }
  for (const id of kept) {
    const answer = await server.submit('PATCH', `Basic/${id}`, JSON.stringify(patch), type)
    if (answer.status !== 200) expectUnavailable(answer)
  }
  let asked = await requestToken(server, backend)
  for (let n = 0; asked.status === 200 && n < 200; n++) asked = await requestToken(server, backend)
  if (asked.status !== 200) expectOAuthUnavailable(asked)
  for (const id of kept) expect((await server.get(`Basic/${id}`)).status).toBe(200)
  for (const id of [refused, 't1', 't2', 't3']) expect((await server.get(`Basic/${id}`)).status).toBe(404)
  expect(await server.ids('Basic?_count=200')).toEqual(kept.toSorted())

  await pages(1e9)
  expect((await put(refused)).status).toBe(201)
  expect((await requestToken(server, backend)).status).toBe(200)
  const after = await server.submit('POST', '', transactionOf(large('t1'), large('t2')))
  expect(after.status).toBe(200)
  await server.house.audit.flush()
  expect(server.logged.filter(({ level }) => level === 'fatal')).toEqual([])
})
