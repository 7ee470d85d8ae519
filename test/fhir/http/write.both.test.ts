import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FhirServer, fhirServer, type Json, refusal } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], { scope: 'system/*.cruds' })
})
afterAll(() => server.close())

const patient = (more: object = {}) => ({ resourceType: 'Patient', name: [{ family: 'Lima' }], ...more })

/** Creates a resource. @returns its id */
async function made(resource: Json = patient()): Promise<string> {
  const { status, text, body } = await server.submit('POST', resource.resourceType, resource)
  if (status !== 201) throw new Error(`${status} ${text}`)
  return body.id
}

describe('REST-06 create', () => {
  test('REST-06 the server gives id, version and time; everything else stays', async () => {
    const tag = [{ system: 'urn:t', code: 'kept' }]
    const sent = patient({ id: 'mine', meta: { versionId: '9', lastUpdated: '1999-01-01T00:00:00Z', tag } })
    const { status, headers, body } = await server.submit('POST', 'Patient', sent)
    expect(status).toBe(201)
    expect(body).toEqual({
      ...sent,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      meta: { versionId: '1', lastUpdated: '2026-03-01T12:00:00.000Z', tag },
    })
    expect(headers.get('location')).toBe(`${server.fhir}/Patient/${body.id}/_history/1`)
    expect(headers.get('etag')).toBe('W/"1"')
    expect(headers.get('last-modified')).toBe('Sun, 01 Mar 2026 12:00:00 GMT')
    expect((await server.get(`Patient/${body.id}`)).body).toEqual(body)
    expect((await server.get('Patient/mine')).status).toBe(404)
  })

  test('REST-06 it is found at once, by what it says and by whom it is about', async () => {
    const id = await made(patient({ identifier: [{ system: 'urn:new', value: '1' }] }))
    expect(await server.ids('Patient?identifier=urn:new|1')).toEqual([id])
    const observation = await made({
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'urn:fresh', code: 'x' }] },
      subject: { reference: `Patient/${id}` },
      valueQuantity: { value: 3 },
    })
    expect(await server.ids(`Observation?patient=${id}&code=urn:fresh|x`)).toEqual([observation])
    expect(await server.ids(`Patient/${id}/Observation`)).toEqual([observation])
  })

  test('REST-06 figures of a decimal stay as they were written', async () => {
    const sent =
      '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}'
    const { body, text } = await server.submit('POST', 'Observation', sent)
    expect(text).toContain('"value":1.50')
    expect((await server.get(`Observation/${body.id}`)).text).toContain('"value":1.50')
  })

  test.for([
    ['application/json', 201],
    ['application/fhir+json; charset=utf-8; fhirVersion=4.0', 201],
    ['application/fhir+json; fhirVersion=5.0', 415],
    ['application/json; charset=latin1', 415],
    ['application/fhir+xml', 415],
    ['application/x-www-form-urlencoded', 415],
  ] as const)('REST-02 a body of type %s is %i', async ([type, status]) => {
    const answer = await server.submit('POST', 'Patient', patient(), { 'content-type': type })
    expect(answer.status).toBe(status)
  })

  test.for([
    ['no JSON', '{', 'structure'],
    ['an array', '[]', 'structure'],
    ['null', 'null', 'structure'],
    ['nothing', '', 'structure'],
    ['another type', '{"resourceType":"Observation"}', 'invalid'],
    ['no type', '{}', 'invalid'],
    ['U+0000', '{"resourceType":"Patient","language":"a\\u0000"}', 'structure'],
    ['too deep', `{"resourceType":"Patient","name":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'structure'],
  ] as const)('REST-14 a body that is %s is refused', async ([, body, code]) => {
    expect(refusal(await server.submit('POST', 'Patient', body))).toEqual([400, code])
  })
})

test('REST-14 what is not valid R4 is told with the place of each mistake, and not stored', async () => {
  const before = (await server.get('Patient?_summary=count')).body.total
  const { status, body } = await server.submit('POST', 'Patient', patient({ gender: 'x', name: [{}] }))
  expect(status).toBe(400)
  expect(body).toEqual({
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: 'structure',
        diagnostics: 'Patient.name[0] is empty: leave it out.',
        expression: ['Patient.name[0]'],
      },
      {
        severity: 'error',
        code: 'value',
        diagnostics: 'Patient.gender is none of the codes that R4 allows: male, female, other, unknown.',
        expression: ['Patient.gender'],
      },
    ],
  })
  expect((await server.get('Patient?_summary=count')).body.total).toBe(before)
})

describe('REST-07 update', () => {
  test('REST-07 replaces the whole resource, keeps the version before, and moves the indexes', async () => {
    const id = await made(patient({ gender: 'male', birthDate: '1970-01-01' }))
    server.clock.advance(1000)
    const { status, headers, body } = await server.submit(
      'PUT',
      `Patient/${id}`,
      patient({ id, gender: 'female' }),
    )
    expect([status, body.meta.versionId, body.birthDate]).toEqual([200, '2', undefined])
    expect([headers.get('etag'), headers.get('location')]).toEqual(['W/"2"', null])
    expect((await server.get(`Patient/${id}/_history/1`)).body.gender).toBe('male')
    expect(await server.ids(`Patient?_id=${id}&gender=male`)).toEqual([])
    expect(await server.ids(`Patient?_id=${id}&gender=female`)).toEqual([id])
  })

  test('REST-07 the id must be that of the address, and the type too', async () => {
    const id = await made()
    for (const body of [
      patient(),
      patient({ id: 'other' }),
      patient({ id: 1 }),
      { ...patient({ id }), resourceType: 'Group' },
    ]) {
      expect(refusal(await server.submit('PUT', `Patient/${id}`, body))).toEqual([400, 'invalid'])
    }
    expect((await server.get(`Patient/${id}`)).body.meta.versionId).toBe('1')
  })

  test('REST-07 an id that is not there is 405, and 201 where ids may be chosen', async () => {
    const refused = await server.submit('PUT', 'Patient/chosen', patient({ id: 'chosen' }))
    expect(refusal(refused)).toEqual([405, 'not-supported'])
    expect(refused.headers.get('allow')).toBe('GET, HEAD')
    const open = await fhirServer([], {
      scope: 'system/*.cruds',
      environment: { LANYARD_FHIR_UPDATE_CREATE: 'true' },
    })
    const created = await open.submit('PUT', 'Patient/chosen', patient({ id: 'chosen' }))
    expect([created.status, created.headers.get('location')]).toEqual([
      201,
      `${open.fhir}/Patient/chosen/_history/1`,
    ])
    expect((await open.submit('PUT', 'Patient/chosen', patient({ id: 'chosen' }))).status).toBe(200)
    const { rest } = (await open.get('metadata')).body
    expect(rest[0].resource[0].updateCreate).toBe(true)
    await open.close()
  })
})

describe('REST-08 If-Match', () => {
  test.for([
    ['W/"1"', 200],
    ['"1"', 200],
    ['W/"7", W/"1"', 200],
    ['*', 200],
    ['W/"2"', 412],
    ['W/"x"', 412],
    ['1', 400],
    ['', 400],
    ['W/"1', 400],
  ] as const)('REST-08 If-Match: %s on version 1 is %i', async ([tag, status]) => {
    const id = await made()
    const answer = await server.submit('PUT', `Patient/${id}`, patient({ id }), { 'if-match': tag })
    expect(answer.status).toBe(status)
    const removal = await server.send(`Patient/${id}`, { method: 'DELETE', headers: { 'if-match': tag } })
    const now = status === 200 ? (/"1"/.test(tag) ? 412 : 204) : status
    expect(removal.status).toBe(now)
  })

  test('REST-08 of many writers at once, those with the version that is current win; nothing is lost', async () => {
    const id = await made()
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        server.submit('PUT', `Patient/${id}`, patient({ id, language: `x-${index}` }), {
          'if-match': 'W/"1"',
        }),
      ),
    )
    expect(tries.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(412)])
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        server.submit('PUT', `Patient/${id}`, patient({ id, language: `y-${index}` })),
      ),
    )
    const versions = all.map(({ body }) => Number(body.meta.versionId)).sort((a, b) => a - b)
    expect(versions).toEqual(Array.from({ length: 12 }, (_, index) => index + 3))
    for (const { body } of all) {
      const kept = await server.get(`Patient/${id}/_history/${body.meta.versionId}`)
      expect(kept.body.language).toBe(body.language)
    }
  })
})

describe('REST-10 delete', () => {
  test('REST-10 gone, not found, kept in its versions, and revived by PUT', async () => {
    const id = await made(patient({ identifier: [{ system: 'urn:gone', value: '1' }] }))
    const removed = await server.send(`Patient/${id}`, { method: 'DELETE' })
    expect([removed.status, removed.text, removed.headers.get('etag')]).toEqual([204, '', 'W/"2"'])
    expect(refusal(await server.get(`Patient/${id}`))).toEqual([410, 'deleted'])
    expect(refusal(await server.get(`Patient/${id}/_history/2`))).toEqual([410, 'deleted'])
    expect((await server.get(`Patient/${id}/_history/1`)).status).toBe(200)
    expect(await server.ids('Patient?identifier=urn:gone|1')).toEqual([])
    for (const again of [id, 'never-was'])
      expect((await server.send(`Patient/${again}`, { method: 'DELETE' })).status).toBe(204)
    const revived = await server.submit('PUT', `Patient/${id}`, patient({ id }))
    expect([revived.status, revived.body.meta.versionId]).toEqual([201, '3'])
    expect(refusal(await server.get(`Patient/${id}/_history/2`))).toEqual([410, 'deleted'])
    expect((await server.get(`Patient/${id}`)).status).toBe(200)
  })
})

describe('REST-13 Prefer', () => {
  test.for(['minimal', 'representation', 'OperationOutcome'])('REST-13 return=%s', async (preference) => {
    const prefer = { prefer: `handling=strict; return=${preference}` }
    const { status, headers, text, body } = await server.submit('POST', 'Patient', patient(), prefer)
    expect([status, headers.get('preference-applied')]).toEqual([201, `return=${preference}`])
    expect(headers.get('location')).toMatch(/_history\/1$/)
    if (preference === 'minimal') expect([text, headers.get('content-type')]).toEqual(['', null])
    else expect(body.resourceType).toBe(preference === 'representation' ? 'Patient' : 'OperationOutcome')
  })

  test('REST-13 what fails says so in an OperationOutcome, whatever is preferred', async () => {
    const { body, headers } = await server.submit('POST', 'Patient', '{', { prefer: 'return=minimal' })
    expect([body.resourceType, headers.get('preference-applied')]).toEqual(['OperationOutcome', null])
  })
})

test('AUD-01 each change is in the audit in the transaction that made it; a refused one changed nothing', async () => {
  const rows = async () =>
    await server.house.db.kysely
      .selectFrom('audit')
      .select(['event', 'detail'])
      .where('event', 'in', ['fhir.create', 'fhir.update', 'fhir.delete'])
      .orderBy('seq')
      .execute()
  const before = (await rows()).length
  const id = await made()
  await server.submit('PUT', `Patient/${id}`, patient({ id }))
  await server.submit('PUT', `Patient/${id}`, patient({ id }), { 'if-match': 'W/"1"' })
  await server.send(`Patient/${id}`, { method: 'DELETE' })
  const added = (await rows()).slice(before)
  expect(added.map(({ event, detail }) => [event, JSON.parse(detail ?? '{}')])).toEqual([
    ['fhir.create', { reference: `Patient/${id}`, version: 1, address: '127.0.0.1' }],
    ['fhir.update', { reference: `Patient/${id}`, version: 2, address: '127.0.0.1' }],
    ['fhir.delete', { reference: `Patient/${id}`, version: 3, address: '127.0.0.1' }],
  ])
})
