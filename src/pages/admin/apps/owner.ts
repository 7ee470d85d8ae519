import { type Client, kindOf } from '../../../clients/client.ts'
import type { ClientOverview, ListedClient } from '../../../clients/overview.ts'
import { faceOf } from '../../app-face.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import type { Fact, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { statusBadge } from './list-page.ts'

/** The account that registered an app, while it is there, and what else it registered. */
export type Owner = {
  account: { username: string; displayName: string } | undefined
  others: readonly ListedClient[]
}

export type OwnerDeps = {
  users: { find: (id: string) => Promise<{ username: string; displayName: string } | undefined> }
  overview: Pick<ClientOverview, 'ofOwner'>
}

/** Apps of the same owner that are listed; nobody may register more than twice as many. */
const MOST = 40

export async function ownerOf(
  { id, ownerUser }: Pick<Client, 'id' | 'ownerUser'>,
  { users, overview }: OwnerDeps,
): Promise<Owner> {
  if (ownerUser === undefined) return { account: undefined, others: [] }
  const others = (await overview.ofOwner(ownerUser)).filter((other) => other.id !== id)
  return { account: await users.find(ownerUser), others: others.slice(0, MOST) }
}

/** partials/admin-owner.ejs: who registered an app, when, and their other apps. */
export function ownerPanel(
  client: Client,
  { account, others }: Owner,
  now: number,
  words: Words,
): { facts: Fact[]; table: Table | undefined } {
  const said = words.admin.owner
  const dates = datesIn(words)
  const by: Fact['value'] =
    account === undefined
      ? { text: said.origins[client.origin] ?? client.origin }
      : { text: account.displayName, href: adminPaths.user(account.username), code: account.username }
  return {
    facts: [
      { label: said.facts.by, value: by },
      { label: said.facts.at, value: { time: dates.moment(client.created) } },
      { label: said.facts.last, value: { time: dates.moment(client.updated) } },
      ...(client.ownerUser !== undefined && others.length === 0
        ? [{ label: said.others, value: { text: said.noOthers, muted: true } }]
        : []),
    ],
    table: others.length === 0 ? undefined : othersTable(others, now, words),
  }
}

function othersTable(others: readonly ListedClient[], now: number, words: Words): Table {
  const { others: caption, columns } = words.admin.owner
  const { kinds, never } = words.admin.apps
  return {
    caption,
    columns: (['app', 'kind', 'status', 'used'] as const).map((name) => ({ label: columns[name] })),
    rows: others.map(({ id, metadata, status, used }) => [
      {
        app: faceOf({ name: metadata.client_name, verified: false }),
        text: metadata.client_name,
        href: adminPaths.app(id, status === 'waiting' ? 'review' : 'settings'),
        code: id,
      },
      { text: kinds[kindOf(metadata)] },
      { badges: [statusBadge(status, words)] },
      used === undefined ? { text: never, muted: true } : { text: datesIn(words).since(used, now) },
    ]),
  }
}
