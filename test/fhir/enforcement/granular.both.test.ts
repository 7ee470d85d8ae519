import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Holder, laboratory, observationCategory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

const patient = (where: string): Holder => ward.as(`patient/Observation.rs?${where}`)

test('ENF-09 a read must satisfy the limit of the scope', async () => {
  const holder = patient(laboratory)
  expect((await holder.get('Observation/ann-lab')).status).toBe(200)
  const { status, body } = await holder.get('Observation/ann-vital')
  expect([status, body.resourceType]).toEqual([404, 'OperationOutcome'])
  expect((await holder.get('Observation/ann-lab/_history/1')).status).toBe(200)
  expect((await holder.get('Observation/ann-vital/_history/1')).status).toBe(404)
})

test('ENF-10 a search is its own filters within the limit', async () => {
  const survey = patient('category=survey')
  expect(await survey.finds('Observation?category=cognitive-status')).toEqual(['Observation/ann-survey'])
  expect(await survey.finds('Observation?category=survey')).toEqual(['Observation/ann-survey'])
  expect(await survey.finds('Observation?category=laboratory')).toEqual([])
  expect(await survey.finds('Observation?category:not=survey')).toEqual([])
  expect(await survey.finds('Observation?category=laboratory,survey,vital-signs')).toEqual([
    'Observation/ann-survey',
  ])
  expect(await survey.finds('Observation?_id=ann-lab,ann-survey')).toEqual(['Observation/ann-survey'])
})

test('ENF-11 a limit is matched by the rules of tokens, never by a part of a text', async () => {
  expect(await patient('category=laboratory').finds('Observation')).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
  ])
  expect(await patient('category=urn:local|laboratory').finds('Observation')).toEqual([
    'Observation/ann-other-system',
  ])
  expect(await patient('category=urn:local|').finds('Observation')).toEqual([
    'Observation/ann-other-system',
    'Observation/ann-survey',
  ])
  expect(await patient('category=|laboratory').finds('Observation')).toEqual([])
  for (const near of [
    'labor',
    'Laboratory',
    'laboratory2',
    'urn:loca|laboratory',
    'urn:unknown|laboratory',
    'urn:unknown|',
  ])
    expect(await patient(`category=${near}`).finds('Observation'), near).toEqual([])
})

test('ENF-11 a broad scope for the same type and letter makes the limit moot, for that letter only', async () => {
  const broad = ward.as(`patient/Observation.rs?${laboratory} patient/Observation.rs`)
  expect((await broad.get('Observation/ann-vital')).status).toBe(200)
  const forReading = ward.as(`patient/Observation.rs?${laboratory} patient/Observation.r`)
  expect((await forReading.get('Observation/ann-vital')).status).toBe(200)
  expect(await forReading.finds('Observation')).toEqual(['Observation/ann-lab'])
  const ofAnother = ward.as(`patient/Observation.rs?${laboratory} patient/Condition.rs`)
  expect((await ofAnother.get('Observation/ann-vital')).status).toBe(404)
})

test('ENF-12 a scope whose limit cannot be evaluated opens nothing', async () => {
  for (const where of [
    'no-such-parameter=x',
    'category:not=vital-signs',
    'category:missing=false',
    'subject=Patient/ann',
    'patient.name=Arden',
    '_id=ann-lab',
    '_lastUpdated=gt2000',
    '_has:Provenance:target:agent=x',
    '_filter=x',
    '_include=Observation:subject',
    'date=never',
    'value-quantity=many',
    'category=',
    'category=,',
  ]) {
    const holder = patient(where)
    expect(await holder.finds('Observation'), where).toBe(403)
    expect((await holder.get('Observation/ann-lab')).status, where).toBe(403)
  }
  // A limit that a type lacks is none for it: `category` is no parameter of all types.
  expect(await ward.as('patient/*.rs?category=laboratory').finds('Observation')).toBe(403)
})

test('ENF-12 limits of other kinds hold too: by string, date and quantity, and on every type by tag', async () => {
  expect(await patient('value-quantity=gt50').finds('Observation')).toEqual(['Observation/ann-vital'])
  expect(await patient('date=2024-01-01').finds('Observation')).toEqual(['Observation/ann-lab'])
  expect(await ward.as('system/Patient.rs?name=Bri').finds('Patient')).toEqual(['Patient/bob'])
  await ward.write(
    {
      resourceType: 'Condition',
      id: 'tagged',
      meta: { tag: [{ code: 'open' }] },
      subject: { reference: 'Patient/ann' },
    },
    {
      resourceType: 'Goal',
      id: 'tagged',
      meta: { tag: [{ code: 'open' }] },
      subject: { reference: 'Patient/ann' },
    },
  )
  const tagged = ward.as('patient/*.rs?_tag=open')
  expect(await tagged.finds('Condition')).toEqual(['Condition/tagged'])
  expect(await tagged.finds('Goal')).toEqual(['Goal/tagged'])
  expect(await tagged.finds('Observation')).toEqual([])
  expect((await tagged.get('Observation/ann-lab')).status).toBe(404)
  expect(await tagged.finds('Patient/ann/*')).toEqual(['Condition/tagged', 'Goal/tagged'])
})

test('ENF-12 lenient handling of a search never drops the limit of a scope', async () => {
  const holder = patient(laboratory)
  for (const handling of ['lenient', 'strict']) {
    const headers = { prefer: `handling=${handling}` }
    expect((await holder.get('Observation?status=final', { headers })).matches).toEqual([
      'Observation/ann-lab',
    ])
  }
  const lenient = await holder.get('Observation?no-such-parameter=x', {
    headers: { prefer: 'handling=lenient' },
  })
  expect(lenient.matches).toEqual(['Observation/ann-lab'])
  const strict = await holder.get('Observation?no-such-parameter=x', {
    headers: { prefer: 'handling=strict' },
  })
  expect(strict.status).toBe(400)
})

test('ENF-09 a limit of many values is a limit all the same', async () => {
  const codes = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(',')
  const many = codes(40)
  // Too long to be told apart in the index: not granted at all.
  expect(await patient(`category=${codes(60)}`).finds('Observation')).toBe(403)
  expect(await patient(`category=${many}`).finds('Observation')).toEqual([])
  expect(await patient(`category=${many},survey`).finds('Observation')).toEqual(['Observation/ann-survey'])
})

test('ENF-09 what a token speaks of may come into being while the token is used', async () => {
  const unknownCode = patient('category=urn:new|fresh')
  const unknownPatient = ward.as('patient/Observation.rs', { patient: 'late' })
  for (const holder of [unknownCode, unknownPatient]) {
    expect((await holder.get('Observation/later')).status).toBe(404)
    expect(await holder.finds('Observation')).toEqual([])
  }
  const later = (id: string, subject: string) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    subject: { reference: `Patient/${subject}` },
    category: [{ coding: [{ system: 'urn:new', code: 'fresh' }] }],
    code: { text: 'x' },
  })
  await ward.write(later('later', 'ann'), later('of-late', 'late'))
  expect((await unknownCode.get('Observation/later')).status).toBe(200)
  expect(await unknownCode.finds('Observation')).toEqual(['Observation/later'])
  expect((await unknownCode.get('Observation/of-late')).status).toBe(404)
  expect((await unknownPatient.get('Observation/of-late')).status).toBe(200)
  expect(await unknownPatient.finds('Observation')).toEqual(['Observation/of-late'])
  expect((await unknownPatient.get('Observation/later')).status).toBe(404)
})

test('ENF-10 the limits that US Core asks for work', async () => {
  const holder = ward.as(
    `patient/Observation.rs?category=${observationCategory}|survey patient/Observation.rs?category=${observationCategory}|vital-signs`,
  )
  expect(await holder.finds('Observation?patient=ann')).toEqual([
    'Observation/ann-survey',
    'Observation/ann-vital',
  ])
  expect(await holder.finds(`Observation?patient=ann&category=${observationCategory}|laboratory`)).toEqual([])
})
