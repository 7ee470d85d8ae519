import { type Home, localOf } from './reference.ts'
import { isElement } from './values.ts'

/** The references of a resource to resources of this server: `Type/id`, with the first element that has each. */
export function localReferences(resource: unknown, home: Home): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) value.forEach((item, index) => void walk(item, `${path}[${index}]`))
    if (!isElement(value)) return
    for (const [name, item] of Object.entries(value)) {
      const local = name === 'reference' ? localOf(item, home) : undefined
      if (local === undefined) walk(item, `${path}.${name}`)
      else if (!found.has(`${local.type}/${local.id}`)) found.set(`${local.type}/${local.id}`, path)
    }
  }
  walk(resource, isElement(resource) ? String(resource.resourceType) : '')
  return found
}
