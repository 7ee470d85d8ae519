import { expect, test } from 'vitest'
import { randomId } from '../../src/lib/id.ts'

test('CAUTH-02 ids are of one alphabet, of their length, and no option of a command', () => {
  const ids = Array.from({ length: 2000 }, () => randomId())
  expect(ids.filter((id) => !/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/.test(id))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
  expect(randomId(256)).toHaveLength(43)
})
