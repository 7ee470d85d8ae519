/** One filter of a search; `format` writes it as FHIR does. */
export type Filter =
  | { kind: 'id'; ids: readonly string[] }
  | { kind: 'value'; code: string; modifier: string; values: readonly string[] }
  | { kind: 'missing'; code: string; missing: boolean }
  | { kind: 'chain'; code: string; target: string | undefined; inner: Filter }
  | { kind: 'has'; source: string; code: string; inner: Filter }

export type Include = {
  backwards: boolean
  iterate: boolean
  source: string
  code: string
  target: string | undefined
}
export type Search = {
  kind: 'search'
  /** Absent in `Patient/ann/*`. */
  type: string | undefined
  within: { compartment: string; id: string } | undefined
  filters: readonly Filter[]
  includes: readonly Include[]
  /** Parameters that choose nothing, as they are: `_sort`, `_count`, `_total`, `_summary`, `_elements`. */
  shape: Readonly<Record<string, string>>
  /** By `POST …/_search`, half of the parameters in the address. */
  posted: boolean
}
export type Question =
  | Search
  | { kind: 'read'; type: string; id: string }
  | { kind: 'vread'; type: string; id: string; version: number }

export function format(filter: Filter): [string, string] {
  switch (filter.kind) {
    case 'id':
      return ['_id', filter.ids.join(',')]
    case 'value':
      return [`${filter.code}${filter.modifier && `:${filter.modifier}`}`, filter.values.join(',')]
    case 'missing':
      return [`${filter.code}:missing`, `${filter.missing}`]
    case 'chain': {
      const [name, value] = format(filter.inner)
      return [`${filter.code}${filter.target === undefined ? '' : `:${filter.target}`}.${name}`, value]
    }
    case 'has': {
      const [name, value] = format(filter.inner)
      return [`_has:${filter.source}:${filter.code}:${name}`, value]
    }
  }
}

export function formatInclude({ backwards, iterate, source, code, target }: Include): [string, string] {
  const name = `${backwards ? '_revinclude' : '_include'}${iterate ? ':iterate' : ''}`
  return [name, [source, code, ...(target === undefined ? [] : [target])].join(':')]
}

export function pathOf(question: Question): string {
  if (question.kind === 'read') return `${question.type}/${question.id}`
  if (question.kind === 'vread') return `${question.type}/${question.id}/_history/${question.version}`
  const { within, type = '*' } = question
  return within === undefined ? type : `${within.compartment}/${within.id}/${type}`
}

export function parametersOf({ filters, includes, shape }: Search): [string, string][] {
  return [...filters.map(format), ...includes.map(formatInclude), ...Object.entries(shape)]
}

/** A question as a person reads it. */
export function show(question: Question): string {
  if (question.kind !== 'search') return `GET ${pathOf(question)}`
  const query = parametersOf(question).map(([name, value]) => `${name}=${value}`)
  return `${question.posted ? 'POST' : 'GET'} ${pathOf(question)}?${query.join('&')}`
}
