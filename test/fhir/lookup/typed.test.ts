import { describe, expect, test } from 'vitest'
import { monthNames, readTyped } from '../../../src/fhir/lookup/typed.ts'

const months = monthNames(['en', 'es'])
const read = (text: string) => readTyped(text, months)

describe('STAND-01 what is typed into the field of a picker', () => {
  test.for([
    ['', []],
    [' \t\n ', []],
    ['lind', [['name', 'lind']]],
    [
      '  Lindqvist,  Ana ',
      [
        ['name', 'Lindqvist'],
        ['name', 'Ana,Lindqvist Ana'],
      ],
    ],
    [
      'van der berg',
      [
        ['name', 'van'],
        ['name', 'der,van der'],
        ['name', 'berg,der berg,van der berg'],
      ],
    ],
    ['104-882-17', [['identifier', '104-882-17']]],
    ['A17', [['identifier', 'A17']]],
    ['1990', [['identifier', '1990']]],
    [
      'lind 104-882-17',
      [
        ['name', 'lind'],
        ['identifier', '104-882-17'],
      ],
    ],
    ['١٢٣', [['identifier', '١٢٣']]],
  ] as const)('%j is names and identifiers', ([text, pairs]) => {
    expect(read(text)).toEqual(pairs)
  })

  test.for([
    ['1990-05-21', '1990-05-21'],
    ['1990-5-21', '1990-05-21'],
    ['1990/05/21', '1990-05-21'],
    ['21.05.1990', '1990-05-21'],
    ['5/21/1990', '1990-05-21'],
    ['21/5/1990', '1990-05-21'],
    ['21-05-1990', '1990-05-21'],
    // In May or in June, depending on where one grew up.
    ['5/6/1990', '1990-06-05,1990-05-06'],
    ['5.6.1990', '1990-06-05'],
    ['5/5/1990', '1990-05-05'],
    ['14 Mar 2014', '2014-03-14'],
    ['14 march 2014', '2014-03-14'],
    ['14. Sept. 2014', '2014-09-14'],
    ['March 14, 2014', '2014-03-14'],
    ['14 de marzo de 2014', '2014-03-14'],
    ['1 ene 2014', '2014-01-01'],
    ['29.02.2024', '2024-02-29'],
  ] as const)('%s is a birth date', ([text, dates]) => {
    expect(read(text)).toEqual([['birthdate', dates]])
    expect(read(`ana ${text}`)).toEqual([
      ['name', 'ana'],
      ['birthdate', dates],
    ])
    expect(read(`${text}, ana`)).toEqual([
      ['name', 'ana'],
      ['birthdate', dates],
    ])
  })

  test.for([
    ['31.02.2014', [['identifier', '31.02.2014']]],
    ['2014-13-40', [['identifier', '2014-13-40']]],
    ['x2014-03-14', [['identifier', 'x2014-03-14']]],
    ['2014-03-141', [['identifier', '2014-03-141']]],
    [
      '14 Foo 2014',
      [
        ['name', 'Foo'],
        ['identifier', '14'],
        ['identifier', '2014'],
      ],
    ],
    // Two letters could be several months.
    [
      '14 Ma 2014',
      [
        ['name', 'Ma'],
        ['identifier', '14'],
        ['identifier', '2014'],
      ],
    ],
  ] as const)('%s is no date', ([text, pairs]) => {
    expect(read(text)).toEqual(pairs)
  })

  test('nothing that is typed is syntax', () => {
    expect(read('a|b c$d e\\f')).toEqual([
      ['name', 'a\\|b'],
      ['name', 'c\\$d,a\\|b c\\$d'],
      ['name', 'e\\\\f,c\\$d e\\\\f,a\\|b c\\$d e\\\\f'],
    ])
    expect(read('1|2')).toEqual([['identifier', '1\\|2']])
    expect(read('a\u0000b\u001bc')).toEqual(read('a b c'))
    // Accents alone are no letters.
    expect(read('\u0301 \u0301\u0301')).toEqual([])
  })

  test('a text that is too long, or of too many words, is about nobody', () => {
    expect(read('a'.repeat(200))).toEqual([['name', 'a'.repeat(200)]])
    for (const text of ['a'.repeat(201), 'x'.repeat(5000), '각'.repeat(150), 'a b c d e f g h i j k'])
      expect(read(text), text.slice(0, 30)).toBeUndefined()
  })
})
