import type { ComponentEntry, ParameterEntry } from './files.ts'
import { parsePath } from './path.ts'
import type { Component, SearchParameter } from './types.ts'

/** Turns an entry of search.json into a search parameter; `entries` are all those of its type, by code. */
export function readParameter(
  type: string,
  code: string,
  entries: Readonly<Record<string, ParameterEntry>>,
  resourceTypes: readonly string[],
): SearchParameter {
  const entry = entries[code]
  if (!entry) throw new Error(`${type} has no search parameter ${code}`)
  const targetsOf = ({ type, targets }: ParameterEntry | ComponentEntry): readonly string[] =>
    type === 'reference' ? (targets ?? resourceTypes) : []
  const [first, second] = (entry.components ?? []).map(
    (component): Component => ({
      type: component.type,
      paths: component.paths.map(parsePath),
      targets: targetsOf(component),
    }),
  )
  return {
    code,
    type: entry.type,
    definition: `http://hl7.org/fhir/SearchParameter/${entry.id ?? `${type}-${code}`}`,
    targets: targetsOf(entry),
    paths: (entry.paths ?? []).map(parsePath),
    truth: entry.truth ?? false,
    roots: (entry.roots ?? []).map(parsePath),
    components: first && second ? [first, second] : [],
    ...(entry.of && { of: entry.of }),
    ...(entry.target !== undefined && { target: entry.target }),
  }
}
