import { type Kysely, sql } from 'kysely'
import { randomId } from '../../lib/id.ts'
import type { Interaction } from '../../smart/letters.ts'
import type { Tables } from '../../store/tables.ts'
import type { Resource } from '../definitions/types.ts'
import type { BulkWriter } from './bulk.ts'
import type { Sql } from './comparisons.ts'
import type { Engine } from './engine.ts'
import type { Stored } from './item.ts'
import { visible } from './visibility.ts'

/** A version that is no longer the current one, with the row of its resource. */
export type OldVersion = { type: string; rid: number; body: string }

/** Carries the verdicts out of a transaction that is always rolled back. */
class Verdicts extends Error {
  readonly seen: boolean[]
  constructor(seen: boolean[]) {
    super('rolled back on purpose')
    this.seen = seen
  }
}

type Scratch = { resource: Stored; seen: Sql }

/**
 * Which versions that are no longer the current ones an access may see. Indexes know current versions only, so the
 * old bodies are stored under names of their own, judged by the same statement as everything else, and rolled
 * back: there is no second evaluator that could disagree with the first.
 */
export function createOldVersions(write: BulkWriter) {
  return async (
    engine: Engine,
    interaction: Interaction,
    olds: readonly OldVersion[],
  ): Promise<boolean[]> => {
    // Before the transaction: on PostgreSQL one that waits for a second connection could wait for itself.
    const scratches = await Promise.all(olds.map((old) => scratchOf(engine, interaction, old)))
    try {
      await write(
        scratches.map(({ resource }) => resource),
        async (trx) => {
          const seen: boolean[] = []
          for (const scratch of scratches) seen.push(await isSeen(trx, engine, scratch))
          throw new Verdicts(seen)
        },
      )
    } catch (outcome) {
      if (outcome instanceof Verdicts) return outcome.seen
      throw outcome
    }
    return olds.map(() => false)
  }
}

async function scratchOf(
  engine: Engine,
  interaction: Interaction,
  { type, rid, body }: OldVersion,
): Promise<Scratch> {
  const id = `old-${randomId(128).replaceAll('_', '.')}`
  const resource = { ...(JSON.parse(body) as Resource), id }
  return {
    resource,
    seen: await visible(engine.access, interaction, type, 'r', engine.visibility, sql`${rid}`),
  }
}

async function isSeen(
  trx: Kysely<Tables>,
  { names }: Engine,
  { resource: { resourceType, id }, seen }: Scratch,
): Promise<boolean> {
  const found =
    await sql`select 1 from resource r where r.type = ${names.typeId(resourceType)} and r.id = ${id} and ${seen}`.execute(
      trx,
    )
  return found.rows.length > 0
}
