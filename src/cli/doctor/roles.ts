import type { House } from '../../house.ts'
import { planConfigRoles } from '../../users/config-roles.ts'
import type { RoleRegister } from '../../users/roles.ts'
import { type Check, checks } from './check.ts'
import { folderChecks } from './folder.ts'

const roles = checks('roles')

/** Whose roles allow nothing, as nobody defines them? */
export async function roleChecks(house: Pick<House, 'roles' | 'users' | 'clients'>): Promise<Check[]> {
  const all = await house.roles.list()
  const disabled = new Set(all.filter(({ status }) => status === 'disabled').map(({ name }) => name))
  const holders = [
    ...(await house.users.list()).map(({ username, roles }) => [username, roles] as const),
    ...(await house.clients.list()).map(({ id, metadata }) => [id, metadata.roles ?? []] as const),
  ]
  const found: Check[] = []
  for (const [holder, names] of holders) {
    const unknown = new Set(await house.roles.unknown(names))
    for (const name of names) {
      if (!unknown.has(name) && !disabled.has(name)) continue
      const why = unknown.has(name) ? 'nobody defines' : 'is disabled'
      found.push(roles.warning(`${holder} has the role ${name}, which ${why}: it allows nothing.`))
    }
  }
  return found.length > 0 ? found : [roles.ok(`${all.length} defined beside the server's own.`)]
}

/** What the next start would do with the roles folder. */
export async function rolesFolderChecks(path: string | undefined, register: RoleRegister): Promise<Check[]> {
  const changed = ', which counts at the next request'
  return folderChecks({ noun: 'role', changed }, path, await planConfigRoles(path, register))
}
