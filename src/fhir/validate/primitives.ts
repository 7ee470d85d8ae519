import { hasControlCharacters } from '../../lib/form.ts'

/** How a primitive is written in JSON (R4 datatypes §primitives); what is wrong with a value, or nothing. */
export type CheckPrimitive = (value: unknown) => string | undefined

const year = String.raw`(?:\d(?:\d(?:\d[1-9]|[1-9]0)|[1-9]00)|[1-9]000)`
const date = String.raw`${year}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?`
const zone = String.raw`(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))`

/** A text that a pattern describes; the patterns take time in proportion to the text, whatever it is. */
function text(pattern: RegExp, article: string): CheckPrimitive {
  return (value) => {
    if (typeof value !== 'string') return `must be ${article}, as a JSON string`
    if (value === '') return 'is empty: leave it out'
    return pattern.test(value) ? undefined : `is not ${article}`
  }
}

function integer(least: number, article: string): CheckPrimitive {
  const most = 2_147_483_647
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `must be ${article}, as a JSON number`
}

/** A day that the calendar has: 30 February is none. */
function calendar(check: CheckPrimitive): CheckPrimitive {
  return (value) => {
    const day = /^(\d{4})-(\d\d)-(\d\d)/.exec(String(value))
    if (day !== null) {
      const [, y, m, d] = day.map(Number)
      if (new Date(Date.UTC(y ?? 0, (m ?? 1) - 1, d)).getUTCDate() !== d) return 'is no day of the calendar'
    }
    return check(value)
  }
}

/** At most 1 MB of it (R4 datatypes §string). */
function string(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string, as a JSON string'
  if (value === '') return 'is empty: leave it out'
  if (value.length > 1_048_576) return 'is longer than 1 MB'
  if (hasControlCharacters(value)) return 'holds a control character'
  return /\S/.test(value) ? undefined : 'is blank: leave it out'
}

const uri = text(/^\S*$/, 'a URI')

const checks: Readonly<Record<string, CheckPrimitive>> = {
  base64Binary: text(/^[A-Za-z0-9+/=\s]+$/, 'base64'),
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false, without quotes'),
  canonical: uri,
  code: text(/^\S+(?: \S+)*$/, 'a code'),
  date: calendar(
    text(new RegExp(`^(?:${date}|${year}(?:-(?:0[1-9]|1[0-2]))?)$`), 'a date (YYYY, YYYY-MM or YYYY-MM-DD)'),
  ),
  dateTime: calendar(
    text(
      new RegExp(`^(?:${date}(?:T${time}${zone})?|${year}(?:-(?:0[1-9]|1[0-2]))?)$`),
      'a dateTime; a time needs seconds and a zone',
    ),
  ),
  decimal: (value) =>
    typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a decimal, as a JSON number',
  id: text(/^[A-Za-z0-9\-.]{1,64}$/, 'an id'),
  instant: calendar(text(new RegExp(`^${date}T${time}${zone}$`), 'an instant, with seconds and a zone')),
  integer: integer(-2_147_483_648, 'an integer'),
  markdown: string,
  oid: text(/^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/, 'an OID as a URI'),
  positiveInt: integer(1, 'an integer above zero'),
  string,
  time: text(new RegExp(`^${time}$`), 'a time (hh:mm:ss)'),
  unsignedInt: integer(0, 'an integer, not below zero'),
  uri,
  url: uri,
  uuid: text(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID as a URI'),
  xhtml: narrative,
}

/** The check of a primitive datatype; undefined for any other type. */
export function primitiveCheck(datatype: string): CheckPrimitive | undefined {
  return Object.hasOwn(checks, datatype) ? checks[datatype] : undefined
}

/** txt-1: formatting only. Nothing in it may act, wherever it will be shown. */
const ACTS =
  /<(?:script|style|iframe|object|embed|form|input|button|link|meta|base|svg|math)\b|\son\w+\s*=|javascript:|<!(?!--)/i

function narrative(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be XHTML, as a JSON string'
  const trimmed = value.trim()
  if (!/^<div[\s>]/.test(trimmed) || !trimmed.endsWith('</div>')) return 'must be one <div> of XHTML'
  return ACTS.test(value) ? 'holds XHTML that does more than formatting' : undefined
}
