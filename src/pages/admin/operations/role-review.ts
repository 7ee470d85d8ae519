import { z } from 'zod'
import type { ClientRegistry } from '../../../clients/registry.ts'
import type { TrustedIssuer } from '../../../config/trusted-issuers.ts'
import type { ApiKeys } from '../../../keys/api-keys.ts'
import type { Vocabulary } from '../../../smart/scope.ts'
import type { UserOverview } from '../../../users/overview.ts'
import { lossesOf, type RoleDifference } from '../../../users/role-changes.ts'
import { roleFile } from '../../../users/role-file.ts'
import type { RoleRegister } from '../../../users/roles.ts'
import { documentedBy } from './documented.ts'
import { operation } from './operation.ts'

export type RoleReviewDeps = {
  roles: Pick<RoleRegister, 'find' | 'check'>
  userOverview: Pick<UserOverview, 'page' | 'countsByRole'>
  clients: Pick<ClientRegistry, 'list'>
  apiKeys: Pick<ApiKeys, 'list'>
  trustedIssuers: readonly TrustedIssuer[]
  vocabulary: Vocabulary
  clock: () => number
}

/** Names shown of those who have a role. */
const SHOWN = 5

const name = z.string().min(1).max(100)
const named = z.object({ id: z.string(), name: z.string() })
const holders = z.object({
  users: z.number().int().describe('How many users have the role.'),
  some: z.array(z.object({ username: z.string(), display_name: z.string() })).describe('The first of them.'),
  clients: z.array(named).describe('Backend services that have it.'),
  api_keys: z.array(named).describe('Keys in force that name it.'),
  issuers: z.array(z.string()).describe('Outside issuers whose users may have it.'),
})
export type RoleHolders = z.input<typeof holders>

const texts = z.array(z.string())
const difference = z.discriminatedUnion('of', [
  z.object({
    of: z.literal('rules'),
    types: texts,
    letters: z.string(),
    gone: z.boolean().describe('Nothing is left of it: its own limits follow. Else those that narrow it.'),
    where: texts,
    hide: texts,
    writable: texts.optional(),
  }),
  z.object({ of: z.enum(['apps', 'scopes']), gone: texts, left: texts }),
  z.object({ of: z.literal('basic'), gone: z.enum(['read', 'write']), left: z.literal('read').optional() }),
])

/** Who has a role, and what a change of it would come to. */
export function roleReviewOperations(deps: RoleReviewDeps) {
  const { roles, userOverview, vocabulary } = deps
  return {
    holders: operation({
      name: 'listRoleHolders',
      method: 'get',
      path: '/roles/{role}/holders',
      summary: 'Show who has a role: users, services, keys, outside issuers.',
      needs: 'see',
      input: z.object({ role: name }),
      output: holders,
      run: async ({ role }) => await holdersOf(role, deps),
    }),

    review: operation({
      name: 'reviewRole',
      method: 'post',
      path: '/roles/{role}/review',
      summary: 'Tell what those who have a role would lose and gain by a draft of it. Nothing is changed.',
      needs: 'see',
      input: z.object({ role: name, file: documentedBy('RoleFile', roleFile) }),
      output: z.object({
        users: z.number().int(),
        losses: z.array(difference).describe('As `gone` and `left`, where it is no rule.'),
        gains: z.array(difference).describe('The same the other way round.'),
      }),
      async run({ role, file }) {
        const draft = roles.check(file)
        const present = (await roles.find(role))?.file
        const { basic: _opens, ...around } = draft
        const nothing = { ...around, rules: [] }
        const counts = await userOverview.countsByRole()
        return {
          users: counts.get(role) ?? 0,
          losses: present === undefined ? [] : lossesOf(present, draft, vocabulary).map(shown),
          gains: lossesOf(draft, present ?? nothing, vocabulary).map(shown),
        }
      },
    }),
  }
}

/** Who has a role. */
export async function holdersOf(
  role: string,
  { userOverview, clients, apiKeys, trustedIssuers, clock }: Omit<RoleReviewDeps, 'roles' | 'vocabulary'>,
): Promise<RoleHolders> {
  const counts = await userOverview.countsByRole()
  const users = counts.get(role) ?? 0
  const some = users === 0 ? [] : await userOverview.page({ role }, '', SHOWN)
  const now = clock()
  return {
    users,
    some: some.map(({ username, displayName }) => ({ username, display_name: displayName })),
    clients: (await clients.list())
      .filter(({ metadata }) => metadata.roles?.includes(role))
      .map(({ id, metadata }) => ({ id, name: metadata.client_name })),
    api_keys: (await apiKeys.list())
      .filter(({ roles, revoked, expires }) => roles.includes(role) && revoked === undefined && expires > now)
      .map(({ id, name }) => ({ id, name })),
    issuers: trustedIssuers
      .filter(({ roles, groupRoles }) => [roles, ...Object.values(groupRoles)].flat().includes(role))
      .map(({ issuer }) => issuer),
  }
}

function shown(one: RoleDifference): z.input<typeof difference> {
  switch (one.of) {
    case 'rules': {
      const { writable, ...rest } = one
      return {
        ...rest,
        types: [...one.types],
        where: [...one.where],
        hide: [...one.hide],
        ...(writable === undefined ? {} : { writable: [...writable] }),
      }
    }
    case 'basic':
      return { of: 'basic', gone: one.gone, ...(one.left === undefined ? {} : { left: one.left }) }
    default:
      return { of: one.of, gone: [...one.gone], left: [...one.left] }
  }
}
