import { LanyardError, type Problem } from '../lib/errors.ts'
import { mistakeOf, problemsIn } from '../lib/mistakes.ts'
import { type UserFile, userFile } from './user-file.ts'

/** Which roles there are. */
export type KnownRoles = {
  /** Those of some names that no role has. */
  unknown(names: readonly string[]): Promise<string[]>
}

/**
 * What would be stored of a user.
 * @throws LanyardError `invalid-request` with every mistake, and the problems by member
 */
export function checkUser(input: unknown): UserFile {
  const parsed = userFile.safeParse(input)
  if (parsed.success) return parsed.data
  throw refused(problemsIn(parsed.error))
}

/** The same. @throws LanyardError `invalid-request`, also for a role that nobody defined */
export async function checkWithRoles(input: unknown, roles: KnownRoles): Promise<UserFile> {
  const file = checkUser(input)
  const [unknown] = await roles.unknown(file.roles)
  if (unknown === undefined) return file
  throw unknownRole(unknown)
}

/** Of a role that somebody is to have, and nobody defines. */
export function unknownRole(role: string): LanyardError {
  return refused([{ path: 'roles', message: `there is no role "${role}"; \`lanyard role list\` shows all` }])
}

function refused(problems: readonly Problem[]): LanyardError {
  const mistakes = problems.map(mistakeOf).join('; ')
  return new LanyardError('invalid-request', `The user cannot be accepted: ${mistakes}.`, { problems })
}
