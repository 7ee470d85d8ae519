import { expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { formatPath } from '../../../src/fhir/definitions/path.ts'

const definitions = loadDefinitions()
const { resourceTypes, searchParameter, searchParameters } = definitions

const all = resourceTypes.flatMap((type) => searchParameters(type).map((parameter) => ({ type, parameter })))

test('the 146 resource types of R4 are known, and none else', () => {
  expect(resourceTypes).toHaveLength(146)
  expect(resourceTypes).toEqual([...resourceTypes].sort())
  expect(definitions.isResourceType('Patient')).toBe(true)
  const strangers = [
    'patient',
    'Resource',
    'DomainResource',
    'SubscriptionStatus',
    'Project',
    'constructor',
    '',
  ]
  expect(strangers.filter(definitions.isResourceType)).toEqual([])
  expect(definitions.source).toMatch(/^@medplum\/definitions@\d+\.\d+\.\d+$/)
})

test('SRCH-15 every type can be searched by the parameters of all resources', () => {
  for (const type of resourceTypes) {
    const codes = searchParameters(type).map((parameter) => parameter.code)
    expect(codes).toEqual(
      expect.arrayContaining(['_id', '_lastUpdated', '_profile', '_security', '_source', '_tag']),
    )
  }
})

test('all official parameters are there but the 7 that cannot be compiled', () => {
  const ofResource = 6
  const own = all.filter(({ parameter }) => !parameter.code.startsWith('_'))
  expect(own).toHaveLength(1695)
  expect(all).toHaveLength(1695 + 146 * ofResource)
  const absent = ['_text', '_content', '_query', 'chromosome-variant-coordinate', 'bogus', 'constructor']
  expect(absent.map((code) => searchParameter('MolecularSequence', code))).toEqual(
    absent.map(() => undefined),
  )
  expect(searchParameter('Bogus', '_id')).toBeUndefined()
  expect(searchParameters('Bogus')).toEqual([])
})

test.each([
  ['Patient', 'birthdate', 'date', 'birthDate:date'],
  ['Patient', 'email', 'token', 'telecom[system=email]:ContactPoint'],
  ['Condition', 'onset-date', 'date', 'onsetDateTime:dateTime onsetPeriod:Period'],
  ['Procedure', 'date', 'date', 'performedDateTime:dateTime performedPeriod:Period'],
  ['Observation', 'value-quantity', 'quantity', 'valueQuantity:Quantity valueSampledData:SampledData'],
  ['Observation', 'value-string', 'string', 'valueCodeableConcept.text:string valueString:string'],
  ['Medication', 'ingredient', 'reference', 'ingredient.itemReference:Reference'],
  ['EpisodeOfCare', 'care-manager', 'reference', 'careManager:Reference(Practitioner)'],
  ['Bundle', 'composition', 'reference', 'entry[0].resource:Resource(Composition)'],
  ['Library', 'depends-on', 'reference', 'relatedArtifact[type=depends-on].resource:canonical'],
  ['InsurancePlan', 'name', 'string', 'alias:string name:string'],
  ['Patient', '_lastUpdated', 'date', 'meta.lastUpdated:instant'],
  ['Location', 'near', 'special', ''],
])('%s?%s is a %s that looks at %s', (type, code, searchType, paths) => {
  const parameter = searchParameter(type, code)
  expect(parameter?.type).toBe(searchType)
  expect(parameter?.paths.map(formatPath).join(' ')).toBe(paths)
})

test('Patient?deceased asks whether there is a deceased[x] that is not false', () => {
  const deceased = searchParameter('Patient', 'deceased')
  expect(deceased).toMatchObject({ type: 'token', truth: true })
  expect(all.filter(({ parameter }) => parameter.truth)).toHaveLength(1)
})

test('SRCH-09 a reference knows which types it may point to, less those its element does not allow', () => {
  expect(searchParameter('Observation', 'subject')?.targets).toEqual([
    'Device',
    'Group',
    'Location',
    'Patient',
  ])
  // The shared parameter also allows EpisodeOfCare, which Observation.encounter does not.
  expect(searchParameter('Observation', 'encounter')?.targets).toEqual(['Encounter'])
  expect(searchParameter('Observation', 'focus')?.targets).toEqual(resourceTypes)
  expect(searchParameter('Observation', 'code')?.targets).toEqual([])
  const aimless = all.filter(
    ({ parameter }) => parameter.type === 'reference' && parameter.targets.length === 0,
  )
  expect(aimless).toEqual([])
})

test('a composite says where its two components stand together', () => {
  const composite = searchParameter('Observation', 'component-code-value-quantity')
  expect(composite?.roots.map(formatPath)).toEqual(['component:Observation.component'])
  expect(composite?.components.map(({ type, paths }) => [type, ...paths.map(formatPath)])).toEqual([
    ['token', 'code:CodeableConcept'],
    ['quantity', 'valueQuantity:Quantity'],
  ])
  const incomplete = all.filter(
    ({ parameter }) => parameter.type === 'composite' && parameter.components.length !== 2,
  )
  expect(incomplete).toEqual([])
})

test('the canonical URL of a parameter is the official one', () => {
  const url = (type: string, code: string) => searchParameter(type, code)?.definition
  expect(url('Observation', 'code')).toBe('http://hl7.org/fhir/SearchParameter/clinical-code')
  expect(url('Observation', 'status')).toBe('http://hl7.org/fhir/SearchParameter/Observation-status')
  expect(url('Patient', '_id')).toBe('http://hl7.org/fhir/SearchParameter/Resource-id')
})

test('a parameter that repeats others is their alias, narrowed to a target where it must be', () => {
  const alias = (type: string, code: string) => {
    const { of, target } = searchParameter(type, code) ?? {}
    return [of?.join(' '), target]
  }
  expect(alias('Observation', 'patient')).toEqual(['subject', 'Patient'])
  expect(alias('Observation', 'combo-code')).toEqual(['code component-code', undefined])
  expect(alias('Observation', 'combo-value-quantity')).toEqual([
    'component-value-quantity value-quantity',
    undefined,
  ])
  expect(alias('Observation', 'combo-code-value-quantity')).toEqual([
    'code-value-quantity component-code-value-quantity',
    undefined,
  ])
  expect(alias('AuditEvent', 'patient')).toEqual(['agent entity', 'Patient'])
  expect(alias('Patient', 'phonetic')).toEqual(['name', undefined])
  expect(alias('Observation', 'code')).toEqual([undefined, undefined])
})

test('an alias names only parameters of its own kind that have values themselves', () => {
  const aliases = all.filter(({ parameter }) => parameter.of)
  expect(aliases).toHaveLength(65)
  for (const { type, parameter } of aliases) {
    expect(parameter.paths).toEqual([])
    expect(parameter.roots).toEqual([])
    for (const code of parameter.of ?? []) {
      const part = searchParameter(type, code)
      expect(part).toMatchObject({ type: parameter.type })
      expect(part?.of).toBeUndefined()
    }
    if (parameter.target !== undefined) expect(parameter.targets).toEqual([parameter.target])
  }
})

test('an element says how often it occurs, with which types, and whether a summary holds it', () => {
  const element = (type: string, name: string) =>
    definitions.elements(type).find((candidate) => candidate.name === name)
  expect(element('Observation', 'status')).toEqual({
    name: 'status',
    choice: false,
    types: [{ name: 'code', targets: [] }],
    properties: ['status'],
    min: 1,
    array: false,
    summary: true,
    modifier: true,
  })
  expect(element('Observation', 'effective')).toMatchObject({
    choice: true,
    properties: ['effectiveDateTime', 'effectivePeriod', 'effectiveTiming', 'effectiveInstant'],
  })
  expect(element('Observation', 'category')).toMatchObject({ array: true, summary: false, min: 0 })
  expect(element('Observation', 'component')?.types).toEqual([{ name: 'Observation.component', targets: [] }])
  expect(element('Observation.component', 'referenceRange')?.types[0]?.name).toBe(
    'Observation.referenceRange',
  )
  expect(element('Observation', 'id')).toMatchObject({ summary: true, types: [{ name: 'id' }] })
  expect(element('Encounter', 'subject')?.types[0]).toEqual({
    name: 'Reference',
    targets: ['Patient', 'Group'],
  })
  expect(element('Age', 'value')?.types[0]?.name).toBe('decimal')
  expect(definitions.elements('Bogus')).toEqual([])
  expect(definitions.elements('toString')).toEqual([])
})
