import { z } from 'zod'
import { type ApiKey, newApiKey } from '../../../keys/api-key.ts'
import type { ApiKeys } from '../../../keys/api-keys.ts'
import type { Act } from '../../../lib/act.ts'
import { instant } from '../../../lib/time.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { pageOf, readCursor } from './cursor.ts'
import { documentedBy } from './documented.ts'
import { operation, paging, reason } from './operation.ts'

export type ApiKeyOperationDeps = {
  apiKeys: Pick<ApiKeys, 'page' | 'revoke'>
  /** Makes a key that its owner may have, of an input like `newApiKey`. */
  makeApiKey: (input: unknown, act: Act) => Promise<{ key: ApiKey; secret: string }>
  users: Pick<UserRegistry, 'find'>
}

const id = z.string().min(1).max(100)
const key = z.object({
  id,
  name: z.string(),
  user: z.string().optional().describe('The username of its owner, or'),
  client_id: z.string().optional(),
  roles: z.array(z.string()),
  scope: z.string(),
  addresses: z.array(z.string()),
  created: z.iso.datetime(),
  expires: z.iso.datetime(),
  revoked: z.iso.datetime().optional(),
  last_used: z.iso.datetime().optional().describe('To the minute.'),
})
const place = z.object({ created: z.number(), id: z.string() })
const made = key.extend({ api_key: z.string().describe('Shown once, and stored as a hash only.') })

/** What admins do with API keys. */
export function apiKeyOperations({ apiKeys, makeApiKey, users }: ApiKeyOperationDeps) {
  async function shown(one: ApiKey): Promise<z.input<typeof key>> {
    const { owner, created, expires, revoked, used, ...rest } = one
    const whose =
      owner.kind === 'client'
        ? { client_id: owner.id }
        : { user: (await users.find(owner.id))?.username ?? owner.id }
    return {
      ...rest,
      ...whose,
      roles: [...one.roles],
      addresses: [...one.addresses],
      created: instant(created),
      expires: instant(expires),
      ...(revoked === undefined ? {} : { revoked: instant(revoked) }),
      ...(used === undefined ? {} : { last_used: instant(used) }),
    }
  }

  return {
    list: operation({
      name: 'listApiKeys',
      method: 'get',
      path: '/api-keys',
      summary: 'Show the API keys, the newest first; those that have ended too.',
      needs: 'see',
      input: z.object(paging),
      output: z.object({ items: z.array(key), next: z.string().optional() }),
      async run({ after, limit }) {
        const found = await apiKeys.page(readCursor(after, place), limit + 1)
        const { items, next } = pageOf(found, limit, ({ created, id }) => ({ created, id }))
        return { items: await Promise.all(items.map(shown)), next }
      },
    }),

    add: operation({
      name: 'addApiKey',
      method: 'post',
      path: '/api-keys',
      summary: 'Make an API key for a user or a client. It is in this answer and nowhere else.',
      needs: 'change',
      input: z.object({ key: documentedBy('NewApiKey', newApiKey), ...reason }),
      output: made,
      status: 201,
      async run({ key: asked }, act) {
        const { key: one, secret } = await makeApiKey(asked, act)
        return { ...(await shown(one)), api_key: secret }
      },
    }),

    revoke: operation({
      name: 'revokeApiKey',
      method: 'delete',
      path: '/api-keys/{id}',
      summary: 'End an API key at once, and for good.',
      needs: 'change',
      input: z.object({ id, ...reason }),
      output: key,
      run: async ({ id: which }, act) => await shown(await apiKeys.revoke(which, act)),
    }),
  }
}
