import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { isForm, readBody } from '../../lib/form.ts'
import type { Access } from '../access/access.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import { namesOtherPatient } from '../search/named-patient.ts'
import { type QueryOptions, readQuery, type SearchQuery } from '../search/query.ts'
import type { Cursor, Page } from '../store/search.ts'
import type { FhirStore } from '../store/store.ts'
import { type Links, searchsetText } from './bundle.ts'
import { prefers } from './negotiate.ts'
import { type LinkSeal, openPage, type PageState, sealPage } from './page-link.ts'

/** Bytes of a search sent by POST. */
const LIMIT = 64 * 1024

export type SearchDeps = {
  store: FhirStore
  options: Omit<QueryOptions, 'strict'>
  seal: LinkSeal
}
/** What is searched, from the path. */
export type SearchTarget = { types: readonly string[]; within: SearchQuery['within']; path: string }

/** `GET Type?…`, `POST Type/_search` and the compartment searches: one question, one answer (SRCH-01). */
export async function search(
  ctx: Context,
  access: Access,
  target: SearchTarget,
  deps: SearchDeps,
): Promise<string> {
  const pairs = await parameterPairs(ctx)
  const link = pairs.find(([name]) => name === '_page')?.[1]
  const state: PageState =
    link === undefined ? { ...target, pairs, cursor: {}, left: undefined } : openPage(link, access, deps.seal)
  if (link !== undefined && state.types.join() !== target.types.join()) {
    throw new LanyardError('invalid-request', 'This page link belongs to another search.', {
      word: 'invalid',
      reason: 'page-link',
    })
  }
  const query = readQuery(
    state.types,
    state.pairs,
    { ...deps.options, strict: prefers(ctx, 'handling=strict') },
    state.within,
  )
  refuseOtherPatient(access, query)
  const left = state.left ?? query.maxResults
  const limited = left === undefined ? query : { ...query, count: Math.min(query.count, left) }
  const { page, included } = await deps.store.as(access).search(limited, state.cursor)
  ctx.state.matches = page.hits.length
  const links = linksOf(target, link, query, page, access, left, deps)
  const warning = included.cut
    ? 'More resources belong to this page than can be included; some were left out.'
    : undefined
  return searchsetText(
    {
      links,
      total: cappedTotal(page.total, query.maxResults),
      matches: page.hits,
      included: included.hits,
      warning,
    },
    deps.options.fhirBase,
    query,
    deps.options.definitions,
  )
}

/** Parameters of the address and of a form in the body count alike, as repeats of each other. */
async function parameterPairs(ctx: Context): Promise<[string, string][]> {
  const inAddress = [...new URLSearchParams(ctx.querystring)]
  if (ctx.method !== 'POST') return inAddress
  const body = await readBody(ctx.req, LIMIT)
  if (body.length > 0 && !isForm(ctx.req.headers['content-type'])) {
    throw new LanyardError('unsupported-media', 'Send the search as application/x-www-form-urlencoded.', {
      reason: 'media-type',
    })
  }
  return [...inAddress, ...new URLSearchParams(body.toString('utf8'))]
}

/**
 * A token that is bound to one patient is refused a search about another, whether that one exists or not; a
 * search that names nobody is narrowed (ENF-08).
 */
function refuseOtherPatient(access: Access, query: SearchQuery): void {
  const { patient } = access
  if (patient === undefined || !namesOtherPatient(query, patient)) return
  const bound = query.types.every((type) =>
    rangesOf(access, 'search-type', type).every((range) => range.level === 'patient'),
  )
  if (bound) throw forbidden('other-patient', 'This token is for one patient, and the search names another.')
}

function linksOf(
  target: SearchTarget,
  current: string | undefined,
  query: SearchQuery,
  page: Page,
  access: Access,
  left: number | undefined,
  deps: SearchDeps,
): Links {
  const address = `${deps.options.fhirBase}/${target.path}`
  const self = current === undefined ? withQuery(address, query.used) : `${address}?_page=${current}`
  // A count has no pages (SRCH-13).
  if (query.summary === 'count' || query.count === 0) return { self }
  const rest = left === undefined ? undefined : left - page.hits.length
  const pageLink = (cursor: Cursor, remaining: number | undefined): string => {
    const { types, within } = query
    // `page` has done its part: from here on pages follow each other by position.
    const pairs = query.used.filter(([name]) => name !== 'page')
    const state = { types, within, pairs, cursor: { ...cursor, byUpdate: page.byUpdate }, left: remaining }
    return `${address}?_page=${sealPage(state, access, deps.seal)}`
  }
  const hasNext = page.hasNext && page.last !== undefined && rest !== 0
  return {
    self,
    ...(page.hasPrevious
      ? {
          first: withQuery(
            address,
            query.used.filter(([name]) => name !== 'page'),
          ),
        }
      : {}),
    ...(page.hasPrevious && page.first !== undefined && query.maxResults === undefined
      ? { previous: pageLink({ before: page.first }, undefined) }
      : {}),
    ...(hasNext && page.last !== undefined ? { next: pageLink({ after: page.last }, rest) } : {}),
  }
}

function withQuery(address: string, pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return address
  return `${address}?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]))}`
}

function cappedTotal(total: number | undefined, most: number | undefined): number | undefined {
  return total === undefined || most === undefined ? total : Math.min(total, most)
}
