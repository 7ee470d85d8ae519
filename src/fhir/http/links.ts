import type { Access } from '../access/access.ts'
import type { SearchQuery } from '../search/query.ts'
import type { Cursor, Page } from '../store/search.ts'
import type { Links } from './bundle.ts'
import { type LinkSeal, sealPage } from './page-link.ts'
import type { Pairs } from './parameters.ts'

/** A page that was found, and the search that it is a page of. */
type Paged = {
  /** The search's absolute address, without parameters. */
  address: string
  path: string
  /** The sealed link that asked for this page, if it was not the first. */
  link: string | undefined
  query: SearchQuery
  page: Page
  /** Matches that this page and those behind it may have, under `_maxresults`. */
  left: number | undefined
}

/** The links of a searchset: the parameters that counted, and the pages around this one (SRCH-02). */
export function linksOf(
  { address, path, link, query, page, left }: Paged,
  access: Access,
  seal: LinkSeal,
): Links {
  const self = link === undefined ? withQuery(address, query.used) : `${address}?_page=${link}`
  // A count has no pages (SRCH-13).
  if (query.summary === 'count' || query.count === 0) return { self }
  // `page` has done its part: pages follow each other by position.
  const pairs = query.used.filter(([name]) => name !== 'page')
  const pageLink = (cursor: Cursor, remaining: number | undefined): string => {
    const state = { path, pairs, cursor: { ...cursor, byUpdate: page.byUpdate }, left: remaining }
    return `${address}?_page=${sealPage(state, access, seal)}`
  }
  const behind = left === undefined ? undefined : left - page.hits.length
  // The page before is a whole one.
  const before = left === undefined ? undefined : left + query.count
  return {
    self,
    ...(page.hasPrevious ? { first: withQuery(address, pairs) } : {}),
    ...(page.hasPrevious && page.first !== undefined
      ? { previous: pageLink({ before: page.first }, before) }
      : {}),
    ...(page.hasNext && page.last !== undefined && behind !== 0
      ? { next: pageLink({ after: page.last }, behind) }
      : {}),
  }
}

/** An address with parameters. */
export function withQuery(address: string, pairs: Pairs): string {
  if (pairs.length === 0) return address
  return `${address}?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]))}`
}
