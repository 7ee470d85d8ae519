import { planConfigUsers } from '../../users/config-users.ts'
import type { UserRegistry } from '../../users/registry.ts'
import { type Check, checks } from './check.ts'
import { folderChecks } from './folder.ts'

const users = checks('users')

/** Who cannot sign in? */
export async function userChecks(registry: UserRegistry): Promise<Check[]> {
  const active = (await registry.list()).filter((user) => user.status === 'active')
  const without = active.filter((user) => !user.hasPassword).map((user) => user.username)
  return without.length > 0
    ? without.map((name) =>
        users.warning(`${name} has no password yet. Run \`npx lanyard user password ${name}\`.`),
      )
    : [users.ok(`${active.length} active; all have a password.`)]
}

/** What the next start would do with the users folder. */
export async function usersFolderChecks(
  path: string | undefined,
  registry: UserRegistry,
  options: Parameters<typeof planConfigUsers>[2],
): Promise<Check[]> {
  return folderChecks({ noun: 'user', changed: '' }, path, await planConfigUsers(path, registry, options))
}
