import type { Definitions } from '../definitions/definitions.ts'
import type { ElementDefinition, ElementType } from '../definitions/types.ts'
import type { Issue } from './issue.ts'
import { primitiveCheck } from './primitives.ts'
import { insideReferences, referenceProblem } from './references.ts'

type Json = { readonly [name: string]: unknown }
/** Everything that is wrong with a resource, up to a limit; nothing if it is valid. */
export type Validate = (resource: Json) => Issue[]

/** More issues help nobody. */
const MOST = 50

/** A property in JSON: its element, and which of the element's types it has. */
type Property = { element: ElementDefinition; type: ElementType | undefined }
type Shape = { elements: readonly ElementDefinition[]; properties: ReadonlyMap<string, Property> }

/**
 * Checks resources against the compiled definitions: names, cardinalities, datatypes, choices, required codes,
 * targets of references and contained resources. Profiles, invariants and terminology beyond that are not looked at.
 */
export function createValidate(definitions: Definitions): Validate {
  const shapes = new Map<string, Shape>()
  function shapeOf(type: string): Shape {
    const known = shapes.get(type)
    if (known !== undefined) return known
    const elements = definitions.elements(type)
    const properties = new Map(
      elements.flatMap((element) =>
        element.properties.map((name, index): [string, Property] => [
          name,
          { element, type: element.types[element.choice ? index : 0] },
        ]),
      ),
    )
    const shape = { elements, properties }
    shapes.set(type, shape)
    return shape
  }
  return (resource) => {
    const issues: Issue[] = []
    const tell = (code: Issue['code'], path: string, problem: string): void => {
      if (issues.length < MOST)
        issues.push({ severity: 'error', code, diagnostics: `${path} ${problem}.`, expression: [path] })
    }
    walker(definitions, shapeOf, tell).resource(resource, String(resource.resourceType), false)
    return issues
  }
}

function walker(
  definitions: Definitions,
  shapeOf: (type: string) => Shape,
  tell: (code: Issue['code'], path: string, problem: string) => void,
) {
  let contained: ReadonlyMap<string, string> = new Map()

  /** A whole resource: the outer one, one in a Bundle or in Parameters, or one that is contained. */
  function resource(value: unknown, path: string, isContained: boolean): void {
    if (!isObject(value)) {
      tell('structure', path, 'must be a resource')
      return
    }
    const type = value.resourceType
    if (typeof type !== 'string' || !definitions.isResourceType(type)) {
      tell('structure', path, 'has no resourceType that R4 knows')
      return
    }
    if (isContained) {
      if (value.contained !== undefined) tell('invariant', `${path}.contained`, 'must not be nested')
      object(value, type, path)
      return
    }
    const outer = contained
    contained = insideOf(value)
    object(value, type, path)
    const named = insideReferences(value)
    list(value.contained).forEach((inner, index) => {
      const id = isObject(inner) ? inner.id : undefined
      const where = `${path}.contained[${index}]`
      if (typeof id !== 'string') tell('invariant', where, 'needs an id')
      // dom-3; what refers to its container may stay without being referred to.
      else if (!named.has(id) && !insideReferences(inner).has(''))
        tell('invariant', where, 'is not referred to by anything in the resource')
    })
    contained = outer
  }

  function object(value: Json, type: string, path: string): void {
    const { elements, properties } = shapeOf(type)
    for (const name of Object.keys(value)) {
      if (name === 'resourceType' && definitions.isResourceType(type)) continue
      const property =
        properties.get(name) ?? (name.startsWith('_') ? properties.get(name.slice(1)) : undefined)
      const isCompanion = name.startsWith('_')
      if (property === undefined || (isCompanion && primitiveCheck(property.type?.name ?? '') === undefined))
        tell('structure', `${path}.${name.slice(0, 64)}`, `is no element of ${type}`)
    }
    for (const element of elements) {
      const present = element.properties.filter(
        (name) => value[name] !== undefined || value[`_${name}`] !== undefined,
      )
      if (present.length < Math.min(element.min, 1)) tell('required', `${path}.${element.name}`, 'is missing')
      if (present.length > 1)
        tell(
          'structure',
          `${path}.${element.name}`,
          `can have one type only, and has ${present.join(' and ')}`,
        )
      for (const name of present) repeated(value, name, properties.get(name), type, path)
    }
    if (type === 'Extension' && (value.extension === undefined) === !Object.keys(value).some(isValueName))
      tell('invariant', path, 'needs either a value or extensions')
  }

  /** One property, which may be a list, beside the list of its ids and extensions. */
  function repeated(
    value: Json,
    name: string,
    property: Property | undefined,
    owner: string,
    path: string,
  ): void {
    if (property?.type === undefined) return
    const { element, type } = property
    const where = `${path}.${element.name}${element.choice ? `.ofType(${type.name})` : ''}`
    const check = primitiveCheck(type.name)
    const [own, companion] = [value[name], value[`_${name}`]]
    for (const given of [own, companion]) {
      if (given === undefined) continue
      if (Array.isArray(given) !== element.array) {
        tell('structure', where, element.array ? 'must be a list' : 'must not be a list')
        return
      }
      if (Array.isArray(given) && given.length === 0) {
        tell('structure', where, 'is an empty list: leave it out')
        return
      }
    }
    const [values, companions] = [list(own), list(companion)]
    const count = Math.max(values.length, companions.length)
    for (let index = 0; index < count; index += 1) {
      const at = element.array ? `${where}[${index}]` : where
      const beside = companions[index] ?? undefined
      if (beside !== undefined) inner(beside, 'Element', at, owner, element, undefined)
      const item = values[index] ?? undefined
      if (item !== undefined) inner(item, type.name, at, owner, element, type)
      else if (check === undefined || beside === undefined) tell('structure', at, 'is null: leave it out')
    }
  }

  function inner(
    value: unknown,
    type: string,
    path: string,
    owner: string,
    element: ElementDefinition,
    declared: ElementType | undefined,
  ): void {
    if (type === 'Resource') {
      resource(value, path, element.name === 'contained')
      return
    }
    const check = primitiveCheck(type)
    if (check !== undefined) {
      const problem = check(value)
      if (problem !== undefined) {
        tell('value', path, problem)
        return
      }
      const codes = type === 'code' ? definitions.codes(owner, element.name) : undefined
      if (codes !== undefined && !codes.has(value as string))
        tell('value', path, `is none of the codes that R4 allows: ${some(codes)}`)
      return
    }
    if (!isObject(value)) {
      tell('structure', path, `must be an object (${type})`)
      return
    }
    if (Object.keys(value).length === 0) {
      tell('structure', path, 'is empty: leave it out')
      return
    }
    object(value, type, path)
    const problem =
      type === 'Reference' && declared ? referenceProblem(value, declared, contained) : undefined
    if (problem !== undefined) tell('value', path, problem)
  }

  return { resource }
}

/** The types of contained resources by their ids. */
function insideOf({ contained }: Json): ReadonlyMap<string, string> {
  return new Map(
    list(contained)
      .filter(isObject)
      .map(({ id, resourceType }): [string, string] => [String(id), String(resourceType)]),
  )
}

function isValueName(name: string): boolean {
  return /^_?value[A-Z]/.test(name)
}

function some(codes: ReadonlySet<string>): string {
  const shown = [...codes].slice(0, 12)
  return codes.size > shown.length ? `${shown.join(', ')} …` : shown.join(', ')
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
