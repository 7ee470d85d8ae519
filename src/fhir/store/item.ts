import { parseExact } from '../../lib/exact-json.ts'
import { instant } from '../../lib/time.ts'
import type { PatientsOf } from '../access/compartment.ts'
import type { Resource } from '../definitions/types.ts'
import type { Extract } from '../extract/extract.ts'
import type { IndexRow } from '../extract/rows.ts'

/** A resource with an id, checked by whoever brings it. */
export type Stored = Resource & { readonly id: string }
/** What is to be stored; `exact` is the same with its numbers as they were written. */
export type Incoming = Stored | { resource: Stored; exact?: Stored }

/** A resource with everything that is stored of it. */
export type Item = {
  exact: Stored
  /** `Type/id` */
  key: string
  rows: IndexRow[]
  /** Bare ids of the patients whose records it belongs to. */
  patients: string[]
}

export function itemOf(incoming: Incoming, extract: Extract, patientsOf: PatientsOf): Item {
  const { resource, exact = resource } = isResource(incoming) ? { resource: incoming } : incoming
  const { resourceType: type, id } = resource
  const rows = extract(resource)
  return { exact, key: `${type}/${id}`, rows, patients: patientsOf(type, id, rows) }
}

function isResource(incoming: Incoming): incoming is Stored {
  return 'resourceType' in incoming
}

/** Of several versions of one resource in a batch only the last counts. */
export function lastOfEach(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.key, item])).values()]
}

/** What a batch holds and what it refers to, as `Type/id`. */
export function allKeys(items: readonly Item[]): Set<string> {
  const keys = new Set(items.map((item) => item.key))
  for (const { rows, patients } of items) {
    for (const row of rows) if (row.kind === 'reference') keys.add(`${row.type}/${row.id}`)
    for (const patient of patients) keys.add(`Patient/${patient}`)
  }
  return keys
}

/** Whether a stored body says the same as an item, but for its version and time. */
export function saysTheSame(body: string, { exact }: Item): boolean {
  const { meta, ...rest } = parseExact(body) as Stored
  return (
    textOf({ ...rest, meta: withoutVersion(meta) } as Stored, 0, 0) ===
    textOf({ ...exact, meta: withoutVersion(exact.meta) }, 0, 0)
  )
}

function withoutVersion(meta: unknown): Record<string, unknown> {
  const {
    versionId: _v,
    lastUpdated: _l,
    ...rest
  } = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>) : {}
  return rest
}

/** The body as it is stored and answered: type and id first, and our own version and time in `meta`. */
export function textOf(resource: Stored, version: number, updated: number): string {
  const { resourceType, id, meta, ...rest } = resource
  return JSON.stringify({
    resourceType,
    id,
    meta: { ...withoutVersion(meta), versionId: String(version), lastUpdated: instant(updated) },
    ...rest,
  })
}
