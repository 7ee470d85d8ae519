import type { NamedDeps } from '../named-act.ts'

/** What people call those whom entries name by their ids. */
export type Names = {
  user: (id: string) => string
  app: (id: string) => string
  isApp: (id: string) => boolean
}

/** Names of all at once, each asked for once; an id stays where nobody is known by it. */
export async function namesIn(
  entries: readonly { user_id?: string | undefined; client_id?: string | undefined }[],
  { users, clients }: NamedDeps,
): Promise<Names> {
  const userIds = new Set(entries.flatMap(({ user_id }) => (user_id === undefined ? [] : [user_id])))
  const clientIds = new Set(entries.flatMap(({ client_id }) => (client_id === undefined ? [] : [client_id])))
  const people = new Map<string, string>()
  const apps = new Map<string, string>()
  for (const id of userIds) {
    const user = await users.find(id)
    if (user !== undefined) people.set(id, user.displayName)
  }
  for (const id of clientIds) {
    const client = await clients.find(id)
    if (client !== undefined) apps.set(id, client.metadata.client_name)
  }
  return {
    user: (id) => people.get(id) ?? id,
    app: (id) => apps.get(id) ?? id,
    isApp: (id) => apps.has(id),
  }
}
