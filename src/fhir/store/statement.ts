import { sql } from 'kysely'
import { allOf, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Driver } from './drivers.ts'

/** Candidates are counted up to here; a range with more is common. */
export const PROBED = 2001

/** A search on one type, planned: where to begin, and everything that must hold. */
export type Plan = {
  driver: Driver | undefined
  /** Candidates of the driver (without one, resources of the type), counted up to `PROBED`; 0 if nobody counted. */
  size: number
  /** Everything that must hold, wherever the search begins. */
  where: Sql
  /** The same, for a walk whose rows `d` have the row ids. */
  walked: Sql
  /** What must hold of the driver's candidates: without what the driver sees to. */
  rest: Sql
  /** Nothing in `walked` and `rest` asks for more than row ids, since this access may see all of the type. */
  byIndex: boolean
  /** The driver yields just what is searched for, and this access may see all of it. */
  covered: boolean
}

/**
 * `from … where …` of a planned search; `cross join` keeps SQLite to the order that was chosen.
 * @param more further conditions
 */
export function fromPlan({ driver, where, rest }: Plan, alias: string, more: readonly Sql[] = []): Sql {
  const name = sql.ref(alias)
  if (driver === undefined) return sql`from resource ${name} where ${allOf([where, ...more])}`
  return sql`from ${driver.from} cross join resource ${name} where ${column(alias, 'rid')} = d.rid and ${allOf([rest, ...more])}`
}

/** The row ids that a planned search finds. The resources themselves are not looked at where nothing depends on it. */
export function rowIdsOf(plan: Plan): Sql {
  return plan.byIndex && plan.driver !== undefined
    ? sql`select d.rid from ${plan.driver.from} where ${plan.rest}`
    : sql`select r.rid ${fromPlan(plan, 'r')}`
}
