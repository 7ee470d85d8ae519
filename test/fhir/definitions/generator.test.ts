import { describe, expect, test } from 'vitest'
import type { OfficialElement, OfficialType } from '../../../src/fhir/definitions/compile/artefacts.ts'
import { compileCompartments } from '../../../src/fhir/definitions/compile/compartments.ts'
import { compileElements } from '../../../src/fhir/definitions/compile/elements.ts'
import { compileSearch } from '../../../src/fhir/definitions/compile/search.ts'
import type { OfficialParameter } from '../../../src/fhir/definitions/files.ts'

const element = (path: string, more: Partial<OfficialElement> = {}): OfficialElement => ({
  path,
  min: 0,
  max: '1',
  type: [{ code: 'string' }],
  ...more,
})

const type = (id: string, elements: OfficialElement[], more: Partial<OfficialType> = {}): OfficialType => ({
  resourceType: 'StructureDefinition',
  id,
  kind: 'resource',
  abstract: false,
  derivation: 'specialization',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/DomainResource',
  snapshot: { element: [element(id), ...elements] },
  ...more,
})

describe('the elements of a type', () => {
  const profile = 'http://hl7.org/fhir/StructureDefinition/'

  test('are read with cardinality, flags, types and targets', () => {
    const cat = [
      element('Cat.name', { min: 1, max: '*', isSummary: true, isModifier: true }),
      element('Cat.age[x]', { type: [{ code: 'integer' }, { code: 'Age' }] }),
      element('Cat.owner', { type: [{ code: 'Reference', targetProfile: [`${profile}Patient`] }] }),
      element('Cat.friend', { type: [{ code: 'Reference', targetProfile: [`${profile}Resource`] }] }),
      element('Cat.id', { base: { path: 'Resource.id' } }),
    ]
    expect(compileElements([type('Cat', cat)], cat)).toEqual({
      Cat: {
        base: 'DomainResource',
        elements: {
          name: '1..* ?!Σ string',
          'age[x]': '0..1 integer|Age',
          owner: '0..1 Reference(Patient)',
          friend: '0..1 Reference',
        },
      },
    })
  })

  test('may be parts of their own, or repeat those of another', () => {
    const toe = element('Cat.paw.toe')
    const cat = [
      element('Cat.paw', { max: '*', type: [{ code: 'BackboneElement' }] }),
      toe,
      element('Cat.prey', { contentReference: '#Cat.paw' }),
    ]
    expect(compileElements([type('Cat', cat)], [toe])).toMatchObject({
      Cat: { elements: { paw: '0..* Cat.paw', prey: '0..1 Cat.paw' } },
      'Cat.paw': { base: 'BackboneElement', elements: { toe: '0..1 string' } },
    })
  })

  test('are those of the data elements, whatever the StructureDefinition was edited to', () => {
    const long = `Cat.${'whisker'.repeat(9)}`
    const edited = [
      element('Cat.name', { type: [{ code: 'markdown' }] }),
      element('Cat.account'),
      element('Cat.collar', { type: [{ code: 'BackboneElement' }] }),
      element('Cat.collar.chip'),
      element(long),
    ]
    // The second data element of a path is that of a profile.
    const official = [element('Cat.name'), element('Cat.name', { max: '0' }), element('Cat.tail')]
    expect(compileElements([type('Cat', edited)], official)).toEqual({
      Cat: {
        base: 'DomainResource',
        elements: { name: '0..1 string', [long.slice(4)]: '0..1 string', tail: '0..1 string' },
      },
    })
  })

  test('are not asked of primitives, logical models and profiles', () => {
    const others = [
      type('code', [], { kind: 'primitive-type' }),
      type('Model', [], { kind: 'logical' }),
      type('SimpleQuantity', [], { kind: 'complex-type', derivation: 'constraint' }),
    ]
    expect(compileElements(others, [])).toEqual({})
  })
})

test('a compartment lists its members, and itself as _id', () => {
  const resource = [
    { code: 'Cat', param: ['{def}'] },
    { code: 'Mouse', param: ['eaten-by'] },
    { code: 'Tree' },
  ]
  expect(compileCompartments([{ resourceType: 'CompartmentDefinition', code: 'Cat', resource }])).toEqual({
    Cat: { Cat: ['_id'], Mouse: ['eaten-by'] },
  })
})

test('a search parameter that leads nowhere is left out, with the reason', () => {
  const parameter = (code: string, more: Partial<OfficialParameter>): OfficialParameter => ({
    id: `Cat-${code}`,
    code,
    type: 'token',
    base: ['Cat'],
    ...more,
  })
  const types = { Cat: { elements: { name: '0..* string', born: '0..1 date' } } }
  const { problems } = compileSearch(
    [
      parameter('nothing', {}),
      parameter('tail', { expression: 'Cat.tail' }),
      parameter('born', { expression: 'Cat.born' }),
      parameter('unknown', {
        type: 'composite',
        expression: 'Cat',
        component: [{ definition: 'http://x/missing', expression: 'name' }],
      }),
      parameter('name', { expression: 'Cat.name' }),
    ],
    ['Cat'],
    types,
  )
  expect(problems).toEqual([
    'Cat?nothing: it has no expression',
    'Cat?tail: Cat.tail leads to nothing, not to a token',
    'Cat?born: Cat.born leads to date, not to a token',
    'Cat?unknown: its component http://x/missing is unknown',
  ])
})
