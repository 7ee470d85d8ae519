import type { Definitions } from '../../../src/fhir/definitions/definitions.ts'
import type { ElementDefinition, ElementType, Resource } from '../../../src/fhir/definitions/types.ts'

/** Numbers from 0 up to 1, always the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const PRIMITIVES: Record<string, (index: number) => unknown> = {
  boolean: (index) => index % 2 === 0,
  integer: (index) => index,
  unsignedInt: (index) => index,
  positiveInt: (index) => index + 1,
  decimal: (index) => index + 0.25,
  string: (index) => `Word ${index}`,
  markdown: (index) => `*Words* ${index}`,
  code: (index) => `code-${index}`,
  id: (index) => `id-${index}`,
  uri: (index) => `urn:example:${index}`,
  url: (index) => `https://example.org/${index}`,
  oid: (index) => `urn:oid:1.2.${index}`,
  uuid: (index) => `urn:uuid:00000000-0000-4000-8000-00000000000${index}`,
  canonical: (index) => `https://example.org/canonical/${index}${index % 2 ? '|1.0' : ''}`,
  date: (index) => ['2015', '2016-02', '2017-03-04'][index % 3],
  dateTime: (index) =>
    ['2015', '2016-02-29', '2017-03-04T05:06:07Z', '2018-01-01T00:00:00.5-05:00'][index % 4],
  instant: (index) => `2019-08-0${index + 1}T10:00:00.123+02:00`,
  time: () => '10:30:00',
  base64Binary: () => 'AAAA',
  xhtml: () => '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
}

/** What search expressions and extraction look for: `telecom.where(system='email')`. */
const WORDS: Record<string, readonly string[]> = {
  'ContactPoint.system': ['phone', 'email', 'fax'],
  'SampledData.data': ['1 2.5 -3', 'E 4 U', 'L'],
  'RelatedArtifact.type': ['composed-of', 'depends-on', 'derived-from', 'predecessor', 'successor'],
}

const SKIPPED = new Set(['extension', 'modifierExtension', 'contained', 'text', 'implicitRules'])

/**
 * A resource of any type, filled at random from its element definitions, so that over some seeds every
 * search parameter meets every datatype it can. It says nothing sensible, but each element is well formed.
 */
export function sample(definitions: Definitions, resourceType: string, seed: number): Resource {
  const random = randomFrom(seed)
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
  const digit = (): number => Math.floor(random() * 9)

  function content(type: string, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const element of definitions.elements(type)) {
      if (SKIPPED.has(element.name) && depth === 0) continue
      if (element.name === 'extension' || element.name === 'id' || random() < 0.25) continue
      const index = Math.floor(random() * element.types.length)
      const found = values(type, element, element.types[index], depth)
      if (found.length === 0) continue
      result[element.properties[element.choice ? index : 0] ?? ''] = element.array ? found : found[0]
    }
    return result
  }

  function values(owner: string, element: ElementDefinition, type: ElementType | undefined, depth: number) {
    if (!type) return []
    const count = element.array ? 1 + Math.floor(random() * 2) : 1
    const words = WORDS[`${owner}.${element.name}`]
    const all = Array.from({ length: count }, () => (words ? pick(words) : value(type, depth)))
    return all.filter((item) => item !== undefined)
  }

  function value({ name, targets }: ElementType, depth: number): unknown {
    if (name === 'Resource')
      return { resourceType: pick(['Composition', 'MessageHeader']), id: `id-${digit()}` }
    if (name === 'Reference') return reference(targets)
    const primitive = PRIMITIVES[name]
    if (primitive) return primitive(digit())
    const inner = depth < 5 ? inOrder(content(name, depth + 1)) : {}
    return Object.keys(inner).length > 0 ? inner : undefined
  }

  function reference(targets: readonly string[]) {
    const type = pick(targets.length > 0 ? targets : definitions.resourceTypes)
    const base = pick(['', '', 'https://ehr.example/fhir/', 'https://other.example/fhir/'])
    return { reference: `${base}${type}/id-${digit()}`, display: 'Someone' }
  }

  return { ...content(resourceType, 0), resourceType, id: `id-${seed}` }
}

/** A Period begins before it ends; what is malformed would not be indexed. */
function inOrder(element: Record<string, unknown>): Record<string, unknown> {
  const { start, end } = element
  const backwards = typeof start === 'string' && typeof end === 'string' && start > end
  return backwards ? { ...element, start: end, end: start } : element
}
