import { describe, expect, test } from 'vitest'
import { rows } from './rows.ts'

const time = (text: string): number => Date.parse(text)

describe('SRCH-06 a date is', () => {
  const span = (lo: string | number, hi: string | number) => {
    const edge = (at: string | number) => (typeof at === 'number' ? at : time(at))
    return [`date {lo:${edge(lo)},hi:${edge(hi)}}`]
  }

  test('as long as its precision says', () => {
    expect(rows('birthdate', 'Patient', { birthDate: '1970-02' })).toEqual(span('1970-02-01', '1970-03-01'))
    expect(rows('date', 'Observation', { effectiveInstant: '2020-01-01T00:00:00.5Z' })).toEqual(
      span('2020-01-01T00:00:00.500Z', '2020-01-01T00:00:00.600Z'),
    )
  })

  test('from the start to the end of a Period, whose missing end is open', () => {
    const period = (start?: string, end?: string) => rows('date', 'Encounter', { period: { start, end } })
    expect(period('2020-01', '2020-02')).toEqual(span('2020-01-01', '2020-03-01'))
    expect(period('2020-01')).toEqual(span('2020-01-01', 8.64e15))
    expect(period(undefined, '2020-02')).toEqual(span(-8.64e15, '2020-03-01'))
    expect(period()).toEqual([])
    expect(period('2020-01', 'soon')).toEqual([])
    expect(period('2021', '2020')).toEqual([])
  })

  test('from the first to the last event of a Timing, and over the period it repeats in', () => {
    const timing = (effectiveTiming: object) => rows('date', 'Observation', { effectiveTiming })
    expect(timing({ event: ['2020-03-01', '2020-01-01', 'often'] })).toEqual(span('2020-01-01', '2020-03-02'))
    expect(timing({ repeat: { boundsPeriod: { start: '2020' } } })).toEqual(span('2020-01-01', 8.64e15))
    expect(timing({ event: ['2019'], repeat: { boundsPeriod: { start: '2020', end: '2020' } } })).toEqual(
      span('2019-01-01', '2021-01-01'),
    )
    expect(timing({ repeat: { frequency: 1 } })).toEqual([])
  })
})

describe('SRCH-06 a number or quantity is', () => {
  const value = (valueQuantity: object) => rows('value-quantity', 'Observation', { valueQuantity })

  test('exact', () => {
    expect(value({ value: 5.4, unit: 'mg', system: 'ucum', code: 'mg' })).toEqual([
      'quantity {lo:5.4,hi:5.4,system:ucum,code:mg,unit:mg}',
    ])
    expect(rows('probability', 'RiskAssessment', { prediction: [{ probabilityDecimal: 0.5 }] })).toEqual([
      'quantity {lo:0.5,hi:0.5}',
    ])
  })

  test('open on the side of its comparator', () => {
    expect(value({ value: 5, comparator: '<' })).toEqual(['quantity {lo:-1e+308,hi:5}'])
    expect(value({ value: 5, comparator: '<=' })).toEqual(['quantity {lo:-1e+308,hi:5}'])
    expect(value({ value: 5, comparator: '>' })).toEqual(['quantity {lo:5,hi:1e+308}'])
    expect(value({ value: 5, comparator: '>=' })).toEqual(['quantity {lo:5,hi:1e+308}'])
  })

  test('an amount of money, its currency being the code', () => {
    expect(rows('totalgross', 'Invoice', { totalGross: { value: 9.5, currency: 'EUR' } })).toEqual([
      'quantity {lo:9.5,hi:9.5,system:urn:iso:std:iso:4217,code:EUR}',
    ])
  })

  test('as wide as a Range, whose missing end is open', () => {
    const age = (onsetRange: object) => rows('onset-age', 'Condition', { onsetRange })
    expect(age({ low: { value: 30, unit: 'a' }, high: { value: 40 } })).toEqual([
      'quantity {lo:30,hi:40,unit:a}',
    ])
    expect(age({ low: { value: 30 } })).toEqual(['quantity {lo:30,hi:1e+308}'])
    expect(age({ high: { value: 40, unit: 'a' } })).toEqual(['quantity {lo:-1e+308,hi:40,unit:a}'])
    expect(age({ low: { value: 40 }, high: { value: 30 } })).toEqual([])
    expect(age({})).toEqual([])
  })

  test('from the least to the greatest point of sampled data', () => {
    const sampled = (data: unknown, more = {}) =>
      rows('value-quantity', 'Observation', {
        valueSampledData: { origin: { value: 10, unit: 'mV' }, data, ...more },
      })
    expect(sampled('-2 E 3 U L 0', { factor: 2 })).toEqual(['quantity {lo:6,hi:16,unit:mV}'])
    expect(sampled('E E')).toEqual([])
    expect(sampled('1', { factor: 'two' })).toEqual([])
    expect(sampled(undefined)).toEqual([])
  })
})
