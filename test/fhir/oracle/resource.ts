/** A resource as plain JSON: the oracle knows nothing of definitions, indexes or SQL. */
export type Resource = { resourceType: string; id: string; [element: string]: unknown }

export const keyOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`

/** All values at a path of property names, through arrays: `at(patient, 'name.given')`. */
export function at(value: unknown, path: string): unknown[] {
  let found: unknown[] = [value]
  for (const name of path.split('.')) {
    found = found.flatMap((one) => {
      const next = (one as Record<string, unknown> | null)?.[name]
      return next === undefined || next === null ? [] : next
    })
  }
  return found
}

/** The local resources (`Type/id`) that the Reference elements at a path point to. */
export function referencesAt(resource: Resource, path: string, base: string): string[] {
  return at(resource, path).flatMap((element) => localKey(element, base) ?? [])
}

/** What a Reference points to, as `Type/id`; nothing for one that points elsewhere. */
export function localKey(element: unknown, base: string): string | undefined {
  const text = (element as { reference?: unknown }).reference
  if (typeof text !== 'string') return undefined
  const local = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text
  return /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/.test(local) ? local : undefined
}
