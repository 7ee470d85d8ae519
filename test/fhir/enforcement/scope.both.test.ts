import { afterAll, beforeAll, expect, test } from 'vitest'
import { mint } from '../../../src/fhir/access/access.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { parseScopes } from '../../../src/smart/scope.ts'
import { reaching } from '../../support/roles.ts'
import { everything, laboratory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

const all = (type: string): string[] =>
  everything
    .filter((resource) => resource.resourceType === type)
    .map(({ id }) => `${type}/${id}`)
    .sort()
const annsLabs = ['Observation/ann-lab']
const doctor = { patient: undefined, user: { fhirUser: 'Practitioner/ash', patients: 'all' as const } }

test('ENF-02 what no scope speaks of is refused', async () => {
  const nothing = ward.as('openid fhirUser launch/patient')
  expect(await nothing.finds('Observation')).toBe(403)
  expect((await nothing.get('Observation/ann-lab')).status).toBe(403)
  const labs = ward.as(`patient/Observation.rs?${laboratory}`)
  expect(await labs.finds('Observation')).toEqual(annsLabs)
  expect(await labs.finds('Condition')).toBe(403)
})

test('ENF-02 each interaction needs its own letter', async () => {
  const reader = ward.as('patient/Observation.r')
  expect((await reader.get('Observation/ann-lab')).status).toBe(200)
  expect((await reader.get('Observation/ann-lab/_history/1')).status).toBe(200)
  expect(await reader.finds('Observation')).toBe(403)
  expect(await reader.finds('Patient/ann/Observation')).toBe(403)
  const finder = ward.as('patient/Observation.s')
  expect(await finder.finds(`Observation?${laboratory}`)).toEqual(annsLabs)
  expect((await finder.get('Observation/ann-lab')).status).toBe(403)
  expect((await finder.get('Observation/ann-lab/_history/1')).status).toBe(403)
  for (const letters of ['cud', 'write']) {
    const writer = ward.as(`patient/Observation.${letters}`)
    expect((await writer.get('Observation/ann-lab')).status).toBe(403)
    expect(await writer.finds('Observation')).toBe(403)
  }
})

test('ENF-02 the letters of one scope never combine with the range of another', async () => {
  // May read what is in the laboratory, may search vital signs; the one does not help the other.
  const holder = ward.as(`patient/Observation.r?${laboratory} patient/Observation.s?category=vital-signs`)
  expect((await holder.get('Observation/ann-lab')).status).toBe(200)
  expect((await holder.get('Observation/ann-vital')).status).toBe(404)
  expect(await holder.finds('Observation')).toEqual(['Observation/ann-vital'])
  // Neither does a scope for another patient's level, nor one for another type.
  const mixed = ward.as(
    'patient/Observation.rs system/Observation.r?category=vital-signs system/Condition.rs',
  )
  expect((await mixed.get('Observation/bob-vital')).status).toBe(200)
  expect((await mixed.get('Observation/bob-lab')).status).toBe(404)
  expect(await mixed.finds('Observation?category=vital-signs')).toEqual(['Observation/ann-vital'])
})

test('ENF-03 a type that is not granted is refused alike, whether data exist or not', async () => {
  const holder = ward.as('patient/Observation.rs')
  for (const paths of [
    ['Condition/ann-flu', 'Condition/bob-gout', 'Condition/nothing'],
    ['Condition/ann-flu/_history/1', 'Condition/ann-flu/_history/9', 'Condition/nothing/_history/1'],
    [
      'Condition?code=flu',
      'Condition?code=no-such-code',
      'Condition?_id=ann-flu',
      'Condition?subject=Patient/ann',
    ],
    ['Condition?_summary=count', 'Condition?_total=accurate&code=gout', 'Patient/ann/Condition'],
  ]) {
    const answers = await Promise.all(paths.map((path) => holder.get(path)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    for (const { headers } of answers)
      expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  }
  expect(await holder.finds('Observation?code=no-such-code')).toEqual([])
})

test('ENF-03 a denied type is refused before a search parameter is resolved against data', async () => {
  // The id names a Practitioner and an Organization, which the token sees.
  await ward.write(
    { resourceType: 'Practitioner', id: 'same-id' },
    { resourceType: 'Organization', id: 'same-id', name: 'Same' },
  )
  const holder = ward.as('system/Practitioner.rs system/Organization.rs', { patient: undefined })
  const ambiguous = await holder.get('Observation?performer=same-id')
  const clear = await holder.get('Observation?performer=no-such-id')
  expect([ambiguous.status, ambiguous.text]).toEqual([403, clear.text])
})

test('SCOPE-05 several scopes are a union; criteria of one must all hold; commas mean or', async () => {
  const union = ward.as(`patient/Observation.rs?${laboratory} patient/Observation.rs?category=vital-signs`)
  expect(await union.finds('Observation')).toEqual(['Observation/ann-lab', 'Observation/ann-vital'])
  const both = ward.as('patient/Observation.rs?category=survey&category=cognitive-status')
  expect(await both.finds('Observation')).toEqual(['Observation/ann-survey'])
  const neither = ward.as('patient/Observation.rs?category=survey&category=vital-signs')
  expect(await neither.finds('Observation')).toEqual([])
  const either = ward.as('patient/Observation.rs?category=survey,vital-signs')
  expect(await either.finds('Observation')).toEqual(['Observation/ann-survey', 'Observation/ann-vital'])
})

test('SCOPE-06 a wildcard covers every type, but only inside its level', async () => {
  const patient = ward.as('patient/*.rs')
  for (const type of ['Observation', 'Condition', 'Device', 'Appointment'])
    expect((await patient.finds(type)) as string[], type).not.toEqual([])
  expect(await patient.finds('Condition')).toEqual(['Condition/ann-flu'])
  expect(await patient.finds('Group')).toEqual([])
  expect(await patient.finds('Patient')).toEqual(['Patient/ann'])
  const system = ward.as('system/*.rs')
  expect(await system.finds('Group')).toEqual(['Group/both'])
  expect(await system.finds('Condition')).toEqual(all('Condition'))
})

test('SCOPE-07 a scope adds nothing to what stands behind it: no patient, no user, no rights', async () => {
  const nobody = { patient: undefined }
  expect(await ward.as('patient/*.rs', nobody).finds('Observation')).toBe(403)
  expect(await ward.as('user/*.rs', nobody).finds('Observation')).toBe(403)
  expect(await ward.as('user/*.rs', doctor).finds('Observation')).toEqual(all('Observation'))
  const reach = { ...nobody, user: { fhirUser: undefined, patients: ['bob'] } }
  expect(await ward.as('user/*.rs', reach).finds('Observation')).toEqual([
    'Observation/bob-lab',
    'Observation/bob-vital',
  ])
  const none = { ...nobody, user: { fhirUser: undefined, patients: [] } }
  expect(await ward.as('user/*.rs', none).finds('Observation')).toEqual([])
  expect((await ward.as('user/*.rs', none).get('Observation/ann-lab')).status).toBe(404)
  // A patient whose resource is not here opens what is about him, which is nothing.
  expect(await ward.as('patient/*.rs', { patient: 'ghost' }).finds('Observation')).toEqual([])
})

test('ENF-26 a user scope goes by the user, not by the patient in context', async () => {
  const holder = ward.as('user/Observation.rs', { ...doctor, patient: 'ann' })
  expect(await holder.finds('Observation')).toEqual(all('Observation'))
  expect(await holder.finds('Observation?patient=bob')).toEqual([
    'Observation/bob-lab',
    'Observation/bob-vital',
  ])
})

test('ENF-26 what the user may see is asked anew at every request', async () => {
  const holder = ward.as('user/*.rs', {
    patient: undefined,
    user: { fhirUser: undefined, patients: ['ann', 'bob'] },
  })
  expect(await holder.finds('Condition')).toEqual(all('Condition'))
  expect((await holder.get('Condition/bob-gout')).status).toBe(200)
  const { gid } = JSON.parse(
    Buffer.from((await holder.token).split('.')[1] ?? '', 'base64url').toString(),
  ) as {
    gid: string
  }
  const { kysely } = ward.house.db
  const { user_id } = await kysely
    .selectFrom('launch_grant')
    .select('user_id')
    .where('grant_id', '=', gid)
    .executeTakeFirstOrThrow()
  await kysely
    .updateTable('account')
    .set({ patients: JSON.stringify(['ann']) })
    .where('user_id', '=', user_id)
    .execute()
  expect(await holder.finds('Condition')).toEqual(['Condition/ann-flu'])
  expect((await holder.get('Condition/bob-gout')).status).toBe(404)
})

test('ENF-27 patient/ and user/ in one token are judged apart and united', async () => {
  // Conditions of everybody, observations of Ann only.
  const holder = ward.as('patient/Observation.rs user/Condition.rs', { ...doctor, patient: 'ann' })
  expect(await holder.finds('Condition')).toEqual(all('Condition'))
  expect(await holder.finds('Observation?patient=bob')).toBe(403)
  expect((await holder.get('Observation/bob-lab')).status).toBe(404)
  expect((await holder.get('Condition/bob-gout')).status).toBe(200)
  // One type from both sides: Ann's all, of others what the user scope says.
  const both = ward.as('patient/Observation.rs user/Observation.rs?category=vital-signs', {
    ...doctor,
    patient: 'ann',
  })
  expect(await both.finds('Observation')).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/ann-survey',
    'Observation/ann-vital',
    'Observation/bob-vital',
  ])
  expect(await both.finds('Observation?patient=bob')).toEqual(['Observation/bob-vital'])
})

test('ENF-27 what a user scope shows of others brings no shared resource into the patient scope', async () => {
  const user = { fhirUser: undefined, patients: ['ann', 'bob'] }
  // Of Ann's record it sees the lab result by Ash; of Bob's the one by Birch, which opens nothing to the patient scope.
  const lab = 'user/Observation.rs?category=laboratory'
  const partly = ward.as(`patient/Practitioner.rs ${lab}`, { user })
  expect(await partly.finds('Observation')).toContain('Observation/bob-lab')
  expect(await partly.finds('Practitioner')).toEqual(['Practitioner/ash'])
  const seeing = ward.as('patient/Practitioner.rs patient/Observation.rs', { user })
  expect(await seeing.finds('Practitioner')).toEqual(['Practitioner/ash', 'Practitioner/cedar'])
})

test('ENF-27 a user whose reach leaves the patient in context out brings nothing of that record into sight', async () => {
  // No token is like that (REFR-11); the store does not rely on it.
  const store = await fhirStoreOf(ward.house)
  const reads = async (text: string): Promise<boolean> => {
    const { scopes } = parseScopes(text, ward.house.vocabulary)
    const user = reaching({ fhirUser: undefined, patients: ['bob'] })
    const authority = { scopes, patient: 'ann', user, policy: undefined }
    const claims = { client_id: 'app', sub: 'user', jti: 'x', gid: 'x' }
    const found = store.as(mint({ claims, authority }, 'named')).read('Practitioner', 'cedar')
    return await found.then(
      () => true,
      () => false,
    )
  }
  expect(await reads('patient/Practitioner.rs patient/Observation.rs')).toBe(true)
  expect(await reads('patient/Practitioner.rs user/Observation.rs')).toBe(false)
})

test('OIDC-05 the scope fhirUser opens the own resource to a read, and nothing through it', async () => {
  const own = { patient: 'bob', user: { fhirUser: 'Patient/ann', patients: ['bob'] } }
  const holder = ward.as('fhirUser patient/Organization.rs', own)
  expect((await holder.get('Patient/ann')).status).toBe(200)
  expect((await holder.get('Patient/bob')).status).toBe(404)
  expect(await holder.finds('Patient')).toBe(403)
  // Neither Ann's nor Bob's Patient makes their organisations part of Bob's visible record.
  expect(await holder.finds('Organization')).toEqual([])
  // Beside a scope for the type it takes nothing away.
  const more = ward.as('fhirUser patient/Patient.r', own)
  for (const id of ['ann', 'bob']) expect((await more.get(`Patient/${id}`)).status).toBe(200)
  const without = ward.as('openid patient/Organization.rs', own)
  expect((await without.get('Patient/ann')).status).toBe(403)
})
