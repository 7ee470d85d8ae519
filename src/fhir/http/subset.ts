import { parseExact } from '../../lib/exact-json.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { subsettedMeta } from '../definitions/subsetted.ts'
import type { ElementDefinition } from '../definitions/types.ts'
import type { SearchQuery } from '../search/query.ts'

export type Wanted = Pick<SearchQuery, 'summary' | 'elements'>
type Json = Record<string, unknown>

/** True if `_summary` or `_elements` ask for less than the whole. */
export function isSubset({ summary, elements }: Wanted): boolean {
  return elements.length > 0 || summary === 'true' || summary === 'text' || summary === 'data'
}

/**
 * Cuts a resource down (R4 §3.1.1.5.8, §3.1.1.5.9): mandatory elements always stay, and a tag says that it is
 * not the whole.
 * @param body the stored JSON text
 */
export function subset(body: string, { summary, elements }: Wanted, definitions: Definitions): Json {
  const resource = parseExact(body) as Json
  const known = definitions.elements(String(resource.resourceType))
  const keep = (chosen: (element: ElementDefinition) => boolean) =>
    pick(
      resource,
      known.filter((element) => isIndispensable(element) || chosen(element)),
    )
  const kept =
    elements.length > 0
      ? keep(({ name, properties }) => [name, ...properties].some((own) => elements.includes(own)))
      : summary === 'true'
        ? summarise(resource, known, definitions)
        : keep(({ name }) => (name === 'text') === (summary === 'text'))
  return { resourceType: resource.resourceType, id: resource.id, meta: subsettedMeta(resource.meta), ...kept }
}

/** A modifier extension may turn round what everything else says (R4 extensibility §modifierExtension). */
function isIndispensable({ min, name }: ElementDefinition): boolean {
  return min > 0 || name === 'modifierExtension'
}

/** Elements with their extensions: `birthDate` comes with `_birthDate`. */
function pick(resource: Json, elements: readonly ElementDefinition[]): Json {
  const names = new Set(
    elements.flatMap((element) => element.properties).flatMap((name) => [name, `_${name}`]),
  )
  for (const own of ['resourceType', 'id', 'meta']) names.delete(own)
  return Object.fromEntries(Object.entries(resource).filter(([name]) => names.has(name)))
}

/** `_summary=true`: what is marked Σ, at every depth; mandatory elements of the resource stay whole. */
function summarise(value: Json, elements: readonly ElementDefinition[], definitions: Definitions): Json {
  const kept = elements.filter((element) => element.summary || isIndispensable(element))
  const shallow = pick(value, kept)
  for (const element of kept) {
    element.properties.forEach((property, index) => {
      const type = element.types[index] ?? element.types[0]
      const inner = type === undefined ? [] : definitions.elements(type.name)
      // Datatypes without a summary of their own (Coding, Period …) are taken whole.
      if (inner.some((child) => child.summary) && property in shallow)
        shallow[property] = deeper(shallow[property], inner, definitions)
    })
  }
  return shallow
}

function deeper(value: unknown, elements: readonly ElementDefinition[], definitions: Definitions): unknown {
  if (Array.isArray(value)) return value.map((item) => deeper(item, elements, definitions))
  if (typeof value !== 'object' || value === null) return value
  const { id, extension } = value as Json
  const kept = summarise(value as Json, elements, definitions)
  // Where nothing would be left it stays whole: an empty object is no FHIR (REST-18).
  if (Object.keys(kept).length === 0) return value
  return {
    ...(id === undefined ? {} : { id }),
    ...(extension === undefined ? {} : { extension }),
    ...kept,
  }
}
