import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ask, allEnded, exported, kickedOff, posted, respondAsync } from '../../support/exporting.ts'
import { auditRows, rawRequest } from '../../support/oauth.ts'
import { type FhirServer, fhirServer, type Json, refusal } from '../http/fhir-server.ts'

const ref = (reference: string) => ({ reference })
const observation = (id: string, subject: string, status = 'final', more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status,
  subject: ref(subject),
  code: { text: id },
  ...more,
})

const everything = [
  {
    resourceType: 'Patient',
    id: 'ann',
    gender: 'female',
    birthDate: '1970-01-01',
    name: [{ family: 'Ärden' }],
  },
  { resourceType: 'Patient', id: 'bob', gender: 'male' },
  { resourceType: 'Patient', id: 'cid' },
  observation('ann-1', 'Patient/ann', 'final', { performer: [ref('Practitioner/ash')] }),
  observation('ann-2', 'Patient/ann', 'amended', { valueQuantity: { value: 1 } }),
  observation('bob-1', 'Patient/bob', 'final', { performer: [ref('Practitioner/birch')] }),
  observation('nobody-1', 'Device/scale'),
  { resourceType: 'Practitioner', id: 'ash' },
  { resourceType: 'Practitioner', id: 'birch' },
  { resourceType: 'Practitioner', id: 'cedar' },
  { resourceType: 'Organization', id: 'north' },
  {
    resourceType: 'Provenance',
    id: 'of-ann',
    target: [ref('Observation/ann-1')],
    recorded: '2024-01-01T00:00:00Z',
    agent: [{ who: ref('Practitioner/ash') }],
  },
  {
    resourceType: 'Provenance',
    id: 'of-house',
    target: [ref('Organization/north')],
    recorded: '2024-01-01T00:00:00Z',
    agent: [{ who: ref('Practitioner/ash') }],
  },
  {
    resourceType: 'DocumentReference',
    id: 'ann-letter',
    status: 'current',
    subject: ref('Patient/ann'),
    content: [{ attachment: { contentType: 'text/plain', url: 'Binary/letter' } }],
  },
  {
    resourceType: 'Group',
    id: 'ward',
    type: 'person',
    actual: true,
    member: [
      { entity: ref('Patient/ann') },
      { entity: ref('Patient/cid') },
      { entity: ref('Patient/bob'), inactive: true },
    ],
  },
]
const manyFilters = (count: number) =>
  Array.from({ length: count }, () => 'Observation?status=final').join(',')
const inAnn = ['DocumentReference/ann-letter', 'Observation/ann-1', 'Observation/ann-2', 'Patient/ann']

let server: FhirServer
let ask: Ask
beforeAll(async () => {
  server = await fhirServer(everything, { environment: { LANYARD_EXPORTS_PER_CLIENT: '3' } })
  ask = (path, init) => server.send(path, init)
})
afterAll(async () => await server?.close())

const folder = () => join(server.house.config.dataDir, 'exports')
const typed = (keys: readonly string[], ...types: string[]) =>
  keys.filter((key) => types.some((type) => key.startsWith(`${type}/`)))

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

test('BULK-01 BULK-17 BULK-18 what is exported at each level', async () => {
  const whole = await exported(server, ask, '$export')
  expect(whole.keys).toEqual(everything.map(({ resourceType, id }) => `${resourceType}/${id}`).sort())

  const patients = await exported(server, ask, 'Patient/$export')
  expect(patients.keys).toEqual(
    [
      ...inAnn,
      'Observation/bob-1',
      'Organization/north',
      'Patient/bob',
      'Patient/cid',
      'Practitioner/ash',
      'Practitioner/birch',
      'Practitioner/cedar',
      'Provenance/of-ann',
    ].sort(),
  )

  // Of the active members only, with what their records refer to.
  const group = await exported(server, ask, 'Group/ward/$export')
  expect(group.keys).toEqual([...inAnn, 'Patient/cid', 'Practitioner/ash', 'Provenance/of-ann'].sort())
  expect((await exported(server, ask, 'Group/ward/$export?_type=Patient,Observation')).keys).toEqual(
    typed(group.keys, 'Patient', 'Observation'),
  )

  // A file stands nowhere, so attachments have absolute addresses.
  const letter = group.resources.find(({ id }) => id === 'ann-letter')
  expect(letter.content[0].attachment.url).toBe(`${server.fhir}/Binary/letter`)

  const one = posted({ name: 'patient', valueReference: ref('Patient/cid') })
  expect((await exported(server, ask, 'Group/ward/$export', one)).keys).toEqual(['Patient/cid'])
  const two = posted(
    { name: 'patient', valueReference: ref('Patient/ann') },
    { name: 'patient', valueReference: ref('Patient/bob') },
    { name: '_type', valueString: 'Patient,Observation' },
  )
  const some = await exported(server, ask, 'Patient/$export', two)
  expect(some.keys).toEqual(
    [...typed(inAnn, 'Observation', 'Patient'), 'Observation/bob-1', 'Patient/bob'].sort(),
  )
  expect(some.manifest.request).toBe(`${server.fhir}/Patient/$export`)
})

test('BULK-06 filters of a type are alternatives; chains go by what the token sees', async () => {
  const filter = (...queries: string[]) =>
    `$export?_type=Patient,Observation&${queries.map((query) => `_typeFilter=${encodeURIComponent(query)}`).join('&')}`
  const observations = async (path: string) => typed((await exported(server, ask, path)).keys, 'Observation')
  expect(await observations(filter('Observation?status=amended'))).toEqual(['Observation/ann-2'])
  const either = ['Observation?status=amended', 'Observation?subject=Patient/bob&status=final']
  expect(await observations(filter(...either))).toEqual(['Observation/ann-2', 'Observation/bob-1'])
  expect(await observations(filter(either.join(',')))).toEqual(['Observation/ann-2', 'Observation/bob-1'])
  expect(await observations(filter('Observation?subject:Patient.gender=male'))).toEqual(['Observation/bob-1'])
  // Other types are exported whole.
  expect(typed((await exported(server, ask, filter(...either))).keys, 'Patient').length).toBe(3)
})

test('BULK-06 _elements keeps what is named and what must be there, and says so', async () => {
  const { resources } = await exported(
    server,
    ask,
    '$export?_type=Patient,Observation,Practitioner&_elements=Patient.name,Observation.subject,Patient.gender',
  )
  const of = (id: string): Json => resources.find((resource) => resource.id === id)
  expect(Object.keys(of('ann')).sort()).toEqual(['gender', 'id', 'meta', 'name', 'resourceType'])
  expect(of('ann').meta.tag[0].code).toBe('SUBSETTED')
  expect(Object.keys(of('ann-2')).sort()).toEqual(['code', 'id', 'meta', 'resourceType', 'status', 'subject'])
  expect(of('ash').meta.tag).toBeUndefined()
})

test('BULK-06 Provenance comes along when it is asked for', async () => {
  const path = '$export?_type=Observation&includeAssociatedData=RelevantProvenanceResources'
  expect(typed((await exported(server, ask, path)).keys, 'Provenance')).toEqual(['Provenance/of-ann'])
  expect(typed((await exported(server, ask, '$export?_type=Observation')).keys, 'Provenance')).toEqual([])
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

test('BULK-04 BULK-11 BULK-12 what has changed since, up to a time, and what was deleted', async () => {
  const before = new Date(server.clock.now).toISOString()
  server.clock.advance(60_000)
  await server.store([observation('ann-1', 'Patient/ann', 'corrected')])
  const middle = server.clock.now + 1
  server.clock.advance(60_000)
  const writer = { authorization: `Bearer ${await server.tokenFor('system/*.cruds')}` }
  const token = await server.tokenFor('system/*.rs')
  const fresh: Ask = (path, init = {}) =>
    server.send(path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  for (const gone of ['Observation/bob-1', 'Practitioner/cedar'])
    expect((await server.send(gone, { method: 'DELETE', headers: writer })).status).toBe(204)

  const since = await exported(server, fresh, `$export?_since=${before}`)
  expect(since.keys).toEqual(['Observation/ann-1'])
  expect(since.resources[0].status).toBe('corrected')
  expect(since.deleted).toEqual(['Observation/bob-1', 'Practitioner/cedar'])
  expect(since.manifest.deleted.every(({ type }: Json) => type === 'Bundle')).toBe(true)
  const until = await exported(
    server,
    fresh,
    `$export?_since=${before}&_until=${new Date(middle).toISOString()}&_type=Observation`,
  )
  expect([until.keys, until.deleted]).toEqual([['Observation/ann-1'], []])
  const nothing = await exported(server, fresh, `$export?_since=${new Date(server.clock.now).toISOString()}`)
  expect([nothing.keys, nothing.deleted, nothing.manifest.output, nothing.manifest.deleted]).toEqual([
    [],
    [],
    [],
    [],
  ])

  // Of records, what was in them: Bob is no active member of the group.
  expect((await exported(server, fresh, `Patient/$export?_since=${before}`)).deleted).toEqual([
    'Observation/bob-1',
    'Practitioner/cedar',
  ])
  expect((await exported(server, fresh, `Group/ward/$export?_since=${before}`)).deleted).toEqual([])
  // Without _since there is nothing to tell.
  expect((await exported(server, fresh, '$export?_type=Patient')).manifest.deleted).toBeUndefined()
})

test('AUD-09 the life of an export is in the audit, and its files are removed at their time', async () => {
  const token = await server.tokenFor('system/*.rs')
  const fresh: Ask = (path, init = {}) =>
    server.send(path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  const seen = (await auditRows(server)).length
  const at = await kickedOff(fresh, 'Group/ward/$export?_type=Patient')
  await allEnded(server)
  await fresh(`${at}/Patient.1.ndjson`)
  server.clock.advance(24 * 3_600_000)
  const late = await server.tokenFor('system/*.rs')
  expect((await fetch(at, { headers: { authorization: `Bearer ${late}` } })).status).toBe(404)
  // It is looked after every two seconds.
  for (;;) {
    const rows = (await auditRows(server)).slice(seen)
    if (!rows.some(({ event }) => event === 'export.expire')) {
      await new Promise((go) => setTimeout(go, 100))
      continue
    }
    const told = rows.filter(({ event }) => event.startsWith('export.'))
    expect(told.map(({ event }) => event)).toEqual([
      'export.start',
      'export.complete',
      'export.fetch',
      'export.expire',
    ])
    const details = told.map(({ detail }) => JSON.parse(detail ?? '{}'))
    expect(details.every((detail) => at.endsWith(detail.export) && detail.reference === 'Group/ward')).toBe(
      true,
    )
    expect(details[1].resources).toEqual({ Patient: 2 })
    expect(details[2]).toMatchObject({ file: 'Patient.1.ndjson', type: 'Patient', resources: 2 })
    break
  }
  for (let looks = 0; readdirSync(folder()).length > 0 && looks < 50; looks++)
    await new Promise((go) => setTimeout(go, 100))
  expect(readdirSync(folder())).toEqual([])
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
