const SECOND = 1000
const MINUTE = 60 * SECOND

const DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([+\- ])(\d\d):(\d\d))?)?)?)?$/

/**
 * The stretch of time that a FHIR date, dateTime or instant covers by its precision, in milliseconds since
 * 1970 UTC, `hi` exclusive: `2015-08` is the whole of August (R4 search §date). Without a zone it is UTC. A
 * space counts as the `+` of a zone, since that is what an unescaped `+` in a URL becomes. Undefined if the
 * text is no date.
 */
export function dateRange(text: string): { lo: number; hi: number } | undefined {
  const match = DATE.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction, , sign, zoneHour, zoneMinute] = match
  const y = Number(year)
  if (y === 0) return undefined
  if (month === undefined) return { lo: utc(y, 1, 1), hi: utc(y + 1, 1, 1) }
  const m = Number(month)
  if (m < 1 || m > 12) return undefined
  if (day === undefined) return { lo: utc(y, m, 1), hi: utc(y, m + 1, 1) }
  const d = Number(day)
  if (d < 1 || d > daysIn(y, m)) return undefined
  if (hour === undefined) return { lo: utc(y, m, d), hi: utc(y, m, d + 1) }
  const time = timeOfDay(Number(hour), Number(minute), Number(second ?? 0))
  const zone = offset(sign, Number(zoneHour ?? 0), Number(zoneMinute ?? 0))
  if (time === undefined || zone === undefined) return undefined
  const lo = utc(y, m, d) + time - zone + milliseconds(fraction)
  return { lo, hi: lo + precision(second, fraction) }
}

/** Midnight of a day; months and days may run over into the next year or month. */
function utc(year: number, month: number, day: number): number {
  // Date.UTC takes years below 100 for 19xx.
  return year >= 100 ? Date.UTC(year, month - 1, day) : new Date(0).setUTCFullYear(year, month - 1, day)
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** R4 datatypes §dateTime: no 24:00, but leap seconds, which fall on the next minute. */
function timeOfDay(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined
  return (hour * 60 + minute) * MINUTE + second * SECOND
}

function offset(sign: string | undefined, hours: number, minutes: number): number | undefined {
  const total = hours * 60 + minutes
  if (minutes > 59 || total > 14 * 60) return undefined
  return (sign === '-' ? -total : total) * MINUTE
}

function milliseconds(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'))
}

/** `10:30` is a minute long, `10:30:05` a second, `10:30:05.2` a tenth; a millisecond is the finest. */
function precision(second: string | undefined, fraction = ''): number {
  if (second === undefined) return MINUTE
  return fraction === '' ? SECOND : Math.max(1, SECOND / 10 ** fraction.length)
}
