import fc from 'fast-check'
import { expect, test } from 'vitest'
import { needsCare, parseExact } from '../../src/lib/exact-json.ts'

test('numbers come back as they were written', () => {
  const text = '{"a":1.00,"b":2,"c":[1e3,0.10,-0,12345678901234567890],"d":"1.00","e":{"f":98.60}}'
  expect(JSON.stringify(parseExact(text))).toBe(text)
})

test('what JavaScript writes by itself needs no care, dates and digits in strings neither', () => {
  expect(needsCare('{"a":1.5,"b":-3,"c":"2020-01-01T10:00:00.000Z","d":"7e5a-10.0","e":[1,2]}')).toBe(false)
  expect(needsCare('{"a":1.50}')).toBe(true)
})

test('for any JSON the values are those of JSON.parse, and its own text survives', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const compact = JSON.stringify(JSON.parse(text))
      expect(JSON.stringify(parseExact(compact))).toBe(compact)
      expect(JSON.parse(JSON.stringify(parseExact(text)))).toEqual(JSON.parse(text))
    }),
  )
})

test('what is no JSON is refused', () => {
  expect(() => parseExact('{"a":1.00')).toThrow(SyntaxError)
})
