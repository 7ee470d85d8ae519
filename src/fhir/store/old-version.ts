import { type Kysely, sql } from 'kysely'
import { randomId } from '../../lib/id.ts'
import type { Tables } from '../../store/tables.ts'
import type { Resource } from '../definitions/types.ts'
import type { BulkWriter, Stored } from './bulk.ts'
import type { Engine } from './engine.ts'
import { visible } from './visibility.ts'

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
  return async (engine: Engine, type: string, body: string): Promise<boolean> => {
    const id = `old-${randomId(128).replaceAll('_', '.')}`
    const scratch = { ...(JSON.parse(body) as Resource), id } as Stored
    try {
      await write([scratch], async (trx) => {
        if (type === 'Patient') await joinOwnRecord(trx, engine, id, body)
        throw new Verdict(await isSeen(trx, engine, type, id))
      })
    } catch (outcome) {
      if (outcome instanceof Verdict) return outcome.seen
      throw outcome
    }
    return false
  }
}

async function isSeen(trx: Kysely<Tables>, engine: Engine, type: string, id: string): Promise<boolean> {
  const seen = await visible(engine.access, 'vread', type, 'r', engine.visibility)
  const found =
    await sql`select 1 from resource r where r.type = ${engine.names.typeId(type)} and r.id = ${id} and ${seen}`.execute(
      trx,
    )
  return found.rows.length > 0
}

/** An old version of a Patient belongs to the record of that Patient, not to one of its scratch name. */
async function joinOwnRecord(
  trx: Kysely<Tables>,
  { names }: Engine,
  scratchId: string,
  body: string,
): Promise<void> {
  const patient = names.typeId('Patient')
  const { id } = JSON.parse(body) as Stored
  await sql`insert into compartment (patient, type, rid)
    select p.rid, ${patient}, s.rid from resource p cross join resource s
    where p.type = ${patient} and p.id = ${id} and s.type = ${patient} and s.id = ${scratchId}`.execute(trx)
}
