import { sql } from 'kysely'
import { DAY } from '../../lib/time.ts'
import type { DateValue, QuantityValue } from '../search/value.ts'
import { allOf, compareDate, compareNumber, type Sql } from './comparisons.ts'

/**
 * Index rows of dates and numbers are stretches `[lo, hi]` in the order of `lo`. What ends behind a point is found in
 * two parts: short stretches by where they begin, and the few long ones in an index of their own, by where they end.
 */
type Ways = { found?: 'range'; ways?: readonly Sql[] }

/** Every stretch that matches ends after `above` and begins before `below`, in milliseconds. */
export type Window = { above: number; below: number }

/** The window of a date that is searched for; undefined for `ne`, which matches nearly everything. */
export function windowOf({ prefix, lo, hi }: DateValue, now: number): Window | undefined {
  const window = (above: number, below: number): Window => ({ above, below })
  switch (prefix) {
    case 'eq':
      return window(lo, hi)
    case 'ne':
      return undefined
    case 'gt':
    case 'sa':
      return window(hi, Infinity)
    case 'ge':
      return window(lo, Infinity)
    case 'lt':
    case 'eb':
      return window(-Infinity, lo)
    case 'le':
      return window(-Infinity, hi)
    case 'ap': {
      const slack = Math.round(Math.abs(now - lo) / 10)
      return window(lo - slack, hi + slack)
    }
  }
}

/** What the index ix_date_long holds, in its own words, so that it is used. */
export const LONG = sql`i.hi - i.lo > 86400000`

/** Conditions on `i`, each a range of an index, that together find what overlaps a window. */
export function waysToWindow({ above, below }: Window): Sql[] {
  const before = below === Infinity ? [] : [sql`i.lo < ${below}`]
  if (above === -Infinity) return [allOf(before)]
  return [
    allOf([sql`i.lo > ${above - DAY}`, ...before]),
    allOf([sql`${LONG} and i.hi > ${above} and i.lo <= ${above - DAY}`, ...before]),
  ]
}

export function waysToDates(value: DateValue, now: number): Ways {
  const window = windowOf(value, now)
  if (window === undefined) return {}
  const matches = compareDate(sql`i.lo`, sql`i.hi`, value, now)
  return { found: 'range', ways: waysToWindow(window).map((way) => allOf([way, matches])) }
}

/** @param more what must hold beside */
export function waysToNumbers(value: QuantityValue, more: readonly Sql[]): Ways {
  const within = rangeOf(value)
  if (within === undefined) return {}
  const matches = [compareNumber(sql`i.lo`, sql`i.hi`, value), ...more]
  const { least, most } = within
  const before = most === Infinity ? [] : [sql`i.lo <= ${most}`]
  if (least === -Infinity) return { found: 'range', ways: [allOf([...before, ...matches])] }
  return {
    found: 'range',
    ways: [
      allOf([sql`i.lo >= ${least}`, ...before, ...matches]),
      // The words of the index ix_quantity_long.
      allOf([sql`i.hi > i.lo and i.hi >= ${least}`, sql`i.lo < ${least}`, ...matches]),
    ],
  }
}

/** Every range of numbers that matches ends at `least` or later and begins at `most` or earlier. */
function rangeOf({ prefix, value, lo, hi }: QuantityValue): { least: number; most: number } | undefined {
  switch (prefix) {
    case 'eq':
      return { least: lo, most: hi }
    case 'ne':
      return undefined
    case 'gt':
    case 'ge':
    case 'sa':
      return { least: value, most: Infinity }
    case 'lt':
    case 'le':
    case 'eb':
      return { least: -Infinity, most: value }
    case 'ap':
      return { least: value - Math.abs(value) / 10, most: value + Math.abs(value) / 10 }
  }
}
