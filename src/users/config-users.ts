import { isDeepStrictEqual } from 'node:util'
import { applyFolder, type FolderRegister, type FolderReport, planFolder } from '../config/apply-folder.ts'
import type { UserRegistry } from './registry.ts'
import type { Account } from './user.ts'
import type { UserFile } from './user-file.ts'

type Registry = Pick<UserRegistry, 'check' | 'findByName' | 'list' | 'add' | 'update' | 'setStatus'>

type Options = {
  /** Whether files may hold passwords in clear text, as those of the demo do. */
  clearPasswords: boolean
  /** Whether there is a role of this name, or will be one when the folders are applied. */
  isRole: (name: string) => boolean
}

/**
 * Brings the register in line with the folder of user files, at the start of a server. Sessions and launches of a
 * user whose file is gone end.
 * @param folder undefined counts as empty
 * @throws LanyardError `configuration` with all mistakes of all files, before anything is changed
 */
export async function applyConfigUsers(
  folder: string | undefined,
  users: Registry,
  options: Options,
): Promise<FolderReport> {
  return await applyFolder(folder, userFiles(users, options))
}

/** What `applyConfigUsers` would do; it throws the same and changes nothing. */
export async function planConfigUsers(
  folder: string | undefined,
  users: Registry,
  options: Options,
): Promise<FolderReport> {
  return await planFolder(folder, userFiles(users, options))
}

function userFiles(users: Registry, { clearPasswords, isRole }: Options): FolderRegister<UserFile> {
  return {
    noun: 'user',
    variable: 'LANYARD_USERS_DIR',
    idMember: 'username',
    check(content) {
      const file = users.check(content)
      if (file.password !== undefined && !clearPasswords) {
        throw new Error(
          'The file holds a password in clear text, which only demo mode takes. Write the password_hash that `npx lanyard user hash` prints.',
        )
      }
      const unknown = file.roles.find((name) => !isRole(name))
      if (unknown !== undefined)
        throw new Error(`roles: there is no role "${unknown}"; a role file in the roles folder defines one.`)
      return file
    },
    idOf: (file) => file.username,
    async list() {
      return (await users.list()).map((user) => ({
        id: user.username,
        status: user.status,
        origin: user.origin,
        agrees: (file) =>
          isDeepStrictEqual(fileOf(user), withoutPassword(file)) && (user.hasPassword || !hasPassword(file)),
      }))
    },
    add: (file) => users.add(file, 'config'),
    async update(username, file) {
      // The password of a file is the first one only: what a user chose since stays.
      const known = (await users.findByName(username))?.hasPassword === true
      return await users.update(username, known ? withoutPassword(file) : file, { origin: 'config' })
    },
    setStatus: (username, status, origin) => users.setStatus(username, status, { origin }),
  }
}

function hasPassword({ password, password_hash }: UserFile): boolean {
  return password !== undefined || password_hash !== undefined
}

function withoutPassword({ password, password_hash, ...file }: UserFile): UserFile {
  return file
}

/** A user as a file would say it. */
function fileOf({ username, displayName, roles, fhirUser, patients, attributes }: Account) {
  return {
    username,
    display_name: displayName,
    roles,
    ...(fhirUser === undefined ? {} : { fhir_user: fhirUser }),
    patients,
    attributes,
  }
}
