import { LanyardError } from '../../lib/errors.ts'
import { instant } from '../../lib/time.ts'
import type { Access } from '../access/access.ts'
import { dateRange } from '../extract/date-range.ts'
import type { HistoryQuery, Version } from '../store/history.ts'
import type { Exchange } from './exchange.ts'
import { withQuery } from './links.ts'
import { openPage, sealPage } from './page-link.ts'
import { firstOf, type Pairs } from './parameters.ts'
import type { SearchDeps } from './search-handler.ts'

/** Versions of a resource, a type or everything, newest first (REST-17). */
export async function history(
  exchange: Exchange,
  access: Access,
  of: HistoryQuery['of'],
  parameters: Pairs,
  { store, options, seal }: SearchDeps,
): Promise<string> {
  const path = [of.type, of.id, '_history'].filter(Boolean).join('/')
  const link = firstOf(parameters, '_page')
  const state = link === undefined ? undefined : openPage(link, access, seal)
  if (state !== undefined && state.path !== path) throw refused('_page', 'a link of this history')
  const pairs = (state?.pairs ?? parameters).filter(([name]) => known.has(name))
  const query = { of, ...readHistory(pairs, options), after: state?.cursor.after }
  const { versions, next, total } = await store.as(access).history(query)
  exchange.matches = versions.length
  const address = `${options.fhirBase}/${path}`
  const self = link === undefined ? withQuery(address, pairs) : `${address}?_page=${link}`
  const nextLink =
    next === undefined
      ? []
      : [
          `${address}?_page=${sealPage({ path, pairs, cursor: { after: next }, left: undefined }, access, seal)}`,
        ]
  const links = [{ relation: 'self', url: self }, ...nextLink.map((url) => ({ relation: 'next', url }))]
  const entries = versions.map((version) => entryOf(version, options.fhirBase))
  const parts = [
    '"resourceType":"Bundle","type":"history"',
    ...(total === undefined ? [] : [`"total":${total}`]),
    `"link":${JSON.stringify(links)}`,
    ...(entries.length === 0 ? [] : [`"entry":[${entries.join(',')}]`]),
  ]
  return `{${parts.join(',')}}`
}

const known: ReadonlySet<string> = new Set(['_count', '_since', '_at'])

/** @throws LanyardError `invalid-request` for a parameter that cannot be read or comes twice */
function readHistory(
  pairs: Pairs,
  { pageSize, maxPageSize }: SearchDeps['options'],
): Pick<HistoryQuery, 'since' | 'at' | 'count'> {
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw refused(twice, 'given once')
  const [count, since, at] = ['_count', '_since', '_at'].map((name) => firstOf(pairs, name))
  if (count !== undefined && !/^[1-9]\d{0,6}$/.test(count)) throw refused('_count', 'a whole number from 1')
  const from = since === undefined ? undefined : dateRange(since)
  if (since !== undefined && from === undefined) throw refused('_since', 'an instant')
  const during = at === undefined ? undefined : dateRange(at)
  if (at !== undefined && during === undefined) throw refused('_at', 'a date or a time')
  return { count: Math.min(Number(count ?? pageSize), maxPageSize), since: from?.lo, at: during }
}

function entryOf({ type, id, version, updated, method, body }: Version, base: string): string {
  const request = { method, url: method === 'POST' ? type : `${type}/${id}` }
  const status = method === 'DELETE' ? '204 No Content' : version === 1 ? '201 Created' : '200 OK'
  const response = { status, etag: `W/"${version}"`, lastModified: instant(updated) }
  const resource = body === null ? '' : `"resource":${body},`
  return `{"fullUrl":"${base}/${type}/${id}",${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`
}

function refused(name: string, what: string): LanyardError {
  return new LanyardError('invalid-request', `The parameter ${name} must be ${what}.`, {
    word: 'value',
    reason: 'history-refused',
  })
}
