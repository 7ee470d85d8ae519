import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import { showsAll } from '../../smart/range.ts'
import { bodyShown, type ShownRow } from '../access/redact.ts'
import { allOf, isIn, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Engine } from './engine.ts'
import { rangesByType } from './visibility.ts'

/** How much of each row an access is shown. */
export type Shown = {
  /** To be put behind the other columns of the statement that fetches the bodies, so that both see one state. */
  columns: Sql
  /** The body as it may leave the store. */
  bodyOf(row: ShownRow): string
  /** What is hidden of the rows, by the number in the column `shown` (access/redact.ts). */
  redactions: readonly (readonly string[])[]
}
export type { ShownRow } from '../access/redact.ts'

/** What is shown where no role hides anything. */
export const wholly: Shown = { columns: sql``, bodyOf: ({ body }) => body, redactions: [] }

/**
 * What of the rows `alias` is shown. A row may lie in several ranges: the one that hides least counts. It is decided
 * by type, where it is used: a rule about all types hides something else of each.
 * @param self the row id of the resource, where the row is an old version of it
 */
export async function shownTo(
  engine: Engine,
  types: readonly string[],
  interactions: readonly Interaction[],
  alias: string,
  self = column(alias, 'rid'),
): Promise<Shown> {
  const { access, visibility, names, definitions } = engine
  if (!access.hides) return wholly
  const redactions: (readonly string[])[] = []
  const cases: Sql[] = []
  for (const group of await rangesByType(access, types, interactions, alias, visibility, self)) {
    const ofTypes = isIn(column(alias, 'type'), group.types.map(names.typeId))
    const ranges = group.ranges.toSorted((a, b) => a.range.hidden.length - b.range.hidden.length)
    for (const { range, condition } of ranges) {
      const how = showsAll(range) ? -1 : redactions.push(range.hidden) - 1
      cases.push(sql`when ${allOf([ofTypes, condition])} then ${sql.lit(how)}`)
    }
  }
  if (redactions.length === 0) return wholly
  return {
    columns: sql`, case ${sql.join(cases, sql` `)} end as shown`,
    bodyOf: (row) => bodyShown(row, redactions, () => definitions),
    redactions,
  }
}
