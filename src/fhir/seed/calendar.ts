/** A day of the story, counted from 1970-01-01. */
export type Day = number

export const YEAR = 365.2425
export const MONTH = YEAR / 12

const MILLISECONDS = 86_400_000

/** The day of a `YYYY-MM-DD`; NaN for anything else. */
export function dayOf(date: string): Day {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / MILLISECONDS : Number.NaN
}

/** A FHIR `date`. */
export function date(day: Day): string {
  return new Date(day * MILLISECONDS).toISOString().slice(0, 10)
}

/** A FHIR `dateTime` or `instant`, `minute` counted from midnight; the hospital keeps -05:00 all year. */
export function moment(day: Day, minute: number): string {
  const time = new Date((day * 1440 + minute) * 60_000).toISOString()
  return `${time.slice(0, 16)}:00-05:00`
}

/** Whole years between two days. */
export function years(from: Day, to: Day): number {
  return Math.floor((to - from) / YEAR)
}

const HOLIDAYS = ['01-01', '07-04', '12-25']

/** The day itself, or the last working day before it when it falls on a weekend or holiday. */
export function workday(day: Day): Day {
  const weekday = (day + 4) % 7 // 0 is Sunday: 1970-01-01 was a Thursday
  if (weekday === 0) return workday(day - 2)
  return weekday === 6 || HOLIDAYS.includes(date(day).slice(5)) ? workday(day - 1) : day
}
