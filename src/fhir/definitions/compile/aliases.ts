import type { ParameterEntry } from '../files.ts'
import { formatPath, parsePath } from '../path.ts'

/** What a parameter takes its values from; two parameters with the same sources have the same values. */
type Sources = {
  code: string
  parameter: ParameterEntry
  set: ReadonlySet<string>
  /** All paths are narrowed to this type of target. */
  target: string | undefined
}

/**
 * Turns parameters that repeat others of the same type into aliases, so that their values are stored once:
 * Observation.combo-code is code ∪ component-code, Observation.patient is subject narrowed to Patient.
 */
export function compileAliases(parameters: Record<string, ParameterEntry>): Record<string, ParameterEntry> {
  const kept: Sources[] = []
  const result = { ...parameters }
  const all = Object.entries(parameters).map(([code, parameter]) => sourcesOf(code, parameter))
  // From the smaller to the larger, so that a union finds its parts already kept and aliases never chain.
  for (const sources of all.sort(smallestFirst)) {
    const parts = partsOf(sources, kept)
    if (!parts) {
      kept.push(sources)
      continue
    }
    const { type, id, targets, components } = sources.parameter
    result[sources.code] = {
      type,
      ...(id !== undefined && { id }),
      ...(targets && { targets }),
      ...(components && { components }),
      ...parts,
    }
  }
  return result
}

function sourcesOf(code: string, parameter: ParameterEntry): Sources {
  const paths = (parameter.paths ?? []).map(parsePath)
  const [target] = paths.map((path) => path.target)
  const narrowed = target !== undefined && paths.every((path) => path.target === target)
  const texts = paths.map((path) => {
    const { target: _, ...open } = path
    return formatPath(narrowed ? open : path)
  })
  const pairs = (parameter.roots ?? []).map((root) => `${root} ${JSON.stringify(parameter.components)}`)
  const set = new Set(
    [...texts, ...pairs].map((text) => `${parameter.type} ${parameter.truth ?? ''} ${text}`),
  )
  return { code, parameter, set, target: narrowed ? target : undefined }
}

function smallestFirst(a: Sources, b: Sources): number {
  const narrowing = Number(a.target !== undefined) - Number(b.target !== undefined)
  // Of equals the one that may point to more is kept: DeviceUseStatement.subject before patient.
  const reach = (sources: Sources): number => sources.parameter.targets?.length ?? Number.MAX_SAFE_INTEGER
  const byName = a.code.length - b.code.length || (a.code < b.code ? -1 : 1)
  return narrowing || a.set.size - b.set.size || reach(b) - reach(a) || byName
}

/** The kept parameters that together have exactly these sources: the largest ones, as few as possible. */
function partsOf(sources: Sources, kept: Sources[]): { of: string[]; target?: string } | undefined {
  const missing = new Set(sources.set)
  const of: string[] = []
  for (const part of kept.toReversed()) {
    const sameTarget = part.target === undefined || part.target === sources.target
    if (!sameTarget || !part.set.isSubsetOf(sources.set) || part.set.isDisjointFrom(missing)) continue
    for (const text of part.set) missing.delete(text)
    of.push(part.code)
  }
  if (missing.size > 0 || of.length === 0) return undefined
  return { of: of.sort(), ...(sources.target !== undefined && { target: sources.target }) }
}
