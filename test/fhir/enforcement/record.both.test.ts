import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type Holder, openWard, type Ward } from './ward.ts'

let ward: Ward
let ann: Holder
beforeAll(async () => {
  ward = await openWard()
  ann = ward.as('patient/*.rs')
})
afterAll(async () => await ward?.close())

const status = async (holder: Holder, path: string): Promise<number> => (await holder.get(path)).status
const said = ({ status, text }: Answer): unknown[] => [status, text]

test('ENF-04 what is in no record is seen where the visible record refers to it, and nowhere else', async () => {
  expect(await ann.finds('Practitioner')).toEqual(['Practitioner/ash', 'Practitioner/cedar'])
  expect(await status(ann, 'Practitioner/ash')).toBe(200)
  expect(await status(ann, 'Practitioner/birch')).toBe(404)
  expect(await ann.finds('Organization')).toEqual(['Organization/north'])
  expect(await ann.finds('Location')).toEqual(['Location/room'])
  // One step: the parent of a visible organisation is not visible.
  await ward.write({
    resourceType: 'Organization',
    id: 'north',
    name: 'North',
    partOf: { reference: 'Organization/parent' },
  })
  expect(await status(ann, 'Organization/parent')).toBe(404)
})

test('ENF-04 the record that refers must be visible to this token itself', async () => {
  // Cedar appears in a vital sign and an appointment, Ash in a laboratory result and more.
  const labs = ward.as('patient/Practitioner.rs patient/Observation.rs?category=laboratory')
  expect(await labs.finds('Practitioner')).toEqual(['Practitioner/ash'])
  expect(await status(labs, 'Practitioner/cedar')).toBe(404)
  expect(await ward.as('patient/Practitioner.rs').finds('Practitioner')).toEqual([])
  // Seen by r alone or by s alone is seen.
  for (const letter of ['r', 's']) {
    const holder = ward.as(`patient/Practitioner.rs patient/Appointment.${letter}`)
    expect(await holder.finds('Practitioner')).toEqual(['Practitioner/cedar'])
  }
  // A scope for the type itself is needed.
  expect(await ward.as('patient/Observation.rs').finds('Practitioner')).toBe(403)
})

test('ENF-04 with fhirSharedResources: always no scope need name their type; all else stays the same', async () => {
  const open = await openWard({ LANYARD_FHIR_SHARED_RESOURCES: 'always' })
  const labs = open.as('patient/Observation.rs?category=laboratory')
  expect(await labs.finds('Practitioner')).toEqual(['Practitioner/ash'])
  expect(await labs.finds('Observation?_include=Observation:performer')).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Practitioner/ash',
  ])
  for (const hidden of ['Practitioner/cedar', 'Practitioner/birch'])
    expect(await status(labs, hidden), hidden).toBe(404)
  expect(await labs.finds('Encounter')).toBe(403)
  const reader = open.as('patient/Observation.r')
  expect(await status(reader, 'Practitioner/ash')).toBe(200)
  expect(await reader.finds('Practitioner')).toBe(403)
  const user = { fhirUser: undefined, patients: 'all' as const }
  for (const scope of ['user/Observation.rs', 'system/Observation.rs', 'patient/Observation.cud'])
    expect(await open.as(scope, { user }).finds('Practitioner'), scope).toBe(403)
  await open.close()
})

test('ENF-04 types that are neither in a record nor shared are not seen at all; a Device of the patient is', async () => {
  // Also one that she is alone in.
  const member = [{ entity: { reference: 'Patient/ann' } }]
  await ward.write({ resourceType: 'Group', id: 'of-ann', type: 'person', actual: true, member })
  for (const type of ['Group', 'AuditEvent', 'Task', 'Binary', 'ValueSet'])
    expect(await ann.finds(type), type).toEqual([])
  for (const path of ['Group/both', 'Group/of-ann', 'AuditEvent/of-ann', 'Task/of-ann'])
    expect(await status(ann, path), path).toBe(404)
  expect(await ann.finds('Device')).toEqual(['Device/ann-pump'])
  expect(await status(ann, 'Device/scanner')).toBe(404)
})

test('ENF-05 a link to another Patient widens nothing', async () => {
  expect(await ann.finds('Patient')).toEqual(['Patient/ann'])
  expect(await status(ann, 'Patient/bob')).toBe(404)
  expect(await ann.finds('Patient?_include=Patient:link')).toEqual(['Patient/ann'])
  const bob = ward.as('patient/*.rs', { patient: 'bob' })
  expect(await bob.finds('Patient?_revinclude=Patient:link')).toEqual(['Patient/bob'])
  expect(await bob.finds('Patient/bob/Patient')).toEqual(['Patient/bob'])
  expect(await status(bob, 'Patient/ann')).toBe(404)
})

test('ENF-06 a resource about another is not in the record of who did or said it', async () => {
  expect(await ann.finds('AllergyIntolerance')).toEqual(['AllergyIntolerance/ann-nuts'])
  expect(await status(ann, 'AllergyIntolerance/bob-nuts')).toBe(404)
  expect(await ann.finds('Observation?performer=Patient/ann')).toEqual([])
  // R4 counts both as part of Ann's compartment; a token without limits sees them there.
  const system = ward.as('system/*.rs')
  expect(await system.finds('Patient/ann/AllergyIntolerance')).toContain('AllergyIntolerance/bob-nuts')
  expect(await system.finds('Patient/ann/Observation')).toContain('Observation/bob-lab')
  expect(await ann.finds('Patient/ann/AllergyIntolerance')).toEqual(['AllergyIntolerance/ann-nuts'])
  expect(await ann.finds('Patient/ann/Observation')).not.toContain('Observation/bob-lab')
})

test('ENF-06 what is about several patients is in the record of none', async () => {
  expect(await ann.finds('Appointment')).toEqual(['Appointment/ann-alone'])
  expect(await status(ann, 'Appointment/both')).toBe(404)
  expect(await ann.finds('Schedule')).toEqual([])
  expect(await ann.finds('Patient/ann/Group')).toEqual([])
  await ward.write({
    resourceType: 'Appointment',
    id: 'abroad',
    status: 'booked',
    participant: [
      { actor: { reference: 'Patient/ann' } },
      { actor: { reference: 'https://other.example/fhir/Patient/zoe' } },
    ],
  })
  expect(await status(ann, 'Appointment/abroad')).toBe(404)
  const user = { fhirUser: undefined, patients: 'all' as const }
  expect(await status(ward.as('user/*.rs', { user }), 'Appointment/both')).toBe(200)
})

test('ENF-24 a Provenance is seen if all that it names is seen', async () => {
  expect(await ann.finds('Provenance')).toEqual(['Provenance/ann-lab', 'Provenance/ann-vital'])
  expect(await ann.finds('Observation?_id=ann-lab&_revinclude=Provenance:target')).toEqual([
    'Observation/ann-lab',
    'Provenance/ann-lab',
  ])
  expect(await status(ann, 'Provenance/both')).toBe(404)
  const labs = ward.as('patient/Provenance.rs patient/Observation.rs?category=laboratory')
  expect(await labs.finds('Provenance')).toEqual(['Provenance/ann-lab'])
  expect(await status(labs, 'Provenance/ann-vital')).toBe(404)
  expect(await ward.as('patient/Provenance.rs').finds('Provenance')).toEqual([])
  // A target that is elsewhere, or named by an identifier, may be anybody's.
  for (const [id, target] of [
    ['abroad', { reference: 'https://other.example/fhir/Patient/zoe' }],
    ['by-number', { type: 'Patient', identifier: { system: 'urn:mrn', value: 'b-1' } }],
  ] as const) {
    await ward.write({
      resourceType: 'Provenance',
      id,
      recorded: '2024-01-01T00:00:00Z',
      target: [{ reference: 'Observation/ann-lab' }, target],
      agent: [{ who: { reference: 'Patient/ann' } }],
    })
    expect(await status(ann, `Provenance/${id}`), id).toBe(404)
  }
})

test("ENF-24 a List of the patient that shows another's things is not seen", async () => {
  expect(await ann.finds('List')).toEqual(['List/ann-list'])
  expect(await status(ann, 'List/mixed-list')).toBe(404)
  expect(await ann.finds('Condition?_revinclude=List:item')).toEqual(['Condition/ann-flu', 'List/ann-list'])
  expect(await ward.as('system/List.rs').finds('List')).toEqual(['List/ann-list', 'List/mixed-list'])
  const subject = { reference: 'Patient/ann' }
  for (const id of ['bob', 'not-here']) {
    const entry = [{ item: { reference: `Patient/${id}` } }]
    await ward.write({
      resourceType: 'List',
      id: `of-${id}`,
      status: 'current',
      mode: 'working',
      subject,
      entry,
    })
    expect(await status(ann, `List/of-${id}`), id).toBe(404)
  }
})

test('ENF-07 totals, counts and pages are those of what is seen', async () => {
  const count = async (path: string) => (await ann.get(path)).body.total
  expect(await count('Observation?_summary=count')).toBe(4)
  expect(await count('Observation?_count=0')).toBe(4)
  expect(await count('Observation?_total=accurate&_count=1')).toBe(4)
  expect(await count('Observation?code=2339-0&_maxresults=3')).toBe(3)
  expect(await count('AllergyIntolerance?_summary=count')).toBe(1)
  const seen: string[] = []
  for (let path: string | undefined = 'Observation?_count=1&_sort=-date'; path !== undefined; ) {
    const { matches, body } = await ann.get(path)
    seen.push(...matches)
    path = body.link.find((link: { relation: string }) => link.relation === 'next')?.url
  }
  expect(seen.sort()).toEqual([
    'Observation/ann-lab',
    'Observation/ann-other-system',
    'Observation/ann-survey',
    'Observation/ann-vital',
  ])
  for (const page of [1, 2, 3, 4])
    expect((await ann.finds(`Observation?_count=1&page=${page}`)) as string[]).toHaveLength(1)
  expect(await ann.finds('Observation?_count=1&page=5')).toEqual([])
})

test('ENF-08 naming another patient is refused, whether that one exists or not', async () => {
  for (const [bob, nobody] of [
    ['Observation?patient=bob', 'Observation?patient=nobody'],
    ['Observation?patient=Patient/bob', 'Observation?patient=Patient/nobody'],
    ['Observation?subject=bob', 'Observation?subject=nobody'],
    ['Observation?subject:Patient=bob', 'Observation?subject:Patient=nobody'],
    [`Observation?subject=${ward.fhir}/Patient/bob`, `Observation?subject=${ward.fhir}/Patient/nobody`],
    ['Observation?patient=ann,bob', 'Observation?patient=ann,nobody'],
    ['Observation?patient=ann&patient=bob', 'Observation?patient=ann&patient=nobody'],
    ['Observation?patient:Patient._id=bob', 'Observation?patient:Patient._id=nobody'],
    ['Observation?performer=Patient/bob', 'Observation?performer=Patient/nobody'],
    ['Observation?encounter.patient=bob', 'Observation?encounter.patient=nobody'],
    ['Patient/bob/Observation', 'Patient/nobody/Observation'],
    ['Patient/bob/*', 'Patient/nobody/*'],
    ['Patient?_id=bob', 'Patient?_id=nobody'],
    ['Patient?_id=ann,bob', 'Patient?_id=ann,nobody'],
    ['Patient?link=Patient/bob', 'Patient?link=Patient/nobody'],
    [
      'Encounter?_has:Observation:encounter:patient=bob',
      'Encounter?_has:Observation:encounter:patient=nobody',
    ],
    ['Provenance?target=Patient/bob', 'Provenance?target=Patient/nobody'],
  ] as const) {
    const answers = [await ann.get(bob), await ann.get(nobody)]
    expect(answers.map(said), bob).toEqual([said(answers[0] as Answer), said(answers[0] as Answer)])
    expect(answers[0]?.status, bob).toBe(403)
  }
})

test('ENF-08 naming the patient in context, or nobody, is answered', async () => {
  const annsOwn = await ann.finds('Observation')
  for (const path of [
    'Observation?patient=ann',
    'Observation?patient=Patient/ann',
    `Observation?subject=${ward.fhir}/Patient/ann`,
    'Observation?patient._id=ann',
    'Patient/ann/Observation',
  ])
    expect(await ann.finds(path), path).toEqual(annsOwn)
  expect(await ann.finds('Patient?_id=ann')).toEqual(['Patient/ann'])
  expect(await ann.finds('Patient/ann/*?_id=ann-lab')).toEqual(['Observation/ann-lab'])
  expect(await ann.finds('Patient?identifier=urn:mrn|b-1')).toEqual([])
  expect(await ann.finds('Observation?patient.identifier=urn:mrn|b-1')).toEqual([])
})

test('ENF-08 an id of another patient among own ones of another type is left out, not told', async () => {
  expect(await ann.finds('Observation?_id=ann-lab,bob-lab')).toEqual(['Observation/ann-lab'])
  expect(await ann.finds('Observation?_id=bob-lab')).toEqual([])
  expect(await ann.finds('Encounter/bob-visit/Observation')).toEqual([])
  expect(await ann.finds('Encounter/nothing/Observation')).toEqual([])
  expect(await ann.finds('Practitioner/birch/Observation')).toEqual([])
})

test('ENF-08 a search by POST is judged by address and body together', async () => {
  const post = (query: string, form: string) =>
    ann.get(`Observation/_search${query}`, { method: 'POST', body: new URLSearchParams(form) })
  expect((await post('', 'patient=bob')).status).toBe(403)
  expect((await post('?patient=bob', '')).status).toBe(403)
  expect((await post('?patient=ann', 'patient=bob')).status).toBe(403)
  expect((await post('?patient=ann', 'code=2339-0&_id=ann-lab,bob-lab')).matches).toEqual([
    'Observation/ann-lab',
  ])
  const other = await ann.get('Patient/bob/Observation/_search', { method: 'POST' })
  expect(other.status).toBe(403)
})
