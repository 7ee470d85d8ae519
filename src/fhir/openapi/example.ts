import type { Definitions } from '../definitions/definitions.ts'
import type { ElementDefinition, ElementType, Resource } from '../definitions/types.ts'

/** Made-up values, each of which its datatype allows. */
const primitives: Readonly<Record<string, unknown>> = {
  boolean: true,
  integer: 1,
  positiveInt: 1,
  unsignedInt: 0,
  decimal: 7.2,
  date: '2026-03-14',
  dateTime: '2026-03-14T09:30:00Z',
  instant: '2026-03-14T09:30:00Z',
  time: '09:30:00',
  code: 'example',
  id: 'example',
  uri: 'https://example.org/about',
  url: 'https://example.org/about',
  canonical: 'https://example.org/Questionnaire/1',
  oid: 'urn:oid:1.2.36.146.595.217.0.1',
  uuid: 'urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7',
  markdown: 'An example',
  base64Binary: 'TGFueWFyZA==',
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">An example</div>',
}

const datatypes: Readonly<Record<string, unknown>> = {
  CodeableConcept: { text: 'An example' },
  Coding: { system: 'https://example.org/codes', code: 'example' },
  Identifier: { system: 'https://example.org/ids', value: '1' },
  HumanName: { family: 'Lindqvist', given: ['Ida'] },
  ContactPoint: { system: 'phone', value: '+46 8 000 00 00' },
  Period: { start: '2026-03-14' },
  Money: { value: 12.5, currency: 'EUR' },
  Quantity: { value: 7.2, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  Narrative: { status: 'generated', div: primitives.xhtml },
}

/** What makes an example worth reading, beyond what R4 demands; where a type has it. */
const welcome = new Set(['status', 'code', 'subject', 'patient', 'name', 'birthDate', 'gender', 'title'])

/** Deeper than R4 nests what it demands. */
const DEEPEST = 6

/** A small resource of a type that this server would accept: all that R4 demands, and what people look for first. */
export function exampleOf(definitions: Definitions, type: string): Resource {
  return { resourceType: type, ...elementsOf(definitions, type, true, 0) }
}

function elementsOf(definitions: Definitions, type: string, isWhole: boolean, depth: number) {
  if (depth > DEEPEST) return {}
  const elements = definitions.elements(type)
  const demanded = elements.filter(({ name, min }) => min > 0 || (isWhole && welcome.has(name)))
  // Nothing is empty (R4 json): of what demands no element in particular, the first of its own.
  const wanted = demanded.length > 0 || isWhole ? demanded : elements.filter(isOwn).slice(0, 1)
  return Object.fromEntries(
    wanted.map((element) => {
      const value = valueFor(definitions, type, element, depth)
      return [element.properties[0] ?? element.name, element.array ? [value] : value]
    }),
  )
}

function isOwn({ name }: ElementDefinition): boolean {
  return !['id', 'extension', 'modifierExtension'].includes(name)
}

function valueFor(definitions: Definitions, owner: string, element: ElementDefinition, depth: number) {
  const [type] = element.types
  const codes = definitions.codes(owner, element.name)
  if (codes !== undefined) return [...codes][0]
  return typed(definitions, type, depth)
}

function typed(definitions: Definitions, type: ElementType | undefined, depth: number): unknown {
  const name = type?.name ?? 'string'
  if (Object.hasOwn(primitives, name)) return primitives[name]
  if (Object.hasOwn(datatypes, name)) return datatypes[name]
  if (name === 'Reference') return { reference: `${type?.targets[0] ?? 'Patient'}/example` }
  if (name === 'Resource') return { resourceType: 'Basic', code: datatypes.CodeableConcept }
  if (definitions.elements(name).length > 0) return elementsOf(definitions, name, false, depth + 1)
  return 'An example'
}
