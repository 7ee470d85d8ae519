import type { CompartmentsFile } from '../files.ts'
import type { OfficialCompartment } from './artefacts.ts'

/** The five official compartments. `{def}`, the resource that the compartment is named after, becomes `_id`. */
export function compileCompartments(
  official: readonly OfficialCompartment[],
): CompartmentsFile['compartments'] {
  const entries = official.map((compartment): [string, Record<string, string[]>] => {
    const members = compartment.resource.flatMap(({ code, param }): [string, string[]][] =>
      param ? [[code, param.map((name) => (name === '{def}' ? '_id' : name))]] : [],
    )
    return [compartment.code, Object.fromEntries(members)]
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
