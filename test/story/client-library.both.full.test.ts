import { Client } from 'fhir-kit-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Backend, registerBackend, token } from '../support/oauth.ts'
import { engine, startServer, type TestServer } from '../support/server.ts'

// A client library that others wrote and use, without a word about this server: what it takes for FHIR, we are.

// biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
type Json = any

let server: TestServer
let backend: Backend
beforeAll(async () => {
  server = await startServer({ engine })
  backend = await registerBackend(server, { scope: 'system/*.cruds' })
})
afterAll(() => server.close())

const clientWith = async (scope: string): Promise<Client> =>
  new Client({ baseUrl: server.fhir, bearerToken: await token(server, backend, { scope }) })
const patient = (family: string, more: object = {}): Json => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
})
/** The status and the issue's code that a refused call ends with. */
async function refusal(call: Promise<unknown>): Promise<[number, string]> {
  const error = await call.then(
    () => undefined,
    (thrown: Json) => thrown,
  )
  return [error?.response?.status, error?.response?.data?.issue?.[0]?.code]
}
const idsOf = (bundle: Json): string[] => (bundle.entry ?? []).map(({ resource }: Json) => resource.id)

test('DISC-15 it finds the token endpoint, and that the server is R4', async () => {
  const anyone = new Client({ baseUrl: server.fhir })
  expect(await anyone.smartAuthMetadata()).toMatchObject({
    tokenUrl: new URL(`${server.url}/oauth2/token`),
    authorizeUrl: new URL(`${server.url}/oauth2/authorize`),
  })
  expect(await anyone.capabilityStatement()).toMatchObject({ fhirVersion: '4.0.1' })
})

test('REST-02 REST-06 REST-08 REST-11 it creates, reads, updates and deletes', async () => {
  const client = await clientWith('system/Patient.cruds')
  const made: Json = await client.create({ resourceType: 'Patient', body: patient('Lind') })
  expect(made.meta.versionId).toBe('1')
  const at = { resourceType: 'Patient', id: made.id }
  expect(await client.read(at)).toEqual(made)
  const changed: Json = await client.update({ ...at, body: { ...made, active: true } })
  expect([changed.meta.versionId, changed.active]).toEqual(['2', true])
  expect(await client.vread({ ...at, version: '1' })).toEqual(made)
  await client.delete(at)
  expect(await refusal(client.read(at))).toEqual([410, 'deleted'])
  expect(await refusal(client.read({ ...at, id: 'nobody' }))).toEqual([404, 'not-found'])
})

test('REST-10 it patches, and what a version guards stays', async () => {
  const client = await clientWith('system/Patient.cruds')
  const made: Json = await client.create({ resourceType: 'Patient', body: patient('Patch') })
  const at = { resourceType: 'Patient', id: made.id }
  const jsonPatch = [{ op: 'replace' as const, path: '/name/0/family', value: 'Patched' }]
  const patched: Json = await client.patch({ ...at, jsonPatch })
  expect([patched.meta.versionId, patched.name]).toEqual(['2', [{ family: 'Patched' }]])
  const options = { headers: { 'If-Match': 'W/"1"' } }
  expect(await refusal(client.update({ ...at, body: made, options }))).toEqual([412, 'conflict'])
  expect(await client.read(at)).toEqual(patched)
})

test('REST-04 it tells the history, newest first', async () => {
  const client = await clientWith('system/Patient.cruds')
  const made: Json = await client.create({ resourceType: 'Patient', body: patient('One') })
  const at = { resourceType: 'Patient', id: made.id }
  await client.update({ ...at, body: { ...made, name: [{ family: 'Two' }] } })
  await client.delete(at)
  const history: Json = await client.history(at)
  expect(history.type).toBe('history')
  expect(history.entry.map(({ request }: Json) => request.method)).toEqual(['DELETE', 'PUT', 'POST'])
  expect(history.entry[1].resource.name).toEqual([{ family: 'Two' }])
})

test('REST-15 REST-16 it sends a transaction, whole or not at all, and a batch', async () => {
  const client = await clientWith('system/*.cruds')
  const about = 'urn:uuid:7d3c2f4e-6a63-4d0b-9f0f-0c4a6d4a4f11'
  const result = (status: string): Json => ({
    request: { method: 'POST', url: 'Observation' },
    resource: { resourceType: 'Observation', status, code: { text: 'Pulse' }, subject: { reference: about } },
  })
  const person = {
    fullUrl: about,
    request: { method: 'POST', url: 'Patient' },
    resource: patient('Whole', { identifier: [{ system: 'urn:t', value: 'whole' }] }),
  }
  const bundle = (type: string, ...entry: Json[]): Json => ({ resourceType: 'Bundle', type, entry })
  const found = async () =>
    idsOf(await client.search({ resourceType: 'Patient', searchParams: { identifier: 'urn:t|whole' } }))

  const wrong = bundle('transaction', person, result('no-such-status'))
  expect((await refusal(client.transaction({ body: wrong })))[0]).toBe(400)
  expect(await found()).toEqual([])

  const right: Json = await client.transaction({ body: bundle('transaction', person, result('final')) })
  expect(right.type).toBe('transaction-response')
  expect(right.entry.map(({ response }: Json) => response.status.slice(0, 3))).toEqual(['201', '201'])
  const [id = ''] = await found()
  const pulse: Json = await client.search({ resourceType: 'Observation', searchParams: { patient: id } })
  expect(pulse.entry[0].resource.subject.reference).toBe(`Patient/${id}`)

  const read = (url: string): Json => ({ request: { method: 'GET', url } })
  const batch: Json = await client.batch({
    body: bundle('batch', read(`Patient/${id}`), read('Patient/nobody')),
  })
  expect(batch.entry.map(({ response }: Json) => response.status.slice(0, 3))).toEqual(['200', '404'])
})

test('SRCH-02 it walks through the pages of a search, there and back', async () => {
  const client = await clientWith('system/Patient.cruds')
  const body = Array.from({ length: 7 }, (_, n) => ({
    request: { method: 'POST', url: 'Patient' },
    resource: patient(`Page${n}`, { identifier: [{ system: 'urn:page', value: 'all' }] }),
  }))
  await client.transaction({ body: { resourceType: 'Bundle', type: 'transaction', entry: body } })
  const searchParams = { identifier: 'urn:page|all', _count: 3, _sort: 'family' }
  const pages: Json[] = []
  let page: Json = await client.search({ resourceType: 'Patient', searchParams })
  while (page !== undefined) {
    pages.push(page)
    page = await client.nextPage({ bundle: page })
  }
  const families = (bundle: Json) => bundle.entry.map(({ resource }: Json) => resource.name[0].family)
  expect(pages.map(families)).toEqual([['Page0', 'Page1', 'Page2'], ['Page3', 'Page4', 'Page5'], ['Page6']])
  expect(pages[0].total).toBe(7)
  const back: Json = await client.prevPage({ bundle: pages[2] })
  expect(families(back)).toEqual(['Page3', 'Page4', 'Page5'])

  const byPost: Json = await client.search({
    resourceType: 'Patient',
    searchParams,
    options: { postSearch: true },
  })
  expect(idsOf(byPost)).toEqual(idsOf(pages[0]))
})

test('REST-13 it asks for everything about a patient', async () => {
  const client = await clientWith('system/*.cruds')
  const made: Json = await client.create({ resourceType: 'Patient', body: patient('Every') })
  const { id }: Json = await client.create({
    resourceType: 'Flag',
    body: {
      resourceType: 'Flag',
      status: 'active',
      code: { text: 'Falls' },
      subject: { reference: `Patient/${made.id}` },
    },
  })
  const everything: Json = await client.operation({
    name: '$everything',
    resourceType: 'Patient',
    id: made.id,
    method: 'GET',
  })
  expect(idsOf(everything).sort()).toEqual([made.id, id].sort())
})

test('ENF-02 ENF-13 with a token for less it is told 403, and nothing is changed', async () => {
  const reader = await clientWith('system/Patient.rs')
  const made: Json = await (await clientWith('system/Patient.c')).create({
    resourceType: 'Patient',
    body: patient('Kept'),
  })
  const at = { resourceType: 'Patient', id: made.id }
  expect(await refusal(reader.create({ resourceType: 'Patient', body: patient('No') }))).toEqual([
    403,
    'forbidden',
  ])
  expect(await refusal(reader.update({ ...at, body: { ...made, active: false } }))).toEqual([
    403,
    'forbidden',
  ])
  expect(await refusal(reader.delete(at))).toEqual([403, 'forbidden'])
  expect(await refusal(reader.search({ resourceType: 'Observation' }))).toEqual([403, 'forbidden'])
  expect(await reader.read(at)).toEqual(made)
  const stranger = new Client({ baseUrl: server.fhir, bearerToken: 'made-up' })
  expect((await refusal(stranger.read(at)))[0]).toBe(401)
})
