import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BackendClient, backendClient } from '../support/backend-client.ts'
import { onPostgres } from '../support/database.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: BackendClient
beforeAll(async () => {
  server = await startServer({ engine })
  client = await backendClient()
  await server.house.clients.add(client.metadata, 'command')
})
afterAll(() => server.close())

/** The log line about the request with this id. */
async function lineOf(response: Response): Promise<Record<string, unknown> | undefined> {
  await response.text()
  const id = response.headers.get('x-request-id')
  return server.logged.find((line) => line.requestId === id && line.msg === 'request')
}

test('REST-19 the request id of the caller comes back and stands in the log; a harmful one is replaced', async () => {
  const ask = (id?: string) =>
    fetch(`${server.url}/health/live`, { headers: id === undefined ? {} : { 'x-request-id': id } })
  const response = await ask('trace-1:a~b.c_d')
  expect(response.headers.get('x-request-id')).toBe('trace-1:a~b.c_d')
  expect(await lineOf(response)).toMatchObject({ requestId: 'trace-1:a~b.c_d', method: 'GET', status: 200 })
  for (const bad of [undefined, '', 'a b', '<script>', 'x'.repeat(101), '{"a":1}']) {
    const id = (await ask(bad)).headers.get('x-request-id')
    expect(id).toMatch(/^[\w-]{16,}$/)
    expect(id).not.toBe(bad)
  }
})

test('REST-19 the request id stands in the audit row', async () => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await client.assertion(server.url, server.clock.now),
  })
  const response = await fetch(`${server.url}/oauth2/token`, {
    method: 'POST',
    body: form,
    headers: { 'x-request-id': 'trace-2' },
  })
  expect(await lineOf(response)).toMatchObject({ route: '/oauth2/token', status: 200, clientId: client.id })
  const row = await server.house.db.kysely
    .selectFrom('audit')
    .select(['event', 'outcome'])
    .where('request_id', '=', 'trace-2')
    .execute()
  expect(row).toEqual([{ event: 'token.issue', outcome: 'success' }])
})

test('a log line names the route: no ids, no query, whether the address is known or not', async () => {
  const before = server.logged.length
  for (const path of [
    '/fhir/Patient/secret-id-1?name=secret-name',
    '/fhir/Patient?identifier=secret-id-2',
    '/fhir/Patient/secret-id-3/_history/7',
    '/nowhere/secret-id-4?x=secret-name',
    '/oauth2/token?code=secret-id-5',
    '/health/live?secret-name',
    '/%zz?secret-name',
  ]) {
    const response = await fetch(`${server.url}${path}`)
    expect(await lineOf(response), path).toMatchObject({ method: 'GET', status: expect.any(Number) })
  }
  const lines = server.logged.slice(before)
  expect(JSON.stringify(lines)).not.toMatch(/secret/)
  for (const line of lines.filter(({ msg }) => msg === 'request')) {
    expect(line.route).toMatch(/^(?:other|\/[\w/:{}*.|()-]*|[\w -]+)$/)
  }
})

test('tokens and assertions are in no log line', async () => {
  const token = await client.accessToken(server.url, server.clock.now)
  await client.introspect(server.url, token, server.clock.now)
  await client.token(server.url, 'eyJhbGciOiJub25lIn0.e30.')
  await fetch(`${server.url}/fhir/Patient`, { headers: { authorization: `Bearer ${token}` } })
  const text = JSON.stringify(server.logged)
  expect(text).not.toMatch(/eyJ/)
  expect(text).not.toContain(token)
})

test('metrics can be parsed, and count requests and tokens by route and outcome', async () => {
  await client.accessToken(server.url, server.clock.now)
  await client.token(server.url, 'nonsense')
  await fetch(`${server.url}/nowhere/at/all`)
  const response = await fetch(`${server.url}/metrics`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const samples = parseMetrics(await response.text())
  const value = (name: string) => samples.get(name)
  expect(
    value('lanyard_tokens_total{grant_type="client_credentials",outcome="issued"}'),
  ).toBeGreaterThanOrEqual(1)
  expect(
    value('lanyard_tokens_total{grant_type="client_credentials",outcome="invalid_client"}'),
  ).toBeGreaterThanOrEqual(1)
  expect(
    value('lanyard_http_request_duration_seconds_count{route="/oauth2/token",status="2xx"}'),
  ).toBeGreaterThanOrEqual(1)
  expect(
    value('lanyard_http_request_duration_seconds_count{route="other",status="4xx"}'),
  ).toBeGreaterThanOrEqual(1)
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0)
  // An id in a label would make a new time series for every patient.
  expect([...samples.keys()].filter((name) => name.includes('secret') || name.includes('nowhere'))).toEqual(
    [],
  )
})

/** The text format of Prometheus: every line is a comment of two kinds, or a sample. */
function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const sample =
    /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (NaN|[+-]?Inf|[-+.\deE]+)$/
  for (const line of text.split('\n').filter((line) => line !== '')) {
    if (/^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* ./.test(line)) continue
    const [, name, value] = sample.exec(line) ?? []
    expect(name, `the line ${line}`).toBeDefined()
    expect(samples.has(String(name)), `${name} stands there twice`).toBe(false)
    samples.set(String(name), Number(value))
  }
  return samples
}

test('health is told by any name of this machine, also to who does not know the public address', async () => {
  for (const path of ['/health/live', '/health/ready']) {
    const response = await fetch(`${server.url.replace('localhost', '127.0.0.1')}${path}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({ status: 'ok' })
  }
})

// The last one, as it takes the database away.
test('without its database the server is alive and not ready', async () => {
  if (engine === 'sqlite') await server.house.db.close()
  else
    await onPostgres(
      `drop database ${new URL(server.house.config.databaseUrl).pathname.slice(1)} with (force)`,
    )
  const ready = await fetch(`${server.url}/health/ready`)
  expect(ready.status).toBe(503)
  expect(ready.headers.get('retry-after')).toBe('5')
  expect(await ready.json()).toEqual({ status: 'not ready' })
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
})
