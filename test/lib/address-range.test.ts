import { expect, test } from 'vitest'
import { liesInRanges, rangeProblem } from '../../src/lib/address-range.ts'

test('a range is an address, or a net with its length', () => {
  for (const good of ['10.0.0.0/8', '192.0.2.7', '0.0.0.0/0', '2001:db8::/32', '::1', '::/0', 'fe80::1/128'])
    expect(rangeProblem(good), good).toBeUndefined()
  for (const bad of [
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/x',
    'host',
    'fe80::1%eth0',
  ])
    expect(rangeProblem(bad), bad).toBeTypeOf('string')
})

test('SEC-07 an address lies in a range of its own family only, however a socket writes it', () => {
  const lies = (address: string, ...ranges: string[]) => liesInRanges(address, ranges)
  expect(lies('10.1.2.3', '10.0.0.0/8')).toBe(true)
  expect(lies('11.1.2.3', '10.0.0.0/8')).toBe(false)
  expect(lies('::ffff:10.1.2.3', '10.0.0.0/8')).toBe(true)
  expect(lies('10.1.2.3', '::/0')).toBe(false)
  expect(lies('2001:db8::7', '2001:db8::/32')).toBe(true)
  expect(lies('2001:db9::7', '2001:db8::/32')).toBe(false)
  expect(lies('2001:db8::7', '0.0.0.0/0')).toBe(false)
  expect(lies('192.0.2.7', '192.0.2.7')).toBe(true)
  expect(lies('192.0.2.8', '192.0.2.7')).toBe(false)
  expect(lies('192.0.2.8', '192.0.2.7', '192.0.2.8/31')).toBe(true)
  for (const nothing of ['', 'unknown', '10.1.2.3:443', '10.1.2.3, 10.1.2.3'])
    expect(lies(nothing, '0.0.0.0/0')).toBe(false)
})
