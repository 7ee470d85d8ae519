import type { Words } from '../words/en.ts'

/** A short time for people: `18 ms`, `2.4 ms`. */
export function millisecondsOf(milliseconds: number, { locale }: Pick<Words, 'locale'>): string {
  const maximumFractionDigits = milliseconds < 10 ? 1 : 0
  const options = { style: 'unit', unit: 'millisecond', maximumFractionDigits } as const
  return new Intl.NumberFormat(locale, options).format(milliseconds)
}
