import { type RawBuilder, sql } from 'kysely'
import type { DateValue, QuantityValue } from '../search/value.ts'
import { fitted } from './fitted.ts'

/** A piece of SQL with its values. */
export type Sql = RawBuilder<unknown>

export const never = sql`1 = 0`
export const always = sql`1 = 1`

export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? always : joined(conditions, sql` and `)
}

export function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? never : joined(conditions, sql` or `)
}

/** Conditions in one bracket. */
const CHUNK = 50

/** A chain of a thousand is a tree of that depth, which SQLite does not take; brackets keep it flat. */
function joined(conditions: readonly Sql[], word: Sql): Sql {
  if (conditions.length <= CHUNK) return sql`(${sql.join([...conditions], word)})`
  const chunks = Array.from({ length: Math.ceil(conditions.length / CHUNK) }, (_, index) =>
    joined(conditions.slice(index * CHUNK, (index + 1) * CHUNK), word),
  )
  return joined(chunks, word)
}

/** `x = ?` or `x in (?, ?)`; false for an empty list. */
export function isIn(column: Sql, values: readonly (string | number)[]): Sql {
  if (values.length === 0) return never
  return values.length === 1 ? sql`${column} = ${values[0]}` : sql`${column} in (${sql.join([...values])})`
}

/** The same for ids of types, parameters and the like, of which there may be a hundred: they are part of the text. */
export function isAmong(column: Sql, ids: readonly number[]): Sql {
  return ids.length < 2 ? isIn(column, ids) : sql`${column} in (${sql.raw(ids.map(Math.trunc).join(', '))})`
}

/** Everything that begins with a text, as a range of a byte-ordered index. */
export function beginsWith(column: Sql, start: string): Sql {
  return sql`${column} >= ${start} and ${column} < ${`${start}\u{10FFFF}`}`
}

/** `like` for a text anywhere, its own wildcards escaped. */
export function contains(column: Sql, text: string): Sql {
  return sql`${column} like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`
}

/**
 * R4 §3.1.1.4.5 on a stored stretch of time `[lo, hi)` and the one that was asked for.
 * @param now milliseconds; `ap` allows a tenth of the distance to it
 */
export function compareDate(lo: Sql, hi: Sql, value: DateValue, now: number): Sql {
  const { prefix, lo: from, hi: to } = value
  // What it says of `lo` twice is for the index, which is in that order.
  const within = sql`(${lo} >= ${from} and ${lo} < ${to} and ${hi} <= ${to})`
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return sql`not ${within}`
    case 'gt':
      return sql`${hi} > ${to}`
    case 'lt':
      return sql`${lo} < ${from}`
    case 'ge':
      return sql`(${hi} > ${to} or ${within})`
    case 'le':
      return sql`(${lo} < ${from} or ${within})`
    case 'sa':
      return sql`${lo} >= ${to}`
    case 'eb':
      return sql`${hi} <= ${from}`
    case 'ap': {
      const slack = Math.round(Math.abs(now - from) / 10)
      return sql`(${hi} > ${from - slack} and ${lo} < ${to + slack})`
    }
  }
}

/** The same on a moment, which is stored in milliseconds and is one long; each is a range of an index. */
export function compareInstant(at: Sql, value: DateValue, now: number): Sql {
  const { prefix, lo: from, hi: to } = value
  switch (prefix) {
    case 'eq':
      return sql`(${at} >= ${from} and ${at} < ${to})`
    case 'ne':
      return sql`not (${at} >= ${from} and ${at} < ${to})`
    case 'gt':
    case 'sa':
      return sql`${at} >= ${to}`
    case 'ge':
      return sql`${at} >= ${from}`
    case 'lt':
    case 'eb':
      return sql`${at} < ${from}`
    case 'le':
      return sql`${at} < ${to}`
    case 'ap': {
      const slack = Math.round(Math.abs(now - from) / 10)
      return sql`(${at} >= ${from - slack} and ${at} < ${to + slack})`
    }
  }
}

/**
 * R4 §3.1.1.4.6 on a stored range `[lo, hi]`, mostly one exact number: `eq` and `ne` go by the precision that
 * was written, the other prefixes by the number itself.
 */
export function compareNumber(lo: Sql, hi: Sql, { prefix, value, lo: from, hi: to }: QuantityValue): Sql {
  const within = sql`(${lo} >= ${from} and ${hi} < ${to})`
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return sql`not ${within}`
    case 'gt':
      return sql`${hi} > ${value}`
    case 'lt':
      return sql`${lo} < ${value}`
    case 'ge':
      return sql`${hi} >= ${value}`
    case 'le':
      return sql`${lo} <= ${value}`
    case 'sa':
      return sql`${lo} > ${value}`
    case 'eb':
      return sql`${hi} < ${value}`
    case 'ap':
      return sql`(${hi} >= ${value - Math.abs(value) / 10} and ${lo} <= ${value + Math.abs(value) / 10})`
  }
}

/** Every URI that `value` lies below, itself first: for `:above`. */
export function urisAbove(value: string): string[] {
  const parts = value.split('/')
  return parts
    .map((_, index) => parts.slice(0, parts.length - index).join('/'))
    .filter((uri) => uri !== '')
    .map(fitted)
}
