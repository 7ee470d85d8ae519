import type { Definitions } from '../definitions/definitions.ts'
import type { Hit } from '../store/search.ts'
import { outcome } from './outcome.ts'
import { isSubset, subset, type Wanted } from './subset.ts'

export type Links = { self: string; first?: string; previous?: string; next?: string }
export type Searchset = {
  links: Links
  total: number | undefined
  matches: readonly Hit[]
  included: readonly Hit[]
  /** A word to the client about this answer. */
  warning: string | undefined
}

/** A searchset as text: stored bodies go in as they are, without being parsed (SRCH-03). */
export function searchsetText(
  { links, total, matches, included, warning }: Searchset,
  base: string,
  wanted: Wanted,
  definitions: Definitions,
): string {
  const bodyOf = isSubset(wanted)
    ? (hit: Hit) => JSON.stringify(subset(hit.body, wanted, definitions))
    : (hit: Hit) => hit.body
  const entry = (hit: Hit, body: string, mode: string) =>
    `{"fullUrl":"${base}/${hit.type}/${hit.id}","resource":${body},"search":{"mode":"${mode}"}}`
  const entries = [
    ...matches.map((hit) => entry(hit, bodyOf(hit), 'match')),
    // `_elements` and `_summary` are not for what is included.
    ...included.map((hit) => entry(hit, hit.body, 'include')),
    ...(warning === undefined
      ? []
      : [
          `{"resource":${JSON.stringify(outcome('warning', 'incomplete', warning))},"search":{"mode":"outcome"}}`,
        ]),
  ]
  const link = Object.entries(links).map(([relation, url]) => ({ relation, url }))
  const parts = [
    '"resourceType":"Bundle","type":"searchset"',
    ...(total === undefined ? [] : [`"total":${total}`]),
    `"link":${JSON.stringify(link)}`,
    // An empty array is never written (REST-18).
    ...(entries.length === 0 ? [] : [`"entry":[${entries.join(',')}]`]),
  ]
  return `{${parts.join(',')}}`
}
