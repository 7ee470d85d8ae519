import { LanyardError } from '../lib/errors.ts'
import { mistakesIn } from '../lib/mistakes.ts'
import { type UserFile, userFile } from './user-file.ts'

/** Which roles there are. */
export type KnownRoles = {
  /** Those of some names that no role has. */
  unknown(names: readonly string[]): Promise<string[]>
}

/**
 * What would be stored of a user.
 * @throws LanyardError `invalid-request` with every mistake
 */
export function checkUser(input: unknown): UserFile {
  const parsed = userFile.safeParse(input)
  if (parsed.success) return parsed.data
  throw refused(mistakesIn(parsed.error).join('; '))
}

/** The same. @throws LanyardError `invalid-request`, also for a role that nobody defined */
export async function checkWithRoles(input: unknown, roles: KnownRoles): Promise<UserFile> {
  const file = checkUser(input)
  const [unknown] = await roles.unknown(file.roles)
  if (unknown === undefined) return file
  throw refused(`roles: there is no role "${unknown}"; \`lanyard role list\` shows all`)
}

function refused(mistakes: string): LanyardError {
  return new LanyardError('invalid-request', `The user cannot be accepted: ${mistakes}.`)
}
