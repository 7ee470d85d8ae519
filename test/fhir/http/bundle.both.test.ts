import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FhirServer, fhirServer, type Json, refusal } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], {
    scope: 'system/*.cruds',
    environment: { LANYARD_FHIR_UPDATE_CREATE: 'true' },
  })
})
afterAll(() => server.close())

const uuid = (n: number) => `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const post = (resource: Json, more: object = {}, request: object = {}) => ({
  ...more,
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
})
const ask = (method: string, url: string, more: object = {}) => ({ ...more, request: { method, url } })
const send = (type: string, entry: unknown, headers = {}) =>
  server.submit('POST', '', { resourceType: 'Bundle', type, entry }, headers)
const statuses = (body: Json) => body.entry.map(({ response }: Json) => response.status)
const patient = (value: string, more: object = {}): Json => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:b', value }],
  ...more,
})
const observation = (reference: string, more: object = {}): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference },
  ...more,
})

describe('REST-15 batch', () => {
  test('REST-15 each entry stands for itself', async () => {
    const { status, body } = await send('batch', [
      post(patient('batch-1')),
      ask('GET', 'Patient/nobody'),
      post(patient('x', { gender: 'none' })),
      ask('GET', 'Patient?identifier=urn:b|batch-1'),
      ask('GET', 'Bogus/1'),
      { resource: {} },
      ask('POST', ''),
      ask('HEAD', '_history'),
    ])
    expect([status, body.type]).toEqual([200, 'batch-response'])
    expect(statuses(body)).toEqual([
      '201 Created',
      '404 Not Found',
      '400 Bad Request',
      '200 OK',
      '404 Not Found',
      '400 Bad Request',
      '400 Bad Request',
      '200 OK',
    ])
    const [created, missing, , found] = body.entry
    expect(created.response.location).toMatch(/\/Patient\/[0-9a-f-]{36}\/_history\/1$/)
    expect([created.response.etag, created.response.lastModified]).toEqual([
      'W/"1"',
      '2026-03-01T12:00:00.000Z',
    ])
    expect(missing.response.outcome.issue[0].code).toBe('not-found')
    expect(found.resource.entry).toHaveLength(1)
  })

  test('REST-15 what is no Bundle of requests is refused', async () => {
    expect(refusal(await send('collection', []))).toEqual([400, 'invalid'])
    expect(refusal(await send('batch', {}))).toEqual([400, 'invalid'])
    expect(refusal(await server.submit('POST', '', patient('x')))).toEqual([400, 'invalid'])
    expect((await send('batch', Array(501).fill(ask('GET', 'Patient/x')))).status).toBe(413)
    expect((await send('batch', [])).body).toEqual({ resourceType: 'Bundle', type: 'batch-response' })
    expect((await send('transaction', [])).body.type).toBe('transaction-response')
  })
})

describe('REST-16 transaction', () => {
  test('REST-16 fullUrls become the addresses that resources get, wherever they stand', async () => {
    const narrative = `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${uuid(1)}">Ann</a></div>`
    const { status, body } = await send('transaction', [
      post(
        observation(uuid(1), {
          text: { status: 'generated', div: narrative },
          identifier: [{ system: 'urn:ietf:rfc:3986', value: uuid(1) }],
          extension: [{ url: 'urn:x', valueUri: uuid(1) }],
          valueQuantity: { value: 1 },
        }),
        { fullUrl: uuid(2) },
      ),
      post(patient('t-1'), { fullUrl: uuid(1) }),
      {
        ...ask('PUT', 'Basic/t-1'),
        resource: { resourceType: 'Basic', id: 't-1', code: { text: 'x' }, subject: { reference: uuid(1) } },
      },
    ])
    expect(status).toBe(200)
    expect(body.type).toBe('transaction-response')
    expect(statuses(body)).toEqual(['201 Created', '201 Created', '201 Created'])
    const [id] = await server.ids('Patient?identifier=urn:b|t-1')
    const [location] = body.entry.map(({ response }: Json) => response.location)
    const stored = (await server.get(location.replace(/\/_history.*/, ''))).body
    expect(stored.subject.reference).toBe(`Patient/${id}`)
    expect(stored.text.div).toContain(`href="Patient/${id}"`)
    expect(stored.extension[0].valueUri).toBe(`Patient/${id}`)
    expect(stored.identifier[0].value).toBe(uuid(1))
    expect(await server.ids(`Observation?subject=Patient/${id}`)).toEqual([stored.id])
    expect((await server.get('Basic/t-1')).body.subject.reference).toBe(`Patient/${id}`)
  })

  test('REST-16 deletions first, reads last, answers in the order of the entries', async () => {
    await send('transaction', [{ ...ask('PUT', 'Patient/o-1'), resource: patient('o', { id: 'o-1' }) }])
    const { body } = await send('transaction', [
      ask('GET', 'Patient?identifier=urn:b|o'),
      post(patient('o'), {}, { ifNoneExist: 'identifier=urn:b|o' }),
      ask('DELETE', 'Patient/o-1'),
    ])
    expect(statuses(body)).toEqual(['200 OK', '201 Created', '204 No Content'])
    const [found] = body.entry
    expect(found.resource.entry).toHaveLength(1)
    expect(body.entry[1].response.location).toContain(found.resource.entry[0].resource.id)
  })

  test('REST-16 all of it happens, or nothing', async () => {
    const failing: [Json, number, string][] = [
      [post(patient('x', { gender: 'none' })), 400, 'value'],
      [ask('GET', 'Patient/nobody'), 404, 'not-found'],
      [{ ...ask('PUT', 'Patient/n-2'), resource: patient('n', { id: 'other' }) }, 400, 'invalid'],
      [post(observation(uuid(99))), 400, 'invalid'],
      [post(observation('Patient?identifier=urn:b|nobody')), 412, 'not-found'],
      [{ ...ask('PUT', 'Patient/n-1'), resource: patient('n', { id: 'n-1' }) }, 400, 'invalid'],
      [ask('PATCH', 'Patient/n-1'), 400, 'invalid'],
    ]
    for (const [entry, ...expected] of failing) {
      const first = { ...ask('PUT', 'Patient/n-1'), resource: patient('never', { id: 'n-1' }) }
      const answer = await send('transaction', [first, entry])
      expect([answer.text.slice(0, 200), ...refusal(answer)].slice(1)).toEqual(expected)
      expect(answer.text).toContain('Bundle.entry[1]')
    }
    expect(await server.ids('Patient?identifier=urn:b|never')).toEqual([])
    expect((await server.get('Patient/n-1')).status).toBe(404)
  })

  test('REST-16 references by criteria need exactly one match; conditions of entries hold', async () => {
    await send('transaction', [post(patient('c-1'))])
    const [id] = await server.ids('Patient?identifier=urn:b|c-1')
    const { body } = await send('transaction', [
      post(observation('Patient?identifier=urn:b|c-1'), { fullUrl: uuid(3) }),
      post(patient('c-1'), { fullUrl: uuid(4) }, { ifNoneExist: 'identifier=urn:b|c-1' }),
      post(observation(uuid(4))),
    ])
    expect(statuses(body)).toEqual(['201 Created', '200 OK', '201 Created'])
    expect(await server.ids(`Observation?subject=Patient/${id}`)).toHaveLength(2)
    const stale = {
      resource: patient('c-1', { id }),
      request: { method: 'PUT', url: `Patient/${id}`, ifMatch: 'W/"7"' },
    }
    expect((await send('transaction', [stale])).status).toBe(412)
    await send('transaction', [post(patient('c-1'))])
    expect((await send('transaction', [post(observation('Patient?identifier=urn:b|c-1'))])).status).toBe(412)
  })

  test('REST-16 500 entries, patches and representations', async () => {
    const many = Array.from({ length: 500 }, (_, index) => post(patient(`m-${index}`)))
    expect(statuses((await send('transaction', many)).body)).toEqual(Array(500).fill('201 Created'))
    const [id] = await server.ids('Patient?identifier=urn:b|m-7')
    const data = Buffer.from('[{"op":"add","path":"/gender","value":"other"}]').toString('base64')
    const patch = {
      ...ask('PATCH', `Patient/${id}`),
      resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data },
    }
    const { body } = await send('transaction', [patch], { prefer: 'return=representation' })
    expect(body.entry[0].resource.gender).toBe('other')
  })
})
