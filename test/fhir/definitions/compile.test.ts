import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileAliases } from '../../../src/fhir/definitions/compile/aliases.ts'
import { parseExpression } from '../../../src/fhir/definitions/compile/expression.ts'
import { compileSearch } from '../../../src/fhir/definitions/compile/search.ts'
import { formatElement, parseElement } from '../../../src/fhir/definitions/element.ts'
import type { ElementsFile, OfficialFile, SearchFile } from '../../../src/fhir/definitions/files.ts'
import { formatPath, parsePath } from '../../../src/fhir/definitions/path.ts'

const generated = resolve(import.meta.dirname, '../../../src/fhir/definitions/generated')
const read = <File>(name: string): File => JSON.parse(readFileSync(`${generated}/${name}.json`, 'utf8'))
const official: OfficialFile = read('official')
const elements: ElementsFile = read('elements')
const search: SearchFile = read('search')

describe('the generated files', () => {
  const compiled = compileSearch(official.parameters, search.resourceTypes, elements.types)

  test('are what the compiler makes today of the official parameters', () => {
    expect(compiled.types).toEqual(search.types)
    expect(new Set([official.source, elements.source, search.source]).size).toBe(1)
  })

  test('lack only parameters without an expression, or with more than two components', () => {
    expect(compiled.problems.map((problem) => problem.split(':')[0])).toEqual([
      'Resource?_content',
      'Resource?_query',
      'DomainResource?_text',
      'MolecularSequence?chromosome-variant-coordinate',
      'MolecularSequence?chromosome-window-coordinate',
      'MolecularSequence?referenceseqid-variant-coordinate',
      'MolecularSequence?referenceseqid-window-coordinate',
    ])
  })

  test('write paths and elements in a form that reads back the same', () => {
    const parameters = Object.values(search.types).flatMap((entries) => Object.values(entries))
    const paths = parameters.flatMap(({ paths = [], roots = [] }) => [...paths, ...roots])
    expect(paths.map((text) => formatPath(parsePath(text)))).toEqual(paths)
    const texts = Object.values(elements.types).flatMap((type) => Object.entries(type.elements))
    expect(texts.map((text) => formatElement(parseElement(text)))).toEqual(texts)
  })
})

describe('an expression', () => {
  test.each([
    ['(Observation.value as Quantity)', [['Observation', 'value', 'ofType Quantity']]],
    [
      '(Observation.value.ofType(CodeableConcept)).text',
      [['Observation', 'value', 'ofType CodeableConcept', 'text']],
    ],
    ['Bundle.entry[0].resource', [['Bundle', 'entry', '[0]', 'resource']]],
    ["Patient.telecom.where(system='email') | alias", [['Patient', 'telecom', 'system=email'], ['alias']]],
    ['Flag.subject.where(resolve() is Patient)', [['Flag', 'subject', '→ Patient']]],
  ])('%s is understood', (text, expected) => {
    const words = parseExpression(text).branches.map((branch) =>
      branch.map((operation) => {
        if (operation.do === 'child') return operation.name
        if (operation.do === 'type') return `ofType ${operation.name}`
        if (operation.do === 'where') return `${operation.name}=${operation.value}`
        return operation.do === 'at' ? `[${operation.index}]` : `→ ${operation.type}`
      }),
    )
    expect(words).toEqual(expected)
  })

  test('in a shape that R4 does not use is refused, not guessed at', () => {
    for (const text of [
      'Patient.name.first()',
      "Patient.name.where(use = 'official')",
      'a + b',
      '%resource.id',
    ]) {
      expect(() => parseExpression(text)).toThrow(text)
    }
  })
})

test('a path that is none is refused', () => {
  for (const text of ['name', 'name[x', 'na-me:string', 'name:'])
    expect(() => parsePath(text)).toThrow('Not a')
})

test('aliases are found among any parameters, and never point to each other', () => {
  const reference = { type: 'reference' as const }
  const aliases = compileAliases({
    all: { ...reference, paths: ['a:Reference', 'b:Reference', 'c:Reference'] },
    ab: { ...reference, paths: ['a:Reference', 'b:Reference'] },
    a: { ...reference, paths: ['a:Reference'] },
    b: { ...reference, paths: ['b:Reference'] },
    again: { ...reference, paths: ['b:Reference'] },
    c: { ...reference, paths: ['c:Reference(Patient)'] },
    patient: { ...reference, paths: ['a:Reference(Patient)', 'b:Reference(Patient)'] },
    token: { type: 'token', paths: ['a:Reference'] },
  })
  expect(aliases).toEqual({
    all: { ...reference, paths: ['a:Reference', 'b:Reference', 'c:Reference'] },
    ab: { ...reference, of: ['a', 'b'] },
    a: { ...reference, paths: ['a:Reference'] },
    b: { ...reference, paths: ['b:Reference'] },
    again: { ...reference, of: ['b'] },
    c: { ...reference, paths: ['c:Reference(Patient)'] },
    patient: { ...reference, of: ['a', 'b'], target: 'Patient' },
    token: { type: 'token', paths: ['a:Reference'] },
  })
})
