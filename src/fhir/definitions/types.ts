/** How a search value is written and compared (R4 search §ptypes). */
export type SearchType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special'

/** From an element to one of its children; `at` and `where` keep only some of the child's repetitions. */
export type Step = {
  readonly name: string
  readonly at?: number
  readonly where?: { readonly name: string; readonly value: string }
}

/** A way from a resource (or from the root element of a composite) to values of one datatype. */
export type Path = {
  readonly steps: readonly Step[]
  readonly datatype: string
  /** Only references to this resource type count: `where(resolve() is Patient)`. */
  readonly target?: string
}

/** One half of a composite parameter; its paths start at the composite's root element. */
export type Component = {
  readonly type: SearchType
  readonly paths: readonly Path[]
  readonly targets: readonly string[]
}

/**
 * One search parameter of one resource type. It has values of its own (`paths`, or `roots` with `components`
 * when it is a composite), or it is an alias (`of`) that repeats the values of other parameters.
 */
export type SearchParameter = {
  readonly code: string
  readonly type: SearchType
  /** The canonical URL of the official SearchParameter, for the CapabilityStatement. */
  readonly definition: string
  /** Resource types that a reference may point to; empty when the parameter is not a reference. */
  readonly targets: readonly string[]
  /** Empty for an alias, for a composite and for a `special` parameter. */
  readonly paths: readonly Path[]
  /** Its one value is whether any path leads to something other than `false` (Patient.deceased). */
  readonly truth: boolean
  /** The elements whose children a composite compares with each other; empty unless it is one. */
  readonly roots: readonly Path[]
  /** The halves of a composite (also when it is an alias, to read the query by); empty unless it is one. */
  readonly components: readonly [Component, Component] | readonly []
  /** An alias: its values are those of these parameters of the same type, none of which is an alias. */
  readonly of?: readonly string[]
  /** Of an alias: only references to this resource type count. */
  readonly target?: string
}

/** A datatype that an element may have, and for a Reference or canonical what it may point to (empty: all). */
export type ElementType = { readonly name: string; readonly targets: readonly string[] }

/** An element of a resource, of a datatype or of a backbone element (whose type is named by its path). */
export type ElementDefinition = {
  /** Without `[x]`, as `_elements` names it. */
  readonly name: string
  /** `value[x]`: the property in JSON is one of `valueQuantity`, `valueString`, … */
  readonly choice: boolean
  readonly types: readonly ElementType[]
  /** Names in JSON, one for each of `types` if it is a choice, otherwise just the name. */
  readonly properties: readonly string[]
  readonly min: number
  /** May repeat, so it is an array in JSON. */
  readonly array: boolean
  /** Part of `_summary=true` (Σ). */
  readonly summary: boolean
  /** Changes the meaning of its resource (?!), so it is never left out silently. */
  readonly modifier: boolean
}

/** A FHIR resource as parsed from JSON: only its type is sure. */
export type Resource = {
  readonly resourceType: string
  readonly id?: string
  readonly [element: string]: unknown
}
