import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalRange } from '../../../src/fhir/extract/decimal-range.ts'

describe('SRCH-06 a number covers what its precision leaves open', () => {
  test.each([
    ['100', 99.5, 100.5],
    ['100.00', 99.995, 100.005],
    ['1e2', 95, 105], // the example of R4
    ['1.0e2', 99.5, 100.5],
    ['1E+2', 95, 105],
    ['5e-1', 0.495, 0.505],
    ['5.4', 5.35, 5.45],
    ['5.40', 5.395, 5.405],
    ['0', -0.5, 0.5],
    ['0.0', -0.05, 0.05],
    ['-5', -5.5, -4.5],
    ['-5.40', -5.405, -5.395],
    ['+7', 6.5, 7.5],
    ['007', 6.5, 7.5],
    ['0.1', 0.05, 0.15],
    ['12345678901234567890', 12345678901234567000, 12345678901234567000],
  ])('%s is from %d to %d', (text, lo, hi) => {
    expect(decimalRange(text)).toEqual({ lo, hi })
  })
})

test.each([
  '',
  ' ',
  '.',
  '.5',
  '5.',
  '-',
  '1e',
  '1e1.5',
  '0x10',
  '1,5',
  'NaN',
  'Infinity',
  '1e999',
  'five',
  ' 5',
])('SRCH-05 %j is no number', (text) => {
  expect(decimalRange(text)).toBeUndefined()
})

test('the range holds its number in the middle, and a figure more makes it ten times finer', () => {
  const decimals = fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: 0, max: 6 }))
  fc.assert(
    fc.property(decimals, ([figures, places]) => {
      const text = (figures / 10 ** places).toFixed(places)
      const range = decimalRange(text) ?? { lo: Number.NaN, hi: Number.NaN }
      const finer = decimalRange(places === 0 ? `${text}.0` : `${text}0`) ?? {
        lo: Number.NaN,
        hi: Number.NaN,
      }
      expect((range.lo + range.hi) / 2).toBeCloseTo(Number(text), 8)
      expect(range.hi - range.lo).toBeCloseTo(10 * (finer.hi - finer.lo), 8)
    }),
  )
})
