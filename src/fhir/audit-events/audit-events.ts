import { rowColumns } from '../../audit/rows.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { Clock } from '../../lib/time.ts'
import type { Interaction } from '../../smart/letters.ts'
import { isUnlimited, showsAll } from '../../smart/range.ts'
import type { Database } from '../../store/database.ts'
import type { Access } from '../access/access.ts'
import { rangesOf } from '../access/refusal.ts'
import { searchsetText } from '../http/bundle.ts'
import type { Exchange } from '../http/exchange.ts'
import { linksOf } from '../http/links.ts'
import { prefers } from '../http/negotiate.ts'
import { type LinkSeal, openPage } from '../http/page-link.ts'
import { firstOf, type Pairs } from '../http/parameters.ts'
import type { SearchTarget } from '../http/search-handler.ts'
import { searchError } from '../search/errors.ts'
import { type QueryOptions, readQuery, type SearchQuery } from '../search/query.ts'
import { never } from '../store/comparisons.ts'
import { wantedRows } from './conditions.ts'
import { auditEvent, patientsOf, type Server } from './render.ts'
import { countOf, pageOf } from './search.ts'

export type AuditEventDeps = {
  db: Database
  clock: Clock
  server: Server
  options: Omit<QueryOptions, 'strict'>
  seal: LinkSeal
}

/** AuditEvents are what the server itself recorded: they are read from its audit, and nobody else writes any. */
export const AUDIT_EVENT = 'AuditEvent'

/**
 * One event.
 * @param version there is only one
 * @throws LanyardError `forbidden` before anything is looked at, `not-found`
 */
export async function readAuditEvent(
  exchange: Exchange,
  access: Access,
  { id, version }: { id: string; version: number | undefined },
  { db, server }: AuditEventDeps,
): Promise<string> {
  const sees = isAuditor(access, version === undefined ? 'read' : 'vread')
  const [, seq, patient] = /^(\d{1,15})(?:-(\d{1,6}))?$/.exec(id) ?? []
  const query = db.kysely
    .selectFrom('audit')
    .select(rowColumns)
    .where('seq', '=', Number(seq ?? 0))
  const [row] = await db.read(query.compile())
  const index = Number(patient ?? 1) - 1
  const events = row === undefined ? 0 : patientsOf(row).length
  const isNamedRight = patient === undefined ? events === 1 : events > 1 && index >= 0 && index < events
  if (!sees || row === undefined || !isNamedRight || (version ?? 1) !== 1) {
    throw new LanyardError('not-found', `There is no AuditEvent/${id} that this token may see.`, {
      reason: 'not-found',
    })
  }
  exchange.set('etag', 'W/"1"')
  exchange.set('last-modified', new Date(row.at).toUTCString())
  return JSON.stringify(auditEvent(row, index, server))
}

/**
 * A page of events, newest first.
 * @throws LanyardError `forbidden` before anything is looked at, `invalid-request`
 */
export async function searchAuditEvents(
  exchange: Exchange,
  access: Access,
  { within, path }: SearchTarget,
  parameters: Pairs,
  { db, clock, server, options, seal }: AuditEventDeps,
): Promise<string> {
  const sees = isAuditor(access, 'search-type')
  const link = firstOf(parameters, '_page')
  const state = link === undefined ? undefined : openPage(link, access, seal)
  const strict = prefers(exchange, 'handling=strict')
  const query = readQuery([AUDIT_EVENT], state?.pairs ?? parameters, { ...options, strict }, within)
  refuseUnanswered(query)
  if (state !== undefined && state.path !== path)
    throw searchError('invalid', 'This page link belongs to another search.')
  const asked = wantedRows(query, { dialect: db.dialect, now: clock() })
  const wanted = sees ? asked : { ...asked, where: never }
  const countOnly = query.summary === 'count' || query.count === 0
  const total =
    countOnly || (query.total !== undefined && query.total !== 'none') ? await countOf(db, wanted) : undefined
  const page = await pageOf(db, wanted, countOnly ? 0 : query.count, state?.cursor.after, server)
  exchange.matches = page.hits.length
  const address = `${options.fhirBase}/${path}`
  return searchsetText(
    {
      links: linksOf({ address, path, link, query, page, left: undefined }, access, seal),
      total,
      matches: page.hits,
      included: [],
      warning: sees ? undefined : 'Only scopes system/AuditEvent without conditions open the audit.',
    },
    options.fhirBase,
    query,
    options.definitions,
  )
}

/**
 * AUD-10: the audit is in nobody's record and not for users either: other scopes than these see nothing of it (ENF-04).
 * @throws LanyardError `forbidden` if no scope names the type
 */
function isAuditor(access: Access, interaction: Interaction): boolean {
  const ranges = rangesOf(access, interaction, AUDIT_EVENT)
  return ranges.some((range) => range.level === 'system' && isUnlimited(range) && showsAll(range))
}

function refuseUnanswered({ sort, includes, revincludes, page, maxResults }: SearchQuery): void {
  const [rule, ...more] = sort
  const isOurs =
    rule === undefined ||
    (rule.descending &&
      (rule.parameter === '_lastUpdated' ||
        (typeof rule.parameter === 'object' && rule.parameter.code === 'date')))
  if (!isOurs || more.length > 0)
    throw searchError('not-supported', 'AuditEvents come newest first: _sort can only be -date.')
  if (includes.length + revincludes.length > 0)
    throw searchError('not-supported', 'A search for AuditEvents includes nothing else.')
  if (page > 1 || maxResults !== undefined)
    throw searchError('not-supported', 'Follow the links to further pages of AuditEvents.')
}
