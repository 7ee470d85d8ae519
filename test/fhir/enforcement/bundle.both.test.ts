import { afterAll, beforeEach, expect, test } from 'vitest'
import { openWard, type Ward } from './ward.ts'

let ward: Ward
beforeEach(async () => {
  await ward?.close()
  ward = await openWard()
})
afterAll(() => ward.close())

// biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
type Json = any

const send = (scope: string, type: string, entry: Json[]) =>
  ward.as(scope).get('', {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Bundle', type, entry }),
    headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
  })
const ask = (method: string, url: string, more: object = {}) => ({ ...more, request: { method, url } })
const allergy = (reference: string): Json => ({
  resourceType: 'AllergyIntolerance',
  patient: { reference },
  code: { text: 'bees' },
})
const create = (reference: string, request: object = {}) => ({
  resource: allergy(reference),
  request: { method: 'POST', url: 'AllergyIntolerance', ...request },
})
const total = async () =>
  (await ward.as('system/*.s').get('AllergyIntolerance?_summary=count')).body.total as number

test('ENF-20 a batch has no rights of its own: each entry is judged, and the others go on', async () => {
  const { status, body, text } = await send('patient/*.rs patient/AllergyIntolerance.c', 'batch', [
    create('Patient/ann'),
    create('Patient/bob'),
    ask('GET', 'Patient/ann'),
    ask('GET', 'Patient/bob'),
    ask('GET', 'Observation?patient=bob'),
    ask('GET', 'Observation?_count=100'),
    ask('DELETE', 'Observation/ann-lab'),
    ask('GET', 'Observation/bob-lab/_history'),
    ask('PUT', 'Observation/bob-lab', { resource: { resourceType: 'Observation', id: 'bob-lab' } }),
  ])
  expect(status).toBe(200)
  expect(body.entry.map(({ response }: Json) => Number(response.status.slice(0, 3)))).toEqual([
    201, 403, 200, 404, 403, 200, 403, 404, 403,
  ])
  expect(text).not.toContain('Bright')
  expect(text).not.toContain('"id":"bob')
})

test('ENF-20 one entry out of reach, and nothing of the transaction is stored', async () => {
  const before = await total()
  const scope = 'patient/*.rs patient/AllergyIntolerance.cs'
  for (const [entry, status] of [
    [create('Patient/bob'), 403],
    [ask('DELETE', 'AllergyIntolerance/ann-nuts'), 403],
    [ask('GET', 'Patient/bob'), 404],
    [ask('GET', 'Observation?patient=bob'), 403],
    // Criteria of references and conditions are searches, and see no more.
    [create('Patient?name=Bright'), 412],
    [create('Patient/ann', { ifNoneExist: 'patient=bob' }), 403],
  ] as const) {
    expect((await send(scope, 'transaction', [create('Patient/ann'), entry])).status).toBe(status)
    expect(await total()).toBe(before)
  }
  expect(
    (await send('patient/AllergyIntolerance.c', 'transaction', [create('Patient?name=Arden')])).status,
  ).toBe(403)
  expect(
    (await send(scope, 'transaction', [create('Patient/ann'), create('Patient?name=Arden')])).status,
  ).toBe(200)
  expect(await total()).toBe(before + 2)
})

test('ENF-33 entries are in the audit, also those that read and those that were refused', async () => {
  await send('patient/*.rs patient/AllergyIntolerance.c', 'batch', [
    create('Patient/ann'),
    ask('GET', 'Patient/ann'),
    create('Patient/bob'),
  ])
  await ward.house.audit.flush()
  const rows = await ward.house.db.kysely
    .selectFrom('audit')
    .select('event')
    .where('event', 'like', 'fhir.%')
    .execute()
  expect(rows.map(({ event }) => event).sort()).toEqual(['fhir.create', 'fhir.read', 'fhir.refuse'])
})
