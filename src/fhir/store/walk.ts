import { sql } from 'kysely'
import { DAY } from '../../lib/time.ts'
import type { SearchQuery, Sort } from '../search/query.ts'
import { allOf, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import { dateWindow } from './drivers.ts'
import type { Engine } from './engine.ts'
import { beyond, isWithoutValue, type Key, keysOf, type Position } from './order.ts'
import { isUnlimited } from './read.ts'
import { isSingle } from './single.ts'
import type { Plan } from './statement.ts'
import { LONG } from './stretches.ts'

/** Resources in the order of an index, so that a page is full before all of them were looked at. */
export type Walk = {
  /** Of the rows that are walked along. */
  alias: 'd' | 'r'
  from: Sql
  where: Sql
  keys: readonly Key[]
  /** All matches lie on the way: a page that it does not fill is the last one. */
  complete: boolean
}
/** Where a page lies; `byUpdate`: the natural order is that of the last update. */
export type Place = { position: Position | undefined; backwards: boolean; byUpdate: boolean }

/** Steps of a walk that may lead nowhere. */
const MOST_STEPS = 10_000

/** Long stretches that are looked through for the first. */
const MOST_LONG = 2000

/**
 * The way through the index of what a search is sorted by; undefined where there is none. Only for what is common:
 * where little matches, the few are found and sorted.
 */
export async function walkOf(
  engine: Engine,
  query: SearchQuery,
  plan: Plan,
  place: Place,
): Promise<Walk | undefined> {
  const [sort] = query.sort
  if (sort === undefined && !place.byUpdate) return alongDriver(plan, place)
  if (sort === undefined || sort.parameter === '_lastUpdated') return alongUpdates(engine, query, plan, place)
  return await alongValues(engine, query, sort, plan, place)
}

/** By row id, as the driver yields them. */
function alongDriver({ driver, rest, byIndex }: Plan, place: Place): Walk | undefined {
  if (driver?.inOrder === undefined) return undefined
  const keys: Key[] = [{ expression: sql`d.rid`, descending: false }]
  const conditions = [...further(keys, place), rest]
  const { where, ...walk } = throughResources(driver.inOrder, conditions, byIndex)
  return { ...walk, where: sql`${where} group by d.rid`, keys, complete: true }
}

/** The index of updates leads to everything; where much may be passed in vain there is a driver. */
function alongUpdates(engine: Engine, query: SearchQuery, plan: Plan, place: Place): Walk | undefined {
  if (!fillsAPage(engine, query, plan)) return undefined
  const keys = keysOf(query.sort, query.types[0] ?? '', 'r', engine.names, place.byUpdate)
  return {
    alias: 'r',
    from: sql`resource r`,
    where: allOf([plan.where, ...further(keys, place)]),
    keys,
    complete: true,
  }
}

async function alongValues(
  engine: Engine,
  query: SearchQuery,
  sort: Sort,
  plan: Plan,
  place: Place,
): Promise<Walk | undefined> {
  const [type = ''] = query.types
  const { position, backwards } = place
  // Back from among the resources without a value, others without one come first.
  if (backwards && position !== undefined && isWithoutValue(position)) return undefined
  const index = indexOf(engine, type, sort)
  if (index === undefined) return undefined
  const { sp, table, value, second } = index
  const own = column('d', value)
  const other = column('o', value)
  const pick = sql.raw(sort.descending ? '>' : '<')
  // Other parameters to sort by may be columns of the resource.
  const byIndex = plan.byIndex && query.sort.every((each) => typeof each.parameter !== 'string')
  const others = keysOf(query.sort, type, byIndex ? 'd' : 'r', engine.names, false).slice(1)
  const keys: Key[] = [{ expression: own, descending: sort.descending }, ...others]
  const within = await windowConditions(engine, query, sort, index)
  const ofParameter = allOf([sql`d.sp = ${sp}`, ...within])
  const bounds = fillsAPage(engine, query, plan)
    ? []
    : await boundsOf(engine, index, ofParameter, keys[0], place)
  const conditions = [
    ofParameter,
    ...further(keys, place),
    ...bounds,
    plan.walked,
    // A resource with several values is sorted by its first (or last) one.
    sql`not exists (select 1 from ${sql.table(table)} o where o.rid = d.rid and o.sp = d.sp
      and (${other} ${pick} ${own} or (${other} = ${own} and ${column('o', second)} > ${column('d', second)})))`,
  ]
  return {
    ...throughResources(sql`${sql.table(table)} d`, conditions, byIndex),
    keys,
    complete: within.length > 0 && bounds.length === 0,
  }
}

/** From index rows `d` to their resources, or no further, where nothing depends on those. */
function throughResources(
  index: Sql,
  conditions: readonly Sql[],
  byIndex: boolean,
): Pick<Walk, 'alias' | 'from' | 'where'> {
  return byIndex
    ? { alias: 'd', from: index, where: allOf(conditions) }
    : {
        alias: 'd',
        from: sql`${index} cross join resource r`,
        where: allOf([sql`r.rid = d.rid`, ...conditions]),
      }
}

function further(keys: readonly Key[], { position, backwards }: Place): Sql[] {
  return position === undefined ? [] : [beyond(keys, position, backwards)]
}

/** Whether a walk is sure to be short: what is asked for was counted, or there is nowhere else to begin. */
function fillsAPage({ access }: Engine, query: SearchQuery, { driver, covered }: Plan): boolean {
  const [type = ''] = query.types
  return (
    covered ||
    driver === undefined ||
    (query.filters.length === 0 && isUnlimited(access, 'search-type', type))
  )
}

/** Where the search is for a stretch of time and sorted by it, the walk is along that stretch only. */
async function windowConditions(
  { definitions, visibility, rows }: Engine,
  { filters }: SearchQuery,
  { parameter }: Sort,
  { sp }: Index,
): Promise<Sql[]> {
  const same = filters.filter((filter) => filter.kind === 'values' && filter.parameter === parameter)
  const window = dateWindow(same, visibility.conditions, isSingle(definitions))
  if (window === undefined) return []
  const { above, below } = window
  const before = below === Infinity ? [] : [sql`d.lo < ${below}`]
  if (above === -Infinity) return before
  // What is long may begin before the stretch: then the walk begins there.
  const long = sql`select i.lo from ix_date i where i.sp = ${sp} and ${LONG} and i.hi > ${above} and i.lo <= ${above - DAY}`
  const [early] = await rows<{ first: number | null; n: number }>(
    sql`select min(x.lo) as first, count(*) as n from (${long} limit ${MOST_LONG + 1}) x`,
  )
  if (Number(early?.n) > MOST_LONG) return before
  return [sql`d.lo >= ${early?.first ?? above - DAY}`, ...before]
}

/** A condition that ends the walk after some steps. */
async function boundsOf(
  engine: Engine,
  { table, value }: Index,
  ofParameter: Sql,
  key: Key | undefined,
  { position, backwards }: Place,
): Promise<Sql[]> {
  const at = column('d', value)
  const falling = (key?.descending === true) !== backwards
  const start =
    position === undefined ? [] : [falling ? sql`${at} <= ${position[0]}` : sql`${at} >= ${position[0]}`]
  const [last] = await engine.rows<{ value: string | number }>(
    sql`select ${at} as value from ${sql.table(table)} d where ${allOf([ofParameter, ...start])}
      order by ${at} ${sql.raw(falling ? 'desc' : 'asc')} limit 1 offset ${MOST_STEPS}`,
  )
  if (last === undefined) return []
  return [falling ? sql`${at} >= ${last.value}` : sql`${at} <= ${last.value}`]
}

/** An index table in the order of one parameter: the column with the values, and what tells apart rows of one value. */
type Index = { sp: number; table: string; value: string; second: string }

function indexOf({ names }: Engine, type: string, { parameter }: Sort): Index | undefined {
  if (typeof parameter === 'string') return undefined
  const [sp, ...more] = names.paramIds(type, parameter)
  if (sp === undefined || more.length > 0) return undefined
  switch (parameter.type) {
    case 'date':
      return { sp, table: 'ix_date', value: 'lo', second: 'hi' }
    case 'string':
      return { sp, table: 'ix_string', value: 'norm', second: 'raw' }
    case 'token':
      return { sp, table: 'ix_token', value: 'code', second: 'sys' }
    default:
      return undefined
  }
}
