import { needsCare, parseExact } from '../../lib/exact-json.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { Stored } from '../store/bulk.ts'

/** A resource that can be stored, or what is wrong with it, as the end of a sentence. */
export type Checked =
  | {
      resource: Stored
      /** The same with its numbers as they were written, where that makes a difference. */
      exact?: Stored
    }
  | { complaint: string }

const idPattern = /^[A-Za-z0-9.-]{1,64}$/
/** The escape of U+0000, which is JSON and which no database takes as text; not `\\u0000`, which is none. */
const nul = /(?:^|[^\\])(?:\\\\)*\\u0000/

/** Reads one line of NDJSON. */
export function readResource(text: string, definitions: Definitions): Checked {
  if (text.includes('\\u0000') && nul.test(text)) return { complaint: 'holds the character U+0000' }
  try {
    const checked = checkResource(JSON.parse(text), definitions)
    return 'resource' in checked && needsCare(text)
      ? { ...checked, exact: parseExact(text) as Stored }
      : checked
  } catch {
    return { complaint: 'is not JSON' }
  }
}

/** Checks what the store relies on: a type of R4 and an id. */
export function checkResource(value: unknown, definitions: Definitions): Checked {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { complaint: 'is not a JSON object' }
  }
  const { resourceType, id } = value as Record<string, unknown>
  if (typeof resourceType !== 'string') return { complaint: 'has no resourceType' }
  if (!definitions.isResourceType(resourceType)) {
    return { complaint: `has the resourceType "${resourceType.slice(0, 40)}", which R4 does not know` }
  }
  if (typeof id !== 'string') return { complaint: 'has no id' }
  if (!idPattern.test(id)) {
    return { complaint: 'has an id with other characters than A-Z a-z 0-9 . - or more than 64 of them' }
  }
  return { resource: value as Stored }
}
