import { z } from 'zod'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import { builtInRoles } from '../../../smart/policy.ts'
import { roleFile } from '../../../users/role-file.ts'
import type { Role, RoleRegister } from '../../../users/roles.ts'
import { documentedBy } from './documented.ts'
import { operation, reason, version } from './operation.ts'
import { holdersOf, type RoleReviewDeps } from './role-review.ts'

export type RoleOperationDeps = Omit<RoleReviewDeps, 'roles'> & {
  roles: Pick<RoleRegister, 'find' | 'list' | 'add' | 'update' | 'setStatus' | 'remove'>
}

const name = z.string().min(1).max(100)
const users = z.number().int().describe('How many users have it.')
const file = documentedBy('RoleFile', roleFile)
const edit = z.object({ role: name, version, ...reason })

const role = z.object({
  role: name,
  title: z.string(),
  status: z.enum(['active', 'disabled']),
  origin: z.string(),
  version: z.number().int(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  file,
})

/** What admins do with roles. */
export function roleOperations({ roles, ...deps }: RoleOperationDeps) {
  async function found(which: string): Promise<Role> {
    const one = await roles.find(which)
    if (one === undefined) throw new LanyardError('not-found', `There is no role "${which}".`)
    return one
  }

  /** What the console changes and the next start changes back is not changed. */
  async function ours(which: string): Promise<void> {
    if ((await found(which)).origin !== 'config') return
    throw configured(which)
  }

  return {
    list: operation({
      name: 'listRoles',
      method: 'get',
      path: '/roles',
      summary: "Show the roles that were defined here, and the server's own.",
      needs: 'see',
      input: z.object({}),
      output: z.object({
        items: z.array(role.extend({ users })),
        built_in: z.array(z.object({ role: z.enum(builtInRoles), users })),
      }),
      async run() {
        const counts = await deps.userOverview.countsByRole()
        const held = (which: string) => ({ users: counts.get(which) ?? 0 })
        return {
          items: (await roles.list()).map((one) => ({ ...shown(one), ...held(one.name) })),
          built_in: builtInRoles.map((own) => ({ role: own, ...held(own) })),
        }
      },
    }),

    show: operation({
      name: 'showRole',
      method: 'get',
      path: '/roles/{role}',
      summary: 'Show a role with its rules.',
      needs: 'see',
      input: z.object({ role: name }),
      output: role,
      run: async ({ role: which }) => shown(await found(which)),
    }),

    add: operation({
      name: 'addRole',
      method: 'post',
      path: '/roles',
      summary: 'Define a role.',
      needs: 'change',
      input: z.object({ file, ...reason }),
      output: role,
      status: 201,
      run: async ({ file }, act) => shown(await roles.add(file, 'console', act)),
    }),

    update: operation({
      name: 'updateRole',
      method: 'put',
      path: '/roles/{role}',
      summary: 'Replace what a role allows; it counts at the next request of everybody who has it.',
      needs: 'change',
      input: edit.extend({ file }),
      output: role,
      async run({ role: which, version, file }, act) {
        await ours(which)
        return shown(await roles.update(which, file, { ...act, version }))
      },
    }),

    setStatus: operation({
      name: 'setRoleStatus',
      method: 'put',
      path: '/roles/{role}/status',
      summary: 'Enable or disable a role; a disabled one allows nothing.',
      needs: 'change',
      input: edit.extend({ status: z.enum(['active', 'disabled']) }),
      output: role,
      async run({ role: which, version, status }, act) {
        const orphaned = status === 'active' && (await found(which)).origin === 'config-gone'
        const origin = orphaned ? { origin: 'console' as const } : {}
        return shown(await roles.setStatus(which, status, { ...act, version, ...origin }))
      },
    }),

    remove: operation({
      name: 'removeRole',
      method: 'delete',
      path: '/roles/{role}',
      summary: 'Remove a role that nobody has.',
      needs: 'change',
      input: edit,
      output: z.object({}),
      status: 204,
      async run({ role: which, version }, act) {
        await ours(which)
        const { clients, api_keys: keys, issuers } = await holdersOf(which, deps)
        const held = [...clients, ...keys].map(({ name }) => name).concat(issuers)
        if (held.length > 0)
          throw new LanyardError(
            'conflict',
            `The role "${which}" is still held by ${held.slice(0, 5).join(', ')}. Take it from them first, or disable the role.`,
            { reason: 'held' },
          )
        await roles.remove(which, { ...act, version })
        return {}
      },
    }),
  }
}

/** Of a role that a file owns: the next start would change it back. */
export function configured(role: string): LanyardError {
  return new LanyardError(
    'conflict',
    `The role "${role}" comes from a file in the roles folder. Change or delete that file and restart the server; to disable it works at once.`,
    { reason: 'configured' },
  )
}

function shown({ name, file, status, origin, version, created, updated }: Role): z.input<typeof role> {
  return {
    role: name,
    title: file.title,
    status,
    origin,
    version,
    created: instant(created),
    updated: instant(updated),
    file: { ...file },
  }
}
