import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import type { OfficialFile } from '../../../src/fhir/definitions/files.ts'
import type { Resource, SearchParameter, SearchType } from '../../../src/fhir/definitions/types.ts'
import { createExtract } from '../../../src/fhir/extract/extract.ts'
import type { IndexRow, PairHalf } from '../../../src/fhir/extract/rows.ts'
import { wordsFor } from './expected.ts'
import { createOracle } from './oracle.ts'
import { sample } from './sample.ts'

const root = resolve(import.meta.dirname, '../../..')
const officialFile = join(root, 'src/fhir/definitions/generated/official.json')
const official: OfficialFile = JSON.parse(readFileSync(officialFile, 'utf8'))
const synthea = resolve(root, '../shared/data/r4-10')

const definitions = loadDefinitions()
const extract = createExtract(definitions, { base: 'https://ehr.example/fhir' })
const oracle = createOracle(official)

test('extraction finds what the official expressions find, in samples of every type', () => {
  let compared = 0
  for (const type of definitions.resourceTypes) {
    for (let seed = 1; seed <= 12; seed += 1) compared += compare(sample(definitions, type, seed))
  }
  expect(compared).toBeGreaterThan(30_000)
})

test.skipIf(!existsSync(synthea))(
  'extraction finds what the official expressions find, in the records of ten patients (skipped without ../shared/data)',
  () => {
    const files = readdirSync(synthea).map((name) => readFileSync(join(synthea, name), 'utf8'))
    const resources = files
      .flatMap((text) => text.trim().split('\n'))
      .map((line): Resource => JSON.parse(line))
    const compared = resources.reduce((sum, resource) => sum + compare(resource), 0)
    expect(compared).toBeGreaterThan(50_000)
  },
)

/** Compares every parameter of a resource, the aliases too, and says how many they were. */
function compare(resource: Resource): number {
  const rows = Map.groupBy(extract(resource), (row) => row.param)
  const parameters = definitions
    .searchParameters(resource.resourceType)
    .filter(({ type }) => type !== 'special')
  for (const parameter of parameters) {
    const found = (parameter.of ?? [parameter.code])
      .flatMap((code) => rows.get(code) ?? [])
      .filter((row) => parameter.target === undefined || pointsTo(row, parameter.target))
      .flatMap((row) => wordOf(row, parameter.type) ?? [])
    const where = `${resource.resourceType}/${resource.id} ${parameter.code}`
    expect(distinct(found), where).toEqual(distinct(expected(resource, parameter)))
  }
  return parameters.length
}

function expected(resource: Resource, parameter: SearchParameter): string[] {
  const { code, type, components } = parameter
  if (components.length === 0) return wordsFor(type, oracle.nodes(resource, code), parameter)
  const [first, second] = components
  return oracle
    .pairs(resource, code)
    .flatMap(([ones, others]) =>
      wordsFor(first.type, ones, parameter).flatMap((one) =>
        wordsFor(second.type, others, parameter).map((other) => `${one} & ${other}`),
      ),
    )
}

/** How a query reads an alias that is narrowed to one type of target. */
function pointsTo(row: IndexRow, target: string): boolean {
  return row.kind === 'reference'
    ? row.type === target
    : row.kind === 'uri' && row.value.includes(`/${target}/`)
}

function wordOf(row: IndexRow | PairHalf, type: SearchType): string | undefined {
  switch (row.kind) {
    case 'token': // a reference's identifier is not what its expression leads to
      return type === 'reference' ? undefined : `${row.system ?? ''}|${row.code}`
    case 'string': // nor are the words beside a code
      return type === 'token' ? undefined : row.text
    case 'date':
      return `${row.lo}`
    case 'reference':
      return `${row.type}/${row.id}`
    case 'uri':
      return row.value
    case 'quantity':
      return `${row.lo} ${row.system ?? ''} ${row.code ?? ''}`
    case 'pair':
      return `${wordOf(row.first, type)} & ${wordOf(row.second, type)}`
  }
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].sort()
}
