import { isDeepStrictEqual } from 'node:util'
import { applyFolder, type FolderRegister, type FolderReport, planFolder } from '../config/apply-folder.ts'
import { builtInRoles } from '../smart/policy.ts'
import type { RoleFile } from './role-file.ts'
import type { RoleRegister } from './roles.ts'

type Register = Pick<RoleRegister, 'check' | 'list' | 'add' | 'update' | 'setStatus'>

/**
 * Brings the register in line with the folder of role files, at the start of a server. A role whose file is gone
 * allows nothing any more.
 * @param folder undefined counts as empty
 * @throws LanyardError `configuration` with all mistakes of all files, before anything is changed
 */
export async function applyConfigRoles(folder: string | undefined, roles: Register): Promise<FolderReport> {
  return await applyFolder(folder, roleFiles(roles))
}

/** What `applyConfigRoles` would do; it throws the same and changes nothing. */
export async function planConfigRoles(folder: string | undefined, roles: Register): Promise<FolderReport> {
  return await planFolder(folder, roleFiles(roles))
}

/** Whether there will be a role of a name once the folder was applied as planned. */
export async function rolesAfter(
  plan: FolderReport,
  roles: Pick<RoleRegister, 'list'>,
): Promise<(name: string) => boolean> {
  const there = (await roles.list()).map(({ name }) => name)
  const names = new Set<string>([...builtInRoles, ...there, ...plan.added])
  return (name) => names.has(name)
}

function roleFiles(roles: Register): FolderRegister<RoleFile> {
  return {
    noun: 'role',
    variable: 'LANYARD_ROLES_DIR',
    idMember: 'role',
    check: roles.check,
    idOf: ({ role }) => role,
    async list() {
      return (await roles.list()).map(({ name, status, origin, file }) => ({
        id: name,
        status,
        origin,
        agrees: (wanted) => isDeepStrictEqual(file, wanted),
      }))
    },
    add: (file) => roles.add(file, 'config'),
    update: (name, file) => roles.update(name, file, { origin: 'config' }),
    setStatus: (name, status, origin) => roles.setStatus(name, status, { origin }),
  }
}
