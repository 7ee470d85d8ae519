const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * What a number in a search covers by its precision, `hi` exclusive (R4 search §number): `100` is [99.5, 100.5),
 * `100.00` is [99.995, 100.005). By the same table `1e2` is [95, 105): with an exponent, one figure more
 * counts than is written. Undefined if the text is no number.
 */
export function decimalRange(text: string): { lo: number; hi: number } | undefined {
  const match = NUMBER.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', decimals = '', exponent] = match
  // In whole units of a tenth of the last figure that counts, so that no binary rounding creeps in.
  const extra = exponent === undefined ? '0' : '00'
  const units = BigInt(whole + decimals + extra) * (sign === '-' ? -1n : 1n)
  const scale = Number(exponent ?? 0) - decimals.length - extra.length
  const lo = Number(`${units - 5n}e${scale}`)
  const hi = Number(`${units + 5n}e${scale}`)
  return Number.isFinite(lo) && Number.isFinite(hi) ? { lo, hi } : undefined
}
