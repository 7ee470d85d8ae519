import type { Definitions } from '../definitions/definitions.ts'
import type { ElementDefinition, ElementType } from '../definitions/types.ts'

export type Schema = { readonly [keyword: string]: unknown }

/** JSON's own types for R4's primitives; every other primitive is a string (R4 datatypes §primitives). */
const primitives: Readonly<Record<string, Schema>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  positiveInt: { type: 'integer', minimum: 1 },
  unsignedInt: { type: 'integer', minimum: 0 },
  decimal: { type: 'number' },
  date: { type: 'string', description: 'YYYY, YYYY-MM or YYYY-MM-DD' },
  dateTime: { type: 'string', description: 'YYYY, YYYY-MM, YYYY-MM-DD or a time with its zone' },
  instant: { type: 'string', format: 'date-time' },
  base64Binary: { type: 'string', contentEncoding: 'base64' },
  xhtml: { type: 'string', description: 'XHTML that only formats' },
  // Any of 146: a schema of each would be in every document.
  Resource: { type: 'object', description: 'Any resource' },
  // It nests in everything and holds anything: spelled out, pages that resolve all references of a call take seconds.
  Extension: {
    type: 'object',
    description: 'Its url, and a value[x] of any datatype or further extensions',
    required: ['url'],
    properties: { url: { type: 'string' } },
  },
}

/**
 * Schemas of some types with everything they are made of, as JSON Schema 2020-12 for OpenAPI 3.1: from the
 * definitions that validate what is written.
 * @param types resource types or datatypes
 * @returns by name; a backbone element is named by its path (`Observation.component`)
 */
export function schemasOf(definitions: Definitions, types: readonly string[]): Record<string, Schema> {
  const schemas: Record<string, Schema> = {}
  const waiting = [...types]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const elements = definitions.elements(name)
    if (Object.hasOwn(schemas, name) || elements.length === 0) continue
    schemas[name] = schemaOf(name, elements, definitions)
    waiting.push(...elements.flatMap((element) => element.types.map(({ name }) => name)).filter(isOurs))
  }
  return Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isOurs(type: string): boolean {
  return !Object.hasOwn(primitives, type)
}

function schemaOf(name: string, elements: readonly ElementDefinition[], definitions: Definitions): Schema {
  const isResource = definitions.isResourceType(name)
  const properties = elements.flatMap((element) =>
    element.properties.map((property, index): [string, Schema] => [
      property,
      element.array
        ? { type: 'array', items: valueFor(name, element, element.types[0], definitions) }
        : valueFor(name, element, element.types[element.choice ? index : 0], definitions),
    ]),
  )
  const required = elements.filter(({ min, choice }) => min > 0 && !choice).map((element) => element.name)
  return {
    type: 'object',
    required: [...(isResource ? ['resourceType'] : []), ...required],
    properties: {
      ...(isResource ? { resourceType: { const: name } } : {}),
      ...Object.fromEntries(properties),
    },
  }
}

function valueFor(
  owner: string,
  { name }: ElementDefinition,
  type: ElementType | undefined,
  definitions: Definitions,
): Schema {
  const of = type?.name ?? 'string'
  if (Object.hasOwn(primitives, of)) return primitives[of] ?? {}
  if (definitions.elements(of).length > 0) {
    const reference = { $ref: `#/components/schemas/${of}` }
    return type?.targets.length ? { ...reference, description: `To: ${type.targets.join(', ')}` } : reference
  }
  const codes = definitions.codes(owner, name)
  return codes === undefined ? { type: 'string' } : { type: 'string', enum: [...codes] }
}
