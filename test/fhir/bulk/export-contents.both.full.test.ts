import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ask, allEnded, exported, kickedOff, posted } from '../../support/exporting.ts'
import { auditRows } from '../../support/oauth.ts'
import type { Json } from '../http/fhir-server.ts'
import { type ExportServer, everything, exportServer, observation, ref } from './records.ts'

const inAnn = ['DocumentReference/ann-letter', 'Observation/ann-1', 'Observation/ann-2', 'Patient/ann']

let server: ExportServer
let ask: Ask
beforeAll(async () => {
  server = await exportServer()
  ask = server.ask
})
afterAll(async () => await server?.close())

const folder = () => join(server.house.config.dataDir, 'exports')
const typed = (keys: readonly string[], ...types: string[]) =>
  keys.filter((key) => types.some((type) => key.startsWith(`${type}/`)))

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
