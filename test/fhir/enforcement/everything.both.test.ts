import { afterAll, beforeAll, expect, test } from 'vitest'
import { laboratory, openWard, type Ward } from './ward.ts'

let ward: Ward
let partial: Ward
beforeAll(async () => {
  ward = await openWard()
  partial = await openWard({ LANYARD_FHIR_EVERYTHING: 'granted' })
})
afterAll(async () => {
  await ward?.close()
  await partial?.close()
})

/** What of everything in the ward is in Ann's record, by the rule of ENF-04 and ENF-06. */
const record = [
  'AllergyIntolerance/ann-nuts',
  'Appointment/ann-alone',
  'Condition/ann-flu',
  'Device/ann-pump',
  'DiagnosticReport/ann-report',
  'Encounter/ann-visit',
  'List/ann-list',
  'Observation/ann-lab',
  'Observation/ann-other-system',
  'Observation/ann-survey',
  'Observation/ann-vital',
  'Patient/ann',
  'RelatedPerson/ann-kin',
]
const beside = [
  'Location/room',
  'Organization/north',
  'Practitioner/ash',
  'Practitioner/cedar',
  'Provenance/ann-lab',
  'Provenance/ann-vital',
]

test('ENF-22 REST-21 a patient token takes the record of its patient, and what the record refers to', async () => {
  const answer = await ward.as('patient/*.rs').get('Patient/ann/$everything')
  expect(answer.status).toBe(200)
  expect(answer.matches).toEqual(record)
  expect(answer.included).toEqual(beside)
  expect(answer.body).toMatchObject({ type: 'searchset', total: record.length })
  const posted = await ward.as('patient/*.rs').get('Patient/ann/$everything', {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [{ name: '_type', valueString: 'Condition,Practitioner' }],
    }),
  })
  expect(posted.matches).toEqual(['Condition/ann-flu'])
  expect(posted.included).toEqual(['Practitioner/ash', 'Practitioner/cedar'])
})

test('ENF-22 the record of another patient is refused, whether there is one or not', async () => {
  for (const scope of ['patient/*.rs', 'patient/*.cruds openid fhirUser']) {
    const bob = await ward.as(scope).get('Patient/bob/$everything')
    const nobody = await ward.as(scope).get('Patient/nobody/$everything')
    expect([bob.status, bob.text]).toEqual([403, nobody.text])
    expect((await ward.as(scope).get('Patient/$everything')).status).toBe(403)
    expect((await ward.as(scope).get('Encounter/bob-visit/$everything')).status).toBe(404)
  }
  const user = { patient: undefined, user: { fhirUser: 'Practitioner/ash', patients: ['bob'] } }
  const limited = ward.as('user/*.rs', user)
  expect((await limited.get('Patient/ann/$everything')).status).toBe(403)
  expect((await limited.get('Patient/bob/$everything')).matches).toContain('Patient/bob')
  const all = await limited.get('Patient/$everything')
  expect(all.matches.filter((key) => key.startsWith('Patient/'))).toEqual(['Patient/bob'])
  expect(all.text).not.toContain('Arden')
})

test('ENF-22 ENF-03 what the token does not open as a whole is refused by its rights, and the answer says what works', async () => {
  const some = `patient/Patient.rs patient/Condition.rs patient/Practitioner.rs patient/Observation.rs?${laboratory}`
  const refused = await ward.as(some).get('Patient/ann/$everything')
  expect(refused.status).toBe(403)
  expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope')
  const advice = refused.body.issue[0].diagnostics
  expect(advice).toContain('_type=Condition,Patient,Practitioner.')
  // Somebody with an empty record hears the same.
  await ward.write({ resourceType: 'Patient', id: 'empty' })
  const empty = await ward.as(some, { patient: 'empty' }).get('Patient/empty/$everything')
  expect([empty.status, empty.text]).toEqual([403, refused.text])
  const allowed = await ward.as(some).get('Patient/ann/$everything?_type=Condition,Patient,Practitioner')
  expect(allowed.matches).toEqual(['Condition/ann-flu', 'Patient/ann'])
  // Of what refers to a practitioner only what the token sees counts: Cedar is in the vital signs alone.
  expect(allowed.included).toEqual(['Practitioner/ash'])
  for (const type of ['Observation', 'Encounter', 'Organization', 'Patient,Provenance'])
    expect([type, (await ward.as(some).get(`Patient/ann/$everything?_type=${type}`)).status]).toEqual([
      type,
      403,
    ])
  // Both letters are needed, and the patient itself.
  for (const scope of ['patient/*.r', 'patient/*.s patient/Patient.rs', 'patient/Condition.rs'])
    expect((await ward.as(scope).get('Patient/ann/$everything?_type=Condition')).status).toBe(403)
})

test('ENF-22 where it is set so, what is outside is left out', async () => {
  const some = `patient/Patient.rs patient/Practitioner.rs patient/Observation.rs?${laboratory}`
  const answer = await partial.as(some).get('Patient/ann/$everything')
  expect(answer.matches).toEqual(['Observation/ann-lab', 'Patient/ann'])
  expect(answer.included).toEqual(['Practitioner/ash'])
  // ENF-02: what one scope finds another one reads, and neither takes.
  const halves = `patient/Patient.rs patient/Observation.s patient/Observation.r?${laboratory}`
  const both = await partial.as(halves).get('Patient/ann/$everything')
  expect(both.matches).toEqual(['Observation/ann-lab', 'Patient/ann'])
  expect((await partial.as(some).get('Patient/ann/$everything?_type=Encounter')).status).toBe(403)
  expect((await partial.as(some).get('Patient/bob/$everything')).status).toBe(403)
  const granular = `system/Patient.rs system/Practitioner.rs system/Observation.rs?${laboratory}`
  const service = await partial.as(granular, { patient: undefined }).get('Patient/ann/$everything')
  expect(service.matches).toEqual(['Observation/ann-lab', 'Patient/ann'])
  // That Cedar did something for Ann is told by what this token does not see.
  expect(service.included).toEqual(['Practitioner/ash'])
})

test('ENF-22 REST-21 user and system scopes take the records of all patients, page by page', async () => {
  const service = ward.as('system/*.rs', { patient: undefined })
  const whole = await service.get('Patient/$everything')
  expect(whole.matches).toEqual(expect.arrayContaining([...record, 'Patient/bob', 'Observation/bob-lab']))
  expect(whole.matches).not.toContain('Group/both')
  const seen: string[] = []
  let next: string | undefined = 'Patient/$everything?_count=4'
  while (next !== undefined) {
    const page = await service.get(next)
    expect(page.status).toBe(200)
    expect(page.matches.length + page.included.length).toBeLessThanOrEqual(4)
    seen.push(...page.matches)
    next = page.body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url
  }
  expect(seen.sort()).toEqual(whole.matches)
})

test('ENF-18 ENF-22 page links are bound to who asked, and each page is judged anew', async () => {
  const patient = ward.as('patient/*.rs')
  const first = await patient.get('Patient/ann/$everything?_count=5')
  const link = first.body.link.find(({ relation }: { relation: string }) => relation === 'next').url as string
  expect(first.body.total).toBeUndefined()
  expect((await ward.as('patient/*.rs', { patient: 'bob' }).get(link)).status).toBe(403)
  expect((await ward.as('patient/*.rs').get(link.replace('Patient/ann/', 'Patient/bob/'))).status).toBe(400)
  const keys = [...first.matches, ...first.included]
  let next: string | undefined = link
  while (next !== undefined) {
    const page = await patient.get(next)
    keys.push(...page.matches, ...page.included)
    next = page.body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url
  }
  expect(keys.sort()).toEqual([...record, ...beside].sort())
})

test('REST-21 _since, start and end', async () => {
  const get = async (query: string) =>
    (await ward.as('patient/*.rs').get(`Patient/ann/$everything?${query}`)).matches
  expect(await get('_type=Observation&start=2024-01-02')).toEqual([
    'Observation/ann-other-system',
    'Observation/ann-survey',
    'Observation/ann-vital',
  ])
  expect(await get('_type=Observation&end=2024-01-01')).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/ann-survey',
  ])
  // A birth is no care.
  expect(await get('_type=Patient&start=2024-01-02')).toEqual(['Patient/ann'])
  expect(await get('_since=2100-01-01')).toEqual([])
  for (const query of ['_since=soon', 'start=x', '_count=0', '_type=Nothing', '_type=Task', 'end=1&end=2'])
    expect([query, (await ward.as('patient/*.rs').get(`Patient/ann/$everything?${query}`)).status]).toEqual([
      query,
      400,
    ])
})

test('ENF-22 of an encounter comes what refers to it, its patient, and who and where', async () => {
  const answer = await ward.as('patient/*.rs').get('Encounter/ann-visit/$everything')
  expect(answer.matches).toEqual(['Encounter/ann-visit', 'Observation/ann-lab'])
  expect(answer.included).toEqual([
    'Location/room',
    'Organization/north',
    'Patient/ann',
    'Practitioner/ash',
    'Provenance/ann-lab',
  ])
  expect((await ward.as('patient/*.rs').get('Encounter/bob-visit/$everything')).status).toBe(404)
  expect((await ward.as('patient/Encounter.rs').get('Encounter/ann-visit/$everything')).status).toBe(403)
  const alone = 'Encounter/ann-visit/$everything?_type=Encounter'
  expect((await ward.as('patient/Encounter.rs').get(alone)).matches).toEqual(['Encounter/ann-visit'])
})

test('ENF-23 there is no other operation, and none elsewhere', async () => {
  const all = ward.as('system/*.cruds', { patient: undefined })
  for (const path of [
    'Patient/ann/$nothing',
    '$everything',
    'Observation/$everything',
    'Encounter/$everything',
  ])
    expect([path, (await all.get(path)).status]).toEqual([path, 404])
  for (const path of ['Patient/ann/$meta-add', '$graphql', 'Patient/ann/$expunge'])
    expect([path, (await all.get(path, { method: 'POST' })).status]).toEqual([path, 404])
  expect((await all.get('Patient/$validate')).status).toBe(405)
  expect((await all.get('Patient/ann/$everything', { method: 'DELETE' })).status).toBe(405)
})

test('ENF-20 ENF-22 as an entry of a Bundle it is judged as the request that it is', async () => {
  const entry = ['Patient/ann/$everything?_type=Condition', 'Patient/bob/$everything'].map((url) => ({
    request: { method: 'GET', url },
  }))
  const post = (type: string) =>
    ward.as('patient/*.rs').get('', {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Bundle', type, entry }),
    })
  const batch = await post('batch')
  expect(batch.body.entry[0].resource.entry[0].resource.id).toBe('ann-flu')
  expect(batch.body.entry[1].response.status).toBe('403 Forbidden')
  expect(batch.text).not.toContain('Bright')
  expect((await post('transaction')).status).toBe(403)
})

test('ENF-33 AUD-05 it is in the audit as it was asked, and so is a refusal', async () => {
  await ward.as('patient/*.rs').get('Patient/ann/$everything?_type=Condition')
  await ward.as('patient/*.rs').get('Patient/bob/$everything')
  await ward.house.audit.flush()
  const events = await ward.as('system/AuditEvent.rs', { patient: undefined }).get('AuditEvent?_count=2')
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
  const [refused, done] = events.body.entry.map(({ resource }: any) => resource)
  expect(done).toMatchObject({ action: 'E', outcome: '0', subtype: [{ code: 'operation' }, {}] })
  expect(done.entity).toContainEqual(
    expect.objectContaining({
      what: { reference: 'Patient/ann' },
      role: expect.objectContaining({ code: '1' }),
    }),
  )
  expect(done.entity).toContainEqual(
    expect.objectContaining({ description: 'Patient/ann/$everything?_type=Condition' }),
  )
  expect(refused).toMatchObject({ outcome: '4', outcomeDesc: 'other-patient' })
})

test('ENF-22 one token that asks again is told what is there by then, page after page', async () => {
  const ann = partial.as('patient/*.rs')
  const all = partial.as('system/*.rs', { patient: undefined })
  expect((await all.get('Patient/newcomer/$everything')).status).toBe(404)
  expect((await ann.get('Patient/ann/$everything')).matches).toEqual(record)
  const flu = (patient: string, id: string) => ({
    resourceType: 'Condition',
    id,
    subject: { reference: `Patient/${patient}` },
  })
  await partial.write(
    { resourceType: 'Patient', id: 'newcomer' },
    flu('newcomer', 'newcomer-flu'),
    flu('ann', 'ann-later'),
    flu('bob', 'ann-flu'),
  )
  expect((await all.get('Patient/newcomer/$everything')).matches).toEqual([
    'Condition/newcomer-flu',
    'Patient/newcomer',
  ])
  // The list names what is Bob's now (ENF-24).
  const lost = ['Condition/ann-flu', 'List/ann-list']
  const now = [...record.filter((key) => !lost.includes(key)), 'Condition/ann-later']
  const told: string[] = []
  let next: string | undefined = 'Patient/ann/$everything?_count=5'
  while (next !== undefined) {
    const page = await ann.get(next)
    told.push(...page.matches)
    next = page.body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url
  }
  expect(told.toSorted()).toEqual(now.toSorted())
})
