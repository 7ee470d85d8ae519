import { dateRange } from './date-range.ts'
import type { Emitter, Rows } from './rows.ts'
import { isElement, isText, itemsOf } from './values.ts'

/** The furthest that a Date reaches from 1970, for a Period with an open end. */
export const FOREVER = 8.64e15

type Span = { lo: number; hi: number }

/** date, dateTime, instant: as long as its precision says. */
export const emitDate: Emitter = (value, param, rows) => add(spanOf(value), param, rows)

/** From its start to its end; an end that is missing is open. */
export const emitPeriod: Emitter = (value, param, rows) => add(spanOfPeriod(value), param, rows)

/** From the first to the last of what a Timing says outright: its events and the period it repeats in. */
export const emitTiming: Emitter = (value, param, rows) => {
  if (!isElement(value)) return
  const repeat = isElement(value.repeat) ? spanOfPeriod(value.repeat.boundsPeriod) : undefined
  const spans = [repeat, ...itemsOf(value.event).map(spanOf)].filter((span) => span !== undefined)
  if (spans.length === 0) return
  const lo = spans.reduce((least, span) => Math.min(least, span.lo), Infinity)
  const hi = spans.reduce((most, span) => Math.max(most, span.hi), -Infinity)
  add({ lo, hi }, param, rows)
}

function spanOf(value: unknown): Span | undefined {
  return isText(value) ? dateRange(value) : undefined
}

function spanOfPeriod(period: unknown): Span | undefined {
  if (!isElement(period)) return undefined
  const { start, end } = period
  if (start === undefined && end === undefined) return undefined
  const first = start === undefined ? { lo: -FOREVER } : spanOf(start)
  const last = end === undefined ? { hi: FOREVER } : spanOf(end)
  return first && last && first.lo < last.hi ? { lo: first.lo, hi: last.hi } : undefined
}

function add(span: Span | undefined, param: string, rows: Rows): void {
  if (span) rows.push({ kind: 'date', param, lo: span.lo, hi: span.hi })
}
