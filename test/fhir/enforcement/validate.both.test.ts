import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward?.close())

const finding = (subject: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: subject },
  ...more,
})
async function validate(scope: string, path: string, body: object) {
  const answer = await ward.as(scope).get(path, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
  const issues = (answer.body?.issue ?? []) as any[]
  return [answer.status, ...issues.map(({ severity, expression }) => expression?.[0] ?? severity)]
}
const asked = (resource: object | undefined, parts: Record<string, string>) => ({
  resourceType: 'Parameters',
  parameter: [
    ...(resource === undefined ? [] : [{ name: 'resource', resource }]),
    ...Object.entries(parts).map(([name, valueCode]) => ({ name, valueCode })),
  ],
})

test('ENF-23 $validate answers what is wrong, and needs the right to write', async () => {
  const scope = 'patient/Observation.c'
  const path = 'Observation/$validate'
  expect(await validate(scope, path, finding('Patient/ann'))).toEqual([200, 'information'])
  const wrong = { ...finding('Patient/ann'), status: 'done', colour: 'red' }
  expect(await validate(scope, path, wrong)).toEqual([200, 'Observation.colour', 'Observation.status'])
  expect(await validate(scope, path, asked(wrong, {}))).toEqual([
    200,
    'Observation.colour',
    'Observation.status',
  ])
  expect(await validate(scope, path, { resourceType: 'Condition' })).toEqual([200, 'error'])
  expect(await validate(scope, path, asked(undefined, {}))).toEqual([400, 'error'])
  expect(await validate(scope, path, asked(finding('Patient/ann'), { profile: 'urn:p' }))).toEqual([
    200,
    'information',
    'warning',
  ])
  for (const letters of ['r', 's', 'd', 'rds'])
    expect(await validate(`patient/Observation.${letters}`, path, finding('Patient/ann'))).toEqual([
      403,
      'error',
    ])
  expect(await validate('patient/Observation.u', path, finding('Patient/ann'))).toEqual([200, 'information'])
})

test('ENF-23 ENF-13 with a mode it is judged as the interaction, and nothing of it stays', async () => {
  const scope = 'patient/Observation.cruds'
  const create = (subject: string) => asked(finding(subject), { mode: 'create' })
  expect(await validate(scope, 'Observation/$validate', create('Patient/ann'))).toEqual([200, 'information'])
  expect(await validate(scope, 'Observation/$validate', create('Patient/bob'))).toEqual([403, 'error'])
  expect(await validate('patient/Observation.u', 'Observation/$validate', create('Patient/ann'))).toEqual([
    403,
    'error',
  ])
  const update = (id: string) => asked(finding('Patient/ann', { id }), { mode: 'update' })
  expect(await validate(scope, 'Observation/ann-lab/$validate', update('ann-lab'))).toEqual([
    200,
    'information',
  ])
  expect(await validate(scope, 'Observation/ann-lab/$validate', update('other'))).toEqual([200, 'error'])
  // Hidden and unknown are the same, as for the update itself.
  expect(await validate(scope, 'Observation/bob-lab/$validate', update('bob-lab'))).toEqual([405, 'error'])
  expect(await validate(scope, 'Observation/nothing/$validate', update('nothing'))).toEqual([405, 'error'])
  const remove = asked(undefined, { mode: 'delete' })
  expect(await validate(scope, 'Observation/ann-lab/$validate', remove)).toEqual([200, 'information'])
  expect(await validate(scope, 'Observation/bob-lab/$validate', remove)).toEqual([404, 'error'])
  expect(await validate('patient/Observation.cru', 'Observation/ann-lab/$validate', remove)).toEqual([
    403,
    'error',
  ])
  expect(await validate(scope, 'Observation/$validate', remove)).toEqual([400, 'error'])
  expect(await validate(scope, 'Observation/$validate', asked(finding('x'), { mode: 'profile' }))).toEqual([
    400,
    'error',
  ])
  const { body } = await ward.as('system/*.rs', { patient: undefined }).get('Observation?_summary=count')
  expect(body.total).toBe(6)
  const stored = await ward.as('system/*.r').get('Observation/ann-lab')
  expect([stored.status, stored.headers.get('etag')]).toEqual([200, 'W/"1"'])
  await ward.house.audit.flush()
  const rows = await ward.house.db.kysely
    .selectFrom('audit')
    .select('event')
    .where('event', 'like', 'fhir.%')
    .execute()
  expect(new Set(rows.map(({ event }) => event))).toEqual(
    new Set(['fhir.operation', 'fhir.refuse', 'fhir.search', 'fhir.read']),
  )
})

test('SRCH-15 a search of the whole server names its types', async () => {
  const all = ward.as('system/*.rs', { patient: undefined })
  const found = await all.get('?_type=Condition,AllergyIntolerance&_count=3')
  expect(found.matches).toHaveLength(3)
  const links = Object.fromEntries(
    found.body.link.map(({ relation, url }: { relation: string; url: string }) => [relation, url]),
  )
  expect(links.self).toBe(`${ward.fhir}?_type=Condition%2CAllergyIntolerance&_count=3`)
  expect((await all.get(links.next)).matches).toHaveLength(1)
  const form = { method: 'POST', body: new URLSearchParams({ _type: 'Condition', code: 'urn:sct|flu' }) }
  expect((await all.get('_search', form)).matches).toEqual(['Condition/ann-flu'])
  expect(await all.finds('Patient/ann/*?_type=Condition,RelatedPerson')).toEqual([
    'Condition/ann-flu',
    'RelatedPerson/ann-kin',
  ])
  expect(await all.finds('Patient/ann/*?_type=Condition,Organization')).toBe(400)
  expect((await all.get('?_id=ann')).status).toBe(400)
  expect((await all.get('?_type=AuditEvent,Condition')).status).toBe(400)
  expect((await all.get('?_type=Nothing')).status).toBe(400)
  const some = ward.as('patient/Condition.s')
  expect(await some.finds('?_type=Condition')).toEqual(['Condition/ann-flu'])
  expect(await some.finds('?_type=Condition,Observation')).toBe(403)
})
