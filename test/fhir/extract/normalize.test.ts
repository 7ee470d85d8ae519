import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalize } from '../../../src/fhir/extract/normalize.ts'

test.each([
  ['Müller', 'muller'],
  ['  Anne\t\nMarie  ', 'anne marie'],
  ['ÉCOLE', 'ecole'],
  ['İstanbul', 'istanbul'],
  ['Ångström', 'angstrom'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
  ['李 小龍', '李 小龍'],
  ["O'Brien-Smith", "o'brien-smith"],
  ['', ''],
])('SRCH-08 strings are compared without case, accents and extra space: %s', (text, expected) => {
  expect(normalize(text)).toBe(expected)
})

test('SRCH-08 how a text is composed makes no difference', () => {
  expect(normalize('Zoe\u0308')).toBe(normalize('Zo\u00eb'))
})

test('marks that are no accents keep their meaning', () => {
  expect(normalize('हिन्दी')).toBe('हिन्दी'.normalize('NFD'))
})

test('what is normal stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(normalize(normalize(text))).toBe(normalize(text))
    }),
  )
})

test('the beginning of a text is the beginning of its normal form', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (start, rest) => {
      expect(normalize(`${start}|${rest}`).startsWith(normalize(`${start}|`))).toBe(true)
    }),
  )
})
