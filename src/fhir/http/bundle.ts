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
  // One flat list of texts, which is joined once: a tree of them would be copied at each of its levels.
  const texts: string[] = []
  const add = (hit: Hit, body: string, mode: string) =>
    texts.push(
      `${texts.length === 0 ? '' : ','}{"fullUrl":"${base}/${hit.type}/${hit.id}","resource":`,
      body,
      `,"search":{"mode":"${mode}"}}`,
    )
  for (const hit of matches) add(hit, bodyOf(hit), 'match')
  // `_elements` and `_summary` are not for what is included.
  for (const hit of included) add(hit, hit.body, 'include')
  if (warning !== undefined) {
    const said = JSON.stringify(outcome('warning', 'incomplete', warning))
    texts.push(`${texts.length === 0 ? '' : ','}{"resource":${said},"search":{"mode":"outcome"}}`)
  }
  const link = Object.entries(links).map(([relation, url]) => ({ relation, url }))
  const head = [
    '{"resourceType":"Bundle","type":"searchset"',
    ...(total === undefined ? [] : [`"total":${total}`]),
    `"link":${JSON.stringify(link)}`,
  ].join(',')
  // An empty array is never written (REST-18).
  return texts.length === 0 ? `${head}}` : [head, ',"entry":[', ...texts, ']}'].join('')
}
