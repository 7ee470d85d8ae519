import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FhirServer, fhirServer, type Json, refusal } from './fhir-server.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([], { scope: 'system/*.cruds' })
})
afterAll(() => server.close())

let counted = 0
/** An identifier that nothing has yet. */
const fresh = () => `urn:c|${++counted}`
const patient = (identifier: string, more: object = {}): Json => {
  const [system, value] = identifier.split('|')
  return { resourceType: 'Patient', identifier: [{ system, value }], ...more }
}
const make = async (identifier: string): Promise<string> =>
  (await server.submit('POST', 'Patient', patient(identifier))).body.id

describe('REST-09 PATCH', () => {
  const type = { 'content-type': 'application/json-patch+json' }
  const send = (id: string, patch: unknown, headers = {}) =>
    server.submit('PATCH', `Patient/${id}`, JSON.stringify(patch), { ...type, ...headers })

  test('REST-09 changes what it names, as an update does', async () => {
    const id = await make(fresh())
    const patch = [{ op: 'add', path: '/gender', value: 'female' }]
    const { status, headers, body } = await send(id, patch, { 'if-match': 'W/"1"' })
    expect([status, headers.get('etag'), body.gender, body.meta.versionId]).toEqual([
      200,
      'W/"2"',
      'female',
      '2',
    ])
    expect(await server.ids(`Patient?_id=${id}&gender=female`)).toEqual([id])
    expect((await send(id, patch, { 'if-match': 'W/"1"' })).status).toBe(412)
    const minimal = await send(id, patch, { prefer: 'return=minimal' })
    expect([minimal.status, minimal.text]).toEqual([200, ''])
  })

  test('REST-09 what it cannot do is told, and nothing is changed', async () => {
    const id = await make(fresh())
    const failed: [unknown, number, string][] = [
      [[{ op: 'test', path: '/id', value: 'other' }], 422, 'processing'],
      [[{ op: 'replace', path: '/id', value: 'other' }], 400, 'invalid'],
      [[{ op: 'replace', path: '/resourceType', value: 'Group' }], 400, 'invalid'],
      [[{ op: 'add', path: '/gender', value: 'x' }], 400, 'value'],
      [[{ op: 'add', path: '/nickname', value: 'x' }], 400, 'structure'],
      [{ op: 'add' }, 400, 'structure'],
    ]
    for (const [patch, ...expected] of failed) expect(refusal(await send(id, patch))).toEqual(expected)
    expect((await server.get(`Patient/${id}`)).body.meta.versionId).toBe('1')
    expect((await send('nobody', [{ op: 'remove', path: '/gender' }])).status).toBe(404)
    expect((await send(id, [], { 'content-type': 'application/json' })).status).toBe(415)
  })
})

describe('REST-11 If-None-Exist', () => {
  const create = (identifier: string, condition: string) =>
    server.submit('POST', 'Patient', patient(identifier), { 'if-none-exist': condition })

  test('REST-11 creates once, whoever asks at the same time', async () => {
    const identifier = fresh()
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => create(identifier, `identifier=${identifier}`)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201])
    const [id] = await server.ids(`Patient?identifier=${identifier}`)
    for (const { status, headers, text } of answers.filter((answer) => answer.status === 200))
      expect([status, headers.get('location'), text]).toEqual([200, `${server.fhir}/Patient/${id}`, ''])
  })

  test('REST-11 several matches are 412; what says nothing, or too much, is never all', async () => {
    const identifier = fresh()
    await make(identifier)
    await make(identifier)
    expect(refusal(await create(identifier, `identifier=${identifier}`))).toEqual([412, 'multiple-matches'])
    for (const condition of [
      '',
      'identifier=',
      'nonsense=1',
      '_count=1',
      `identifier=${identifier}&_sort=name`,
      'identifier=,',
    ])
      expect([condition, (await create(fresh(), condition)).status]).toEqual([condition, 400])
    expect(await server.ids(`Patient?identifier=${identifier}`)).toHaveLength(2)
  })
})

describe('REST-12 PUT, PATCH and DELETE on condition', () => {
  test('REST-12 update: none, one, or several', async () => {
    const identifier = fresh()
    const path = `Patient?identifier=${identifier}`
    const put = (more: object = {}) => server.submit('PUT', path, patient(identifier, more))
    const created = await put()
    expect([created.status, created.body.meta.versionId]).toEqual([201, '1'])
    const { id } = created.body
    const updated = await put({ gender: 'male' })
    expect([updated.status, updated.body.id, updated.body.meta.versionId]).toEqual([200, id, '2'])
    expect((await put({ id })).status).toBe(200)
    expect(refusal(await put({ id: 'other' }))).toEqual([400, 'invalid'])
    await make(identifier)
    expect((await put()).status).toBe(412)
    const none = `Patient?identifier=${fresh()}`
    expect((await server.submit('PUT', none, patient(identifier, { id: 'x' }))).status).toBe(405)
    expect((await server.submit('PUT', 'Patient', patient(identifier))).status).toBe(400)
    expect((await server.submit('PUT', 'Patient?_id=', patient(identifier))).status).toBe(400)
  })

  test('REST-12 a condition that fails does not overwrite what has the id', async () => {
    const id = await make(fresh())
    const identifier = fresh()
    const answer = await server.submit('PUT', `Patient?identifier=${identifier}`, patient(identifier, { id }))
    expect(answer.status).toBe(409)
    expect((await server.get(`Patient/${id}`)).body.meta.versionId).toBe('1')
  })

  test('REST-12 delete and patch: a single resource only', async () => {
    const identifier = fresh()
    const path = `Patient?identifier=${identifier}`
    const patch = () =>
      server.submit('PATCH', path, '[{"op":"add","path":"/active","value":true}]', {
        'content-type': 'application/json-patch+json',
      })
    expect((await server.send(path, { method: 'DELETE' })).status).toBe(204)
    expect((await patch()).status).toBe(404)
    const id = await make(identifier)
    expect((await patch()).body.active).toBe(true)
    const other = await make(identifier)
    expect((await patch()).status).toBe(412)
    expect((await server.send(path, { method: 'DELETE' })).status).toBe(412)
    await server.send(`Patient/${other}`, { method: 'DELETE' })
    expect((await server.send(path, { method: 'DELETE' })).status).toBe(204)
    expect((await server.get(`Patient/${id}`)).status).toBe(410)
    for (const none of ['Patient', 'Patient?', 'Patient?_lastUpdated=', 'Patient?x=1'])
      expect([none, (await server.send(none, { method: 'DELETE' })).status]).toEqual([none, 400])
  })
})
