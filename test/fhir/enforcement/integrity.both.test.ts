import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard({
    LANYARD_FHIR_REFERENCES: 'existing',
    LANYARD_FHIR_DELETE: 'unreferenced',
    LANYARD_FHIR_KEEP_TYPES: 'Practitioner',
  })
})
afterAll(() => ward?.close())

const send = (scope: string, method: string, path: string, body?: object) =>
  ward.as(scope).get(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/fhir+json' } }),
  })
const finding = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: 'Patient/ann' },
  ...more,
})
const by = (...references: string[]) => ({ performer: references.map((reference) => ({ reference })) })
const all = 'system/*.cruds'

test('ENF-29 a reference names what is there and seen, and nothing is told of what is hidden', async () => {
  const made = await send(all, 'POST', 'Observation', finding(by('Practitioner/ash')))
  expect(made.status).toBe(201)
  const wrong = await send(all, 'POST', 'Observation', finding(by('Practitioner/ash', 'Practitioner/nobody')))
  expect(wrong.status).toBe(422)
  expect(wrong.body.issue).toMatchObject([{ code: 'not-found', expression: ['Observation.performer[1]'] }])
  const scope = 'patient/Observation.cruds patient/Practitioner.rs'
  // Cedar is among what the token sees, Birch is Bob's.
  expect((await send(scope, 'POST', 'Observation', finding(by('Practitioner/cedar')))).status).toBe(201)
  const [hidden, unknown] = await Promise.all(
    ['birch', 'nobody'].map((id) => send(scope, 'POST', 'Observation', finding(by(`Practitioner/${id}`)))),
  )
  expect(hidden?.status).toBe(422)
  expect(hidden?.text.replaceAll('birch', '…')).toBe(unknown?.text.replaceAll('nobody', '…'))
  // Elsewhere, inside and by identifier is not ours to know.
  const others = {
    performer: [{ reference: 'https://other.example/fhir/Practitioner/1' }, { identifier: { value: '1' } }],
  }
  expect((await send(scope, 'POST', 'Observation', finding(others))).status).toBe(201)
})

test('ENF-14 ENF-29 an update keeps references that it does not see, and adds none', async () => {
  const scope = 'patient/Observation.cruds'
  const stored = (await ward.as(scope).get('Observation/ann-vital')).body
  const kept = { ...stored, status: 'amended' }
  expect((await send(scope, 'PUT', 'Observation/ann-vital', kept)).status).toBe(200)
  const added = { ...kept, performer: [...kept.performer, { reference: 'Practitioner/birch' }] }
  expect((await send(scope, 'PUT', 'Observation/ann-vital', added)).status).toBe(422)
  const patch = [{ op: 'add', path: '/performer/-', value: { reference: 'Practitioner/birch' } }]
  const patched = await ward.as(scope).get('Observation/ann-vital', {
    method: 'PATCH',
    body: JSON.stringify(patch),
    headers: { 'content-type': 'application/json-patch+json' },
  })
  expect(patched.status).toBe(422)
  expect((await ward.as(scope).get('Observation/ann-vital')).body.performer).toHaveLength(1)
})

test('REST-10 what something refers to is not deleted, and some types never', async () => {
  expect((await send(all, 'DELETE', 'Location/room')).status).toBe(409)
  expect((await send(all, 'DELETE', 'Organization/parent')).status).toBe(204)
  const kept = await send(all, 'DELETE', 'Practitioner/birch')
  expect([kept.status, kept.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, PATCH'])
  // The right is judged first, and what is hidden is as what is not there.
  expect((await send('patient/*.rs', 'DELETE', 'Practitioner/birch')).status).toBe(403)
  expect((await send('patient/*.cruds', 'DELETE', 'Encounter/bob-visit')).status).toBe(404)
  const refused = await send('patient/*.cruds', 'DELETE', 'Encounter/ann-visit')
  expect(refused.status).toBe(409)
  expect(refused.text).not.toContain('ann-lab')
  const asked = { resourceType: 'Parameters', parameter: [{ name: 'mode', valueCode: 'delete' }] }
  const tried = await send(all, 'POST', 'Location/room/$validate', asked)
  expect([tried.status, tried.body.issue[0].code]).toEqual([200, 'conflict'])
})

test('REST-16 a transaction is judged at its end: entries refer to each other, and go together', async () => {
  const entry = (method: string, url: string, resource?: object, fullUrl?: string) => ({
    ...(fullUrl === undefined ? {} : { fullUrl }),
    request: { method, url },
    ...(resource === undefined ? {} : { resource }),
  })
  const transaction = (...entries: object[]) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: entries,
  })
  const place = { resourceType: 'Location', status: 'active' }
  const [child, parent] = [
    'urn:uuid:00000000-0000-4000-8000-000000000001',
    'urn:uuid:00000000-0000-4000-8000-000000000002',
  ]
  const both = transaction(
    entry('POST', 'Location', { ...place, partOf: { reference: parent } }, child),
    entry('POST', 'Location', place, parent),
  )
  const made = await send(all, 'POST', '', both)
  expect(made.status).toBe(200)
  const paths = made.body.entry.map(({ response }: { response: { location: string } }) =>
    response.location.split('/').slice(-4, -2).join('/'),
  ) as [string, string]
  expect((await send(all, 'DELETE', paths[1])).status).toBe(409)
  const dangling = transaction(
    entry('POST', 'Location', { ...place, partOf: { reference: paths[1] } }),
    entry('DELETE', paths[1]),
  )
  expect([409, 422]).toContain((await send(all, 'POST', '', dangling)).status)
  const together = transaction(entry('DELETE', paths[1]), entry('DELETE', paths[0]))
  expect((await send(all, 'POST', '', together)).status).toBe(200)
  expect((await send(all, 'GET', paths[0])).status).toBe(410)
})
