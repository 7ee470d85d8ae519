import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomId } from '../../../src/lib/id.ts'
import { type Ask, allEnded, exported, kickedOff, posted, respondAsync } from '../../support/exporting.ts'
import { type Backend, registerBackend, requestToken } from '../../support/oauth.ts'
import { answerOf, everything, type Holder, laboratory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ LANYARD_EXPORTS_PER_CLIENT: '100' })
})
afterAll(async () => await ward?.close())

const asking = (holder: Holder): Ask => holder.get
const as = (scope: string): Ask => asking(ward.as(scope, { patient: undefined }))
const keysOf = async (scope: string, path: string, init?: Parameters<typeof exported>[3]) =>
  (await exported(ward, as(scope), path, init)).keys
const statusOf = async (ask: Ask, path: string) => (await ask(path, { headers: respondAsync })).status

/** A service of its own, whose tokens all stand for the same client. */
async function service(
  scope: string,
  more: object = {},
): Promise<{ backend: Backend; with: (scope: string) => Promise<Ask> }> {
  const backend = await registerBackend(ward, { scope, client_id: `service-${randomId(48)}`, ...more })
  return {
    backend,
    with: async (wanted) => {
      const answer = await requestToken(ward, backend, { form: { scope: wanted } })
      const authorization = `Bearer ${answer.body.access_token}`
      return async (path, { headers, ...init } = {}) => {
        const address = path.startsWith('http') ? path : `${ward.fhir}/${path}`
        return await answerOf(await fetch(address, { ...init, headers: { authorization, ...headers } }))
      }
    },
  }
}

test('BULK-15 only system scopes with r and s export, each its own types', async () => {
  const refused = [
    'patient/*.rs',
    'user/*.rs',
    'system/*.r',
    'system/*.s',
    'system/*.cud',
    'system/Patient.r system/Observation.s',
    'openid fhirUser',
  ]
  for (const scope of refused) {
    const ask = asking(ward.as(scope, { user: { fhirUser: undefined, patients: 'all' } }))
    for (const path of ['$export', 'Patient/$export', '$export?_type=Patient'])
      expect(await statusOf(ask, path), `${scope}: ${path}`).toBe(403)
  }
  const all = everything.filter(({ resourceType }) => resourceType !== 'AuditEvent')
  const keys = (...types: string[]) =>
    all
      .map(({ resourceType, id }) => `${resourceType}/${id}`)
      .filter((key) => types.length === 0 || types.some((type) => key.startsWith(`${type}/`)))
      .sort()
  expect(await keysOf('system/*.rs', '$export')).toEqual(keys())
  expect(await keysOf('system/*.read', '$export?_type=Patient')).toEqual(keys('Patient'))
  expect(await keysOf('system/Patient.rs system/Device.rs patient/*.rs', '$export')).toEqual(
    keys('Device', 'Patient'),
  )
  // The letters of one range count together.
  expect(await keysOf('system/Patient.r system/Patient.s', '$export')).toEqual(keys('Patient'))

  const some = as('system/Patient.rs')
  expect(await statusOf(some, '$export?_type=Patient,Observation')).toBe(403)
  const { keys: left, notes } = await exported(ward, some, '$export?_type=Patient,Observation', {
    headers: { prefer: 'respond-async,handling=lenient' },
  })
  expect([left, notes.length]).toEqual([keys('Patient'), 1])
  const posting = posted(
    { name: '_type', valueString: 'Patient' },
    { name: '_type', valueString: 'Condition' },
  )
  const byPost = await some('Patient/$export', {
    ...posting,
    headers: { ...respondAsync, ...posting.headers },
  })
  expect(byPost.status).toBe(403)
})

test('BULK-15 ENF-10 the limits of granular scopes hold for each type, at each level', async () => {
  const labs = `system/Observation.rs?${laboratory}`
  const wanted = ['Observation/ann-lab', 'Observation/bob-lab']
  expect(await keysOf(labs, '$export')).toEqual(wanted)
  expect(await keysOf(labs, 'Patient/$export')).toEqual(wanted)
  expect(await keysOf(`${labs} system/Group.rs`, 'Group/both/$export')).toEqual(wanted)
  const vitals = encodeURIComponent('Observation?category=vital-signs,laboratory')
  expect(await keysOf(labs, `$export?_typeFilter=${vitals}`)).toEqual(wanted)
  expect(await keysOf(`${labs} system/Patient.rs`, '$export?_since=2020-01-01T00:00:00Z')).toEqual([
    ...wanted,
    'Patient/ann',
    'Patient/bob',
  ])
  // A limit with s alone is no limit with r, and does not lend it.
  expect(await keysOf(`${labs} system/Observation.s`, '$export')).toEqual(wanted)
})

test('BULK-12 ENF-19 who is limited is not told what was deleted', async () => {
  const gone = { resourceType: 'Observation', id: 'gone', status: 'final', code: { text: 'x' } }
  await ward.write(gone)
  const since = new Date(ward.clock.now).toISOString()
  ward.clock.advance(1000)
  const writer = as('system/*.cruds')
  expect((await writer('Observation/gone', { method: 'DELETE' })).status).toBe(204)
  const told = async (scope: string) =>
    (await exported(ward, as(scope), `$export?_since=${since}&_type=Observation`)).deleted
  expect(await told('system/Observation.rs')).toEqual(['Observation/gone'])
  expect(await told(`system/Observation.rs?${laboratory}`)).toEqual([])
})

test('ENF-16 filters reach only what the token may search', async () => {
  const filter = `$export?_typeFilter=${encodeURIComponent('Observation?subject:Patient.name=arden')}`
  const has = `$export?_typeFilter=${encodeURIComponent('Patient?_has:Observation:subject:value-quantity=gt6')}`
  expect(await statusOf(as('system/Observation.rs'), filter)).toBe(403)
  expect(await statusOf(as('system/Patient.rs'), has)).toBe(403)
  expect(await keysOf('system/Observation.rs system/Patient.rs', `${filter}&_type=Observation`)).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/ann-survey',
    'Observation/ann-vital',
  ])
  // What the other scope does not show does not count: Bob's 120 is no laboratory result.
  const labs = `system/Patient.rs system/Observation.rs?${laboratory}`
  const big = encodeURIComponent('Patient?_has:Observation:subject:value-quantity=gt100')
  expect(await keysOf(labs, `$export?_type=Patient&_typeFilter=${big}`)).toEqual([])
  expect(await keysOf('system/*.rs', `$export?_type=Patient&_typeFilter=${big}`)).toEqual(['Patient/bob'])
})

test('BULK-17 a group needs its scope, is as hidden as any resource, and opens its members only', async () => {
  await ward.write({
    resourceType: 'Group',
    id: 'ann-only',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/ann' } }],
  })
  const without = as('system/Patient.rs system/Observation.rs')
  expect(await statusOf(without, 'Group/both/$export')).toBe(403)
  expect(await statusOf(without, 'Group/nobody/$export')).toBe(403)
  expect(await statusOf(as('system/*.rs'), 'Group/nobody/$export')).toBe(404)
  const limited = as('system/Patient.rs system/Group.rs?type=animal')
  expect(await statusOf(limited, 'Group/both/$export')).toBe(404)

  const keys = await keysOf('system/*.rs', 'Group/ann-only/$export')
  expect(keys.filter((key) => key.includes('bob'))).toEqual([])
  expect(keys).toContain('Observation/ann-lab')
  // What is about several people is in nobody's record, and a practitioner of Bob's is not referred to.
  expect(keys).not.toContain('Appointment/both')
  expect(keys).not.toContain('Practitioner/birch')
  expect(keys).toContain('Practitioner/ash')
})

test('ENF-04 ENF-24 what hidden resources refer to does not betray them', async () => {
  const path = 'Group/ann-only/$export'
  // Cedar measured Ann's vital signs, which a token for laboratory results does not see.
  const labs = `system/Practitioner.rs system/Group.rs system/Provenance.rs system/Observation.rs?${laboratory}`
  expect(await keysOf(labs, path)).toEqual([
    'Observation/ann-lab',
    'Practitioner/ash',
    'Provenance/ann-lab',
    'Provenance/both',
  ])
  expect(await keysOf('system/Practitioner.rs system/Provenance.rs system/Group.rs', path)).toEqual([])
  const asked = '$export?_type=Observation&includeAssociatedData=RelevantProvenanceResources'
  expect((await keysOf(labs, asked)).filter((key) => key.startsWith('Provenance/'))).toEqual([
    'Provenance/ann-lab',
    'Provenance/both',
  ])
})

test('BULK-06 a patient that is named must be one that the token sees', async () => {
  const named = posted({ name: 'patient', valueReference: { reference: 'Patient/bob' } })
  const asked = (scope: string) =>
    as(scope)('Patient/$export', { ...named, headers: { ...respondAsync, ...named.headers } })
  expect((await asked('system/Observation.rs')).status).toBe(403)
  expect((await asked('system/Observation.rs system/Patient.rs?gender=female')).status).toBe(400)
  expect((await asked('system/Observation.rs system/Patient.rs')).status).toBe(202)
  await allEnded(ward)
})

test('BULK-15 a role of the service narrows its exports and hides elements of them', async () => {
  const rules = [
    { types: ['Patient'], letters: 'rs', hide: ['name', 'identifier', 'birthDate'] },
    { types: ['Observation'], letters: 'rs', where: ['category=laboratory'], hide: ['value'] },
    { types: ['Practitioner', 'Provenance', 'Group'], letters: 'rs' },
    { types: ['Condition'], letters: 's' },
  ]
  await ward.house.roles.add({ role: 'research', title: 'Research', rules }, 'command')
  const { with: having } = await service('system/*.rs', { roles: ['research'] })
  const ask = await having('system/*.rs')
  const { keys, resources } = await exported(ward, ask, '$export')
  expect(keys.filter((key) => !/^(?:Practitioner|Provenance|Group)\//.test(key))).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/bob-lab',
    'Patient/ann',
    'Patient/bob',
  ])
  const people = resources.filter(({ resourceType }) => resourceType === 'Patient')
  expect(people.map((one) => [one.gender, one.name, one.identifier, one.birthDate])).toEqual([
    ['female', undefined, undefined, undefined],
    ['male', undefined, undefined, undefined],
  ])
  expect(people[0]?.meta.tag[0].code).toBe('SUBSETTED')
  const results = resources.filter(({ resourceType }) => resourceType === 'Observation')
  expect(results.filter((one) => 'valueQuantity' in one || 'status' in one === false)).toEqual([])
  const named = await exported(ward, ask, '$export?_type=Patient&_elements=Patient.name,Patient.gender')
  expect(named.resources.map(({ gender, name }) => [gender, name])).toEqual([
    ['female', undefined],
    ['male', undefined],
  ])

  const filter = (query: string) => `$export?_typeFilter=${encodeURIComponent(query)}`
  for (const path of [
    '$export?_type=Condition',
    // By what is found, by whose record it is in, or by what tells of it, one would learn what is hidden.
    filter('Patient?name=arden'),
    filter('Observation?value-quantity=gt1'),
    filter('Observation?subject:Patient.name=arden'),
    'Patient/$export?_type=Patient',
    'Group/both/$export?_type=Observation',
  ])
    expect(await statusOf(ask, path), path).toBe(403)
  expect((await exported(ward, ask, 'Group/both/$export')).keys).toEqual([])
  const about = '$export?_type=Observation&includeAssociatedData=RelevantProvenanceResources'
  expect((await exported(ward, ask, about)).keys.filter((key) => key.startsWith('Provenance/'))).toEqual([])

  // Files are for those who would get as much today.
  const at = await kickedOff(ask, '$export?_type=Patient,Observation')
  await allEnded(ward)
  expect((await ask(at)).status).toBe(200)
  const [first, ...others] = rules
  await ward.house.roles.update('research', {
    role: 'research',
    title: 'Research',
    rules: [{ ...first, hide: ['name', 'identifier', 'birthDate', 'gender'] }, ...others],
  })
  expect((await (await having('system/*.rs'))(at)).status).toBe(403)
})

test('BULK-16 job and files are for the client that started it, with a token of the same coverage', async () => {
  const [one, other] = [await service('system/*.rs'), await service('system/*.rs')]
  const starter = await one.with(`system/Patient.rs system/Observation.rs?${laboratory}`)
  const at = await kickedOff(starter, '$export')
  await allEnded(ward)
  const file = (await starter(at)).body.output[0].url

  const stranger = await other.with('system/*.rs')
  for (const address of [at, file]) expect((await stranger(address)).status, address).toBe(404)
  expect((await stranger(at, { method: 'DELETE' })).status).toBe(404)
  for (const less of ['system/Patient.rs', 'system/Observation.rs system/Patient.rs?gender=female']) {
    const ask = await one.with(less)
    for (const address of [at, file]) expect((await ask(address)).status, `${less}: ${address}`).toBe(403)
  }
  for (const enough of [
    `system/Observation.rs?${laboratory} system/Patient.rs`,
    'system/Observation.rs system/Patient.rs',
    'system/*.rs',
  ]) {
    const ask = await one.with(enough)
    for (const address of [at, file]) expect((await ask(address)).status, `${enough}: ${address}`).toBe(200)
  }
  // The wider token shows no more than what the narrower one has exported.
  const wide = await one.with('system/*.rs')
  const types = (await wide(at)).body.output.map(({ type }: { type: string }) => type)
  expect(types).toEqual(['Observation', 'Patient'])
  expect((await (await one.with('system/Device.rs'))(at, { method: 'DELETE' })).status).toBe(202)
})

test('BULK-20 an export ends with its client, and its files with it', async () => {
  for (const end of ['disable', 'update', 'remove'] as const) {
    const { backend, with: having } = await service('system/*.rs')
    const ask = await having('system/*.rs')
    const at = await kickedOff(ask, '$export?_type=Patient')
    await allEnded(ward)
    expect((await ask(at)).status).toBe(200)
    const { clients } = ward.house
    if (end === 'disable') {
      await clients.setStatus(backend.id, 'disabled')
      await clients.setStatus(backend.id, 'active')
    } else if (end === 'update') {
      const { metadata } = (await clients.find(backend.id)) ?? { metadata: {} }
      await clients.update(backend.id, { ...metadata, client_name: 'Another name' })
    } else await clients.remove(backend.id)
    if (end !== 'remove') expect((await (await having('system/*.rs'))(at)).status, end).toBe(404)
    const left = () =>
      ward.house.db.kysely.selectFrom('export_job').where('client_id', '=', backend.id).selectAll().execute()
    // Looked after every two seconds.
    for (let looks = 0; (await left()).length > 0 && looks < 100; looks++)
      await new Promise((go) => setTimeout(go, 50))
    expect(await left(), end).toEqual([])
  }
})
