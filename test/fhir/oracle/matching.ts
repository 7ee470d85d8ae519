import { type Parameter, valuesOf } from './parameters.ts'
import type { Resource } from './resource.ts'

/** Whether a resource has a value that one text of a search asks for (R4 §3.1.1.4), references apart. */
export function matches(resource: Resource, parameter: Parameter, modifier: string, text: string): boolean {
  const values = valuesOf(resource, parameter)
  switch (parameter.kind) {
    case 'token':
      return values.flatMap(codesOf).some((code) => tokenMatches(code, text))
    case 'string':
      return values.some((value) => stringMatches(String(value), modifier, text))
    case 'date':
      return values.flatMap(stretchOf).some((stretch) => dateMatches(stretch, text))
    case 'quantity':
      return values.some((value) => quantityMatches(value as Quantity, text))
    case 'reference':
      throw new Error('references are matched where they are resolved')
  }
}

/** Whether a parameter has a value at all, for `:missing`. */
export function isPresent(resource: Resource, parameter: Parameter): boolean {
  const values = valuesOf(resource, parameter)
  if (parameter.kind === 'token') return values.flatMap(codesOf).length > 0
  if (parameter.kind === 'date') return values.flatMap(stretchOf).length > 0
  return values.length > 0
}

/** `implied`: a code element, whose system goes without saying. */
export type Code = { system: string | undefined; code: string; implied: boolean }

/** The codes of a CodeableConcept, Coding, Identifier, code or boolean. */
export function codesOf(value: unknown): Code[] {
  if (typeof value === 'string' || typeof value === 'boolean')
    return [{ system: undefined, code: `${value}`, implied: true }]
  const element = value as { coding?: unknown[]; system?: string; code?: string; value?: string }
  if (element.coding !== undefined) return element.coding.flatMap(codesOf)
  const code = element.code ?? element.value
  return code === undefined ? [] : [{ system: element.system, code, implied: false }]
}

function tokenMatches({ system, code, implied }: Code, text: string): boolean {
  const bar = text.indexOf('|')
  if (bar < 0) return code === text
  const [askedSystem, askedCode] = [text.slice(0, bar), text.slice(bar + 1)]
  if (askedSystem === '' ? system !== undefined : !implied && system !== askedSystem) return false
  return askedCode === '' || code === askedCode
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

function stringMatches(value: string, modifier: string, text: string): boolean {
  if (modifier === 'exact') return value === text
  if (modifier === 'contains') return plain(value).includes(plain(text))
  return plain(value).startsWith(plain(text))
}

export type Stretch = { lo: number; hi: number }

/** The time that a dateTime or a Period covers, `hi` exclusive. */
export function stretchOf(value: unknown): Stretch[] {
  if (typeof value === 'string') return [instantRange(value)]
  const { start, end } = value as { start?: string; end?: string }
  if (start === undefined && end === undefined) return []
  const lo = start === undefined ? -Infinity : instantRange(start).lo
  const hi = end === undefined ? Infinity : instantRange(end).hi
  return [{ lo, hi }]
}

/** `2015`, `2015-08`, `2015-08-03`, or with a time and a zone: as long as it is precise. */
function instantRange(text: string): Stretch {
  const lo = Date.parse(text)
  if (/^\d{4}$/.test(text)) return { lo, hi: Date.parse(`${Number(text) + 1}`.padStart(4, '0')) }
  if (/^\d{4}-\d\d$/.test(text)) {
    const month = new Date(lo)
    return { lo, hi: Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1) }
  }
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { lo, hi: lo + 86_400_000 }
  const fraction = /\.(\d+)/.exec(text)?.[1]
  if (fraction !== undefined) return { lo, hi: lo + Math.max(1, 1000 / 10 ** fraction.length) }
  return { lo, hi: lo + (/T\d\d:\d\d:\d\d/.test(text) ? 1000 : 60_000) }
}

const prefixed = /^(eq|ne|gt|lt|ge|le|sa|eb)?(.*)$/s

function dateMatches({ lo, hi }: Stretch, text: string): boolean {
  const [, prefix = 'eq', rest = ''] = prefixed.exec(text) ?? []
  const asked = instantRange(rest)
  const within = lo >= asked.lo && hi <= asked.hi
  switch (prefix) {
    case 'ne':
      return !within
    case 'gt':
      return hi > asked.hi
    case 'lt':
      return lo < asked.lo
    case 'ge':
      return within || hi > asked.hi
    case 'le':
      return within || lo < asked.lo
    case 'sa':
      return lo >= asked.hi
    case 'eb':
      return hi <= asked.lo
    default:
      return within
  }
}

type Quantity = { value: number; unit?: string; system?: string; code?: string }

function quantityMatches(quantity: Quantity, text: string): boolean {
  const [number = '', system = '', unit = ''] = text.split('|')
  if (system !== '' && quantity.system !== system) return false
  if (unit !== '' && quantity.code !== unit && (system !== '' || quantity.unit !== unit)) return false
  const [, prefix = 'eq', rest = ''] = prefixed.exec(number) ?? []
  const asked = Number(rest)
  const half = 0.5 / 10 ** (rest.split('.')[1]?.length ?? 0)
  const within = quantity.value >= asked - half - 1e-9 && quantity.value < asked + half - 1e-9
  switch (prefix) {
    case 'ne':
      return !within
    case 'gt':
    case 'sa':
      return quantity.value > asked
    case 'lt':
    case 'eb':
      return quantity.value < asked
    case 'ge':
      return quantity.value >= asked
    case 'le':
      return quantity.value <= asked
    default:
      return within
  }
}
