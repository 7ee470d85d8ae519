import { sql } from 'kysely'
import { rangesOf } from '../access/refusal.ts'
import type { Filter } from '../search/filter.ts'
import type { SearchQuery } from '../search/query.ts'
import { allOf, never, type Sql } from './comparisons.ts'
import { column, conditionOf } from './conditions.ts'
import { type Driver, driverOfReferrers } from './drivers.ts'
import type { Engine } from './engine.ts'
import { beyond, type Key, keysOf, orderBy, type Position } from './order.ts'
import { countOf, planSearch } from './plan.ts'
import { refuseHidden, refuseHiddenShape } from './refuse-hidden.ts'
import { type Shown, type ShownRow, shownTo, wholly } from './shown.ts'
import { fromPlan, type Plan, PROBED, rowIdsOf } from './statement.ts'
import { visibleAmong } from './visibility.ts'
import { type Place, walkOf } from './walk.ts'

/** A resource that leaves the store, as it is stored. */
export type Hit = { rid: number; type: string; id: string; version: number; updated: number; body: string }

/** Where a page begins: behind a position, or before it, or at a number of matches. */
export type Cursor = { after?: Position; before?: Position; skip?: number; byUpdate?: boolean }

export type Page = {
  hits: Hit[]
  /** Positions of the first and the last hit; absent when nothing lies before or behind. */
  first?: Position
  last?: Position
  hasPrevious: boolean
  hasNext: boolean
  /** Whether the natural order is that of a scan; later pages must keep it. */
  byUpdate: boolean
  total: number | undefined
}

/**
 * One page of a search, narrowed inside the statement (ENF-07).
 * @throws LanyardError `forbidden`
 */
export async function searchPage(engine: Engine, query: SearchQuery, cursor: Cursor): Promise<Page> {
  refuseHiddenShape(engine, query)
  const plan = await planTypes(engine, query)
  const byUpdate = cursor.byUpdate ?? !(isSmall(plan) || plan.driver?.inOrder !== undefined)
  if (query.summary === 'count' || query.count === 0) {
    const total = await countAll(engine, plan)
    return { hits: [], hasPrevious: false, hasNext: false, byUpdate, total }
  }
  const backwards = cursor.before !== undefined
  const position = cursor.after ?? cursor.before
  const skip = cursor.skip ?? 0
  const shown = engine.access.hides ? await shownTo(engine, query.types, ['search-type'], 'b') : wholly
  const found = await rowsOf(engine, query, plan, { position, backwards, byUpdate, skip }, shown)
  const rows = found.rows.slice(0, query.count)
  if (backwards) rows.reverse()
  const beyondPage = found.rows.length > query.count
  const [start, end] = [rows[0], rows.at(-1)]
  const isAll = position === undefined && skip === 0 && !beyondPage
  return {
    hits: rows.map((row) => toHit(row, engine, shown)),
    ...(start === undefined ? {} : { first: positionOf(start, found.keys) }),
    ...(end === undefined ? {} : { last: positionOf(end, found.keys) }),
    hasPrevious: backwards ? beyondPage : position !== undefined || skip > 0,
    hasNext: backwards ? true : beyondPage,
    byUpdate,
    total: isAll && query.total !== 'none' ? rows.length : await totalOf(engine, query, plan),
  }
}

function isSmall({ driver, size }: Plan): boolean {
  return driver !== undefined && size < PROBED
}

type Found = ShownRow & { rid: number; type: number; id: string; version: number; updated: number }
type Row = Found & Record<`k${number}`, string | number>

/** Several types share one statement; each has its own visibility. */
async function planTypes(engine: Engine, { types, filters, within }: SearchQuery): Promise<Plan> {
  const [only, ...others] = types
  if (only !== undefined && others.length === 0) {
    return await planSearch(engine, only, [...filters, ...compartmentOf(only, within)], 'r')
  }
  const { access, visibility } = engine
  for (const type of types) {
    rangesOf(access, 'search-type', type)
    refuseHidden(engine, type, [...filters, ...compartmentOf(type, within)])
  }
  const driver = within === undefined ? undefined : await compartmentDriver(engine, types, within)
  // Of several types there are filters only that all of them have.
  const own = filters.filter((filter) => filter.kind === 'id' || filter.kind === 'updated')
  const where = allOf([
    sql`r.state = 1`,
    (await visibleAmong(access, types, 'r', visibility, { interactions: ['search-type'] })) ?? never,
    ...(await Promise.all(own.map((filter) => conditionOf(filter, 'r', visibility.conditions)))),
  ])
  const size = driver === undefined ? await countOf(engine, sql`resource r where ${where}`) : 0
  return { driver, size, where, walked: where, rest: where, byIndex: false, covered: false }
}

function compartmentOf(type: string, within: SearchQuery['within']): Filter[] {
  return within === undefined ? [] : [{ kind: 'compartment', type, ...within }]
}

/** Everything that refers to the resource a compartment is named after, and that resource itself. */
async function compartmentDriver(
  engine: Engine,
  types: readonly string[],
  within: NonNullable<SearchQuery['within']>,
): Promise<Driver> {
  const { conditions } = engine.visibility
  const rows = await conditions.rowsOf(within.compartment, [within.id])
  const sps = types.flatMap((type) => conditions.membership({ kind: 'compartment', type, ...within }).sps)
  return driverOfReferrers(sps, rows, engine.db.dialect, rows)
}

/** Exactly, where it was asked for or is cheap; what is among many is not counted. */
async function totalOf(engine: Engine, query: SearchQuery, plan: Plan): Promise<number | undefined> {
  if (query.total === 'none') return undefined
  if (query.total !== undefined) return await countAll(engine, plan)
  if (plan.size >= PROBED) return undefined
  return plan.covered && plan.size > 0 ? plan.size : await countAll(engine, plan)
}

async function countAll(engine: Engine, plan: Plan): Promise<number> {
  const [row] = await engine.rows<{ n: number }>(sql`select count(*) as n from (${rowIdsOf(plan)}) x`)
  return Number(row?.n ?? 0)
}

/** One row more than the page has, if there is one. */
async function rowsOf(
  engine: Engine,
  query: SearchQuery,
  plan: Plan,
  { skip, ...place }: Place & { skip: number },
  shown: Shown,
): Promise<{ rows: Row[]; keys: number }> {
  const { position, backwards, byUpdate } = place
  const page = (alias: string, keys: readonly Key[], from: Sql): Promise<Row[]> =>
    engine.rows<Row>(
      withBodies(
        sql`${select(alias, keys)} ${from} order by ${orderBy(keys, backwards)} limit ${query.count + 1} offset ${skip}`,
        keys,
        backwards,
        shown,
      ),
    )
  const walk = isSmall(plan) || query.types.length > 1 ? undefined : await walkOf(engine, query, plan, place)
  if (walk !== undefined) {
    const rows = await page(walk.alias, walk.keys, sql`from ${walk.from} where ${walk.where}`)
    if (walk.complete || rows.length > query.count) return { rows, keys: walk.keys.length }
  }
  const keys = keysOf(query.sort, query.types[0] ?? '', 'r', engine.names, byUpdate)
  const more = position === undefined ? [] : [beyond(keys, position, backwards)]
  return { rows: await page('r', keys, fromPlan(plan, 'r', more)), keys: keys.length }
}

function select(alias: string, keys: readonly Key[]): Sql {
  return sql`select ${column(alias, 'rid')}, ${sql.join(keys.map(({ expression }, index) => sql`${expression} as ${sql.ref(`k${index}`)}`))}`
}

/** Bodies are fetched for the rows of the page only: a sorter that carries them is twice as slow. */
function withBodies(page: Sql, keys: readonly Key[], backwards: boolean, shown: Shown): Sql {
  const names = keys.map(({ descending }, index) => ({ expression: sql.ref(`p.k${index}`), descending }))
  return sql`select b.rid, b.type, b.id, b.version, b.updated, b.body, ${sql.join(names.map(({ expression }) => expression))} ${shown.columns}
    from (${page}) p cross join resource b where b.rid = p.rid and b.state = 1 order by ${orderBy(names, backwards)}`
}

function positionOf(row: Row, keys: number): Position {
  return Array.from({ length: keys }, (_, index) => row[`k${index}`] ?? 0)
}

export function toHit(row: Found, { names }: Engine, shown: Shown): Hit {
  const { rid, type, id, version, updated } = row
  return { rid, type: names.typeName(type), id, version, updated, body: shown.bodyOf(row) }
}
