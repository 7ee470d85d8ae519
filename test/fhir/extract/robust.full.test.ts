import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import type { Resource } from '../../../src/fhir/definitions/types.ts'
import { binaryLinkCodes } from '../../../src/fhir/extract/binary-links.ts'
import { createExtract } from '../../../src/fhir/extract/extract.ts'
import type { IndexRow, PairHalf } from '../../../src/fhir/extract/rows.ts'
import { randomFrom, sample } from './sample.ts'

const definitions = loadDefinitions()
const extract = createExtract(definitions, { base: 'https://ehr.example/fhir' })

const seed = fc.integer({ min: 0, max: 2 ** 31 })
const type = fc.constantFrom(...definitions.resourceTypes)

/** A copy in which, here and there, anything stands in the place of what belongs there. */
function mutilated(value: unknown, random: () => number, junk: readonly unknown[]): unknown {
  if (random() < 0.1) return junk[Math.floor(random() * junk.length)]
  if (Array.isArray(value)) return value.map((item) => mutilated(item, random, junk))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mutilated(item, random, junk)]),
  )
}

/** What the index relies on. */
function isSound(row: IndexRow | PairHalf): boolean {
  switch (row.kind) {
    case 'token':
      return row.code !== '' && row.system !== ''
    case 'string':
      return row.text !== '' && typeof row.norm === 'string'
    case 'date':
      return Number.isFinite(row.lo) && Number.isFinite(row.hi) && row.lo < row.hi
    case 'reference':
      return definitions.isResourceType(row.type) && /^[A-Za-z0-9\-.]{1,64}$/.test(row.id)
    case 'uri':
      return row.value !== ''
    case 'quantity':
      return Number.isFinite(row.lo) && Number.isFinite(row.hi) && row.lo <= row.hi
    case 'pair':
      return isSound(row.first) && isSound(row.second)
  }
}

test('a resource with anything in it gives sound rows, and no error', () => {
  const junk = fc.array(fc.anything(), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(type, seed, junk, (resourceType, seed, junk) => {
      const { resourceType: _, ...content } = sample(definitions, resourceType, seed)
      const broken = mutilated(content, randomFrom(seed), junk)
      const rows = extract({ ...(broken as object), resourceType } as Resource)
      expect(rows.filter((row) => !isSound(row))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a whole resource gives sound rows, each once, under parameters that exist', () => {
  fc.assert(
    fc.property(type, seed, (resourceType, seed) => {
      const rows = extract(sample(definitions, resourceType, seed))
      expect(rows.filter((row) => !isSound(row))).toEqual([])
      expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length)
      for (const { param } of rows) {
        if (binaryLinkCodes(resourceType).includes(param)) continue
        const parameter = definitions.searchParameter(resourceType, param.replace(/:of-type$/, ''))
        expect(parameter?.of, param).toBeUndefined()
        expect(parameter, param).toBeDefined()
      }
    }),
    { numRuns: 300 },
  )
})

test('every parameter of every type finds something in some resource', () => {
  for (const resourceType of definitions.resourceTypes) {
    const own = definitions.searchParameters(resourceType).filter(({ of, type }) => !of && type !== 'special')
    const silent = new Set(own.map(({ code }) => code))
    for (let seed = 0; seed < 200 && silent.size > 0; seed += 1) {
      for (const { param } of extract(sample(definitions, resourceType, seed))) silent.delete(param)
    }
    expect([...silent], resourceType).toEqual([])
  }
})
