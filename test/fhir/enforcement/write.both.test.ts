import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, laboratory, observationCategory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeEach(async () => {
  await ward?.close()
  ward = await openWard()
})
afterAll(() => ward.close())

// biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
type Json = any

const lab = { coding: [{ system: observationCategory, code: 'laboratory' }] }
const vital = { coding: [{ system: observationCategory, code: 'vital-signs' }] }
const observation = (subject: string, more: object = {}): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  category: [lab],
  subject: { reference: subject },
  ...more,
})

const send = (scope: string, method: string, path: string, body?: Json, launch = {}): Promise<Answer> =>
  ward.as(scope, launch).get(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/fhir+json' } }),
  })
const status = async (...of: Parameters<typeof send>) => (await send(...of)).status
/** The resource as it is, whoever may see it. */
const stored = async (path: string): Promise<Json> => (await send('system/*.r', 'GET', path)).body
const countOf = async (type: string) =>
  (await send('system/*.s', 'GET', `${type}?_summary=count`)).body.total as number

/** A resource that stands for itself in an update. */
async function changed(path: string, more: object): Promise<Json> {
  return { ...(await stored(path)), ...more }
}

describe('ENF-13 create', () => {
  test('ENF-13 needs the letter c, whatever other letters there are', async () => {
    const body = observation('Patient/ann')
    expect(await status('patient/Observation.cruds', 'POST', 'Observation', body)).toBe(201)
    expect(await status('patient/Observation.ruds patient/Condition.c', 'POST', 'Observation', body)).toBe(
      403,
    )
  })

  test('ENF-13 what is about another patient, several or nobody is refused, and nothing of it stays', async () => {
    const before = await countOf('Observation')
    const scope = 'patient/*.cruds'
    expect(await status(scope, 'POST', 'Observation', observation('Patient/bob'))).toBe(403)
    expect(await status(scope, 'POST', 'Observation', observation('Patient/nobody'))).toBe(403)
    const { subject: _, ...aboutNobody } = observation('')
    expect(await status(scope, 'POST', 'Observation', aboutNobody)).toBe(403)
    const performed = observation('Patient/bob', { performer: [{ reference: 'Patient/ann' }] })
    expect(await status(scope, 'POST', 'Observation', performed)).toBe(403)
    const actors = ['ann', 'bob'].map((id) => ({ status: 'accepted', actor: { reference: `Patient/${id}` } }))
    const appointment = (participant: Json) => ({
      resourceType: 'Appointment',
      status: 'booked',
      participant,
    })
    expect(await status(scope, 'POST', 'Appointment', appointment(actors))).toBe(403)
    expect(await status(scope, 'POST', 'Appointment', appointment(actors.slice(0, 1)))).toBe(201)
    expect(await countOf('Observation')).toBe(before)
    expect(await status(scope, 'POST', 'Observation', observation('Patient/ann'))).toBe(201)
  })

  test('ENF-13 a granular scope holds for what is made with it', async () => {
    const scope = `patient/Observation.c?${laboratory}`
    expect(await status(scope, 'POST', 'Observation', observation('Patient/ann'))).toBe(201)
    const other = observation('Patient/ann', { category: [vital] })
    expect(await status(scope, 'POST', 'Observation', other)).toBe(403)
    // A system that nobody has named before is as good as any.
    const fresh = observation('Patient/ann', { category: [{ coding: [{ system: 'urn:fresh', code: 'a' }] }] })
    expect(await status('patient/Observation.c?category=urn:fresh|a', 'POST', 'Observation', fresh)).toBe(201)
    expect(await status('patient/Observation.c?category=urn:fresher|a', 'POST', 'Observation', fresh)).toBe(
      403,
    )
  })

  test('ENF-13 a new person needs a user or system scope', async () => {
    const body = { resourceType: 'Patient', name: [{ family: 'New' }] }
    expect(await status('patient/*.cruds', 'POST', 'Patient', body)).toBe(403)
    expect(await status('system/Patient.c', 'POST', 'Patient', body)).toBe(201)
    const all = { user: { fhirUser: 'Practitioner/ash', patients: 'all' as const } }
    expect(await status('user/Patient.c', 'POST', 'Patient', body, all)).toBe(201)
    const some = { user: { fhirUser: 'Practitioner/ash', patients: ['ann'] } }
    expect(await status('user/Patient.c', 'POST', 'Patient', body, some)).toBe(403)
  })

  test('ENF-13 what many records share is not written with a right to some of them', async () => {
    const body = { resourceType: 'Organization', name: 'Mine' }
    expect(await status('patient/*.cruds', 'POST', 'Organization', body)).toBe(403)
    const north = await changed('Organization/north', { name: 'Mine' })
    expect((await send('patient/*.cruds', 'GET', 'Organization/north')).status).toBe(200)
    expect(await status('patient/Organization.cruds patient/*.rs', 'PUT', 'Organization/north', north)).toBe(
      403,
    )
    expect(await status('patient/Organization.cruds patient/*.rs', 'DELETE', 'Organization/north')).toBe(403)
    expect(await status('system/Organization.u', 'PUT', 'Organization/north', north)).toBe(200)
  })
})

describe('ENF-14 update and delete', () => {
  test('ENF-14 nothing is moved into a record or out of it', async () => {
    const mine = await changed('Observation/ann-lab', { subject: { reference: 'Patient/bob' } })
    const theirs = await changed('Observation/bob-lab', { subject: { reference: 'Patient/ann' } })
    const scope = 'patient/Observation.cruds'
    expect(await status(scope, 'PUT', 'Observation/ann-lab', mine)).toBe(403)
    expect(await status(scope, 'PUT', 'Observation/bob-lab', theirs)).toBe(405)
    expect((await stored('Observation/ann-lab')).subject.reference).toBe('Patient/ann')
    expect((await stored('Observation/bob-lab')).meta.versionId).toBe('1')
    const fine = await changed('Observation/ann-lab', { status: 'amended' })
    expect(await status(scope, 'PUT', 'Observation/ann-lab', fine)).toBe(200)
    expect(await status('patient/Observation.crds', 'PUT', 'Observation/ann-lab', fine)).toBe(403)
  })

  test('ENF-14 one range holds both states: two scopes do not make a bridge', async () => {
    const scope = `patient/Observation.u?${laboratory} patient/Observation.u?category=${observationCategory}|vital-signs`
    const moved = await changed('Observation/ann-lab', { category: [vital] })
    expect(await status(scope, 'PUT', 'Observation/ann-lab', moved)).toBe(403)
    const both = await changed('Observation/ann-lab', { category: [lab, vital] })
    expect(await status(scope, 'PUT', 'Observation/ann-lab', both)).toBe(200)
    expect(await status(scope, 'PUT', 'Observation/ann-survey', await stored('Observation/ann-survey'))).toBe(
      405,
    )
    expect(await status(scope, 'PUT', 'Observation/ann-lab', moved)).toBe(200)
  })

  test('ENF-28 hidden and unknown are the same, also under a condition', async () => {
    const scope = 'patient/Observation.cruds'
    const asked = async (id: string, method: string, tag?: string) => {
      const answer = await ward.as(scope).get(`Observation/${id}`, {
        method,
        body: method === 'PUT' ? JSON.stringify(observation('Patient/ann', { id })) : null,
        headers: { 'content-type': 'application/json', ...(tag ? { 'if-match': tag } : {}) },
      })
      return [answer.status, answer.text.replaceAll(id, '…'), answer.headers.get('etag')]
    }
    await send('system/*.d', 'DELETE', 'Observation/bob-vital')
    for (const method of ['PUT', 'DELETE']) {
      for (const tag of [undefined, 'W/"1"', 'W/"7"']) {
        const unknown = await asked('never-was', method, tag)
        expect(unknown[0]).toBe(method === 'PUT' ? 405 : 404)
        expect(await asked('bob-lab', method, tag)).toEqual(unknown)
        expect(await asked('bob-vital', method, tag)).toEqual(unknown)
      }
    }
    expect(await status(scope, 'DELETE', 'Observation/ann-lab')).toBe(204)
    expect((await stored('Observation/bob-lab')).id).toBe('bob-lab')
  })

  test('ENF-14 delete needs the letter, the record and the category', async () => {
    expect(await status('patient/*.crus', 'DELETE', 'Observation/ann-lab')).toBe(403)
    expect(await status(`patient/Observation.d?${laboratory}`, 'DELETE', 'Observation/ann-vital')).toBe(404)
    expect(await status(`patient/Observation.d?${laboratory}`, 'DELETE', 'Observation/ann-lab')).toBe(204)
    expect(await status('patient/Observation.d', 'DELETE', 'Observation/bob-lab')).toBe(404)
  })

  test('ENF-29 writing shows nothing but what was written', async () => {
    const body = { ...(await stored('Observation/ann-lab')), valueQuantity: { value: 1 } }
    const answer = await send('patient/Observation.u', 'PUT', 'Observation/ann-lab', body)
    expect(answer.status).toBe(200)
    expect({ ...answer.body, meta: undefined }).toEqual({ ...body, meta: undefined })
    expect(await status('patient/Observation.u', 'GET', 'Observation/ann-lab')).toBe(403)
  })
})

describe('ENF-14 where ids may be chosen', () => {
  test('ENF-14 the new resource is judged, and what is taken stays', async () => {
    const open = await openWard({ LANYARD_FHIR_UPDATE_CREATE: 'true' })
    const put = async (scope: string, path: string, body: Json) =>
      (
        await open.as(scope).get(path, {
          method: 'PUT',
          body: JSON.stringify({ ...body, id: path.split('/')[1] }),
          headers: { 'content-type': 'application/json' },
        })
      ).status
    expect(await put('patient/Observation.u', 'Observation/new', observation('Patient/ann'))).toBe(201)
    expect(await put('patient/Observation.u', 'Observation/newer', observation('Patient/bob'))).toBe(403)
    expect(await put('patient/Observation.u', 'Observation/bob-lab', observation('Patient/ann'))).toBe(404)
    const person = { resourceType: 'Patient' }
    expect(await put('patient/Patient.cu', 'Patient/newcomer', person)).toBe(403)
    expect(await put('system/Patient.u', 'Patient/newcomer', person)).toBe(403)
    expect(await put('system/Patient.cu', 'Patient/newcomer', person)).toBe(201)
    await open.close()
  })
})

test('ENF-33 a write that was refused is in the audit, and only as refused', async () => {
  await send('patient/Observation.c', 'POST', 'Observation', observation('Patient/bob'))
  await ward.house.audit.flush()
  const rows = await ward.house.db.kysely
    .selectFrom('audit')
    .select(['event', 'reason'])
    .where('event', 'like', 'fhir.%')
    .execute()
  expect(rows).toEqual([{ event: 'fhir.refuse', reason: 'out-of-range' }])
})

describe('ENF-21 conditions are searches', () => {
  const nuts = 'AllergyIntolerance?code=urn:sct|nuts'
  const allergy = (subject: string): Json => ({
    resourceType: 'AllergyIntolerance',
    patient: { reference: subject },
    code: { coding: [{ system: 'urn:sct', code: 'nuts' }] },
  })
  const put = (scope: string, path: string, body: Json) => status(scope, 'PUT', path, body)

  test('ENF-21 they need s, and see what a search sees', async () => {
    // Bob's allergy matches too, and counts for nobody who may not see it.
    expect(await put('patient/AllergyIntolerance.cu', nuts, allergy('Patient/ann'))).toBe(403)
    expect(await put('patient/AllergyIntolerance.cus', nuts, allergy('Patient/ann'))).toBe(200)
    expect(await put('system/AllergyIntolerance.cus', nuts, allergy('Patient/ann'))).toBe(412)
    expect(await status('patient/AllergyIntolerance.d', 'DELETE', nuts)).toBe(403)
    expect(await status('patient/AllergyIntolerance.ds', 'DELETE', `${nuts}&patient=bob`)).toBe(403)
    expect(await status('patient/AllergyIntolerance.ds', 'DELETE', nuts)).toBe(204)
    expect(await status('patient/AllergyIntolerance.ds', 'DELETE', nuts)).toBe(204)
    expect((await stored('AllergyIntolerance/bob-nuts')).id).toBe('bob-nuts')
  })

  test('ENF-21 If-None-Exist does not tell of what is hidden', async () => {
    const create = async (scope: string, condition: string) =>
      (
        await ward.as(scope).get('AllergyIntolerance', {
          method: 'POST',
          body: JSON.stringify(allergy('Patient/ann')),
          headers: { 'content-type': 'application/json', 'if-none-exist': condition },
        })
      ).status
    await send('system/*.d', 'DELETE', 'AllergyIntolerance/ann-nuts')
    expect(await create('patient/AllergyIntolerance.c', 'code=urn:sct|nuts')).toBe(403)
    expect(await create('patient/AllergyIntolerance.cs', 'patient.name=Bright')).toBe(403)
    expect(await create('patient/AllergyIntolerance.cs', 'code=urn:sct|nuts')).toBe(201)
    expect(await create('patient/AllergyIntolerance.cs', 'code=urn:sct|nuts')).toBe(200)
  })
})

describe('ENF-14 patch', () => {
  const patch = (scope: string, id: string, ...operations: object[]): Promise<Answer> =>
    ward.as(scope).get(`Observation/${id}`, {
      method: 'PATCH',
      body: JSON.stringify(operations),
      headers: { 'content-type': 'application/json-patch+json' },
    })
  const amend = { op: 'replace', path: '/status', value: 'amended' }

  test('ENF-14 both states must lie in one range', async () => {
    expect((await patch('patient/Observation.u', 'ann-lab', amend)).status).toBe(200)
    expect((await patch('patient/Observation.crds', 'ann-lab', amend)).status).toBe(403)
    const away = { op: 'replace', path: '/subject/reference', value: 'Patient/bob' }
    expect((await patch('patient/Observation.u', 'ann-lab', away)).status).toBe(403)
    const hidden = await patch('patient/Observation.u', 'bob-lab', amend)
    const unknown = await patch('patient/Observation.u', 'nothing', amend)
    expect([hidden.status, hidden.text.replace('bob-lab', '…')]).toEqual([
      404,
      unknown.text.replace('nothing', '…'),
    ])
    expect((await stored('Observation/ann-lab')).subject.reference).toBe('Patient/ann')
  })

  test('ENF-29 without the right to read it shows nothing of what is stored', async () => {
    const blind = await patch('patient/Observation.u', 'ann-lab', amend)
    expect([blind.status, blind.text]).toEqual([200, ''])
    const guess = { op: 'test', path: '/valueQuantity/value', value: 5 }
    expect((await patch('patient/Observation.u', 'ann-lab', guess)).status).toBe(403)
    const elsewhere = `patient/Observation.u patient/Observation.r?category=${observationCategory}|survey`
    expect((await patch(elsewhere, 'ann-lab', guess)).status).toBe(403)
    expect((await patch(elsewhere, 'ann-lab', amend)).text).toBe('')
    expect((await patch('patient/Observation.ru', 'ann-lab', guess)).body.valueQuantity.value).toBe(5)
  })
})
