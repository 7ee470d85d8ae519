import type { Act } from '../../audit/acts.ts'

export type NamedDeps = {
  clients: { find: (id: string) => Promise<{ metadata: { client_name: string } } | undefined> }
  users: { find: (id: string) => Promise<{ username: string; displayName: string } | undefined> }
}

/** Who acted, on what; names where they are known. */
export type NamedAct = Act & { who: string | undefined; app: string | undefined }

const ownActs: readonly string[] = ['user.sign-in', 'user.sign-out']

/**
 * Whether the user of a row is whom it was done to, and nobody is named who did it (house.ts): in a change of a user
 * then nobody stands in the detail, and elsewhere the same user does, beside the command or the app that did it.
 */
export function isOfWhomItIsAbout({
  event,
  userId,
  detail,
}: Pick<Act, 'event' | 'userId' | 'detail'>): boolean {
  if (event.startsWith('user.')) return !ownActs.includes(event) && detail.user === undefined
  return userId !== undefined && detail.user === userId && detail.by !== undefined
}

/** By name, as far as whoever it was is still there. */
export async function named(act: Act, { users, clients }: NamedDeps): Promise<NamedAct> {
  const { event, userId, clientId, detail } = act
  const actor = isOfWhomItIsAbout({ event, userId, detail }) ? undefined : userId
  const by = typeof detail.by === 'string' ? detail.by : undefined
  return {
    ...act,
    who: (actor && (await users.find(actor))?.displayName) ?? by,
    app: clientId && ((await clients.find(clientId))?.metadata.client_name ?? clientId),
  }
}
