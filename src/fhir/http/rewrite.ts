import { isJson, type Json } from './body.ts'

/** Elements that name other resources by their address; canonicals and the values of identifiers stay. */
const addresses: ReadonlySet<string> = new Set(['reference', 'url', 'uri', 'valueUri', 'valueUrl'])

/** Puts the addresses that resources have got in the place of those that the client gave them (REST-16). */
export function rewritten(resource: Json, targets: ReadonlyMap<string, string>): Json {
  // Most bundles name nothing by an address of their own.
  return targets.size === 0 ? resource : (walk(resource, '', targets) as Json)
}

function walk(value: unknown, name: string, targets: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    if (addresses.has(name)) return targets.get(value) ?? value
    return name === 'div' ? inNarrative(value, targets) : value
  }
  if (Array.isArray(value)) return value.map((item) => walk(item, name, targets))
  // A number that is kept as it was written has no prototype, and is no object of JSON.
  if (!isJson(value) || Object.getPrototypeOf(value) === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, key, targets)]))
}

/** Links and images of the narrative. */
function inNarrative(div: string, targets: ReadonlyMap<string, string>): string {
  return div.replace(/((?:href|src)\s*=\s*")([^"]*)"/g, (whole, before: string, address: string) => {
    const target = targets.get(address)
    return target === undefined ? whole : `${before}${target}"`
  })
}

/** All references of a resource, as they are written. */
export function referencesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const item of value) referencesIn(item, found)
  else if (isJson(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (name === 'reference' && typeof item === 'string') found.add(item)
      else referencesIn(item, found)
    }
  }
  return found
}
