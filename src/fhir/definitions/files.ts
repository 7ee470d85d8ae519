import type { SearchType } from './types.ts'

/**
 * The shapes of the generated files. They are compact, and still text one can read and compare: what a path
 * or an element looks like is told in path.ts and element.ts.
 */
export type ElementsFile = {
  /** The package that the definitions were compiled from, with its version. */
  source: string
  types: Record<string, TypeEntry>
}

/** A resource, a datatype, or a backbone element, which is named by its path (`Observation.component`). */
export type TypeEntry = {
  /** The type whose elements it inherits. */
  base?: string
  /** By name, with `[x]` if it is a choice; the text is that of `formatElement`. */
  elements: Record<string, string>
}

export type SearchFile = {
  source: string
  /** All resource types of R4, also those that have no search parameters of their own. */
  resourceTypes: string[]
  /** By resource type and code; those of all resources (`_id`, `_tag`, …) stand under `Resource`. */
  types: { Resource: Record<string, ParameterEntry>; [type: string]: Record<string, ParameterEntry> }
}

/** A search parameter of one resource type; see `SearchParameter` for what the fields mean. */
export type ParameterEntry = {
  type: SearchType
  /** The official id, where it is not just `Type-code`. */
  id?: string
  /** Of a reference; absent when it may point to anything. */
  targets?: string[]
  paths?: string[]
  truth?: true
  roots?: string[]
  components?: ComponentEntry[]
  of?: string[]
  target?: string
}

export type ComponentEntry = { type: SearchType; paths: string[]; targets?: string[] }

export type CompartmentsFile = {
  source: string
  /** Compartment, then resource type, then the reference parameters that put a resource into it. */
  compartments: Record<string, Record<string, string[]>>
}

/** Codes that R4 demands: for the path of an element the name of its set, and the codes of each set. */
export type CodesFile = { source: string; sets: Record<string, string[]>; elements: Record<string, string> }

/** The official search parameters that search.json was compiled from; tests compare the two. */
export type OfficialFile = { source: string; parameters: OfficialParameter[] }

/** What we read of an official SearchParameter. */
export type OfficialParameter = {
  id: string
  code: string
  type: SearchType
  base: string[]
  expression?: string
  /** Absent when all resource types are listed. */
  target?: string[]
  component?: { definition: string; expression: string }[]
}
