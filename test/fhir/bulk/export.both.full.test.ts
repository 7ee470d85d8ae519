import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ask, allEnded, exported, kickedOff, posted, respondAsync } from '../../support/exporting.ts'
import { rawRequest } from '../../support/oauth.ts'
import { type Json, refusal } from '../http/fhir-server.ts'
import { type ExportServer, exportServer, ref } from './records.ts'

const manyFilters = (count: number) =>
  Array.from({ length: count }, () => 'Observation?status=final').join(',')

let server: ExportServer
let ask: Ask
beforeAll(async () => {
  server = await exportServer()
  ask = server.ask
})
afterAll(async () => await server?.close())

const folder = () => join(server.house.config.dataDir, 'exports')

test('BULK-01 BULK-02 BULK-08 BULK-10 BULK-13 BULK-14 the life of an export, from the kick-off to its end', async () => {
  const path = '$export?_type=Observation,Patient&_outputFormat=ndjson'
  const started = await ask(path, { headers: respondAsync })
  expect(started.status).toBe(202)
  const at = started.headers.get('content-location') ?? ''
  expect(at.startsWith(`${server.fhir}/$export/`)).toBe(true)
  expect(started.body.issue[0].severity).toBe('information')
  await allEnded(server)

  const done = await ask(at, { headers: { accept: 'application/json' } })
  expect([done.status, done.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  expect(Date.parse(done.headers.get('expires') ?? '')).toBe(server.clock.now + 24 * 3_600_000)
  expect(done.body).toEqual({
    transactionTime: new Date(server.clock.now).toISOString(),
    request: `${server.fhir}/${path}`,
    requiresAccessToken: true,
    output: [
      { type: 'Observation', url: `${at}/Observation.1.ndjson`, count: 4 },
      { type: 'Patient', url: `${at}/Patient.1.ndjson`, count: 3 },
    ],
    error: [],
  })

  // Every line is the resource as a read gives it.
  const file = done.body.output[1].url
  const plain = await ask(file, {
    headers: { 'accept-encoding': 'identity', accept: 'application/fhir+ndjson' },
  })
  expect([plain.status, plain.headers.get('content-type')]).toEqual([200, 'application/fhir+ndjson'])
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(plain.text.endsWith('\n')).toBe(true)
  const lines = plain.text.trimEnd().split('\n')
  expect(lines).toEqual(
    await Promise.all(['ann', 'bob', 'cid'].map(async (id) => (await ask(`Patient/${id}`)).text)),
  )
  const packed = await ask(file, { headers: { 'accept-encoding': 'gzip' } })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(packed.text).toBe(plain.text)
  const head = await ask(file, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } })
  expect([head.status, head.headers.get('content-length')]).toEqual([
    200,
    packed.headers.get('content-length'),
  ])

  // For its own user only.
  const id = at.split('/').at(-1) ?? ''
  const stored = join(folder(), id, '1', 'Patient.1.ndjson.gz')
  expect(statSync(stored).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder(), id)).mode & 0o777).toBe(0o700)

  const path_ = at.slice(server.url.length)
  for (const address of [path_, `${path_}/Patient.1.ndjson`])
    expect((await rawRequest(server, { path: address })).status, address).toBe(401)
  expect(refusal(await ask(`${at}/Condition.1.ndjson`))).toEqual([404, 'not-found'])
  expect(refusal(await ask(`${at}/..%2F..%2Flanyard.sqlite`))[0]).toBe(404)
  expect((await ask(at, { method: 'POST' })).status).toBe(405)

  const removed = await ask(at, { method: 'DELETE' })
  expect(removed.status).toBe(202)
  for (const address of [at, file]) expect(refusal(await ask(address)), address).toEqual([404, 'not-found'])
  expect(refusal(await ask(at, { method: 'DELETE' }))).toEqual([404, 'not-found'])
  expect(existsSync(join(folder(), id))).toBe(false)
})

test('BULK-03 BULK-04 BULK-05 BULK-06 BULK-07 a kick-off that cannot be honoured is refused with its reason', async () => {
  const refused: [path: string, init: Parameters<Ask>[1], status: number, code: string][] = [
    ['$export', { headers: { prefer: '' } }, 400, 'not-supported'],
    ['$export', { headers: { accept: 'application/xml' } }, 406, 'not-supported'],
    ['$export?_outputFormat=text/csv', {}, 400, 'not-supported'],
    ['$export?_type=Nonsense', {}, 400, 'invalid'],
    ['$export?_type=AuditEvent', {}, 400, 'not-supported'],
    ['Patient/$export?_type=Group', {}, 400, 'not-supported'],
    ['$export?_since=yesterday', {}, 400, 'value'],
    ['$export?_since=2026-01-01', {}, 400, 'value'],
    ['$export?_until=2026-13-01T00:00:00Z', {}, 400, 'value'],
    ['$export?organizeOutputBy=Patient', {}, 400, 'not-supported'],
    ['$export?_typeFilter=status', {}, 400, 'value'],
    ['$export?_typeFilter=Observation%3Fnonsense%3D1', {}, 400, 'not-supported'],
    ['$export?_typeFilter=Observation%3F_count%3D1', {}, 400, 'invalid'],
    ['$export?_typeFilter=Observation%3Fstatus%3D', {}, 400, 'invalid'],
    ['$export?_typeFilter=Observation%3F_include%3DObservation:subject', {}, 400, 'invalid'],
    ['$export?_type=Patient&_typeFilter=Observation%3Fstatus%3Dfinal', {}, 400, 'invalid'],
    ['$export', posted({ name: '_typeFilter', valueString: manyFilters(101) }), 400, 'too-costly'],
    ['$export?_elements=name.family', {}, 400, 'value'],
    ['$export?includeAssociatedData=LatestProvenanceResources', {}, 400, 'not-supported'],
    ['Patient/$export?patient=Patient/ann', {}, 400, 'not-supported'],
    ['$export', posted({ name: 'patient', valueReference: ref('Patient/ann') }), 400, 'invalid'],
    ['Patient/$export', posted({ name: 'patient', valueReference: ref('Patient/zoe') }), 400, 'not-found'],
    ['Group/ward/$export', posted({ name: 'patient', valueReference: ref('Patient/bob') }), 400, 'not-found'],
    ['Patient/$export', posted({ name: '_type' }), 400, 'structure'],
    [
      'Patient/$export',
      { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'not-supported',
    ],
    ['Group/none/$export', {}, 404, 'not-found'],
    ['Patient/ann/$export', {}, 404, 'not-found'],
    ['Observation/$export', {}, 404, 'not-found'],
    ['$export', { method: 'PUT' }, 405, 'not-supported'],
  ]
  for (const [path, init, status, code] of refused) {
    const answer = await ask(path, { ...init, headers: { ...respondAsync, ...init?.headers } })
    expect(refusal(answer), `${init?.method} ${path} ${init?.body}: ${answer.text}`).toEqual([status, code])
    expect(answer.body.resourceType).toBe('OperationOutcome')
  }
  // Nothing of it left anything behind.
  expect(await server.house.db.kysely.selectFrom('export_job').select('job_id').execute()).toEqual([])
})

test('BULK-05 BULK-06 with handling=lenient the rest is exported, and the manifest tells what was left out', async () => {
  const { keys, notes, manifest } = await exported(
    server,
    ask,
    '$export?_type=Practitioner&_type=Nonsense,AuditEvent&organizeOutputBy=Patient&_typeFilter=Observation%3Fstatus%3Dfinal',
    { headers: { prefer: 'respond-async, handling=lenient' } },
  )
  expect(keys).toEqual(['Practitioner/ash', 'Practitioner/birch', 'Practitioner/cedar'])
  expect(
    notes.map((note) => /Nonsense|AuditEvent|organizeOutputBy|Observation/.exec(note)?.[0]).sort(),
  ).toEqual(['AuditEvent', 'Nonsense', 'Observation', 'organizeOutputBy'])
  expect(manifest.error[0].type).toBe('OperationOutcome')
})

test('BULK-08 BULK-09 too many exports, and too many questions, are 429 with Retry-After', async () => {
  const [first = '', second = ''] = [
    await kickedOff(ask, '$export?_type=Patient'),
    await kickedOff(ask, '$export?_type=Patient', {
      headers: { prefer: 'respond-async,separate-export-status' },
    }),
    await kickedOff(ask, '$export?_type=Patient'),
  ]
  const fourth = await ask('$export', { headers: respondAsync })
  expect(refusal(fourth)).toEqual([429, 'throttled'])
  expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0)
  await allEnded(server)
  expect((await ask('$export', { headers: respondAsync })).status).toBe(429)

  const [separate, usual] = [await ask(second), await ask(first)]
  expect([separate.status, separate.headers.get('x-export-status')]).toEqual([200, '200 OK'])
  expect([usual.status, usual.headers.get('x-export-status')]).toEqual([200, null])

  // As if they were still under way.
  const { kysely } = server.house.db
  await kysely
    .updateTable('export_job')
    .set({
      state: 'running',
      result: null,
      lease_until: server.clock.now + 10_000,
      progress: 'Patient, 1 of 1 types',
    })
    .execute()
  const early = await ask(first)
  expect([early.status, early.headers.get('x-progress')]).toEqual([202, 'Patient, 1 of 1 types'])
  expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)
  const tooEarly = await ask(first)
  expect(refusal(tooEarly)).toEqual([429, 'throttled'])
  expect(Number(tooEarly.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask(second)).headers.get('x-export-status')).toBe('202 Accepted')
  server.clock.advance(1000)
  expect((await ask(first)).status).toBe(202)
  // A file of a job that has not ended is not there.
  expect((await ask(`${first}/Patient.1.ndjson`)).status).toBe(404)

  await kysely
    .updateTable('export_job')
    .set({ state: 'failed', result: JSON.stringify({ failure: 'It did not work.' }), lease_until: null })
    .execute()
  const failed = await ask(first)
  expect(refusal(failed)).toEqual([500, 'exception'])
  const told = await ask(second)
  expect([told.status, told.headers.get('x-export-status')]).toEqual([200, '500 Internal Server Error'])
  await kysely.deleteFrom('export_job').execute()
})

test('BULK-19 the CapabilityStatement tells of it', async () => {
  const { body } = await server.get('metadata')
  expect(body.instantiates).toEqual(['http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data'])
  const definition = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition'
  const of = (type: string) => body.rest[0].resource.find((one: Json) => one.type === type).operation
  expect(of('Group')).toContainEqual({ name: 'export', definition: `${definition}/group-export` })
  expect(of('Patient')).toContainEqual({ name: 'export', definition: `${definition}/patient-export` })
  expect(body.rest[0].operation).toContainEqual({ name: 'export', definition: `${definition}/export` })
})
