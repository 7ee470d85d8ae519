import { sql } from 'kysely'
import type { Database } from '../store/database.ts'
import { isAct } from '../store/migrations/016-pages.ts'

/** Something that somebody who runs this server did. */
export type Act = {
  seq: number
  /** Milliseconds since 1970. */
  at: number
  event: string
  clientId: string | undefined
  userId: string | undefined
  /** Of a change: `version`, `changed`, `why`, `by`, `username`. */
  detail: Readonly<Record<string, unknown>>
}

/** Acts that are looked through for those on one thing. */
const SOME = 500

export type Acts = ReturnType<typeof createActs>

/** Reads the acts of the admins from the audit. */
export function createActs(db: Database) {
  /** The newest ones first. @param clientId only those on this client */
  async function newest(most: number, clientId?: string): Promise<Act[]> {
    let query = db.kysely
      .selectFrom('audit')
      .select(['seq', 'at', 'event', 'client_id', 'user_id', 'detail'])
      .where(sql.raw<boolean>(isAct))
      .orderBy('seq', 'desc')
      .limit(most)
    if (clientId !== undefined) query = query.where('client_id', '=', clientId)
    return (await db.read(query.compile())).map(({ client_id, user_id, detail, ...row }) => ({
      ...row,
      clientId: client_id ?? undefined,
      userId: user_id ?? undefined,
      detail: detail === null ? {} : (JSON.parse(detail) as Record<string, unknown>),
    }))
  }

  /** What was done with a client since it was of this version, newest first. */
  async function since(clientId: string, version: number): Promise<Act[]> {
    return (await newest(SOME, clientId)).filter(({ detail }) => Number(detail.version) > version)
  }

  /** The same of a role. */
  async function sinceOfRole(role: string, version: number): Promise<Act[]> {
    return (await newest(SOME)).filter(
      ({ event, detail }) =>
        event.startsWith('role.') && detail.role === role && Number(detail.version) > version,
    )
  }

  return { newest, since, sinceOfRole }
}
