import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import { namesOtherPatient } from '../search/named-patient.ts'
import { type QueryOptions, readQuery, type SearchQuery } from '../search/query.ts'
import type { FhirStore } from '../store/store.ts'
import { askedTypes } from './asked-types.ts'
import { searchsetText } from './bundle.ts'
import type { Exchange } from './exchange.ts'
import { linksOf } from './links.ts'
import { prefers } from './negotiate.ts'
import { type LinkSeal, openPage, type PageState } from './page-link.ts'
import { firstOf, type Pairs } from './parameters.ts'
import { patientsShown } from './patients-shown.ts'

export type SearchDeps = {
  store: FhirStore
  options: Omit<QueryOptions, 'strict'>
  seal: LinkSeal
}
/** What is searched, from the path. */
export type SearchTarget = { types: readonly string[]; within: SearchQuery['within']; path: string }

/** `GET Type?…`, `POST Type/_search` and the compartment searches: one question, one answer (SRCH-01). */
export async function search(
  exchange: Exchange,
  access: Access,
  target: SearchTarget,
  parameters: Pairs,
  { store, options, seal }: SearchDeps,
): Promise<string> {
  const link = firstOf(parameters, '_page')
  const state = stateOf(link, target, parameters, access, seal)
  const { types, named, others } = askedTypes(access, target, state.pairs, options.definitions)
  const strict = prefers(exchange, 'handling=strict')
  const read = readQuery(types, others, { ...options, strict }, target.within)
  const query = { ...read, used: [...named, ...read.used] }
  refuseOtherPatient(access, query)
  const left = state.left ?? leftAt(query)
  const limited = left === undefined ? query : { ...query, count: Math.min(query.count, left) }
  const cursor = link === undefined ? { skip: (query.page - 1) * query.count } : state.cursor
  const session = store.as(access)
  const { page, included } = await session.search(limited, cursor)
  exchange.matches = page.hits.length
  exchange.patients = await patientsShown(session, access, [...page.hits, ...included.hits])
  const address = target.path === '' ? options.fhirBase : `${options.fhirBase}/${target.path}`
  return searchsetText(
    {
      links: linksOf({ address, path: target.path, link, query, page, left }, access, seal),
      total: cappedTotal(page.total, query.maxResults),
      matches: page.hits,
      included: included.hits,
      warning: included.cut
        ? 'More resources belong to this page than can be included; some were left out.'
        : undefined,
    },
    options.fhirBase,
    query,
    options.definitions,
  )
}

/** Where a search stands: at its beginning, or where its page link says. */
function stateOf(
  link: string | undefined,
  { path }: SearchTarget,
  parameters: Pairs,
  access: Access,
  seal: LinkSeal,
): PageState {
  if (link === undefined) return { path, pairs: parameters, cursor: {}, left: undefined }
  const state = openPage(link, access, seal)
  if (state.path === path) return state
  throw new LanyardError('invalid-request', 'This page link belongs to another search.', {
    word: 'invalid',
    reason: 'page-link',
  })
}

/**
 * A token that is bound to one patient is refused a search about another, whether that one exists or not; a
 * search that names nobody is narrowed (ENF-08).
 */
export function refuseOtherPatient(access: Access, query: SearchQuery): void {
  const { patient } = access
  if (patient === undefined || !namesOtherPatient(query, patient)) return
  const bound = query.types.every((type) =>
    rangesOf(access, 'search-type', type).every((range) => range.level === 'patient'),
  )
  if (bound) throw forbidden('other-patient', 'This token is for one patient, and the search names another.')
}

/** What `_maxresults` leaves for a page that is asked for by its number, and all that follow. */
function leftAt({ maxResults, page, count }: SearchQuery): number | undefined {
  return maxResults === undefined ? undefined : Math.max(0, maxResults - (page - 1) * count)
}

function cappedTotal(total: number | undefined, most: number | undefined): number | undefined {
  return total === undefined || most === undefined ? total : Math.min(total, most)
}
