import { sql } from 'kysely'
import type { Dialect } from '../../store/database.ts'
import type { Filter } from '../search/filter.ts'
import { allOf, isIn, type Sql } from './comparisons.ts'
import type { ConditionContext } from './condition-context.ts'
import { matchesOf, type OwnFilter } from './conditions.ts'
import type { Match } from './matches.ts'
import { type Window, waysToWindow, windowOf } from './stretches.ts'

/**
 * Where a search begins: an index range that yields the row ids of candidates. The plan is chosen by us, since
 * the same search takes 0.2 ms from the right table and 400 ms from the wrong one.
 */
export type Driver = {
  /** A `from` item `d` with a column `rid`, each resource once. */
  from: Sql
  /** The same in the order of row ids, as they are asked for and perhaps several times each; absent where it is not. */
  inOrder?: Sql
  /** Small by nature, so that nobody needs to count. */
  small: boolean
  /** Looks through more than it yields, so that it should do so once only. */
  scans: boolean
}

/** Ranges of an index that are looked up one by one. */
const MOST_RANGES = 20
/** Records whose resources are few, together. */
const FEW_RECORDS = 3

/** Yields just what a filter matches; undefined for one that is no place to begin. */
export async function driverOf(filter: OwnFilter, context: ConditionContext): Promise<Driver | undefined> {
  if (filter.kind === 'compartment') {
    const [row] = await context.rowsOf(filter.compartment, [filter.id])
    const { sps, itself } = context.membership(filter)
    if (row === undefined || itself) return undefined
    const condition = sql`i.target = ${row}`
    return { ...driverOfMatches([{ table: 'ix_ref', sps, condition, found: 'key' }]), small: true }
  }
  const isOfValues = filter.kind === 'values' || filter.kind === 'identifier'
  if (!isOfValues || (filter.kind === 'values' && filter.modifier === 'not')) return undefined
  const matches = await matchesOf(filter, context)
  const ranges = matches.flatMap(({ condition, ways = [condition] }) => ways).length
  const known = matches.every((match) => match.found !== undefined && match.sps.length > 0)
  if (!known || ranges > MOST_RANGES) return undefined
  const small = isAboutPatient(filter.parameter.code) && matches.length <= FEW_RECORDS
  return { ...driverOfMatches(matches), small: small && matches.every(({ table }) => table === 'ix_ref') }
}

type Dated = Filter & { kind: 'values' }

/**
 * The stretch of time that dates of one parameter leave together, if all of the filters are that. Undefined where a
 * resource may have several values of it: each filter might be satisfied by another one.
 */
export function dateWindow(
  filters: readonly Filter[],
  { now }: ConditionContext,
  isSingle: (filter: Dated) => boolean,
): Window | undefined {
  const windows = filters.flatMap((filter) => {
    const [value, ...others] = filter.kind === 'values' && isSingle(filter) ? filter.values : []
    return (value?.kind === 'date' && others.length === 0 && windowOf(value, now)) || []
  })
  if (windows.length === 0 || windows.length < filters.length) return undefined
  return {
    above: Math.max(...windows.map(({ above }) => above)),
    below: Math.min(...windows.map(({ below }) => below)),
  }
}

/** Several dates of one parameter that must all match: from one to the other. */
export function driverOfWindow(
  filters: readonly Filter[],
  context: ConditionContext,
  isSingle: (filter: Dated) => boolean,
): Driver | undefined {
  const dated = filters.filter((filter) => filter.kind === 'values' && filter.parameter.type === 'date')
  const [first] = dated
  if (first?.kind !== 'values' || dated.length < 2) return undefined
  const same = dated.filter((filter) => filter.kind === 'values' && filter.parameter === first.parameter)
  const window = same.length < 2 ? undefined : dateWindow(same, context, isSingle)
  if (window === undefined) return undefined
  const sps = context.names.paramIds(first.type, first.parameter)
  const ways = waysToWindow(window)
  return driverOfMatches([{ table: 'ix_date', sps, condition: allOf(ways), found: 'range', ways }])
}

function driverOfMatches(matches: readonly Match[]): Driver {
  const [only] = matches
  const selects = matches.flatMap(({ table, sps, condition, ways = [condition] }) =>
    ways.map((way) => sql`select i.rid from ${sql.table(table)} i where ${isIn(sql`i.sp`, sps)} and ${way}`),
  )
  // Not `union`, which sorts all of it before the first row is there.
  const all =
    selects.length === 0 ? sql`select rid from resource where 1 = 0` : sql.join(selects, sql` union all `)
  const inOrder = only?.found === 'key' && only.sps.length === 1 && matches.length === 1
  return {
    from: sql`(select distinct x.rid from (${all}) x) d`,
    ...(inOrder ? { inOrder: sql`(${all}) d` } : {}),
    small: matches.length === 0,
    scans: matches.some(({ found }) => found === 'scan'),
  }
}

/** Candidates that were found beforehand, at the other end of a chain. */
export function driverOfRows(rids: readonly number[], dialect: Dialect): Driver {
  return {
    from: sql`(select distinct l.value as rid from ${rowList(rids, dialect)}) d`,
    small: rids.length <= 500,
    scans: false,
  }
}

/** What refers to resources that were found beforehand; with some rows of one's own beside them. */
export function driverOfReferrers(
  sps: readonly number[],
  targets: readonly number[],
  dialect: Dialect,
  also: readonly number[] = [],
): Driver {
  const referrers = sql`select i.rid from ${rowList(targets, dialect)} cross join ix_ref i where ${isIn(sql`i.sp`, sps)} and i.target = l.value`
  const more = also.length === 0 ? sql`` : sql`union all select l.value from ${rowList(also, dialect)}`
  return {
    from: sql`(select distinct x.rid from (${referrers} ${more}) x) d`,
    small: false,
    scans: false,
  }
}

/** A list of row ids of any length as one parameter: a `from` item `l` with the column `value`. */
export function rowList(rids: readonly number[], dialect: Dialect): Sql {
  return dialect === 'sqlite'
    ? sql`json_each(${JSON.stringify(rids)}) l`
    : sql`unnest(${rids}::bigint[]) as l(value)`
}

/** What is about one patient is as small as a record. */
function isAboutPatient(code: string): boolean {
  return code === 'patient' || code === 'subject' || code === 'beneficiary'
}
