import { sql } from 'kysely'
import { forbidden } from '../access/refusal.ts'
import type { Filter } from '../search/filter.ts'
import { allOf, anyOf, isIn, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import { type Driver, driverOfReferrers, driverOfRows, rowList } from './drivers.ts'
import type { Engine } from './engine.ts'
import { type Plan, PROBED, rowIdsOf } from './statement.ts'

/** `conditionOn`: of the row under an alias. */
export type Hop = { conditionOn: (alias: string) => Sql; driver: Driver | undefined }
/** Plans the search at the other end; handed in, since planning and hopping need each other. */
type PlanSearch = (engine: Engine, type: string, filters: readonly Filter[], alias: string) => Promise<Plan>
type HopFilter = Filter & { kind: 'chain' | 'has' }

/** The other end is looked up first when it has at most so many resources, which then drive the search. */
const RESOLVED = 5000

/**
 * A chain or `_has`: a condition on `alias` that speaks of other resources. Those are searched as this access
 * sees them, with the scope that searching their type needs (ENF-16).
 */
export async function planHop(
  engine: Engine,
  filter: HopFilter,
  type: string,
  alias: string,
  planSearch: PlanSearch,
): Promise<Hop> {
  return filter.kind === 'chain'
    ? await planChain(engine, filter, type, alias, planSearch)
    : await planHas(engine, filter, type, alias, planSearch)
}

async function planChain(
  engine: Engine,
  { parameter, targets }: Filter & { kind: 'chain' },
  type: string,
  alias: string,
  planSearch: PlanSearch,
): Promise<Hop> {
  const open = targets.filter((target) => engine.access.decide('search-type', target.type).allowed)
  const [closed] = targets
  if (open.length === 0) {
    throw forbidden(
      'chain-not-granted',
      `To search through '${parameter.code}' this token needs a scope with s for ${closed?.type}.`,
    )
  }
  const sps = engine.names.paramIds(type, parameter)
  const found = await Promise.all(
    open.map((target) => resolveRows(engine, target.type, target.filter, planSearch)),
  )
  if (found.every((rows) => rows !== undefined)) {
    const rows = found.flatMap((list) => list ?? [])
    const list = sql`select l.value from ${rowList(rows, engine.db.dialect)}`
    return {
      conditionOn: (row) =>
        sql`exists (select 1 from ix_ref i where i.rid = ${column(row, 'rid')} and ${isIn(sql`i.sp`, sps)} and i.target in (${list}))`,
      driver: driverOfReferrers(sps, rows, engine.db.dialect),
    }
  }
  const hop = nextAlias(alias)
  const ends = await Promise.all(
    open.map(async (target) => (await planSearch(engine, target.type, [target.filter], hop)).where),
  )
  return {
    conditionOn: (row) => sql`exists (select 1 from ix_ref i cross join resource ${sql.ref(hop)}
      where i.rid = ${column(row, 'rid')} and ${isIn(sql`i.sp`, sps)} and ${column(hop, 'rid')} = i.target and ${anyOf(ends)})`,
    driver: undefined,
  }
}

async function planHas(
  engine: Engine,
  { source, parameter, filter }: Filter & { kind: 'has' },
  type: string,
  alias: string,
  planSearch: PlanSearch,
): Promise<Hop> {
  if (!engine.access.decide('search-type', source).allowed) {
    throw forbidden(
      'has-not-granted',
      `To search by what ${source} says of a ${type}, this token needs a scope with s for ${source}.`,
    )
  }
  const sps = engine.names.paramIds(source, parameter)
  const rids = await resolveTargets(engine, source, filter, sps, planSearch)
  if (rids !== undefined) {
    return {
      conditionOn: (row) =>
        sql`${column(row, 'rid')} in (select l.value from ${rowList(rids, engine.db.dialect)})`,
      driver: driverOfRows(rids, engine.db.dialect),
    }
  }
  const hop = nextAlias(alias)
  const { where } = await planSearch(engine, source, [filter], hop)
  return {
    conditionOn: (row) => sql`exists (select 1 from ix_ref i cross join resource ${sql.ref(hop)}
      where i.target = ${column(row, 'rid')} and ${isIn(sql`i.sp`, sps)} and ${column(hop, 'rid')} = i.rid and ${allOf([where])})`,
    driver: undefined,
  }
}

/** The row ids at the other end of a chain, or undefined when there are too many. */
async function resolveRows(
  engine: Engine,
  type: string,
  filter: Filter,
  planSearch: PlanSearch,
): Promise<number[] | undefined> {
  const plan = await planSearch(engine, type, [filter], 'r')
  const rows = await engine.rows<{ rid: number }>(sql`${rowIdsOf(plan)} limit ${RESOLVED + 1}`)
  return rows.length > RESOLVED ? undefined : rows.map((row) => row.rid)
}

/** The row ids of what the resources at the other end refer to, or undefined when those are too many. */
async function resolveTargets(
  engine: Engine,
  source: string,
  filter: Filter,
  sps: readonly number[],
  planSearch: PlanSearch,
): Promise<number[] | undefined> {
  const plan = await planSearch(engine, source, [filter], 'r')
  if (plan.size >= PROBED) {
    const some = sql`select 1 from (${rowIdsOf(plan)} limit ${RESOLVED + 1}) x`
    const [counted] = await engine.rows<{ n: number }>(sql`select count(*) as n from (${some}) y`)
    if (Number(counted?.n) > RESOLVED) return undefined
  }
  const rows = await engine.rows<{ rid: number }>(
    sql`select distinct f.target as rid from (${rowIdsOf(plan)}) s cross join ix_ref f where f.rid = s.rid and ${isIn(sql`f.sp`, sps)} order by f.target`,
  )
  return rows.map((row) => row.rid)
}

/** An alias of its own for each hop, so that an inner row never hides an outer one. */
function nextAlias(alias: string): string {
  return `h${alias.startsWith('h') ? Number(alias.slice(1)) + 1 : 1}`
}
