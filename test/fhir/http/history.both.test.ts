import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FhirServer, fhirServer, type Json, linkOf, refusal } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], {
    scope: 'system/*.cruds',
    environment: { LANYARD_FHIR_UPDATE_CREATE: 'true' },
  })
  const put = async (id: string, more: object = {}, type = 'Patient') => {
    server.clock.advance(1000)
    await server.submit('PUT', `${type}/${id}`, { resourceType: type, id, ...more })
  }
  await put('ana')
  await put('bo')
  await put('ana', { gender: 'female' })
  server.clock.advance(1000)
  await server.send('Patient/ana', { method: 'DELETE' })
  await put('ana', { gender: 'other' })
  await put('x', { code: { text: 'x' } }, 'Basic')
})
afterAll(() => server.close())

/** Each entry as `id/version method status`. */
const told = (bundle: Json) =>
  (bundle.entry ?? []).map(
    ({ request, response, fullUrl }: Json) =>
      `${fullUrl.split('/').at(-1)} ${response.etag} ${request.method} ${response.status}`,
  )

test('REST-17 an instance: newest first, deletions without a resource', async () => {
  const { status, body } = await server.get('Patient/ana/_history')
  expect([status, body.resourceType, body.type, body.total]).toEqual([200, 'Bundle', 'history', 4])
  expect(told(body)).toEqual([
    'ana W/"4" PUT 200 OK',
    'ana W/"3" DELETE 204 No Content',
    'ana W/"2" PUT 200 OK',
    'ana W/"1" POST 201 Created',
  ])
  expect(body.entry.map(({ resource }: Json) => resource?.gender)).toEqual([
    'other',
    undefined,
    'female',
    undefined,
  ])
  expect(body.entry[1].resource).toBeUndefined()
  expect(body.entry[2].response.lastModified).toBe('2026-03-01T12:00:03.000Z')
  expect(body.entry[2].request.url).toBe('Patient/ana')
  expect((await server.send('Patient/ana/_history', { method: 'HEAD' })).status).toBe(200)
  expect((await server.send('Patient/ana/_history', { method: 'POST' })).status).toBe(405)
})

test('REST-17 a type and the system', async () => {
  const ofType = (await server.get('Patient/_history')).body
  expect(told(ofType).map((line: string) => line.slice(0, 9))).toEqual([
    'ana W/"4"',
    'ana W/"3"',
    'ana W/"2"',
    'bo W/"1" ',
    'ana W/"1"',
  ])
  expect(told((await server.get('_history')).body)).toHaveLength(6)
})

test('REST-17 pages follow each other without a gap', async () => {
  const seen: string[] = []
  let path: string | undefined = 'Patient/_history?_count=2'
  while (path !== undefined) {
    const { body } = await server.get(path)
    seen.push(...told(body))
    path = linkOf(body, 'next')
  }
  expect(seen).toEqual(told((await server.get('Patient/_history')).body))
  const { body } = await server.get('Patient/_history?_count=2')
  const next = linkOf(body, 'next') ?? ''
  expect((await server.get(next.replace('/Patient/_history', '/Basic/_history'))).status).toBe(400)
})

test.for([
  ['_since=2026-03-01T12:00:04Z', 2],
  ['_since=2027', 0],
  ['_at=2026-03-01T12:00:02Z', 1],
  ['_at=2026-03-01T12:00', 3],
  ['_at=2025', 0],
] as const)('REST-17 %s shows %i versions', async ([query, count]) => {
  const { body } = await server.get(`Patient/ana/_history?${query}`)
  expect(body.entry?.length ?? 0).toBe(count === 3 ? 4 : count)
  if (count === 0) expect('entry' in body).toBe(false)
})

test('REST-17 what cannot be read, comes twice or has no history is refused', async () => {
  for (const query of ['_count=0', '_count=x', '_since=soon', '_at=x', '_count=1&_count=2', '_page=x'])
    expect([query, (await server.get(`Patient/ana/_history?${query}`)).status]).toEqual([query, 400])
  expect(refusal(await server.get('Patient/nobody/_history'))).toEqual([404, 'not-found'])
  expect(refusal(await server.get('Bogus/_history'))).toEqual([404, 'not-found'])
  expect(refusal(await server.get('Patient/ana/_history/1/x'))).toEqual([404, 'not-found'])
})
