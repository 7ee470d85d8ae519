import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Holder, openWard, type Ward } from './ward.ts'

// What a role hides: in bodies on every path, and in every question that would tell of it.

const ref = (reference: string, display?: string) => ({ reference, ...(display && { display }) })
const secret = 'Mrs Marine542'

const visit = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'Appointment',
  id,
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${secret}</div>` },
  contained: [{ resourceType: 'Patient', id: 'inner', name: [{ family: secret }] }],
  status: 'booked',
  identifier: [{ system: 'urn:visits', value: `v-${id}` }],
  comment: `for ${secret}`,
  _comment: { extension: [{ url: 'urn:more', valueString: secret }] },
  start: '2024-03-01T09:00:00Z',
  end: '2024-03-01T09:30:00Z',
  minutesDuration: 30,
  participant: [
    { actor: ref(`Patient/${patient}`, secret), status: 'accepted' },
    { actor: ref('https://other.example/fhir/Patient/zoe'), status: 'accepted' },
    { actor: { identifier: { value: 'm-1' }, display: secret }, status: 'accepted' },
    { actor: ref('#inner'), status: 'accepted' },
    { actor: ref('Practitioner/ash', `Dr ${secret}`), status: 'accepted' },
    { actor: ref('Location/room', 'Room'), status: 'accepted' },
  ],
  ...more,
})

const analyst = {
  role: 'counts',
  title: 'Counts visits of nobody',
  rules: [
    {
      types: ['Appointment'],
      letters: 'rs',
      hide: ['participant.actor(Patient,Practitioner)', 'identifier', 'comment'],
    },
    { types: ['Location'], letters: 'rs' },
    { types: ['Observation'], letters: 'crus', hide: ['value', 'performer'] },
    { types: ['Patient'], letters: 'rs', hide: ['name', 'identifier', 'birthDate'] },
    { types: ['Practitioner', 'Encounter', 'List', 'Provenance'], letters: 'rs' },
    { types: ['QuestionnaireResponse'], letters: 'rs', hide: ['item.answer'] },
  ],
}
const partly = {
  role: 'partly',
  title: 'Sees some whole',
  rules: [
    { types: ['Observation'], letters: 'rus', where: ['code=2339-0'], hide: ['value'] },
    { types: ['Observation'], letters: 'rus', where: ['category=laboratory'] },
  ],
}
const everyType = {
  role: 'every-type',
  title: 'All, but no values and no names',
  rules: [{ types: ['*'], letters: 'rs', hide: ['value', 'name', 'participant.actor'] }],
}
const limited = {
  role: 'limited',
  title: 'Checks in',
  rules: [
    { types: ['Appointment'], letters: 'rus', writable: ['status', 'participant.status'] },
    { types: ['Observation'], letters: 'u', writable: ['status'] },
  ],
}

let ward: Ward
let counts: Holder
beforeAll(async () => {
  ward = await openWard()
  for (const role of [analyst, partly, everyType, limited]) await ward.house.roles.add(role, 'command')
  await ward.write(visit('first', 'ann'), visit('other', 'bob', { status: 'cancelled' }))
  await ward.write(visit('first', 'ann', { status: 'arrived' }))
  counts = holder('counts')
})
afterAll(async () => await ward?.close())

const holder = (role: string | string[], scope = 'user/*.cruds', patients: 'all' | string[] = 'all') =>
  ward.as(scope, { patient: undefined, user: { fhirUser: undefined, patients, roles: [role].flat() } })
const send = (who: Holder, path: string, method: string, body?: object, headers = {}) =>
  who.get(path, {
    method,
    ...(body && { body: JSON.stringify(body) }),
    headers: {
      'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json',
      ...headers,
    },
  })
const transaction = (type: string, ...requests: object[]) => ({
  resourceType: 'Bundle',
  type,
  entry: requests.map((request) => ({ request })),
})

const tells = [
  'Marine',
  'v-first',
  'v-other',
  'Patient/ann',
  'Patient/bob',
  'zoe',
  'm-1',
  'Practitioner/ash',
  '#inner',
]
type Shown = { resourceType: string }
const appointmentsIn = (body: Shown & { entry?: { resource?: Shown }[] }): Shown[] =>
  (body.entry?.flatMap(({ resource }) => resource ?? []) ?? [body]).filter(
    ({ resourceType }) => resourceType === 'Appointment',
  )
const expectNothingTold = (text: string) => {
  for (const word of tells) expect(text).not.toContain(word)
}

test('a hidden element is gone, with narrative, contained, displays and what extends it', async () => {
  const { body, text, headers } = await counts.get('Appointment/first')
  expectNothingTold(text)
  expect(body).toEqual({
    resourceType: 'Appointment',
    id: 'first',
    meta: {
      versionId: '2',
      lastUpdated: body.meta.lastUpdated,
      tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
    },
    status: 'arrived',
    start: '2024-03-01T09:00:00Z',
    end: '2024-03-01T09:30:00Z',
    minutesDuration: 30,
    participant: [
      { status: 'accepted' },
      { status: 'accepted' },
      { status: 'accepted' },
      { status: 'accepted' },
      { status: 'accepted' },
      { actor: { reference: 'Location/room' }, status: 'accepted' },
    ],
  })
  expect(headers.get('etag')).toBe('W/"2"')
})

test('ENF-19 the same holds on every path on which a body leaves', async () => {
  for (const path of [
    'Appointment',
    'Appointment?_id=first',
    'Appointment?_elements=participant,comment,identifier',
    'Appointment?_summary=text',
    'Appointment/first?_elements=comment',
    'Appointment/first/_history/1',
    'Appointment/first/_history/2',
    'Appointment/first/_history',
    'Appointment/_history',
    '_history',
    'Location?_revinclude=Appointment:location',
    'Appointment?_sort=date&_count=1',
  ]) {
    const { status, body } = await counts.get(path)
    expect([path, status]).toEqual([path, 200])
    const shown = appointmentsIn(body)
    expect(shown.length).toBeGreaterThan(0)
    expectNothingTold(JSON.stringify(shown))
  }
  const posted = await counts.get('Appointment/_search', {
    method: 'POST',
    body: new URLSearchParams({ status: 'arrived' }),
  })
  expect(posted.matches).toContain('Appointment/first')
  expectNothingTold(posted.text)
  for (const type of ['batch', 'transaction']) {
    const bundle = transaction(
      type,
      { method: 'GET', url: 'Appointment/first' },
      { method: 'GET', url: 'Appointment?status=arrived' },
    )
    const { status, text } = await send(counts, '', 'POST', bundle)
    expect(status).toBe(200)
    expect(text).toContain('"id":"first"')
    expectNothingTold(text)
  }
})

test('ENF-16 ENF-17 a question that would tell of it is refused, whatever the answer would be', async () => {
  for (const path of [
    'Appointment?patient=Patient/ann',
    'Appointment?patient=Patient/nobody',
    'Appointment?actor=Patient/ann',
    'Appointment?actor=Location/room',
    'Appointment?practitioner=Practitioner/ash',
    'Appointment?patient:missing=true',
    'Appointment?actor:identifier=m-1',
    'Appointment?identifier=v-first',
    'Appointment?identifier:missing=true',
    'Appointment?patient.gender=female',
    'Appointment?patient:Patient._id=ann',
    'Appointment?practitioner.name=ash',
    'Appointment?_sort=patient',
    'Appointment?_sort=identifier',
    'Appointment?_sort=date,-actor',
    'Appointment?_include=Appointment:patient',
    'Appointment?_include=Appointment:actor',
    'Patient?_revinclude=Appointment:patient',
    'Patient?_has:Appointment:patient:status=booked',
    'Practitioner?_has:Appointment:practitioner:_id=first',
    'Location?_has:Appointment:location:patient=Patient/ann',
    'Patient/ann/Appointment',
    'Patient/ann/*',
    'Practitioner/ash/Appointment',
    'Patient?name=Arden',
    'Patient?name:contains=rd',
    'Patient?family=Arden',
    'Patient?phonetic=x',
    'Patient?identifier=a-1',
    'Patient?birthdate=1970',
    'Patient?_sort=birthdate',
    'Patient?_sort=family',
    'Observation?patient.name=Arden',
    'Observation?subject:Patient.birthdate=lt1960',
    'Observation?value-quantity=5',
    'Observation?value-quantity=gt1000',
    'Observation?combo-value-quantity=5',
    'Observation?code-value-quantity=2339-0$5',
    'Observation?performer=Practitioner/ash',
    'Observation?_sort=-value-quantity',
    'Patient?_has:Observation:patient:value-quantity=9',
    'Observation?focus:Observation.value-quantity=9',
    'Patient?_has:Encounter:subject:_has:Observation:encounter:value-quantity=9',
    'Encounter?_has:Observation:encounter:value-string=x',
  ]) {
    const { status, text } = await counts.get(path)
    expect([path, status]).toEqual([path, 403])
    expect(text, path).toContain('hidden from the roles')
  }
  const inBatch = await send(
    counts,
    '',
    'POST',
    transaction('batch', { method: 'GET', url: 'Observation?value-quantity=5' }),
  )
  expect(inBatch.body.entry[0].response.status).toMatch(/^403/)
  // What does not touch it is answered.
  for (const [path, found] of [
    ['Appointment?location=Location/room', ['Appointment/first', 'Appointment/other']],
    ['Appointment?status=cancelled', ['Appointment/other']],
    ['Appointment?part-status=accepted', ['Appointment/first', 'Appointment/other']],
    ['Appointment?date=2024-03&_sort=-date,status', ['Appointment/first', 'Appointment/other']],
    ['Appointment?_lastUpdated=gt2000&_id=first', ['Appointment/first']],
    ['Appointment?location.name=Room&status=cancelled', ['Appointment/other']],
    ['Location?_has:Appointment:location:status=cancelled', ['Location/room']],
    ['Observation?patient=Patient/ann&category=survey', ['Observation/ann-survey']],
    ['Patient?gender=female', ['Patient/ann']],
  ] as const)
    expect(await counts.finds(path), path).toEqual(found)
})

test('a record would tell whose it is: no record is opened by what is hidden', async () => {
  const launched = (scope: string) =>
    ward.as(scope, { patient: 'ann', user: { fhirUser: undefined, patients: 'all', roles: ['counts'] } })
  expect(await launched('patient/Appointment.rs').finds('Appointment')).toEqual([])
  expect((await launched('patient/Appointment.rs').get('Appointment/first')).status).toBe(404)
  // The performers are hidden, so that the record does not lead to them either; the visit's doctor is not.
  expect(await launched('patient/Practitioner.rs patient/Observation.rs').finds('Practitioner')).toEqual([])
  expect(await launched('patient/Practitioner.rs patient/Encounter.rs').finds('Practitioner')).toEqual([
    'Practitioner/ash',
  ])
  // Nor is a whole record given out of which parts are hidden.
  expect((await counts.get('Patient/ann/$everything')).status).toBe(403)
  const { status, text } = await counts.get('Patient/ann/$everything?_type=Encounter')
  expect([status, text.includes('Arden')]).toEqual([200, false])
})

test('of several ranges the one that hides least counts, each by itself', async () => {
  const some = holder('partly')
  const value = async (id: string) => (await some.get(`Observation/${id}`)).body.valueQuantity?.value
  expect(await value('ann-lab')).toBe(5)
  expect(await value('ann-vital')).toBeUndefined()
  const found = await some.get('Observation?_id=ann-lab,ann-vital&_sort=_id')
  const values = found.body.entry.map(
    ({ resource }: { resource: { valueQuantity?: object } }) => resource.valueQuantity,
  )
  expect(values).toEqual([{ value: 5 }, undefined])
  // By what may be hidden in some range, nothing is searched.
  expect(await some.finds('Observation?value-quantity=5')).toBe(403)
  // Of an old version, that version counts.
  const old = {
    resourceType: 'Observation',
    id: 'turned',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] },
    valueQuantity: { value: 7 },
  }
  await ward.write(old)
  await ward.write({ ...old, category: [{ coding: [{ code: 'laboratory' }] }] })
  const versions = async () =>
    (await some.get('Observation/turned/_history')).body.entry.map(
      ({ resource }: { resource: { valueQuantity?: { value: number } } }) => resource.valueQuantity?.value,
    )
  expect(await versions()).toEqual([7, undefined])
  expect((await some.get('Observation/turned/_history/1')).body.valueQuantity).toBeUndefined()
})

test('a rule about every type hides of each what it has', async () => {
  const every = holder('every-type')
  for (const path of [
    'Observation/ann-lab',
    'Patient/ann',
    'Practitioner/ash',
    'Appointment/first',
    'Organization/north',
  ]) {
    const { status, body } = await every.get(path)
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('valueQuantity')
    expect(body).not.toHaveProperty('name')
    expect(JSON.stringify(body)).not.toContain('actor')
  }
  const { text } = await every.get('Observation?_include=Observation:subject&_include=Observation:performer')
  expect(text).toContain('"resourceType":"Patient"')
  expect(text).not.toMatch(/"name"|"valueQuantity"/)
})

test('what R4 defines once and uses again is hidden there too: items within items, and within answers', async () => {
  const answered = (linkId: string, ...item: object[]) => ({
    linkId,
    answer: [{ valueString: 'Marine', item }],
  })
  await ward.write({
    resourceType: 'QuestionnaireResponse',
    id: 'answers',
    status: 'completed',
    item: [
      answered('1', answered('1.1')),
      { linkId: '2', text: 'Group', item: [answered('2.1'), { linkId: '2.2', item: [answered('2.2.1')] }] },
    ],
  })
  const { status, body, text } = await counts.get('QuestionnaireResponse/answers')
  expect(status).toBe(200)
  expectNothingTold(text)
  expect(body.item[1].item).toEqual([{ linkId: '2.1' }, { linkId: '2.2', item: [{ linkId: '2.2.1' }] }])
})

test('ENF-14 nobody replaces or patches what they do not see whole; creating and deleting go by their letters', async () => {
  const stored = {
    resourceType: 'Observation',
    id: 'ann-vital',
    status: 'amended',
    code: { text: 'x' },
    subject: ref('Patient/ann'),
  }
  for (const who of [counts, holder('partly')]) {
    const put = await send(who, 'Observation/ann-vital', 'PUT', stored)
    expect([put.status, put.text]).toEqual([403, expect.stringContaining('they would be lost')])
    const patches = [
      [{ op: 'test', path: '/valueQuantity/value', value: 80 }],
      [{ op: 'test', path: '/valueQuantity/value', value: 1 }],
      [{ op: 'replace', path: '/status', value: 'amended' }],
    ]
    const answers = await Promise.all(
      patches.map((patch) => send(who, 'Observation/ann-vital', 'PATCH', patch)),
    )
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(403)
  }
  const whole = await send(holder('partly'), 'Observation/ann-lab', 'PATCH', [
    { op: 'replace', path: '/status', value: 'amended' },
  ])
  expect(whole.status).toBe(200)
  const created = await send(counts, 'Observation', 'POST', { ...stored, id: undefined })
  expect(created.status).toBe(201)
  // Criteria are a search, and see as little.
  const condition = await send(
    counts,
    'Observation',
    'POST',
    { ...stored, id: undefined },
    { 'if-none-exist': 'value-quantity=5' },
  )
  expect(condition.status).toBe(403)
  expect((await send(counts, 'Observation?value-quantity=5', 'PUT', stored)).status).toBe(403)
  const inTransaction = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        request: { method: 'POST', url: 'Observation' },
        resource: { ...stored, id: undefined, subject: ref('Patient?name=Arden') },
      },
    ],
  }
  expect((await send(counts, '', 'POST', inTransaction)).status).toBe(403)
})

test('write limits: an update may change certain elements and no other', async () => {
  const who = holder('limited')
  const { body } = await ward.as('system/*.rs').get('Appointment/other')
  const put = async (change: object) =>
    (await send(who, 'Appointment/other', 'PUT', { ...body, ...change })).status
  expect(await put({ status: 'arrived' })).toBe(200)
  const now = (await who.get('Appointment/other')).body
  const participant = now.participant.map((one: object) => ({ ...one, status: 'tentative' }))
  expect((await send(who, 'Appointment/other', 'PUT', { ...now, participant })).status).toBe(200)
  const refused = await send(who, 'Appointment/other', 'PUT', { ...now, participant, comment: 'x' })
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('status, participant.status')])
  const patch = (operation: object) => send(who, 'Appointment/other', 'PATCH', [operation])
  expect((await patch({ op: 'replace', path: '/status', value: 'noshow' })).status).toBe(200)
  expect((await patch({ op: 'add', path: '/comment', value: 'y' })).status).toBe(403)
  expect((await patch({ op: 'remove', path: '/participant/0' })).status).toBe(403)
  // Of what may not be read, a refusal would tell whether a guess is right.
  const guess = (await ward.as('system/*.rs').get('Observation/bob-lab')).body
  expect((await send(who, 'Observation/bob-lab', 'PUT', { ...guess, status: 'amended' })).status).toBe(403)
})
