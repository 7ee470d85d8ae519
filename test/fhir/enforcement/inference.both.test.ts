import { afterAll, beforeAll, expect, test } from 'vitest'
import { laboratory, openWard, type Ward } from './ward.ts'

// What a search finds tells what its filters ask, also of resources that are not shown.

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => await ward?.close())

const finds = async (scope: string, path: string) => await ward.as(scope, { patient: undefined }).finds(path)
const annFinds = async (scope: string, path: string) => await ward.as(scope).finds(path)

test('ENF-16 `_has` needs s for the type that refers', async () => {
  const path = 'Patient?_has:Observation:patient:value-quantity=9'
  expect(await finds('system/Patient.rs system/Observation.s', path)).toEqual(['Patient/bob'])
  for (const more of ['', ' system/Observation.r', ' system/Observation.cud', ' system/Condition.rs'])
    expect(await finds(`system/Patient.rs${more}`, path), more).toBe(403)
  // Nothing is told by whether there is such a resource.
  for (const value of ['9', 'gt1000', 'lt0'])
    expect(await finds('system/Patient.rs', `Patient?_has:Observation:patient:value-quantity=${value}`)).toBe(
      403,
    )
})

test('ENF-16 `_has` looks at the resources that a search would find', async () => {
  const vitals = 'system/Patient.rs system/Observation.rs?category=vital-signs'
  expect(await finds(vitals, 'Patient?_has:Observation:patient:value-quantity=8,9')).toEqual([])
  expect(await finds(vitals, 'Patient?_has:Observation:patient:value-quantity=gt100')).toEqual([
    'Patient/bob',
  ])
  // The range of r does not help a search.
  const readOnly = `system/Patient.rs system/Observation.r system/Observation.s?category=vital-signs`
  expect(await finds(readOnly, 'Patient?_has:Observation:patient:value-quantity=9')).toEqual([])
  // Ash took part in visits of both; only what is Ann's counts.
  expect(await annFinds('patient/*.rs', 'Practitioner?_has:Encounter:participant:status=finished')).toEqual([
    'Practitioner/ash',
  ])
  expect(await annFinds('patient/*.rs', 'Practitioner?_has:Encounter:participant:status=planned')).toEqual([])
  expect(await annFinds('patient/*.rs', 'Practitioner?_has:Encounter:participant:class=IMP')).toEqual([])
})

test('ENF-16 a chain needs s for the type that is referred to', async () => {
  const path = 'Observation?subject:Patient.name=Bright'
  expect(await finds('system/Observation.rs system/Patient.s', path)).toEqual([
    'Observation/bob-lab',
    'Observation/bob-vital',
  ])
  for (const more of ['', ' system/Patient.r', ' system/Group.rs'])
    expect(await finds(`system/Observation.rs${more}`, path), more).toBe(403)
  expect(await finds('system/Observation.rs', 'Observation?subject:Patient.name=Nobody')).toBe(403)
  expect(await finds('system/Observation.rs', 'Observation?patient.birthdate=1950')).toBe(403)
  expect(await finds('system/Observation.rs', 'Observation?patient:missing=false')).not.toBe(403)
})

test('ENF-16 a chain without a type goes through those that may be searched, and no other', async () => {
  const path = 'Observation?performer.name=A'
  // `A` begins Ann's name; of the performers only Patients may be searched.
  expect(await finds('system/Observation.rs system/Patient.rs', path)).toEqual(['Observation/bob-lab'])
  expect(await finds('system/Observation.rs system/Practitioner.rs', path)).toEqual([])
  expect(await finds('system/Observation.rs system/Encounter.rs', path)).toBe(403)
})

test('ENF-16 a chain looks at the resources that a search would find', async () => {
  const female = 'system/Observation.rs system/Patient.rs?gender=female'
  expect(await finds(female, 'Observation?patient.name=Bright')).toEqual([])
  expect(await finds(female, 'Observation?patient.name=Arden&category=vital-signs')).toEqual([
    'Observation/ann-vital',
  ])
  // Bob is the focus of nothing that Ann may find out about.
  expect(await annFinds('patient/*.rs', 'Observation?focus:Observation.value-quantity=9')).toEqual([])
  expect(await finds('system/*.rs', 'Observation?focus:Observation.value-quantity=9')).toEqual([
    'Observation/ann-vital',
  ])
  expect(await annFinds('patient/*.rs', 'DiagnosticReport?result.value-quantity=9')).toEqual([])
  expect(await annFinds('patient/*.rs', 'DiagnosticReport?result.value-quantity=5')).toEqual([
    'DiagnosticReport/ann-report',
  ])
  expect(await annFinds('patient/*.rs', 'Patient?link:Patient.name=Bright')).toEqual([])
  expect(await finds('system/*.rs', 'Patient?link:Patient.name=Bright')).toEqual(['Patient/ann'])
})

test('ENF-16 every hop of a long chain needs its own scope and range', async () => {
  const path = 'Observation?encounter.service-provider.name=South'
  expect(await finds('system/Observation.rs system/Encounter.rs system/Organization.rs', path)).toEqual([
    'Observation/bob-lab',
  ])
  expect(await finds('system/Observation.rs system/Encounter.rs', path)).toBe(403)
  expect(await finds('system/Observation.rs system/Organization.rs', path)).toBe(403)
  const narrow = 'system/Observation.rs system/Encounter.rs?status=finished system/Organization.rs'
  expect(await finds(narrow, path)).toEqual([])
  const hasOfHas = 'Organization?_has:Encounter:service-provider:_has:Observation:encounter:value-quantity=9'
  expect(await finds('system/Organization.rs system/Encounter.rs system/Observation.rs', hasOfHas)).toEqual([
    'Organization/south',
  ])
  expect(await finds('system/Organization.rs system/Encounter.rs', hasOfHas)).toBe(403)
  expect(await finds('system/Organization.rs system/Observation.rs', hasOfHas)).toBe(403)
  const chainInHas = 'Patient?_has:Observation:patient:encounter.status=planned'
  expect(await finds('system/Patient.rs system/Observation.rs system/Encounter.rs', chainInHas)).toEqual([
    'Patient/bob',
  ])
  expect(await finds('system/Patient.rs system/Observation.rs', chainInHas)).toBe(403)
})

test('ENF-16 a chain or `_has` by _id, _tag or :missing is a chain or `_has`', async () => {
  for (const path of [
    'Observation?patient._id=bob',
    'Observation?patient:Patient._tag=x',
    'Observation?patient.birthdate:missing=false',
    'Observation?patient._lastUpdated=gt2000',
    'Observation?patient.identifier=urn:mrn|b-1',
  ]) {
    expect(await finds('system/Observation.rs', path), path).toBe(403)
    expect(await finds('system/Observation.rs system/Patient.s', path), path).not.toBe(403)
  }
  for (const path of [
    'Patient?_has:Observation:patient:_id=bob-lab',
    'Patient?_has:Observation:patient:value-quantity:missing=true',
  ]) {
    expect(await finds('system/Patient.rs', path), path).toBe(403)
    expect(await finds('system/Patient.rs system/Observation.s', path), path).not.toBe(403)
  }
})

test('ENF-16 parameters that would reach for other resources and are not evaluated are refused', async () => {
  for (const path of [
    'Observation?_filter=x eq y',
    'Observation?_list=ann-list',
    'Observation?_text=x',
    'Observation?_content=x',
    'Observation?_query=x',
  ]) {
    expect(await finds('system/Observation.rs', path), path).toBe(400)
  }
})

test('ENF-16 `:identifier` and a bare reference look at the resource itself: no other type is touched', async () => {
  await ward.write({
    resourceType: 'Observation',
    id: 'logical',
    status: 'final',
    code: { text: 'x' },
    subject: { identifier: { system: 'urn:mrn', value: 'b-1' } },
  })
  const path = 'Observation?subject:identifier=urn:mrn|b-1'
  expect(await finds('system/Observation.rs', path)).toEqual(['Observation/logical'])
  // A logical reference makes nobody its owner, and Bob's own identifier is not looked up.
  expect(await annFinds('patient/*.rs', path)).toEqual([])
  expect(await ward.as('patient/*.rs', { patient: 'bob' }).finds(path)).toEqual([])
  expect(await finds('system/Observation.rs', 'Observation?subject=Patient/bob')).toEqual([
    'Observation/bob-lab',
    'Observation/bob-vital',
  ])
})

test('ENF-17 order, :missing, composites and dates work on what is seen only', async () => {
  const first = async (scope: string, sort: string) =>
    (await ward.as(scope).get(`Observation?_sort=${sort}&_count=1`)).matches
  // Bob's is the oldest, and has the highest value.
  expect(await first('system/*.rs', 'date')).toEqual(['Observation/bob-lab'])
  expect(await first('patient/*.rs', 'date')).toEqual(['Observation/ann-lab'])
  expect(await first('patient/*.rs', '-value-quantity')).toEqual(['Observation/ann-vital'])
  expect(await first(`patient/Observation.rs?${laboratory}`, '-date')).toEqual(['Observation/ann-lab'])
  const labs = `patient/Observation.rs?${laboratory}`
  expect(await annFinds(labs, 'Observation?value-quantity:missing=true')).toEqual([])
  expect(await annFinds(labs, 'Observation?value-quantity:missing=false')).toEqual(['Observation/ann-lab'])
  expect(await annFinds(labs, 'Observation?code-value-quantity=2339-0$gt1')).toEqual(['Observation/ann-lab'])
  expect(await annFinds('patient/Observation.rs', 'Observation?code-value-quantity=2339-0$9')).toEqual([])
  expect(await annFinds(labs, 'Observation?_lastUpdated=gt2000')).toEqual(['Observation/ann-lab'])
})

test('ENF-30 contained resources follow their container and are not searched', async () => {
  expect(await annFinds('patient/Condition.rs', 'Condition?_contained=true')).toBe(400)
  expect(await annFinds('patient/*.rs', 'Practitioner?name=Innermost')).toEqual([])
  expect(await annFinds('patient/Practitioner.rs', 'Practitioner?_contained=both')).toBe(400)
  expect((await ward.as('patient/Practitioner.rs').get('Practitioner/inner')).status).toBe(404)
  const container = await ward.as('patient/Condition.rs').get('Condition/ann-flu')
  expect(container.text).toContain('Innermost')
  expect(await annFinds('patient/*.rs', 'Condition?asserter:Practitioner.name=Innermost')).toEqual([])
})
