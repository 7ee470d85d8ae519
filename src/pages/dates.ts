import { lazy } from '../lib/lazy.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts'
import type { Words } from './words/en.ts'

/** A time as people read it and as machines do. */
export type Said = { people: string; machine: string }

export type Dates = ReturnType<typeof madeDates>

const CLOCK = { hour: '2-digit', minute: '2-digit' } as const
const steps = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const

/** By language and zone: a format costs a hundred times what it takes to use it, and a page has hundreds of times. */
const known = new WeakMap<object, Map<string, Dates>>()
/** Zones that are kept. */
const ZONES = 50

/**
 * How days, times and spans are said in a language. Times are milliseconds since 1970.
 * @param zone an IANA time zone; UTC, as in the log, unless one is given
 */
export function datesIn(words: Pick<Words, 'locale'>, zone = 'UTC'): Dates {
  const ofWords = known.get(words) ?? new Map<string, Dates>()
  const dates = ofWords.get(zone) ?? madeDates(words, zone)
  if (ofWords.size >= ZONES) ofWords.clear()
  known.set(words, ofWords.set(zone, dates))
  return dates
}

function madeDates({ locale }: Pick<Words, 'locale'>, zone: string) {
  const formats = new Map<string, Intl.DateTimeFormat>()
  const said = (at: number, options: Intl.DateTimeFormatOptions): string => {
    const name = JSON.stringify(options)
    const format = formats.get(name) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })
    formats.set(name, format)
    return format.format(at)
  }
  const day = (at: number) => said(at, { day: 'numeric', month: 'long', year: 'numeric' })
  const amount = (count: number, unit: string): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
  const relatives = lazy(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))

  return {
    zone,
    amount,
    /** `19 February 2027` */
    day,
    sameDay: (one: number, other: number): boolean => day(one) === day(other),
    /** `21 November` */
    dayOfYear: (at: number) => said(at, { day: 'numeric', month: 'long' }),
    /** `Thursday 19 November`, as a heading has it. */
    weekday(at: number): string {
      const day = said(at, { weekday: 'long', day: 'numeric', month: 'long' })
      return day.charAt(0).toLocaleUpperCase(locale) + day.slice(1)
    },
    /** `March 2026` */
    month: (at: number) => said(at, { month: 'long', year: 'numeric' }),
    /** `07:02` */
    time: (at: number) => said(at, CLOCK),
    /** `07:02:31` */
    second: (at: number) => said(at, { ...CLOCK, second: '2-digit' }),
    /** `07:02 UTC` */
    clock: (at: number) => said(at, { ...CLOCK, timeZoneName: 'short' }),
    /** `1 March 2026, 12:00 UTC` */
    moment: (at: number): Said => ({
      people: `${day(at)}, ${said(at, { ...CLOCK, timeZoneName: 'short' })}`,
      machine: new Date(at).toISOString(),
    }),
    /** A FHIR date or dateTime, as exactly as it is known: `14 Mar 2014`, `Mar 2014`, `2014`. */
    fhirDate(date: string): string {
      if (date.length > 10) return said(Date.parse(date), { day: 'numeric', month: 'short', year: 'numeric' })
      const [, month, dayOfMonth] = date.split('-')
      return said(Date.parse(date), {
        timeZone: 'UTC',
        year: 'numeric',
        ...(month && { month: 'short' }),
        ...(dayOfMonth && { day: 'numeric' }),
      })
    },
    /** Time that is left, rounded up in its greatest unit: `15 minutes`. */
    left(milliseconds: number): string {
      const [unit, size] = steps.find(([, size]) => milliseconds >= size) ?? (['second', SECOND] as const)
      return amount(Math.max(1, Math.ceil(milliseconds / size)), unit)
    },
    /** As exactly as it matters: `2 minutes ago`, `3 hours ago`, and after a day the date. */
    since(at: number, now: number): string {
      const span = Math.max(0, now - at)
      const relative = relatives()
      if (span < HOUR) return relative.format(-Math.floor(span / MINUTE), 'minute')
      if (span < DAY) return relative.format(-Math.floor(span / HOUR), 'hour')
      return said(at, { day: 'numeric', month: 'short', year: 'numeric' })
    },
    /** Days, months or years ago: `2 days ago`, `today`. */
    ago(at: number, now: number): string {
      const days = Math.max(0, Math.floor(now / DAY) - Math.floor(at / DAY))
      const relative = relatives()
      if (days < 60) return relative.format(-days, 'day')
      return days < 730
        ? relative.format(-Math.floor(days / 30.44), 'month')
        : relative.format(-Math.floor(days / 365.25), 'year')
    },
    /** Years since a whole FHIR date; of small children months or days. Nothing of a date without its day. */
    age(birthDate: string, now: number): string | undefined {
      if (!/^\d{4}-\d\d-\d\d$/.test(birthDate)) return undefined
      const [year, month, dayOfMonth] = numbers(birthDate)
      const [thisYear, thisMonth, today] = numbers(new Date(now).toISOString().slice(0, 10))
      const months = (thisYear - year) * 12 + thisMonth - month - (today < dayOfMonth ? 1 : 0)
      if (months >= 24) return amount(Math.floor(months / 12), 'year')
      if (months >= 2) return amount(months, 'month')
      return amount(Math.max(0, Math.floor((now - Date.parse(birthDate)) / DAY)), 'day')
    },
  }
}

function numbers(date: string): [number, number, number] {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  return [year, month, day]
}
