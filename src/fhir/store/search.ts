import { sql } from 'kysely'
import type { Filter } from '../search/filter.ts'
import type { SearchQuery, Sort } from '../search/query.ts'
import { allOf, anyOf, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import { type Driver, driverOfReferrers } from './drivers.ts'
import type { Engine } from './engine.ts'
import { beyond, isWithoutValue, type Key, keysOf, orderBy, type Position } from './order.ts'
import { PROBED, planSearch } from './plan.ts'
import { isUnlimited } from './read.ts'
import { refuseHiddenShape } from './refuse-hidden.ts'
import { type Shown, type ShownRow, shownTo, wholly } from './shown.ts'
import { fromPlan, type Plan } from './statement.ts'

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

/** Without `_total`, matches are counted up to here: exact when it is cheap, absent otherwise. */
const COUNTED = 2000

/**
 * One page of a search, narrowed inside the statement (ENF-07).
 * @throws LanyardError `forbidden`
 */
export async function searchPage(engine: Engine, query: SearchQuery, cursor: Cursor): Promise<Page> {
  refuseHiddenShape(engine, query)
  const plan = await planTypes(engine, query)
  const byUpdate = cursor.byUpdate ?? plan.driver === undefined
  const [type = ''] = query.types
  const countOnly = query.summary === 'count' || query.count === 0
  const total = await totalOf(engine, query, plan, countOnly)
  if (countOnly) return { hits: [], hasPrevious: false, hasNext: false, byUpdate, total }

  const backwards = cursor.before !== undefined
  const position = cursor.after ?? cursor.before
  const keys = keysOf(query.sort, type, 'r', engine.names, byUpdate)
  const skip = cursor.skip ?? 0
  const shown = engine.access.hides ? await shownTo(engine, query.types, ['search-type'], 'b') : wholly
  const more = position === undefined ? plan.where : allOf([plan.where, beyond(keys, position, backwards)])
  const general = (): Promise<Row[]> =>
    engine.rows<Row>(
      withBodies(
        sql`${select(keys)} ${fromPlan({ ...plan, where: more }, 'r')} order by ${orderBy(keys, backwards)} limit ${query.count + 1} offset ${skip}`,
        keys,
        backwards,
        shown,
      ),
    )
  const quick = skip > 0 ? undefined : await indexDriven(engine, query, plan, position, backwards, shown)
  const found = quick ?? (await general())

  const rows = found.slice(0, query.count)
  if (backwards) rows.reverse()
  const hits = rows.map((row) => toHit(row, engine, shown))
  const beyondPage = found.length > query.count
  const [start, end] = [rows[0], rows.at(-1)]
  return {
    hits,
    ...(start === undefined ? {} : { first: positionOf(start, keys.length) }),
    ...(end === undefined ? {} : { last: positionOf(end, keys.length) }),
    hasPrevious: backwards ? beyondPage : position !== undefined || skip > 0,
    hasNext: backwards ? true : beyondPage,
    byUpdate,
    total: total ?? (position === undefined && skip === 0 && !beyondPage ? rows.length : undefined),
  }
}

type Found = ShownRow & { rid: number; type: number; id: string; version: number; updated: number }
type Row = Found & Record<`k${number}`, string | number>

/** Several types share one statement; each has its own visibility. */
async function planTypes(engine: Engine, { types, filters, within }: SearchQuery): Promise<Plan> {
  const filtersOf = (type: string): Filter[] =>
    within === undefined ? [...filters] : [...filters, { kind: 'compartment', type, ...within }]
  const [only, ...others] = types
  if (only !== undefined && others.length === 0) return await planSearch(engine, only, filtersOf(only), 'r')
  const plans = await Promise.all(types.map((type) => planSearch(engine, type, filtersOf(type), 'r')))
  const where = anyOf(plans.map((plan) => plan.where))
  return { driver: await compartmentDriver(engine, types, within), size: 0, where }
}

/** Everything that refers to the resource a compartment is named after, and that resource itself. */
async function compartmentDriver(
  engine: Engine,
  types: readonly string[],
  within: SearchQuery['within'],
): Promise<Driver | undefined> {
  if (within === undefined) return undefined
  const { conditions } = engine.visibility
  const rows = await conditions.rowsOf(within.compartment, [within.id])
  const sps = types.flatMap((type) => conditions.membership({ kind: 'compartment', type, ...within }).sps)
  return driverOfReferrers(sps, rows, engine.db.dialect, rows)
}

async function totalOf(
  engine: Engine,
  query: SearchQuery,
  plan: Plan,
  countOnly: boolean,
): Promise<number | undefined> {
  if (query.total === 'none' && !countOnly) return undefined
  const exact = countOnly || query.total !== undefined
  const limit = exact ? sql`` : sql`limit ${COUNTED + 1}`
  const [row] = await engine.rows<{ n: number }>(
    sql`select count(*) as n from (select r.rid ${fromPlan(plan, 'r')} ${limit}) x`,
  )
  const counted = Number(row?.n ?? 0)
  return exact || counted <= COUNTED ? counted : undefined
}

function select(keys: readonly Key[]): Sql {
  return sql`select r.rid, ${sql.join(keys.map(({ expression }, index) => sql`${expression} as ${sql.ref(`k${index}`)}`))}`
}

/** Bodies are fetched for the rows of the page only: a sorter that carries them is twice as slow. */
function withBodies(page: Sql, keys: readonly Key[], backwards: boolean, shown: Shown): Sql {
  const names = keys.map(({ descending }, index) => ({ expression: sql.ref(`p.k${index}`), descending }))
  return sql`select b.rid, b.type, b.id, b.version, b.updated, b.body, ${sql.join(names.map(({ expression }) => expression))} ${shown.columns}
    from (${page}) p cross join resource b where b.rid = p.rid order by ${orderBy(names, backwards)}`
}

/**
 * A search without a small place to begin walks the index of what it is sorted by, and stops when the page is full.
 * When it does not fill the page, resources without a value may be missing, and the general way is taken.
 */
async function indexDriven(
  engine: Engine,
  query: SearchQuery,
  plan: Plan,
  position: Position | undefined,
  backwards: boolean,
  shown: Shown,
): Promise<Row[] | undefined> {
  const [sort] = query.sort
  if (sort === undefined || plan.size < PROBED) return undefined
  // Back from among the resources without a value, others without one come first.
  if (backwards && position !== undefined && isWithoutValue(position)) return undefined
  const index = indexOf(engine, query, sort, plan)
  if (index === undefined) return undefined
  const { sp, table, value, second } = index
  const pick = sql.raw(sort.descending ? '>' : '<')
  const [type = ''] = query.types
  const [, ...others] = keysOf(query.sort, type, 'r', engine.names, false)
  const own = column('d', value)
  const other = column('o', value)
  const keys: Key[] = [{ expression: own, descending: sort.descending }, ...others]
  const conditions = [
    sql`d.sp = ${sp} and r.rid = d.rid`,
    // A resource with several values is sorted by its first (or last) one.
    sql`not exists (select 1 from ${sql.table(table)} o where o.rid = d.rid and o.sp = d.sp
      and (${other} ${pick} ${own} or (${other} = ${own} and ${column('o', second)} > ${column('d', second)})))`,
    ...(position === undefined ? [] : [beyond(keys, position, backwards)]),
    plan.where,
  ]
  const page = sql`${select(keys)} from ${sql.table(table)} d cross join resource r where ${allOf(conditions)} order by ${orderBy(keys, backwards)} limit ${query.count + 1}`
  const rows = await engine.rows<Row>(withBodies(page, keys, backwards, shown))
  return rows.length > query.count ? rows : undefined
}

/** An index table in the order of one parameter: the column with the values, and what tells apart rows of one value. */
type Index = { sp: number; table: string; value: string; second: string }

function indexOf(
  { names, access }: Engine,
  { types, filters, within }: SearchQuery,
  { parameter }: Sort,
  { driver }: Plan,
): Index | undefined {
  const [type = ''] = types
  if (types.length > 1 || typeof parameter === 'string') return undefined
  const [sp, ...more] = names.paramIds(type, parameter)
  if (sp === undefined || more.length > 0) return undefined
  if (parameter.type === 'date') return { sp, table: 'ix_date', value: 'lo', second: 'hi' }
  // The way is short where much is found on it: what is asked for was counted, and nothing has to be hidden.
  const wasCounted = driver !== undefined && filters.length === 1 && within === undefined
  const findsMuch = wasCounted && isUnlimited(access, 'search-type', type)
  return parameter.type === 'string' && findsMuch
    ? { sp, table: 'ix_string', value: 'norm', second: 'raw' }
    : undefined
}

function positionOf(row: Row, keys: number): Position {
  return Array.from({ length: keys }, (_, index) => row[`k${index}`] ?? 0)
}

export function toHit(row: Found, { names }: Engine, shown: Shown): Hit {
  const { rid, type, id, version, updated } = row
  return { rid, type: names.typeName(type), id, version, updated, body: shown.bodyOf(row) }
}

/** Rows by their ids, as this access sees them: for what is included. */
export function bodiesOf(condition: Sql, limit: number, shown: Shown): Sql {
  return sql`select r.rid, r.type, r.id, r.version, r.updated, r.body ${shown.columns} from resource r where ${condition} limit ${limit}`
}
