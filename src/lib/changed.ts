import { isDeepStrictEqual } from 'node:util'

/** How a member was and how it is; what was not there is left out. */
export type Changed = Record<string, { before?: unknown; after?: unknown }>

/** The members in which two states of the same thing differ, in the order of their names. */
export function changedMembers(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Changed {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return Object.fromEntries(
    names
      .filter((name) => !isDeepStrictEqual(before[name], after[name]))
      .map((name) => [name, { before: before[name], after: after[name] }]),
  )
}
