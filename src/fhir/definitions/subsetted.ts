type Json = Record<string, unknown>

const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

/** `meta` with the tag that says of a resource that it is not the whole (R4 §3.1.1.5.8). */
export function subsettedMeta(meta: unknown): Json {
  const known = typeof meta === 'object' && meta !== null ? (meta as Json) : {}
  const tags: readonly unknown[] = Array.isArray(known.tag) ? known.tag : []
  const isTagged = tags.some(
    (tag) => typeof tag === 'object' && tag !== null && (tag as Json).code === subsetted.code,
  )
  return isTagged ? known : { ...known, tag: [...tags, subsetted] }
}
