import type { Definitions } from '../definitions/definitions.ts'
import { type Checked, readResource } from './check.ts'

/** One resource of a file, or what is wrong with it; `place` says where it stands. */
export type Found = { place: string; checked: Checked }

/**
 * The resources of a JSON file: one resource, or a Bundle, whose entries may refer to each other by `urn:uuid:`
 * as in a transaction.
 */
export function resourcesOf(content: unknown, definitions: Definitions): Found[] {
  if (!isObject(content)) return [{ place: 'file', checked: { complaint: 'is not a JSON object' } }]
  if (content.resourceType !== 'Bundle' || !Array.isArray(content.entry))
    return [found('file', content, definitions)]
  const entries: unknown[] = content.entry
  const names = new Map(entries.flatMap((entry) => localName(entry) ?? []))
  return entries.map((entry, index) => {
    const resource = isObject(entry) ? entry.resource : undefined
    return found(`entry ${index + 1}`, rewriteReferences(resource, names), definitions)
  })
}

function found(place: string, value: unknown, definitions: Definitions): Found {
  // By way of its text, so that an entry and a line are judged alike.
  return { place, checked: readResource(JSON.stringify(value ?? null), definitions) }
}

/** `urn:uuid:…` → `Type/id`, for an entry that has both. */
function localName(entry: unknown): [string, string][] | undefined {
  if (!isObject(entry) || !isObject(entry.resource) || typeof entry.fullUrl !== 'string') return undefined
  const { resourceType, id } = entry.resource
  return entry.fullUrl.startsWith('urn:') && typeof id === 'string'
    ? [[entry.fullUrl, `${resourceType}/${id}`]]
    : undefined
}

function rewriteReferences(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rewriteReferences(item, names))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'reference' && typeof inner === 'string'
        ? (names.get(inner) ?? inner)
        : rewriteReferences(inner, names),
    ]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
