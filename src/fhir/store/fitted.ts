import { sha256 } from '../../lib/id.ts'

/** Characters that an index entry may have: PostgreSQL's B-trees take 2,704 bytes a row. */
const LONGEST = 200

/**
 * A text as an index holds it: a long one keeps its beginning and is told apart by its hash, so that equality
 * means the same for any length. What is stored and what is asked for both go through here.
 */
export function fitted(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 50)}…${sha256(text)}`
}

/** A normalised text as prefixes are searched in it: its beginning. */
export function beginning(norm: string): string {
  return norm.slice(0, LONGEST)
}
