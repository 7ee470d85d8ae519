import { sql } from 'kysely'
import { randomId } from '../../lib/id.ts'
import type { Resource } from '../definitions/types.ts'
import type { BulkWriter, Stored } from './bulk.ts'
import type { Engine } from './engine.ts'
import { visible } from './visibility.ts'

/** A version that is no longer the current one, with the row of its resource. */
export type OldVersion = { type: string; rid: number; body: string }

/** Carries the verdict out of a transaction that is always rolled back. */
class Verdict extends Error {
  readonly seen: boolean
  constructor(seen: boolean) {
    super('rolled back on purpose')
    this.seen = seen
  }
}

/**
 * Whether an access may see a version that is no longer the current one. Indexes know current versions only, so
 * the old body is stored under a name of its own, judged by the same statement as everything else, and rolled
 * back: there is no second evaluator that could disagree with the first.
 */
export function createOldVersions(write: BulkWriter) {
  return async (engine: Engine, { type, rid, body }: OldVersion): Promise<boolean> => {
    const id = `old-${randomId(128).replaceAll('_', '.')}`
    const scratch = { ...(JSON.parse(body) as Resource), id } as Stored
    // Before the transaction: on PostgreSQL one that waits for a second connection could wait for itself.
    const seen = await visible(engine.access, 'vread', type, 'r', engine.visibility, sql`${rid}`)
    try {
      await write([scratch], async (trx) => {
        const found =
          await sql`select 1 from resource r where r.type = ${engine.names.typeId(type)} and r.id = ${id} and ${seen}`.execute(
            trx,
          )
        throw new Verdict(found.rows.length > 0)
      })
    } catch (outcome) {
      if (outcome instanceof Verdict) return outcome.seen
      throw outcome
    }
    return false
  }
}
