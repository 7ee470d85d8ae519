import { sql } from 'kysely'
import type { SearchParameter } from '../definitions/types.ts'
import type { Sort } from '../search/query.ts'
import { allOf, always, anyOf, isIn, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Names } from './names.ts'

/** One key of the order: an expression that is never null, so that pages can continue behind a value. */
export type Key = { expression: Sql; descending: boolean }
export type Position = readonly (string | number)[]

/** Beyond every time and number: where resources without a value are sorted, last in both directions. */
const LAST_TIME = 9e15
const LAST_NUMBER = 1.7e308
const LAST_TEXT = '\u{10FFFF}'

/** Whether a position lies among the resources that have no value for the date or text they are sorted by first. */
export function isWithoutValue([value]: Position): boolean {
  return typeof value === 'string' ? value === LAST_TEXT || value === '' : Math.abs(value ?? 0) === LAST_TIME
}

/**
 * The keys of a sort on the row `alias`; the row id is always the last, so that the order is total.
 * @param byUpdate the natural order of a scan over a whole type; otherwise by row id
 */
export function keysOf(
  sort: readonly Sort[],
  type: string,
  alias: string,
  names: Names,
  byUpdate: boolean,
): Key[] {
  const keys = sort.map(({ parameter, descending }) => ({
    expression: expressionOf(parameter, descending, type, alias, names),
    descending,
  }))
  const natural =
    keys.length === 0 && byUpdate ? [{ expression: column(alias, 'updated'), descending: false }] : []
  const direction = keys.length === 1 && keys[0]?.descending === true
  return [...keys, ...natural, { expression: column(alias, 'rid'), descending: direction }]
}

function expressionOf(
  parameter: Sort['parameter'],
  descending: boolean,
  type: string,
  alias: string,
  names: Names,
): Sql {
  if (parameter === '_id') return column(alias, 'id')
  if (parameter === '_lastUpdated') return column(alias, 'updated')
  const sps = names.paramIds(type, parameter)
  const pick = sql.raw(descending ? 'max' : 'min')
  const value = (table: string, name: string, last: string | number) =>
    sql`coalesce((select ${pick}(i.${sql.ref(name)}) from ${sql.table(table)} i where i.rid = ${column(alias, 'rid')} and ${isIn(sql`i.sp`, sps)}), ${last})`
  switch (parameter.type) {
    case 'date':
      return value('ix_date', 'lo', descending ? -LAST_TIME : LAST_TIME)
    case 'string':
      return value('ix_string', 'norm', descending ? '' : LAST_TEXT)
    case 'number':
    case 'quantity':
      return value('ix_quantity', 'lo', descending ? -LAST_NUMBER : LAST_NUMBER)
    case 'uri':
      return value('ix_uri', 'value', descending ? '' : LAST_TEXT)
    case 'reference':
      return targetId(parameter, sps, alias, pick, descending ? '' : LAST_TEXT)
    default:
      return value('ix_token', 'code', descending ? '' : LAST_TEXT)
  }
}

/** A reference is sorted by the id that it names; an alias such as `patient` looks at its own type only. */
function targetId(
  { target }: SearchParameter,
  sps: readonly number[],
  alias: string,
  pick: Sql,
  last: string,
): Sql {
  const ofType = target === undefined ? always : sql`ft.name = ${target}`
  return sql`coalesce((select ${pick}(t.id) from ix_ref i join resource t on t.rid = i.target join fhir_type ft on ft.id = t.type
    where i.rid = ${column(alias, 'rid')} and ${isIn(sql`i.sp`, sps)} and ${ofType}), ${last})`
}

/** `order by`, turned round for a page before. */
export function orderBy(keys: readonly Key[], backwards: boolean): Sql {
  return sql.join(
    keys.map(
      ({ expression, descending }) =>
        sql`${expression} ${sql.raw(descending !== backwards ? 'desc' : 'asc')}`,
    ),
  )
}

/** Everything behind a position in the order (or before it): (a > x) or (a = x and b > y) or … */
export function beyond(keys: readonly Key[], position: Position, backwards: boolean): Sql {
  return anyOf(
    keys.map(({ expression, descending }, index) =>
      allOf([
        ...keys.slice(0, index).map((key, at) => sql`${key.expression} = ${position[at]}`),
        descending !== backwards
          ? sql`${expression} < ${position[index]}`
          : sql`${expression} > ${position[index]}`,
      ]),
    ),
  )
}
