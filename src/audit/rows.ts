import type { Database } from '../store/database.ts'
import { factColumns } from './chain.ts'

export type AuditRow = {
  seq: number
  /** Milliseconds since 1970. */
  at: number
  event: string
  outcome: string
  reason: string | null
  client_id: string | null
  user_id: string | null
  patient: string | null
  token_id: string | null
  request_id: string | null
  /** JSON text. */
  detail: string | null
  hash: string | null
}

/** Rows that are read at once. */
const BATCH = 2000
export const rowColumns = [
  'seq',
  ...(Object.keys(factColumns) as (keyof typeof factColumns)[]),
  'hash',
] as const

/**
 * Rows in the order in which they were written, in batches, so that memory stays flat.
 * @param wanted rows with numbers behind `after` and up to `upTo`; `since` and `until` (not included) in milliseconds
 */
export async function* rowsOf(
  db: Database,
  wanted: { after?: number; upTo?: number; since?: number | undefined; until?: number | undefined },
): AsyncGenerator<AuditRow[]> {
  const { upTo, since, until } = wanted
  let after = wanted.after ?? 0
  for (;;) {
    let query = db.kysely
      .selectFrom('audit')
      .select(rowColumns)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(BATCH)
    if (upTo !== undefined) query = query.where('seq', '<=', upTo)
    if (since !== undefined) query = query.where('at', '>=', since)
    if (until !== undefined) query = query.where('at', '<', until)
    const rows = await db.search(query.compile())
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    after = last.seq
  }
}
