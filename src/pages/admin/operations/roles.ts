import { z } from 'zod'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import { roleFile } from '../../../users/role-file.ts'
import type { Role, RoleRegister } from '../../../users/roles.ts'
import { documentedBy } from './documented.ts'
import { operation, reason, version } from './operation.ts'

/** What a decision would be, step by step (fhir/explain). */
export type Explained = {
  allowed: boolean
  sentence: string
  steps: readonly {
    name: string
    title: string
    outcome: 'ok' | 'narrowed' | 'refused'
    lines: readonly string[]
  }[]
}
export type RoleOperationDeps = {
  roles: Pick<RoleRegister, 'find' | 'list' | 'add' | 'update' | 'setStatus' | 'remove'>
  /** @throws LanyardError for a user or client that is not there, and for what is no request */
  explain: (asked: {
    user?: string | undefined
    client?: string | undefined
    scope: string
    patient?: string | undefined
    method: string
    path: string
  }) => Promise<Explained>
}

const name = z.string().min(1).max(100)
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
const text = (most: number) => z.string().trim().min(1).max(most)

/** What admins do with roles, and the question what they come to. */
export function roleOperations({ roles, explain }: RoleOperationDeps) {
  async function found(which: string): Promise<Role> {
    const one = await roles.find(which)
    if (one === undefined) throw new LanyardError('not-found', `There is no role "${which}".`)
    return one
  }

  /** What the console changes and the next start changes back is not changed. */
  async function ours(which: string): Promise<void> {
    if ((await found(which)).origin !== 'config') return
    throw new LanyardError(
      'conflict',
      `The role "${which}" comes from a file in the roles folder. Change or delete that file and restart the server; to disable it works at once.`,
      { reason: 'configured' },
    )
  }

  return {
    list: operation({
      name: 'listRoles',
      method: 'get',
      path: '/roles',
      summary: 'Show the roles that were defined here.',
      needs: 'see',
      input: z.object({}),
      output: z.object({ items: z.array(role) }),
      run: async () => ({ items: (await roles.list()).map(shown) }),
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
      summary: 'Remove a role; whoever has it keeps its name, which allows nothing.',
      needs: 'change',
      input: edit,
      output: z.object({}),
      status: 204,
      async run({ role: which, version }, act) {
        await ours(which)
        await roles.remove(which, { ...act, version })
        return {}
      },
    }),

    explain: operation({
      name: 'explain',
      method: 'get',
      path: '/explain',
      summary: 'Tell step by step whether a request would be allowed, and why. Nothing is issued or read.',
      needs: 'see',
      input: z.object({
        user: text(100).optional(),
        client: text(100).optional(),
        scope: text(4000),
        patient: text(64).optional(),
        method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
        path: text(2000).describe('Behind the FHIR base, e.g. /Observation?category=laboratory'),
      }),
      output: z.object({
        allowed: z.boolean(),
        sentence: z.string(),
        steps: z.array(
          z.object({
            name: z.string(),
            title: z.string(),
            outcome: z.enum(['ok', 'narrowed', 'refused']),
            lines: z.array(z.string()),
          }),
        ),
      }),
      async run(asked) {
        const { steps, ...rest } = await explain(asked)
        return { ...rest, steps: steps.map((step) => ({ ...step, lines: [...step.lines] })) }
      },
    }),
  }
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
