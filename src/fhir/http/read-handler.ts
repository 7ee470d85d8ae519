import type { Access } from '../access/access.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { readQuery } from '../search/query.ts'
import type { Read } from '../store/read.ts'
import type { FhirStore } from '../store/store.ts'
import { contentOf } from './binary.ts'
import { namesTag } from './conditional.ts'
import type { Exchange } from './exchange.ts'
import type { Pairs } from './parameters.ts'
import type { Answer } from './preference.ts'
import { isSubset, subset } from './subset.ts'

export type ReadDeps = { store: FhirStore; definitions: Definitions; fhirBase: string }

/** What is read, and how it shall look. */
export type ReadTarget = { type: string; id: string; version: number | undefined; parameters: Pairs }

/**
 * Answers a read or vread: stored text goes out unparsed. Only after the access was checked does a condition
 * count, so that a 304 tells nobody anything (ENF-28).
 */
export async function read(
  exchange: Exchange,
  access: Access,
  { type, id, version, parameters }: ReadTarget,
  deps: ReadDeps,
): Promise<Answer> {
  const session = deps.store.as(access)
  const found = version === undefined ? await session.read(type, id) : await session.vread(type, id, version)
  // For the audit; what belongs to nobody was looked at for the patient in context.
  exchange.patient = found.patient ?? access.patient
  exchange.tokenChanges = found.tokenChanges
  exchange.set('etag', `W/"${found.version}"`)
  exchange.set('last-modified', new Date(found.updated).toUTCString())
  if (isNotModified(exchange, found)) return { status: 304, body: undefined }
  if (exchange.wantsContent) return { status: 200, body: contentOf(exchange, found.body) }
  if (parameters.length === 0) return { status: 200, body: found.body }
  const wanted = readWanted(type, parameters, deps)
  const body = isSubset(wanted) ? JSON.stringify(subset(found.body, wanted, deps.definitions)) : found.body
  return { status: 200, body }
}

/** REST-05; RFC 9110 §13.2.2 prefers ETags to dates. */
function isNotModified(exchange: Exchange, { version, updated }: Read): boolean {
  const match = exchange.header('if-none-match')
  const since = exchange.header('if-modified-since')
  if (match !== undefined) return namesTag(match, `"${version}"`)
  return since !== undefined && Math.floor(updated / 1000) <= Math.floor(Date.parse(since) / 1000)
}

/** `_summary` and `_elements` also count on a read (SRCH-14). */
function readWanted(type: string, parameters: Pairs, { definitions, fhirBase }: ReadDeps) {
  const shaping = parameters.filter(([name]) => name === '_summary' || name === '_elements')
  return readQuery([type], shaping, {
    definitions,
    fhirBase,
    systems: {},
    pageSize: 1,
    maxPageSize: 1,
    strict: true,
  })
}
