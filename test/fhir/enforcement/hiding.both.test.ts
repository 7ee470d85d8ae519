import { afterAll, beforeAll, expect, test } from 'vitest'
import { remove } from '../oracle/arrange.ts'
import { type Answer, type Holder, laboratory, openWard, type Ward } from './ward.ts'

let ward: Ward
let ann: Holder
let system: Holder
beforeAll(async () => {
  ward = await openWard()
  ann = ward.as('patient/*.rs')
  system = ward.as('system/*.rs')
})
afterAll(async () => await ward?.close())

/** All that an answer says, but for the id that was asked for and the id of the request. */
function said({ status, headers, text }: Answer, id: string): unknown[] {
  const kept = [...headers].filter(
    ([name]) => !['date', 'x-request-id', 'keep-alive', 'content-length'].includes(name),
  )
  return [status, text.replaceAll(id, '…'), kept]
}

test('ENF-28 hidden and absent cannot be told apart, whatever is asked', async () => {
  const asks: [string, RequestInit & { headers?: Record<string, string> }][] = [
    ['', {}],
    ['', { method: 'HEAD' }],
    ['', { headers: { 'if-none-match': 'W/"1"' } }],
    ['', { headers: { 'if-none-match': '*' } }],
    ['', { headers: { 'if-modified-since': new Date(ward.clock.now).toUTCString() } }],
    ['?_summary=true', {}],
    ['?_elements=status', {}],
    ['?_summary=no-such-summary', {}],
    ['?_format=json&_pretty=true', {}],
    ['/_history/1', {}],
    ['/_history/2', {}],
    ['/_history/1', { headers: { 'if-none-match': 'W/"1"' } }],
  ]
  for (const [suffix, init] of asks) {
    const hidden = await ann.get(`Observation/bob-lab${suffix}`, init)
    const absent = await ann.get(`Observation/nothing${suffix}`, init)
    expect(said(hidden, 'bob-lab'), suffix).toEqual(said(absent, 'nothing'))
    expect(hidden.status, suffix).toBe(404)
    expect(hidden.headers.get('etag')).toBeNull()
  }
  // A stub, which others refer to, is absent too.
  expect((await ann.get('Observation/gone')).status).toBe(404)
})

test('ENF-28 what is seen answers conditions; a condition alone opens nothing', async () => {
  const tag = { headers: { 'if-none-match': 'W/"1"' } }
  expect((await ann.get('Observation/ann-lab', tag)).status).toBe(304)
  expect((await ann.get('Observation/ann-lab', { method: 'HEAD' })).status).toBe(200)
  expect((await ward.as('patient/Condition.rs').get('Observation/ann-lab', tag)).status).toBe(403)
})

test('ENF-28 that something was deleted is told to those only who may see all of its type', async () => {
  for (const id of ['ann-deleted', 'bob-deleted']) {
    const subject = { reference: `Patient/${id.slice(0, 3)}` }
    await ward.write({ resourceType: 'Observation', id, status: 'final', subject, code: { text: 'x' } })
    await remove(ward, `Observation/${id}`)
  }
  const limited = ward.as(`system/Observation.rs?${laboratory}`)
  const user = { fhirUser: undefined, patients: ['ann'] }
  for (const holder of [ann, limited, ward.as('user/*.rs', { user, patient: undefined })]) {
    for (const suffix of ['', '/_history/1', '/_history/2', '/_history/3']) {
      const deleted = await holder.get(`Observation/ann-deleted${suffix}`)
      const absent = await holder.get(`Observation/nothing${suffix}`)
      expect(said(deleted, 'ann-deleted'), suffix).toEqual(said(absent, 'nothing'))
    }
  }
  expect((await system.get('Observation/ann-deleted')).status).toBe(410)
  expect((await system.get('Observation/ann-deleted/_history/2')).status).toBe(410)
  expect((await system.get('Observation/ann-deleted/_history/1')).status).toBe(200)
  expect((await system.get('Observation/ann-deleted/_history/3')).status).toBe(404)
  const everyone = { fhirUser: undefined, patients: 'all' as const }
  expect((await ward.as('user/*.rs', { user: everyone }).get('Observation/ann-deleted')).status).toBe(410)
  expect(await ann.finds('Observation?_id=ann-deleted')).toEqual([])
  expect(await system.finds('Observation?_id=ann-deleted')).toEqual([])
})

test('ENF-19 an old version is seen if it was in range itself, and the current one is', async () => {
  const version = (subject: string, code: string) => ({
    resourceType: 'Observation',
    id: 'moved',
    status: 'final',
    subject: { reference: `Patient/${subject}` },
    category: [{ coding: [{ code }] }],
    code: { text: 'x' },
  })
  // Bob's by mistake, then Ann's, then of another category.
  await ward.write(version('bob', 'laboratory'))
  await ward.write(version('ann', 'laboratory'))
  await ward.write(version('ann', 'survey'))
  const statuses = async (holder: Holder) =>
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => (await holder.get(`Observation/moved/_history/${number}`)).status),
    )
  expect(await statuses(system)).toEqual([200, 200, 200, 404])
  expect(await statuses(ann)).toEqual([404, 200, 200, 404])
  expect(await statuses(ward.as('patient/*.rs', { patient: 'bob' }))).toEqual([404, 404, 404, 404])
  expect(await statuses(ward.as('patient/Observation.rs?category=survey'))).toEqual([404, 404, 200, 404])
  expect(await statuses(ward.as('patient/Observation.rs?category=laboratory'))).toEqual([404, 404, 404, 404])
  expect(await statuses(ward.as('patient/Observation.rs?category=laboratory,survey'))).toEqual([
    404, 200, 200, 404,
  ])
  const hidden = await ann.get('Observation/moved/_history/1')
  const absent = await ann.get('Observation/moved/_history/9')
  expect(said(hidden, '_history/1')).toEqual(said(absent, '_history/9'))
  // Judging them has left nothing behind.
  expect(await system.finds('Observation?_id=moved')).toEqual(['Observation/moved'])
  expect((await system.get('Observation?_summary=count')).body.total).toBe(7)
})

test('ENF-19 an old version of a Patient or of a shared resource is judged in the place of the current one', async () => {
  const again = (resource: object) => ward.write(resource)
  await again({
    resourceType: 'Patient',
    id: 'ann',
    gender: 'other',
    generalPractitioner: [{ reference: 'Practitioner/ash' }],
  })
  await again({ resourceType: 'Practitioner', id: 'ash', name: [{ family: 'Later' }] })
  await again({ resourceType: 'Practitioner', id: 'birch', name: [{ family: 'Later' }] })
  const status = async (holder: Holder, path: string) => (await holder.get(path)).status
  expect(await status(ann, 'Patient/ann/_history/1')).toBe(200)
  expect(await status(ward.as('patient/*.rs', { patient: 'bob' }), 'Patient/ann/_history/1')).toBe(404)
  expect(await status(ward.as('patient/Patient.rs?gender=other'), 'Patient/ann/_history/2')).toBe(200)
  expect(await status(ward.as('patient/Patient.rs?gender=other'), 'Patient/ann/_history/1')).toBe(404)
  expect(await status(ann, 'Practitioner/ash/_history/1')).toBe(200)
  expect(await status(ann, 'Practitioner/birch/_history/1')).toBe(404)
})

test('ENF-19 many old versions can be asked for at once', async () => {
  await ward.write({ ...lab, id: 'often' })
  await ward.write({ ...lab, id: 'often', status: 'amended' })
  const answers = await Promise.all(Array.from({ length: 40 }, () => ann.get('Observation/often/_history/1')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
})

const lab = {
  resourceType: 'Observation',
  status: 'final',
  subject: { reference: 'Patient/ann' },
  code: { text: 'x' },
}
