import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lazy } from '../../lib/lazy.ts'
import { elementsOf } from './element.ts'
import type { CodesFile, CompartmentsFile, ElementsFile, SearchFile } from './files.ts'
import { readParameter } from './parameter.ts'
import type { ElementDefinition, SearchParameter } from './types.ts'

/** What FHIR R4 says about its resource types: their search parameters, elements and compartments. */
export type Definitions = {
  /** The package and version that the definitions were compiled from. */
  source: string
  /** The 146 resource types of R4, in alphabetical order. */
  resourceTypes: readonly string[]
  /** Whether a name is one of the resource types; case matters. */
  isResourceType(name: string): boolean
  /** A search parameter of a resource type by its name in a query; undefined if there is none. */
  searchParameter(type: string, code: string): SearchParameter | undefined
  /** All search parameters of a resource type with those of all resources; none for an unknown type. */
  searchParameters(type: string): readonly SearchParameter[]
  /**
   * The reference parameters by which a resource of this type belongs to a patient (requirements,
   * Appendix A); undefined if the type is not in the Patient compartment. A Patient also belongs to itself.
   */
  patientCompartment(type: string): readonly string[] | undefined
  /**
   * The same for any of the compartments Patient, Encounter, Practitioner, RelatedPerson and Device;
   * `_id` stands for the very resource that the compartment is named after.
   */
  compartment(name: string, type: string): readonly string[] | undefined
  /**
   * The elements of a resource type, a datatype, or a backbone element named by its path
   * (`Observation.component`), inherited ones first; none for an unknown type or a primitive.
   */
  elements(type: string): readonly ElementDefinition[]
  /** The codes that the element of a type may have, where R4 demands certain ones. */
  codes(type: string, element: string): ReadonlySet<string> | undefined
}

/**
 * Loads the generated definitions. Call it once and hand the result on: it holds no state but what it has
 * already parsed. The element definitions, which only some requests need, are read at their first use.
 */
export function loadDefinitions(): Definitions {
  const search: SearchFile = readGenerated('search')
  const parameters = new Map(
    search.resourceTypes.map((type) => [type, lazy(() => parametersOf(search, type))]),
  )
  const { compartments }: CompartmentsFile = readGenerated('compartments')
  const codes = lazy(() => readCodes(readGenerated('codes')))
  const types = lazy(() => readElements(readGenerated('elements')))

  const compartment: Definitions['compartment'] = (name, type) => {
    const members = Object.hasOwn(compartments, name) ? compartments[name] : undefined
    return members && Object.hasOwn(members, type) ? members[type] : undefined
  }
  return {
    source: search.source,
    resourceTypes: search.resourceTypes,
    isResourceType: (name) => parameters.has(name),
    searchParameter: (type, code) => parameters.get(type)?.().get(code),
    searchParameters: (type) => [...(parameters.get(type)?.().values() ?? [])],
    patientCompartment: (type) => compartment('Patient', type),
    compartment,
    codes: (type, element) => codes().get(`${type}.${element}`),
    elements: (type) => types().get(type)?.() ?? [],
  }
}

function parametersOf(search: SearchFile, type: string): ReadonlyMap<string, SearchParameter> {
  const entries = { ...search.types.Resource, ...search.types[type] }
  const read = Object.keys(entries).map((code) => readParameter(type, code, entries, search.resourceTypes))
  return new Map(read.map((parameter) => [parameter.code, parameter]))
}

function readCodes({ sets, elements }: CodesFile): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map(Object.entries(sets).map(([name, codes]) => [name, new Set(codes)]))
  return new Map(Object.entries(elements).map(([path, name]) => [path, known.get(name) ?? new Set<string>()]))
}

function readElements({ types }: ElementsFile): ReadonlyMap<string, () => readonly ElementDefinition[]> {
  return new Map(Object.keys(types).map((type) => [type, lazy(() => elementsOf(types, type))]))
}

function readGenerated<File>(name: string): File {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'generated', `${name}.json`), 'utf8'))
}
