import type { ElementType } from '../definitions/types.ts'

type Json = { readonly [name: string]: unknown }

/** A reference to a resource of a type, wherever it is; versions and search parameters may follow. */
const NAMED = /(?:^|\/)([A-Z][A-Za-z]+)(?:\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?|\?.*)$/

/**
 * What is wrong with a reference: it points to a type that the element does not allow, or to nothing inside.
 * @param contained the types of the contained resources by their ids
 */
export function referenceProblem(
  { reference, type }: Json,
  { targets }: ElementType,
  contained: ReadonlyMap<string, string>,
): string | undefined {
  const text = typeof reference === 'string' ? reference : ''
  const inside = text.startsWith('#') && text !== '#' ? contained.get(text.slice(1)) : undefined
  if (text.startsWith('#') && text !== '#' && inside === undefined) {
    return `refers to "${text.slice(0, 80)}", which is not among the contained resources`
  }
  if (targets.length === 0) return undefined
  const named = inside ?? NAMED.exec(text)?.[1] ?? type
  return typeof named !== 'string' || targets.includes(named)
    ? undefined
    : `refers to ${named.slice(0, 64)}, but may refer only to ${targets.join(', ')}`
}

/** All texts by which something inside a resource is referred to: `#id`. */
export function insideReferences(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) insideReferences(item, found)
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) {
      if (typeof item === 'string' && item.startsWith('#')) found.add(item.slice(1))
      else insideReferences(item, found)
    }
  }
  return found
}
