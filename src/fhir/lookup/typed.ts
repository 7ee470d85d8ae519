import { dateRange } from '../extract/date-range.ts'
import { normalize } from '../extract/normalize.ts'

/** The parameters of a search for Patients: names and values. */
export type Pairs = readonly (readonly [string, string])[]
/** How months are called: in lower case, without accents, from 1. */
export type MonthNames = readonly (readonly [name: string, month: number])[]

/** What a person types is shorter, and has fewer words; beyond, it is nobody's name. */
const LONGEST = 200
const MOST_WORDS = 10
/** Words in one part of a name: "van der Berg". */
const MOST_IN_PART = 4
/** A month is known by so many letters: Mar, March, Sept. */
const LETTERS_OF_MONTH = 3

/** The names of the months in some languages (BCP 47). */
export function monthNames(languages: readonly string[]): MonthNames {
  return languages.flatMap((language) => {
    const format = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' })
    return Array.from({ length: 12 }, (_, index) => {
      return [normalize(format.format(Date.UTC(2000, index, 1))), index + 1] as const
    })
  })
}

/**
 * Reads what was typed into the search field of a picker: dates are birth dates, words with a digit identifiers,
 * all others the beginnings of names, in any order. All of them must match.
 * @returns nothing for a text that can be about nobody
 */
export function readTyped(typed: string, months: MonthNames): Pairs | undefined {
  const text = typed.replace(/\p{Cc}/gu, ' ')
  if (normalize(text).length > LONGEST) return undefined
  const { rest, dates } = takeDates(text, months)
  const words = rest.split(/[\s,;]+/).filter((word) => normalize(word) !== '')
  if (words.length > MOST_WORDS) return undefined
  const names = words.filter((word) => !/\p{Nd}/u.test(word))
  const identifiers = words.filter((word) => /\p{Nd}/u.test(word))
  return [
    ...names.map((_, index) => ['name', anyOf(partsWith(names, index))] as const),
    ...dates.map((readings) => ['birthdate', readings.join(',')] as const),
    ...identifiers.map((word) => ['identifier', anyOf([word])] as const),
  ]
}

/**
 * Search compares the beginning of each part of a name, and a part may have several words: of "van der Berg",
 * "der" matches as the end of "van der".
 */
function partsWith(words: readonly string[], index: number): string[] {
  const most = Math.min(index + 1, MOST_IN_PART)
  return Array.from({ length: most }, (_, before) => words.slice(index - before, index + 1).join(' '))
}

/** Texts as the values of one search parameter, with nothing in them that search would read (R4 §3.1.1.4.4). */
function anyOf(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[\\,$|]/g, '\\$&')).join(',')
}

/** 1990-05-21 and the like. */
const yearFirst = /(?<![^\s,;])(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?![^\s,;])/g
/** 21.05.1990, 5/21/1990 */
const yearLast = /(?<![^\s,;])(\d{1,2})([-./])(\d{1,2})\2(\d{4})(?![^\s,;])/g
/** 14 Mar 2014, 14. März 2014, 14 de marzo de 2014 */
const dayAndMonth = /(?<![^\s,;])(\d{1,2})\.?\s+(?:de\s+)?(\p{L}+)\.?,?\s+(?:de\s+)?(\d{4})(?![^\s,;])/giu
/** March 14, 2014 */
const monthAndDay = /(?<![^\s,;])(\p{L}+)\.?\s+(\d{1,2}),?\s+(\d{4})(?![^\s,;])/gu

/** Takes the dates out of a text. Each has its readings, as 5/6/1990 is a day in May and one in June. */
function takeDates(text: string, months: MonthNames): { rest: string; dates: string[][] } {
  const dates: string[][] = []
  const take = (whole: string, readings: string[]): string => {
    const days = [...new Set(readings)].filter((day) => dateRange(day) !== undefined)
    if (days.length === 0) return whole
    dates.push(days)
    return ' '
  }
  const named = (word: string): number[] => {
    const start = normalize(word)
    if (start.length < LETTERS_OF_MONTH) return []
    return months.filter(([name]) => name.startsWith(start)).map(([, month]) => month)
  }
  const rest = text
    .replace(yearFirst, (whole, year, _, month, day) => take(whole, [iso(year, month, day)]))
    .replace(yearLast, (whole, first, mark, second, year) =>
      take(
        whole,
        mark === '.' ? [iso(year, second, first)] : [iso(year, second, first), iso(year, first, second)],
      ),
    )
    .replace(dayAndMonth, (whole, day, word, year) =>
      take(
        whole,
        named(word).map((month) => iso(year, month, day)),
      ),
    )
    .replace(monthAndDay, (whole, word, day, year) =>
      take(
        whole,
        named(word).map((month) => iso(year, month, day)),
      ),
    )
  return { rest, dates }
}

function iso(year: string, month: string | number, day: string): string {
  return `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`
}
