import { sql } from 'kysely'
import type { Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Driver } from './drivers.ts'

/** A search on one type, planned: where to begin, and everything that must hold. */
export type Plan = {
  driver: Driver | undefined
  /** Candidates of the driver, counted up to `PROBED`. */
  size: number
  where: Sql
}

/** `from … where …` of a planned search; `cross join` keeps SQLite to the order that was chosen. */
export function fromPlan({ driver, where }: Pick<Plan, 'driver' | 'where'>, alias: string): Sql {
  const name = sql.ref(alias)
  if (driver === undefined) return sql`from resource ${name} where ${where}`
  return sql`from ${driver.from} cross join resource ${name} where ${column(alias, 'rid')} = d.rid and ${where}`
}
