import type { SearchParameter, SearchType } from '../../../src/fhir/definitions/types.ts'

// The rows that values should give, each as a word: read straight from the JSON and from the tables of the
// specification, without any of the code under test.

type Node = Readonly<Record<string, unknown>>

/** The words for the values that the official expression of a parameter found. */
export function wordsFor(type: SearchType, nodes: readonly unknown[], parameter: SearchParameter): string[] {
  return nodes.flatMap((node) => {
    if (type === 'token') return tokens(node)
    if (type === 'reference') return references(node, parameter)
    if (type === 'date') return dates(node)
    if (type === 'string') return strings(node)
    return type === 'uri' ? uris(node) : quantities(node)
  })
}

function tokens(value: unknown): string[] {
  if (typeof value !== 'object') return [`|${value}`]
  const node = value as Node
  if (Array.isArray(node.coding)) return node.coding.flatMap(tokens)
  const code = node.value ?? node.code
  // The system of a ContactPoint ('phone') is none of a token.
  const system = `${node.system}`.includes(':') ? node.system : ''
  return typeof code === 'string' ? [`${system}|${code}`] : []
}

function references(value: unknown, { targets }: SearchParameter): string[] {
  if (typeof value === 'string') return value.startsWith('#') ? [] : uris(value)
  const node = value as Node
  if (node.resourceType) {
    return targets.includes(`${node.resourceType}`) ? [`${node.resourceType}/${node.id}`] : []
  }
  if (typeof node.reference !== 'string' || node.reference.startsWith('#')) return []
  return [node.reference.replace('https://ehr.example/fhir/', '')]
}

function dates(value: unknown): string[] {
  const starts = startsOf(value)
  return starts.length > 0 ? [`${Math.min(...starts)}`] : []
}

function startsOf(value: unknown): number[] {
  if (typeof value === 'string') return /^\d{4}/.test(value) ? [Date.parse(value)] : []
  const node = value as { start?: string; end?: string; event?: string[]; repeat?: { boundsPeriod?: Node } }
  if (node.start !== undefined) return [Date.parse(node.start)]
  if (node.end !== undefined) return [-8.64e15]
  const bounds = node.repeat?.boundsPeriod
  return [...(node.event ?? []).map((event) => Date.parse(event)), ...(bounds ? startsOf(bounds) : [])]
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  const parts = 'text family given prefix suffix line city district state postalCode country'.split(' ')
  return parts.flatMap((part) => (value as Node)[part] ?? []).map(String)
}

function uris(value: unknown): string[] {
  const url = `${value}`
  return [url, url.replace(/\|.*/, '')]
}

function quantities(value: unknown): string[] {
  if (typeof value === 'number') return [`${value}  `]
  const node = value as { low?: Node; high?: Node; origin?: Node; currency?: string } & Node
  if (node.origin) return sampled(node.origin, node)
  const low = node.low?.value === undefined ? undefined : node.low
  const high = node.high?.value === undefined ? undefined : node.high
  if (low && high && Number(low.value) > Number(high.value)) return []
  if (low) return [amount(low, low.value)]
  if (high) return [amount(high, -1e308)]
  if (node.value === undefined) return []
  if ('currency' in node) return [`${node.value} urn:iso:std:iso:4217 ${node.currency}`]
  return [amount(node, node.value)]
}

function sampled(origin: Node, { factor = 1, data }: Node): string[] {
  if (origin.value === undefined || data === undefined) return []
  const points = `${data}`.split(' ').map(Number).filter(Number.isFinite)
  const values = points.map((point) => Number(origin.value) + point * Number(factor))
  return values.length > 0 ? [amount(origin, Math.min(...values))] : []
}

function amount({ system, code }: Node, value: unknown): string {
  return `${value} ${system ?? ''} ${code ?? ''}`
}
