import { builtInPolicy, builtInRoles } from '../../../../smart/policy.ts'
import { type RoleFile, roleFile } from '../../../../users/role-file.ts'
import type { Words } from '../../../words/en.ts'
import type { AdminOperations } from '../../operations/table.ts'
import type { Badge } from '../../parts.ts'
import { adminPaths } from '../../paths.ts'

/** A role as the operations show one. */
export type Shown = Awaited<ReturnType<AdminOperations['roles']['show']['run']>>
export type BuiltInRole = (typeof builtInRoles)[number]

/** What a role that is there allows; it was checked when it was stored. */
export function fileIn({ file }: Pick<Shown, 'file'>): RoleFile {
  return roleFile.parse(file)
}

export function isBuiltIn(name: string): name is BuiltInRole {
  return builtInRoles.some((own) => own === name)
}

/** One of the server's own as a file would say it, to begin a copy with; admins and the like open no records. */
export function fileOfBuiltIn(role: BuiltInRole): RoleFile {
  const rules = (builtInPolicy(role) ?? []).map(({ types, letters }) => ({
    types: [...types],
    letters,
    where: [],
    hide: [],
  }))
  return { role, title: role, rules, apps: ['*'] }
}

export function crumbsTo(words: Words, role?: { role: string; title: string }) {
  const list = { name: words.admin.roles.list.title, href: adminPaths.roles }
  return role === undefined ? [list] : [list, { name: role.title, href: adminPaths.role(role.role) }]
}

export function statusBadge({ status }: Pick<Shown, 'status'>, { admin }: Words): Badge {
  return { text: admin.people.users.statuses[status], tone: status === 'active' ? 'ok' : '' }
}

/** Where a role comes from, in words. */
export function originOf({ origin }: Pick<Shown, 'origin'>, { admin }: Words): string {
  const { origins } = admin.roles
  return Object.hasOwn(origins, origin) ? origins[origin as keyof typeof origins] : origin
}
