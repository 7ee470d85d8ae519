import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerBackend, requestToken } from '../../support/oauth.ts'
import { type FhirServer, fhirServer } from '../http/fhir-server.ts'
import { expectOAuthUnavailable, expectUnavailable, large, transactionOf } from './outage.ts'

// Another process that writes to the SQLite file and does not come to an end.

let server: FhirServer
let other: Sqlite.Database
beforeAll(async () => {
  server = await fhirServer([], {
    engine: 'sqlite',
    scope: 'system/*.cruds',
    environment: { LANYARD_FHIR_UPDATE_CREATE: 'yes' },
  })
  other = new Sqlite(server.house.config.databaseUrl.slice('sqlite:'.length))
})
afterAll(async () => {
  other.close()
  await server.close()
})

const put = (id: string) => server.submit('PUT', `Basic/${id}`, large(id))

test('a database that another process holds: writes wait, then are 503; reads are answered meanwhile', async () => {
  expect((await put('before')).status).toBe(201)
  const backend = await registerBackend(server)
  other.exec('begin immediate')
  const order: string[] = []
  const done = async <Result>(name: string, work: Promise<Result>): Promise<Result> => {
    const result = await work
    order.push(name)
    return result
  }
  const writes = Promise.all([
    done('write', put('one')),
    done('write', server.submit('POST', '', transactionOf(large('two'), large('three')))),
    done('write', requestToken(server, backend)),
  ])
  for (let n = 0; n < 5; n++) expect((await done('read', server.get('Basic/before'))).status).toBe(200)
  const [one, bundle, token] = await writes
  expectUnavailable(one)
  expectUnavailable(bundle)
  expectOAuthUnavailable(token)
  expect(order).toEqual([...Array(5).fill('read'), ...Array(3).fill('write')])
  for (const id of ['one', 'two', 'three']) expect((await server.get(`Basic/${id}`)).status).toBe(404)

  // One who waits is served when the other is done.
  const waiting = put('one')
  setTimeout(() => other.exec('rollback'), 50)
  const late = await waiting
  expect([201, 503]).toContain(late.status)
  expect((await put('four')).status).toBe(201)
  expect((await requestToken(server, backend)).status).toBe(200)
})

test('a write that another process holds up for a moment is done, and nobody is told', async () => {
  other.exec('begin immediate')
  const waiting = Promise.all([put('five'), put('six')])
  setTimeout(() => other.exec('rollback'), 300)
  expect((await waiting).map(({ status }) => status)).toEqual([201, 201])
})
