import { sql } from 'kysely'
import { isUnlimited, type Range } from '../../smart/range.ts'
import type { Access } from '../access/access.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import { sharedTypes } from '../access/shared.ts'
import type { Engine } from './engine.ts'
import { eachRange } from './visibility.ts'

/** What changes a resource. */
export type Changing = 'create' | 'update' | 'patch' | 'delete'

/**
 * The ranges in which an access may change resources of a type. A resource that many records refer to is nobody's,
 * so a right to some records is none to change it.
 * @throws LanyardError `forbidden`, before any data is touched
 */
export function reachOf(access: Access, interaction: Changing, type: string): readonly Range[] {
  const ranges = rangesOf(access, interaction, type)
  const own = sharedTypes.has(type) ? ranges.filter(({ patients }) => patients === 'all') : ranges
  if (own.length > 0) return own
  throw forbidden(
    'shared-resource',
    `${type} is shared by many records: a token that opens only some of them cannot change it.`,
  )
}

/** Those of the ranges that a row lies in, as it is now. @param rid of a row that is there */
export async function rangesAround(
  engine: Engine,
  ranges: readonly Range[],
  type: string,
  rid: number,
): Promise<Range[]> {
  // What lies in them whatever it is need not be asked of the database.
  if (ranges.every(isUnlimited)) return [...ranges]
  const conditions = await eachRange(ranges, engine.access, type, 'r', engine.visibility)
  const columns = conditions.map(
    (condition, index) => sql`case when ${condition} then 1 else 0 end as ${sql.ref(`in${index}`)}`,
  )
  const [row] = await engine.rows<Record<string, number>>(
    sql`select ${sql.join(columns)} from resource r where r.rid = ${rid}`,
  )
  return ranges.filter((_, index) => Number(row?.[`in${index}`]) === 1)
}
