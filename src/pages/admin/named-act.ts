import type { Act } from '../../audit/acts.ts'

export type NamedDeps = {
  clients: { find: (id: string) => Promise<{ metadata: { client_name: string } } | undefined> }
  users: { find: (id: string) => Promise<{ username: string; displayName: string } | undefined> }
}

/** Who acted, on what; names where they are known. */
export type NamedAct = Act & { who: string | undefined; app: string | undefined }

/** By name, as far as whoever it was is still there. */
export async function named(act: Act, { users, clients }: NamedDeps): Promise<NamedAct> {
  const { event, userId, clientId, detail } = act
  // Where nobody is named, the row of a user's change has the user themselves (house.ts).
  const actor = event.startsWith('user.') && detail.user === undefined ? undefined : userId
  const by = typeof detail.by === 'string' ? detail.by : undefined
  return {
    ...act,
    who: (actor && (await users.find(actor))?.displayName) ?? by,
    app: clientId && ((await clients.find(clientId))?.metadata.client_name ?? clientId),
  }
}
