import { afterAll, beforeAll, expect, test } from 'vitest'
import { mint } from '../../../src/fhir/access/access.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { parseScopes } from '../../../src/smart/scope.ts'
import type { Holder as User } from '../../support/launched-token.ts'
import { reaching } from '../../support/roles.ts'
import { type Holder, openWard, type Ward } from './ward.ts'

// Roles: which rows their rules open, on every path there is.

const lab = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const roles = [
  {
    role: 'desk',
    title: 'Front desk of a place',
    rules: [
      { types: ['Appointment'], letters: 'rs', where: ['location=%user.location'] },
      { types: ['Patient'], letters: 'rs', where: ['_has:Appointment:actor:location=%user.location'] },
    ],
  },
  {
    role: 'ward-doctor',
    title: 'Treats those who chose them',
    rules: [
      { types: ['Patient'], letters: 'rs', where: ['general-practitioner=%fhirUser'] },
      {
        types: ['Observation'],
        letters: 'cruds',
        where: ['patient.general-practitioner=%fhirUser', 'category:not=vital-signs'],
      },
      { types: ['Practitioner'], letters: 'rs', where: ['_id=%fhirUser'] },
    ],
  },
  {
    role: 'mixed',
    title: 'Finds some, reads others',
    rules: [
      { types: ['Observation'], letters: 's', where: ['patient=Patient/ann'] },
      { types: ['Observation'], letters: 'r', where: ['patient=Patient/bob'] },
    ],
  },
  {
    role: 'context',
    title: 'Only the patient in context',
    rules: [{ types: ['Observation'], letters: 'rs', where: ['patient=%patient'] }],
  },
  {
    role: 'one-app',
    title: 'Only with one app, and less than it asks',
    rules: [{ types: ['*'], letters: 'rs' }],
    apps: ['another-app'],
  },
  {
    role: 'capped',
    title: 'Whatever the app asks',
    rules: [{ types: ['*'], letters: 'cruds' }],
    scopes:
      'user/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
  },
  {
    role: 'tagged',
    title: 'What is marked, of every type',
    rules: [{ types: ['*'], letters: 'rs', where: ['_tag=urn:tags|open'] }],
  },
]

const MINUTE = 60_000

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  for (const role of roles) await ward.house.roles.add(role, 'command')
  await ward.write(
    { resourceType: 'Location', id: 'north', name: 'North' },
    { resourceType: 'Location', id: 'south', name: 'South' },
    appointment('n1', 'ann', 'north', 'booked'),
    appointment('n2', 'ann', 'north', 'cancelled'),
    appointment('s1', 'bob', 'south', 'booked'),
    appointment('s2', 'ann', 'south', 'noshow'),
    {
      resourceType: 'Basic',
      id: 'open',
      code: { text: 'x' },
      meta: { tag: [{ system: 'urn:tags', code: 'open' }] },
    },
  )
})
afterAll(async () => await ward?.close())

const appointment = (id: string, patient: string, location: string, status: string) => ({
  resourceType: 'Appointment',
  id,
  status,
  participant: [`Patient/${patient}`, `Location/${location}`, 'Practitioner/ash'].map((reference) => ({
    actor: { reference },
    status: 'accepted',
  })),
})

const all = { fhirUser: undefined, patients: 'all' } as const
const holder = (role: string | string[], more: Partial<User> = {}, scope = 'user/*.cruds') =>
  ward.as(scope, { patient: undefined, user: { ...all, roles: [role].flat(), ...more } })
const north = { attributes: { location: 'Location/north' } }
const status = async (who: Holder, path: string, init: RequestInit = {}) =>
  (
    await who.get(path, {
      ...init,
      headers: { 'content-type': 'application/fhir+json' },
    })
  ).status

test('ENF-26 rows are part of every statement: reads, searches, totals, chains, includes, history', async () => {
  const desk = holder('desk', north)
  expect(await desk.finds('Appointment')).toEqual(['Appointment/n1', 'Appointment/n2'])
  expect((await desk.get('Appointment?status=booked&_total=accurate')).body.total).toBe(1)
  expect((await desk.get('Appointment?_summary=count')).body.total).toBe(2)
  expect((await desk.get('Appointment?status=booked&_summary=count')).body.total).toBe(1)
  expect(await desk.finds('Appointment?_sort=-status&_count=1')).toEqual(['Appointment/n2'])
  expect(await status(desk, 'Appointment/n1')).toBe(200)
  expect(await status(desk, 'Appointment/s1')).toBe(404)
  expect(await status(desk, 'Appointment/n1/_history/1')).toBe(200)
  expect(await status(desk, 'Appointment/s1/_history/1')).toBe(404)
  expect(await status(desk, 'Appointment/s1/_history')).toBe(404)
  expect((await desk.get('Appointment/_history')).body.entry).toHaveLength(2)
  // Of the patients only those who have an appointment here.
  expect(await desk.finds('Patient')).toEqual(['Patient/ann'])
  expect(await desk.finds('Patient?_has:Appointment:patient:status=booked')).toEqual(['Patient/ann'])
  expect(await desk.finds('Patient?_has:Appointment:patient:status=noshow')).toEqual([])
  expect(await desk.finds('Appointment?patient.name=Bright')).toEqual([])
  expect(await desk.finds('Appointment?_include=Appointment:patient')).toEqual([
    'Appointment/n1',
    'Appointment/n2',
    'Patient/ann',
  ])
  expect(await desk.finds('Patient?_revinclude=Appointment:actor')).toEqual([
    'Patient/ann',
    'Appointment/n1',
    'Appointment/n2',
  ])
  expect(await desk.finds('Appointment?location=Location/south')).toEqual([])
  // What no rule speaks of is closed, whatever the scope opens; before any data is touched.
  const closed = await desk.get('Observation')
  expect(closed.status).toBe(403)
  expect(closed.text).toMatch(/No role that counts here lets it do this/)
  expect(await status(desk, 'Observation/ann-lab')).toBe(403)
  expect(await desk.finds('Patient?_has:Observation:patient:value-quantity=9')).toBe(403)
  expect(await desk.finds('Patient?organization.name=North')).toBe(403)
  expect(await status(desk, 'Appointment/n1', { method: 'DELETE' })).toBe(403)
  // And a scope opens no more than it says.
  expect(await holder('desk', north, 'user/Appointment.r').finds('Appointment')).toBe(403)
  expect(await holder('desk', north, 'user/Appointment.rs?status=booked').finds('Appointment')).toEqual([
    'Appointment/n1',
  ])
})

test('a variable without a value opens nothing; one with several, each of them', async () => {
  for (const attributes of [{}, { location: [] }, { place: 'Location/north' }])
    expect(await holder('desk', { attributes }).finds('Appointment')).toBe(403)
  const both = { attributes: { location: ['Location/north', 'Location/south'] } }
  expect(await holder('desk', both).finds('Appointment')).toHaveLength(4)
  expect(await holder('desk', { attributes: { location: 'Location/nowhere' } }).finds('Appointment')).toEqual(
    [],
  )
  // A value is one value, whatever is written in it.
  const tricky = { attributes: { location: 'Location/nowhere,Location/north' } }
  expect(await holder('desk', tricky).finds('Appointment')).not.toEqual(
    expect.arrayContaining(['Appointment/n1']),
  )
  expect(await holder('context').finds('Observation')).toBe(403)
  const inContext = ward.as('user/Observation.rs', { user: { ...all, roles: ['context'] } })
  expect(await inContext.finds('Observation?_id=ann-lab,bob-lab')).toEqual(['Observation/ann-lab'])
})

test('rules may look through references, whatever the holder sees there', async () => {
  const doctor = holder('ward-doctor', { fhirUser: 'Practitioner/ash' })
  expect(await doctor.finds('Patient')).toEqual(['Patient/ann'])
  expect(await doctor.finds('Observation?_sort=_id')).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/ann-survey',
  ])
  expect(await doctor.finds('Practitioner')).toEqual(['Practitioner/ash'])
  expect(await holder('ward-doctor', { fhirUser: 'Practitioner/birch' }).finds('Patient')).toEqual([
    'Patient/bob',
  ])
  expect(await holder('ward-doctor').finds('Patient')).toBe(403)
})

test('ENF-13 ENF-14 what is written lies in the rows of a rule, before and after', async () => {
  const doctor = holder('ward-doctor', { fhirUser: 'Practitioner/ash' })
  const put = (resource: { id: string }, method = 'PUT') =>
    status(doctor, method === 'PUT' ? `Observation/${resource.id}` : 'Observation', {
      method,
      body: JSON.stringify(resource),
    })
  expect(await put(lab('new', 'ann'), 'POST')).toBe(201)
  expect(await put(lab('new', 'bob'), 'POST')).toBe(403)
  await ward.write(lab('w-ann', 'ann'), lab('w-bob', 'bob'))
  expect(await put(lab('w-ann', 'ann', { status: 'amended' }))).toBe(200)
  expect(await put(lab('w-ann', 'bob'))).toBe(403)
  expect(await put(lab('w-bob', 'ann'))).toBe(405)
  expect(await status(doctor, 'Observation/w-bob', { method: 'DELETE' })).toBe(404)
  expect(await status(doctor, 'Observation/w-ann', { method: 'DELETE' })).toBe(204)
  expect(await status(doctor, 'Observation?code=2339-0&_id=w-bob', { method: 'DELETE' })).toBe(204)
  expect(await ward.as('system/*.rs').finds('Observation?_id=w-bob,w-ann')).toEqual(['Observation/w-bob'])
  await ward.as('system/*.d').get('Observation/w-bob', { method: 'DELETE' })
})

test('ENF-02 letters of one rule never combine with the rows of another', async () => {
  const mixed = holder('mixed')
  expect(await mixed.finds('Observation?_id=ann-lab,bob-lab')).toEqual(['Observation/ann-lab'])
  expect(await status(mixed, 'Observation/ann-lab')).toBe(404)
  expect(await status(mixed, 'Observation/bob-lab')).toBe(200)
  // Several roles are united, rule by rule.
  const more = holder(['mixed', 'desk'], north)
  expect(await more.finds('Appointment')).toHaveLength(2)
  expect(await status(more, 'Observation/ann-lab')).toBe(404)
})

test('what a role may be used with, and how much an app gets by it at most, counts at enforcement', async () => {
  expect(await holder('one-app').finds('Observation')).toBe(403)
  const capped = holder('capped')
  expect(await capped.finds('Observation?_id=ann-lab,ann-vital,bob-lab')).toEqual([
    'Observation/ann-lab',
    'Observation/bob-lab',
  ])
  expect(await status(capped, 'Observation/ann-vital')).toBe(404)
  expect(await capped.finds('Patient')).toBe(403)
  expect(await status(capped, 'Observation/ann-lab', { method: 'DELETE' })).toBe(403)
})

test('a rule about every type means the same for each', async () => {
  const tagged = holder('tagged')
  expect(await tagged.finds('Basic')).toEqual(['Basic/open'])
  expect(await tagged.finds('Observation')).toEqual([])
  expect(await status(tagged, 'Patient/ann')).toBe(404)
})

test('the reach of the user and the roles both count; no role opens what the reach does not', async () => {
  const reach = { patients: ['ann'], roles: ['capped'] } as const
  expect(await holder('capped', reach).finds('Observation?_id=ann-lab,bob-lab')).toEqual([
    'Observation/ann-lab',
  ])
  for (const none of [[], ['admin'], ['auditor'], ['developer'], ['nobody-defined'], ['Unknown role']])
    expect(await holder(none).finds('Observation')).toBe(403)
  expect(await holder(['admin', 'clinician']).finds('Observation?_id=ann-lab')).toEqual([
    'Observation/ann-lab',
  ])
})

test('REVO-06 a change of a role, or of what is said of a user, counts at the next request', async () => {
  const { roles: register, db } = ward.house
  const [desk] = roles
  const who = holder('desk', north)
  expect(await who.finds('Appointment')).toHaveLength(2)
  await register.update('desk', { ...desk, rules: [] })
  expect(await who.finds('Appointment')).toBe(403)
  await register.update('desk', desk)
  expect(await who.finds('Appointment')).toHaveLength(2)
  await register.setStatus('desk', 'disabled')
  expect(await who.finds('Appointment')).toBe(403)
  await register.setStatus('desk', 'active')
  expect(await who.finds('Appointment')).toHaveLength(2)
  // What somebody has is not removed.
  await expect(register.remove('desk')).rejects.toMatchObject({ code: 'conflict' })
  expect(await who.finds('Appointment')).toHaveLength(2)
  const move = (location: string) =>
    db.kysely
      .updateTable('account')
      .set({ attributes: JSON.stringify({ location }) })
      .where('attributes', '=', JSON.stringify(north.attributes))
      .execute()
  await move('Location/south')
  expect(await who.finds('Appointment')).toEqual(['Appointment/s1', 'Appointment/s2'])
})

test('ENF-18 page links are authorised anew: rows that left are gone', async () => {
  const desk = holder('desk', { attributes: { location: ['Location/north', 'Location/south'] } })
  const page = await desk.get('Appointment?_count=1&_sort=_id')
  const next = page.body.link.find(({ relation }: { relation: string }) => relation === 'next').url
  await ward.house.roles.update('desk', {
    ...roles[0],
    rules: [{ types: ['Appointment'], letters: 'rs', where: ['location=%user.location', 'status=booked'] }],
  })
  expect(await desk.finds(next)).toEqual(['Appointment/s1'])
  await ward.house.roles.update('desk', roles[0])
})

test('several credentials open what they have in common', async () => {
  const store = await fhirStoreOf(ward.house)
  const { policyOf } = ward.house.roles
  const claims = { client_id: 'app', sub: 'user', jti: 'x', gid: 'x' }
  const grounds = async (text: string, role: string, patients: 'all' | string[] = 'all') => ({
    claims,
    authority: {
      scopes: parseScopes(text, ward.house.vocabulary).scopes,
      patient: undefined,
      user: { ...reaching({ fhirUser: undefined, patients }), ...north, policy: await policyOf([role]) },
      policy: undefined,
    },
  })
  const reads = async (id: string, ...both: Awaited<ReturnType<typeof grounds>>[]) => {
    const [first, ...others] = both
    if (first === undefined) throw new Error('no grounds')
    const [type = '', of = ''] = id.split('/')
    return await store
      .as(mint([first, ...others], 'named'))
      .read(type, of)
      .then(
        () => 'read',
        ({ code, reason }) => reason ?? code,
      )
  }
  const desk = await grounds('user/*.rs', 'desk')
  const everyone = await grounds('user/*.rs', 'clinician')
  const annOnly = await grounds('user/*.rs', 'clinician', ['ann'])
  const bobOnly = await grounds('user/*.rs', 'clinician', ['bob'])
  expect(await reads('Appointment/n1', desk, everyone)).toBe('read')
  expect(await reads('Appointment/s1', desk, everyone)).toBe('not-found')
  expect(await reads('Observation/ann-lab', desk, everyone)).toBe('not-for-role')
  expect(await reads('Observation/ann-lab', everyone, await grounds('user/Patient.rs', 'clinician'))).toBe(
    'type-not-granted',
  )
  expect(await reads('Observation/ann-lab', annOnly, everyone)).toBe('read')
  expect(await reads('Observation/bob-lab', annOnly, everyone)).toBe('not-found')
  expect(await reads('Observation/ann-lab', annOnly, bobOnly)).toBe('no-common-range')
})

test('a backend service with roles sees what their rules open of its scopes', async () => {
  const { clients, roles: register } = ward.house
  expect(register).toBeDefined()
  const metadata = {
    client_id: 'service',
    client_name: 'A service',
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    jwks_uri: 'https://service.example.org/jwks.json',
    scope: 'system/*.rs',
    roles: ['tagged'],
  }
  await clients.add(metadata, 'command')
  const service = await clients.find('service')
  const token = await ward.app.token(
    { scope: 'system/*.rs' },
    { client_id: 'service', sub: 'client:service', gid: service?.grantId, patient: undefined },
  )
  const ask = async (path: string) =>
    (await fetch(`${ward.fhir}/${path}`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await ask('Basic/open')).toBe(200)
  expect(await ask('Patient/ann')).toBe(404)
})

test('ENF-19 a limit on time is about each version, and not about when it was looked at', async () => {
  const { now } = ward.clock
  const recent = `_lastUpdated=ge${new Date(now + MINUTE).toISOString()}`
  const rules = [{ types: ['Observation'], letters: 'rs', where: [recent] }]
  await ward.house.roles.add({ role: 'recent', title: 'What is new', rules }, 'command')
  await ward.write(lab('aging', 'ann'))
  ward.clock.advance(2 * MINUTE)
  await ward.write(lab('aging', 'ann', { status: 'amended' }))
  const who = holder('recent')
  expect(await status(who, 'Observation/aging')).toBe(200)
  expect(await status(who, 'Observation/ann-lab')).toBe(404)
  expect(await status(who, 'Observation/aging/_history/2')).toBe(200)
  expect(await status(who, 'Observation/aging/_history/1')).toBe(404)
  expect((await who.get('Observation/aging/_history')).body.entry).toHaveLength(1)
})
