import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'

// Others have read the same StructureDefinitions: fhirpath.js carries its own model of R4. It shows what the
// package that we generate from has edited (generate.ts takes that out again).
const require = createRequire(import.meta.url)
const model = <Content>(name: string): Content =>
  JSON.parse(readFileSync(require.resolve(`fhirpath/fhir-context/r4/${name}.json`), 'utf8'))
const typeOfPath: Record<string, string | { code: string; refType: string[] }> = model('path2Type')
const choices: Record<string, string[]> = model('choiceTypePaths')
const elsewhere: Record<string, string> = model('pathsDefinedElsewhere')

const definitions = loadDefinitions()

/** All types, also those of backbone elements, that can be reached from a resource. */
const types = new Set<string>(definitions.resourceTypes)
for (const type of types) {
  for (const element of definitions.elements(type)) for (const { name } of element.types) types.add(name)
}
const elements = [...types].flatMap((type) =>
  definitions.elements(type).map((element) => ({ path: `${type}.${element.name}`, element })),
)

test('the elements are those of R4, no less and no more', () => {
  const ours = new Set(
    elements.flatMap(({ path, element }) => [
      path,
      ...element.properties.map((name) => path.replace(/\w+$/, name)),
    ]),
  )
  const known = new Set([...Object.keys(typeOfPath), ...Object.keys(choices), ...Object.keys(elsewhere)])
  expect([...ours].filter((path) => !known.has(path))).toEqual([])
  const wanted = [...known].filter((path) => types.has(path.split('.')[0] ?? '') && path.includes('.'))
  const ofPrimitives = /^([a-z]\w*|ElementDefinition\.extension)\./
  expect(wanted.filter((path) => !ours.has(path) && !ofPrimitives.test(path))).toEqual([])
})

test('a choice element has the datatypes of R4', () => {
  const compared = elements.filter(({ element }) => element.choice)
  expect(compared.map(({ path, element }) => [path, ...element.properties])).toEqual(
    compared.map(({ path, element }) => [path, ...(choices[path] ?? []).map((name) => element.name + name)]),
  )
  expect(compared.length).toBeGreaterThan(150)
})

test('any other element has the datatype and the reference targets of R4', () => {
  const compared = elements.filter(({ path }) => path !== 'Extension.url' && typeOfPath[path] !== undefined)
  const ours = compared.map(({ path, element }) => {
    const [type] = element.types
    const isPart = type?.name === path
    return [path, isPart ? 'a part' : type?.name, ...(type?.name === 'Reference' ? type.targets : [])]
  })
  const theirs = compared.map(({ path, element }) => {
    const type = typeOfPath[path]
    const { code, refType } = typeof type === 'object' ? type : { code: type, refType: [] }
    if (code === 'BackboneElement' || code === 'Element') return [path, 'a part']
    // FHIRPath has its own names for the type of an id.
    if (code === 'System.String') return [path, element.types[0]?.name]
    return [path, code, ...refType.filter((target) => code === 'Reference' && target !== 'Resource')]
  })
  expect(ours).toEqual(theirs)
  expect(compared.length).toBeGreaterThan(7000)
})
