import { choiceProperty, formatElement } from '../element.ts'
import type { TypeEntry } from '../files.ts'
import type { ElementType } from '../types.ts'
import type { OfficialElement, OfficialType } from './artefacts.ts'

/**
 * All elements of all resources and datatypes; inherited ones stand with the type that brings them. The
 * structure comes from the StructureDefinitions, the facts of each leaf from the official data element of
 * the same path, because the StructureDefinitions have been edited (see artefacts.ts).
 */
export function compileElements(
  official: readonly OfficialType[],
  dataElements: readonly OfficialElement[],
): Record<string, TypeEntry> {
  // Of several with the same path the later ones are profiles (SimpleQuantity).
  const leaves = new Map(dataElements.toReversed().map((element) => [element.path, element]))
  const types: Record<string, TypeEntry> = {}
  for (const type of official) {
    // Primitives have no elements; SimpleQuantity and MoneyQuantity are only profiles of Quantity.
    if (type.kind === 'primitive-type' || type.kind === 'logical' || type.derivation === 'constraint')
      continue
    const base = type.baseDefinition?.split('/').at(-1)
    types[type.id] = { ...(base !== undefined && { base }), elements: {} }
    const structure = type.snapshot.element.slice(1)
    for (const element of structure.filter(({ path, base }) => base === undefined || base.path === path)) {
      const leaf = leaves.get(element.path)
      if (leaf || isStructure(element, leaves)) addElement(types, leaf ?? element)
    }
    // What the edited StructureDefinition has lost.
    const paths = new Set(structure.map(({ path }) => path))
    for (const leaf of leaves.values()) {
      if (leaf.path.startsWith(`${type.id}.`) && !paths.has(leaf.path)) addElement(types, leaf)
    }
  }
  return types
}

/** What is official without a data element: backbone elements, repeated content, and paths too long for an id. */
function isStructure(
  { path, contentReference }: OfficialElement,
  leaves: ReadonlyMap<string, unknown>,
): boolean {
  const tooLong = `de-${path.replace('[x]', 'X')}`.length > 63
  return (
    contentReference !== undefined || tooLong || leaves.keys().some((leaf) => leaf.startsWith(`${path}.`))
  )
}

function addElement(types: Record<string, TypeEntry>, element: OfficialElement): void {
  const dot = element.path.lastIndexOf('.')
  const owner = types[element.path.slice(0, dot)]
  if (!owner) return // part of a backbone element that is not R4
  const elementTypes = typesOf(element)
  if (elementTypes[0]?.name === element.path) {
    types[element.path] = { base: element.type?.[0]?.code ?? 'BackboneElement', elements: {} }
  }
  const label = element.path.slice(dot + 1)
  const choice = label.endsWith('[x]')
  const name = choice ? label.slice(0, -3) : label
  const [key, text] = formatElement({
    name,
    choice,
    types: elementTypes,
    properties: choice ? elementTypes.map((type) => choiceProperty(name, type.name)) : [name],
    min: element.min,
    array: element.max === '*',
    summary: element.isSummary ?? false,
    modifier: element.isModifier ?? false,
  })
  owner.elements[key] = text
}

function typesOf(element: OfficialElement): ElementType[] {
  // A part that repeats the shape of another, such as Observation.component.referenceRange.
  if (element.contentReference) return [{ name: element.contentReference.slice(1), targets: [] }]
  return (element.type ?? []).map(({ code, targetProfile = [], extension }) => {
    const targets = targetProfile.map((url) => url.split('/').at(-1) ?? '')
    const isBackbone = code === 'BackboneElement' || code === 'Element'
    const name = isBackbone ? element.path : code.startsWith('http:') ? systemType(element, extension) : code
    return { name, targets: targets.includes('Resource') ? [] : targets }
  })
}

/** `id` and `url` are declared with a type of FHIRPath's own; their FHIR type stands in an extension. */
function systemType(element: OfficialElement, extension: { valueUrl?: string }[] = []): string {
  if (element.path === 'Resource.id') return 'id' // the artefact says string, the specification's page id
  return extension[0]?.valueUrl ?? 'string'
}
