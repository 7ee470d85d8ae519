import { type Kysely, sql } from 'kysely'
import { randomId } from '../../lib/id.ts'
import type { Interaction } from '../../smart/letters.ts'
import type { Tables } from '../../store/tables.ts'
import type { Resource } from '../definitions/types.ts'
import type { BulkWriter } from './bulk.ts'
import type { Sql } from './comparisons.ts'
import type { Engine } from './engine.ts'
import type { Stored } from './item.ts'
import { type Shown, type ShownRow, shownTo } from './shown.ts'
import { visible } from './visibility.ts'

/** A version that is no longer the current one, with the row of its resource. */
export type OldVersion = { type: string; rid: number; body: string }

/** Carries the verdicts out of a transaction that is always rolled back. */
class Verdicts extends Error {
  readonly seen: (string | undefined)[]
  constructor(seen: (string | undefined)[]) {
    super('rolled back on purpose')
    this.seen = seen
  }
}

type Scratch = { resource: Stored; updated: number; body: string; seen: Sql; shown: Shown }

/**
 * Versions that are no longer the current ones, as far as an access may see them. Indexes know current versions only, so the
 * old bodies are stored under names of their own, judged by the same statement as everything else, and rolled
 * back: there is no second evaluator that could disagree with the first.
 */
export function createOldVersions(write: BulkWriter) {
  return async (
    engine: Engine,
    interaction: Interaction,
    olds: readonly OldVersion[],
  ): Promise<(string | undefined)[]> => {
    // Before the transaction: on PostgreSQL one that waits for a second connection could wait for itself.
    const scratches = await Promise.all(olds.map((old) => scratchOf(engine, interaction, old)))
    try {
      await write(
        scratches.map(({ resource }) => resource),
        async (trx) => {
          const seen: (string | undefined)[] = []
          for (const scratch of scratches) seen.push(await asSeen(trx, engine, scratch))
          throw new Verdicts(seen)
        },
      )
    } catch (outcome) {
      if (outcome instanceof Verdicts) return outcome.seen
      throw outcome
    }
    return olds.map(() => undefined)
  }
}

async function scratchOf(
  engine: Engine,
  interaction: Interaction,
  { type, rid, body }: OldVersion,
): Promise<Scratch> {
  const id = `old-${randomId(128).replaceAll('_', '.')}`
  const old = JSON.parse(body) as Resource & { meta: { lastUpdated: string } }
  const resource = { ...old, id }
  const self = sql`${rid}`
  const seen = await visible(engine.access, interaction, type, 'r', engine.visibility, self)
  const updated = Date.parse(old.meta.lastUpdated)
  return { resource, updated, body, seen, shown: await shownTo(engine, [type], [interaction], 'r', self) }
}

async function asSeen(
  trx: Kysely<Tables>,
  { names }: Engine,
  { resource: { resourceType, id }, updated, body, seen, shown }: Scratch,
): Promise<string | undefined> {
  // As of when it was made: a limit may be about that.
  const asItWas = sql`select s.rid, s.type, s.id, s.state, s.version, cast(${updated} as bigint) as updated
    from resource s where s.type = ${names.typeId(resourceType)} and s.id = ${id}`
  const found = await sql<Omit<ShownRow, 'body'>>`select 1 as seen ${shown.columns} from (${asItWas}) r
    where ${seen}`.execute(trx)
  const [row] = found.rows
  return row === undefined ? undefined : shown.bodyOf({ ...row, body })
}
