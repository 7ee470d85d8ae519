import type { z } from 'zod'
import { LanyardError } from '../../../lib/errors.ts'
import { hasControlCharacters } from '../../../lib/form.ts'

/** Where the next page of a list begins, as text for an address. */
export function cursorOf(key: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * Reads it back.
 * @throws LanyardError `invalid-request` if it is none of this list
 */
export function readCursor<Key>(text: string | undefined, key: z.ZodType<Key>): Key | undefined {
  if (text === undefined) return undefined
  try {
    return key.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'), storable))
  } catch (cause) {
    throw new LanyardError('invalid-request', 'The list cannot be continued there: begin it anew.', {
      reason: 'cursor',
      problems: [{ path: 'after', message: 'is no place in this list' }],
      cause,
    })
  }
}

/** Keys are texts and whole numbers, as a database takes them. */
function storable(name: string, value: unknown): unknown {
  const isNone =
    typeof value === 'string'
      ? hasControlCharacters(value)
      : typeof value === 'number' && !Number.isSafeInteger(value)
  if (isNone) throw new Error(`${name} is not of a key`)
  return value
}

/** A page of a list, cut from one that may be one item too long. */
export function pageOf<Item>(
  items: readonly Item[],
  limit: number,
  keyOf: (item: Item) => Readonly<Record<string, unknown>>,
): { items: Item[]; next?: string } {
  const page = items.slice(0, limit)
  const last = page.at(-1)
  return items.length > limit && last !== undefined
    ? { items: page, next: cursorOf(keyOf(last)) }
    : { items: page }
}
