import { elementsOf } from '../element.ts'
import type { OfficialParameter, ParameterEntry, SearchFile, TypeEntry } from '../files.ts'
import { compileAliases } from './aliases.ts'
import { compileParameter, type World } from './parameters.ts'

/**
 * Compiles the official search parameters for all their base types.
 * `problems` names each that had to be left out, and why.
 */
export function compileSearch(
  officials: readonly OfficialParameter[],
  resourceTypes: readonly string[],
  types: Record<string, TypeEntry>,
): { types: SearchFile['types']; problems: string[] } {
  const byId = new Map(officials.map((official) => [official.id, official]))
  const world: World = { elements: (type) => elementsOf(types, type), officials: byId }
  const result: SearchFile['types'] = { Resource: {} }
  const problems: string[] = []
  for (const base of ['Resource', 'DomainResource', ...resourceTypes]) {
    const parameters: Record<string, ParameterEntry> = {}
    for (const official of officials.filter((candidate) => candidate.base.includes(base))) {
      try {
        parameters[official.code] = compileParameter(official, base, world)
      } catch (error) {
        problems.push(`${base}?${official.code}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    if (Object.keys(parameters).length > 0) result[base] = compileAliases(parameters)
  }
  return { types: result, problems }
}
