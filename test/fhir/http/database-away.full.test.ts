import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { expect, test } from 'vitest'
import { onPostgres } from '../../support/database.ts'
import { type Answer, type FhirServer, fhirServer } from './fhir-server.ts'

const place = { resourceType: 'Location', status: 'active' }

/** Every way of writing, each on its own. */
async function writes(server: FhirServer) {
  const bundle = (type: string) => ({
    resourceType: 'Bundle',
    type,
    entry: [{ request: { method: 'POST', url: 'Location' }, resource: place }],
  })
  return await Promise.all([
    server.submit('POST', 'Location', place),
    server.submit('PUT', 'Location/here', { ...place, id: 'here' }),
    server.send('Location/there', { method: 'DELETE' }),
    server.submit('POST', '', bundle('batch')),
    server.submit('POST', '', bundle('transaction')),
  ])
}

function expectAway(answers: readonly Answer[]): void {
  for (const { status, headers, body, text } of answers) {
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
    expect(body.issue).toMatchObject([{ severity: 'error', code: 'transient' }])
    expect(text).not.toMatch(/SQLITE|postgres|advisory/i)
  }
}

const count = async (server: FhirServer) => (await server.get('Location?_summary=count')).body.total
const start = (engine: 'sqlite' | 'postgres') =>
  fhirServer(
    ['here', 'there'].map((id) => ({ ...place, id })),
    { scope: 'system/*.cruds', engine },
  )

test('REST-14 while another process writes to the file, writing is 503, and then goes on', async () => {
  const server = await start('sqlite')
  const other = new Sqlite(server.house.config.databaseUrl.slice('sqlite:'.length))
  other.exec('begin immediate')
  expectAway([await server.submit('POST', 'Location', place)])
  other.exec('rollback')
  other.close()
  expect(await count(server)).toBe(2)
  const again = await writes(server)
  expect(again.map(({ status }) => status)).toEqual([201, 200, 204, 200, 200])
  await server.close()
})

test('REST-14 while PostgreSQL ends its connections, writing is 503, and then goes on', async () => {
  const server = await start('postgres')
  const other = new pg.Client({ connectionString: server.house.config.databaseUrl })
  other.on('error', () => {})
  await other.connect()
  // Writers take turns; this one does not end.
  await other.query('begin')
  await other.query('select pg_advisory_xact_lock(7140011)')
  const waiting = writes(server)
  const name = new URL(server.house.config.databaseUrl).pathname.slice(1)
  await new Promise((go) => setTimeout(go, 500))
  await onPostgres(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  const answers = await waiting
  const [create, update, remove, batch, transaction] = answers.map(({ status }) => status)
  // What was under way is broken off; what waited behind it may have gone on over a new connection.
  expect(create).toBe(503)
  expectAway(answers.filter(({ status }) => status === 503))
  expect([200, 503]).toContain(update)
  const [made, gone] = [
    [batch, transaction].filter((status) => status === 200).length,
    Number(remove === 204),
  ]
  expect(await count(server)).toBe(2 + made - gone)
  const again = await writes(server)
  expect(again.map(({ status }) => status)).toEqual([201, 200, 204, 200, 200])
  await server.close()
})
