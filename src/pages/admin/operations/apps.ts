import { z } from 'zod'
import type { Usage } from '../../../audit/usage.ts'
import { asInput, type Client, clientKinds, clientStatuses, kindOf } from '../../../clients/client.ts'
import { metadataSchema } from '../../../clients/metadata.ts'
import type { ClientOverview } from '../../../clients/overview.ts'
import type { ClientRegistry, Registered } from '../../../clients/registry.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { HOUR, instant } from '../../../lib/time.ts'
import { logoAddress } from '../../app-face.ts'
import { pageOf, readCursor } from './cursor.ts'
import { documentedBy } from './documented.ts'
import { operation, paging, reason, soughtText, version } from './operation.ts'

export type AppOperationDeps = {
  clients: Pick<ClientRegistry, 'find' | 'add' | 'update' | 'newSecret' | 'setStatus' | 'remove'>
  overview: Pick<ClientOverview, 'page'>
  usage: Pick<Usage, 'flush'>
}

export const client_id = z.string().min(1).max(100)
const metadata = documentedBy('ClientMetadata', metadataSchema)
export const named = z.object({ client_id })
export const edit = named.extend({ version, ...reason })

/** Longest time for which an old secret may go on beside the new one, in hours. */
const OVERLAP = 30 * 24

export const app = z.object({
  client_id,
  kind: z.enum(clientKinds),
  status: z.enum(clientStatuses),
  origin: z.string().describe('Who registered it: command, console, config, developer, demo.'),
  version: z.number().int(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  previous_secret_until: z.iso.datetime().optional(),
  logo: z.string().optional().describe('The address of our copy of its logo.'),
  owner_user: z.string().optional().describe('The id of the account that registered it, and owns it.'),
  metadata,
})
const registered = app.extend({
  client_secret: z.string().optional().describe('Shown once, and stored as a hash only.'),
})
const listed = app.omit({ metadata: true }).extend({
  client_name: z.string(),
  verified: z.boolean(),
  owner: z.string().optional(),
  used: z.iso.datetime().optional().describe('When it last got a token or an answer.'),
})
export const place = z.object({ name: soughtText(200), id: soughtText(100) })

/** What admins do with apps. */
export function appOperations({ clients, overview, usage }: AppOperationDeps) {
  /** What the console changes and the next start changes back is not changed. */
  async function ours(id: string): Promise<void> {
    if ((await appIn(clients, id)).origin !== 'config') return
    throw new LanyardError(
      'conflict',
      `The app "${id}" comes from a file in the clients folder. Change or delete that file and restart the server; to disable it works at once.`,
      { reason: 'configured' },
    )
  }

  return {
    list: operation({
      name: 'listApps',
      method: 'get',
      path: '/apps',
      summary: 'Look through the apps, by name.',
      needs: 'see',
      input: z.object({
        q: soughtText(200).optional().describe('Part of the name, the id or the owner.'),
        kind: z.enum(clientKinds).optional(),
        status: z.enum(clientStatuses).optional(),
        ...paging,
      }),
      output: z.object({ items: z.array(listed), next: z.string().optional() }),
      async run({ q, kind, status, after, limit }) {
        const behind = readCursor(after, place)
        // What this node counted since its last flush belongs to it too.
        await usage.flush()
        const items = await overview.page({ text: q, kind, status }, behind, limit + 1)
        const { items: page, next } = pageOf(items, limit, ({ id, metadata }) => ({
          name: metadata.client_name.toLowerCase(),
          id,
        }))
        return {
          items: page.map((client) => {
            const { metadata: _, ...rest } = shown(client)
            const { client_name, owner, verified = false } = client.metadata
            const used = client.used === undefined ? undefined : instant(client.used)
            return { ...rest, client_name, owner, verified, used }
          }),
          next,
        }
      },
    }),

    show: operation({
      name: 'showApp',
      method: 'get',
      path: '/apps/{client_id}',
      summary: 'Show an app with all its metadata.',
      needs: 'see',
      input: named,
      output: app,
      run: async ({ client_id }) => shown(await appIn(clients, client_id)),
    }),

    add: operation({
      name: 'addApp',
      method: 'post',
      path: '/apps',
      summary: 'Register an app. Its secret, if it needs one, is in this answer and nowhere else.',
      needs: 'change',
      input: z.object({ metadata, ...reason }),
      output: registered,
      status: 201,
      run: async ({ metadata }, act) => told(await clients.add(metadata, 'console', act)),
    }),

    update: operation({
      name: 'updateApp',
      method: 'put',
      path: '/apps/{client_id}',
      summary: 'Replace the metadata of an app; what is left out goes back to its default.',
      needs: 'change',
      input: edit.extend({ metadata }),
      output: registered,
      async run({ client_id, version, metadata }, act) {
        await ours(client_id)
        return told(await clients.update(client_id, metadata, { ...act, version }))
      },
    }),

    secret: operation({
      name: 'renewSecret',
      method: 'post',
      path: '/apps/{client_id}/secret',
      summary: 'Make a new secret; the old one may stay good for a while.',
      needs: 'change',
      input: edit.extend({
        overlap_hours: z.coerce
          .number()
          .min(0)
          .max(OVERLAP)
          .default(0)
          .describe('How long the old secret is good beside the new one.'),
      }),
      output: registered,
      run: async ({ client_id, version, overlap_hours }, act) =>
        told(await clients.newSecret(client_id, { ...act, version, overlap: overlap_hours * HOUR })),
    }),

    setStatus: operation({
      name: 'setAppStatus',
      method: 'put',
      path: '/apps/{client_id}/status',
      summary: 'Enable, disable or refuse an app; its tokens end at once.',
      needs: 'change',
      input: edit.extend({ status: z.enum(['active', 'disabled', 'refused']) }),
      output: app,
      async run({ client_id, version, status }, act) {
        // Without its file the configuration folder no longer owns it, or would disable it at the next start.
        const orphaned = status === 'active' && (await appIn(clients, client_id)).origin === 'config-gone'
        const origin = orphaned ? { origin: 'console' as const } : {}
        return shown(await clients.setStatus(client_id, status, { ...act, version, ...origin }))
      },
    }),

    remove: operation({
      name: 'removeApp',
      method: 'delete',
      path: '/apps/{client_id}',
      summary: 'Remove an app with its grants; its tokens end at once.',
      needs: 'change',
      input: edit,
      output: z.object({}),
      status: 204,
      async run({ client_id, version }, act) {
        await ours(client_id)
        await clients.remove(client_id, { ...act, version })
        return {}
      },
    }),
  }
}

/** The app of an id. @throws LanyardError `not-found` */
export async function appIn(clients: Pick<ClientRegistry, 'find'>, id: string): Promise<Client> {
  const client = await clients.find(id)
  if (client === undefined) throw new LanyardError('not-found', `There is no app "${id}".`)
  return client
}

export function shown(client: Client): z.input<typeof app> {
  const { id, metadata, status, origin, version, created, updated, logo, previousSecret, ownerUser } = client
  return {
    client_id: id,
    kind: kindOf(metadata),
    status,
    origin,
    version,
    created: instant(created),
    updated: instant(updated),
    ...(logo === undefined ? {} : { logo: logoAddress(logo) }),
    ...(ownerUser === undefined ? {} : { owner_user: ownerUser }),
    ...(previousSecret === undefined ? {} : { previous_secret_until: instant(previousSecret.until) }),
    metadata: asInput(metadata),
  }
}

function told({ client, secret }: Registered): z.input<typeof registered> {
  return { ...shown(client), ...(secret === undefined ? {} : { client_secret: secret }) }
}
