import { bind, type Database } from '../store/database.ts'
import type { Client } from './client.ts'

/**
 * The browser origins that clients registered, read again only when the register changed (CORS-02).
 * @param list all clients
 * @returns whether some active client registered an origin
 */
export function registeredOrigins(db: Database, list: () => Promise<Client[]>) {
  let cached: { version: number; origins: Set<string> } | undefined
  const changes = db.kysely.selectFrom('change').select('version').where('name', '=', '').compile()

  return async function allowsOrigin(origin: string): Promise<boolean> {
    const version = (await db.read(bind(changes, 'client')))[0]?.version ?? 0
    if (cached?.version !== version) {
      const active = (await list()).filter((client) => client.status === 'active')
      cached = { version, origins: new Set(active.flatMap(({ metadata }) => metadata.allowed_origins ?? [])) }
    }
    return cached.origins.has(origin)
  }
}
