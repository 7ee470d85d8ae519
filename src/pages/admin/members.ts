import type { Words } from '../words/en.ts'

/**
 * What the audit says of the members that changed (lib/changed.ts), by the names that people have for them.
 * @param changed as it stands in the detail of a row
 */
export function memberNames(changed: unknown, { admin }: Words): string[] {
  if (typeof changed !== 'object' || changed === null) return []
  // That it was enabled or disabled is what happened, and no detail of it.
  const members = Object.keys(changed).filter((member) => member !== 'status')
  return members.map((member) => admin.members[member] ?? member)
}
