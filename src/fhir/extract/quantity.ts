import type { Emitter, Rows } from './rows.ts'
import { type Element, isElement, isText, textOf } from './values.ts'

/** Further than any quantity: the bound of a Range without end, or of a value such as `> 500`. */
export const BOUNDLESS = 1e308

const CURRENCIES = 'urn:iso:std:iso:4217'

/** integer, decimal: no unit. */
export const emitNumber: Emitter = (value, param, rows) => {
  if (isNumber(value)) add({}, value, value, param, rows)
}

/** A comparator means that the true value lies anywhere on that side. */
export const emitQuantity: Emitter = (quantity, param, rows) => {
  if (!isElement(quantity) || !isNumber(quantity.value)) return
  const { value, comparator } = quantity
  const lo = comparator === '<' || comparator === '<=' ? -BOUNDLESS : value
  const hi = comparator === '>' || comparator === '>=' ? BOUNDLESS : value
  add(quantity, lo, hi, param, rows)
}

/** An amount in a currency, which is a code of ISO 4217. */
export const emitMoney: Emitter = (money, param, rows) => {
  if (!isElement(money) || !isNumber(money.value)) return
  const unit = isText(money.currency) ? { system: CURRENCIES, code: money.currency } : {}
  add(unit, money.value, money.value, param, rows)
}

/** From low to high; an end that is missing is open. */
export const emitRange: Emitter = (range, param, rows) => {
  if (!isElement(range)) return
  const low = isElement(range.low) && isNumber(range.low.value) ? range.low : undefined
  const high = isElement(range.high) && isNumber(range.high.value) ? range.high : undefined
  const unit = low ?? high
  if (!unit) return
  const lo = isNumber(low?.value) ? low.value : -BOUNDLESS
  const hi = isNumber(high?.value) ? high.value : BOUNDLESS
  if (lo <= hi) add(unit, lo, hi, param, rows)
}

/** From the least to the greatest of its points ("just search on the bounds", Observation?value-quantity). */
export const emitSampledData: Emitter = (sampled, param, rows) => {
  if (!isElement(sampled) || !isElement(sampled.origin) || !isText(sampled.data)) return
  const { origin, factor = 1 } = sampled
  if (!isNumber(origin.value) || !isNumber(factor)) return
  let lo = Infinity
  let hi = -Infinity
  for (const word of sampled.data.split(' ')) {
    const point = word === '' ? Number.NaN : origin.value + Number(word) * factor // E, U, L: no number
    if (point < lo) lo = point
    if (point > hi) hi = point
  }
  if (isNumber(lo) && isNumber(hi)) add(origin, lo, hi, param, rows)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function add(unit: Element, lo: number, hi: number, param: string, rows: Rows): void {
  const { system, code, unit: name } = unit
  rows.push({
    kind: 'quantity',
    param,
    lo,
    hi,
    system: textOf(system),
    code: textOf(code),
    unit: textOf(name),
  })
}
