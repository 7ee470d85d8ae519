import type { CodesFile } from '../files.ts'
import type { OfficialCodeSystem, OfficialConcept, OfficialType, OfficialValueSet } from './artefacts.ts'

/** Includes may name other value sets; none of R4 goes deeper. */
const DEEPEST = 5

/**
 * The codes of every `code` element that has a required binding. A set that is open, or is told by a filter (mime
 * types, languages, currencies), is left out: nothing is checked that is not known completely.
 */
export function compileCodes(
  types: readonly OfficialType[],
  valueSets: readonly OfficialValueSet[],
  codeSystems: readonly OfficialCodeSystem[],
): Pick<CodesFile, 'sets' | 'elements'> {
  const setsByUrl = new Map(valueSets.map((set) => [set.url, set]))
  const systemsByUrl = new Map(codeSystems.map((system) => [system.url, system]))

  function codesOf(url: string, depth = 0): string[] | undefined {
    const set = setsByUrl.get(url.split('|')[0] ?? '')
    if (set?.compose === undefined || set.compose.exclude !== undefined || depth > DEEPEST) return undefined
    const parts = set.compose.include.map(({ system, concept, valueSet, filter }) => {
      if (filter !== undefined) return undefined
      if (concept !== undefined) return concept.map(({ code }) => code)
      if (valueSet !== undefined) return allOf(valueSet.map((other) => codesOf(other, depth + 1)))
      const known = systemsByUrl.get(system ?? '')
      return known?.content === 'complete' ? flat(known.concept ?? []) : undefined
    })
    return allOf(parts)
  }

  const sets: Record<string, string[]> = {}
  const elements: Record<string, string> = {}
  for (const type of types) {
    if (type.kind === 'primitive-type' || type.kind === 'logical' || type.derivation === 'constraint')
      continue
    for (const { path, type: of, binding } of type.snapshot.element) {
      const isCode = of?.length === 1 && of[0]?.code === 'code'
      if (!isCode || binding?.strength !== 'required' || binding.valueSet === undefined) continue
      const codes = codesOf(binding.valueSet)
      if (codes === undefined || codes.length === 0) continue
      const name = binding.valueSet.split('|')[0]?.split('/').at(-1) ?? ''
      sets[name] = codes
      elements[path] = name
    }
  }
  return { sets, elements }
}

function allOf(parts: readonly (string[] | undefined)[]): string[] | undefined {
  return parts.every((part) => part !== undefined) ? [...new Set(parts.flat())] : undefined
}

function flat(concepts: readonly OfficialConcept[]): string[] {
  return concepts.flatMap(({ code, concept = [] }) => [code, ...flat(concept)])
}
