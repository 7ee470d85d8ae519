import { type Kysely, sql } from 'kysely'
import { parseExact } from '../../lib/exact-json.ts'
import { type Clock, instant } from '../../lib/time.ts'
import type { BulkTable, Database } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'
import type { PatientsOf } from '../access/compartment.ts'
import type { Resource } from '../definitions/types.ts'
import type { Extract } from '../extract/extract.ts'
import type { IndexRow } from '../extract/rows.ts'
import { addIndexRows, emptyBatch, type IndexTable, indexTables, systemsOf } from './index-rows.ts'
import type { Names } from './names.ts'
import { LIVE, STUB } from './state.ts'
import { removeIndexRows } from './unindex.ts'

/** A resource with an id, checked by whoever brings it. */
export type Stored = Resource & { readonly id: string }
/** What is to be stored; `exact` is the same with its numbers as they were written. */
export type Incoming = Stored | { resource: Stored; exact?: Stored }
export type BulkResult = { created: number; updated: number; unchanged: number }

const resources: BulkTable = {
  table: 'resource',
  columns: {
    rid: 'int',
    type: 'int',
    id: 'text',
    version: 'int',
    updated: 'int',
    state: 'int',
    body: 'text',
  },
}
const compartments: BulkTable = { table: 'compartment', columns: { patient: 'int', type: 'int', rid: 'int' } }

type Deps = { db: Database; names: Names; extract: Extract; patientsOf: PatientsOf; clock: Clock }
type Known = { rid: number; version: number; state: number; body: string | null }
type Item = { exact: Stored; key: string; rows: IndexRow[]; patients: string[] }

export type BulkWriter = ReturnType<typeof createBulkWriter>

/**
 * Writes many resources in one transaction: for import and for the synthetic hospital. A resource that is there
 * with the same content is left alone, so that a repeated import changes nothing.
 * @param also runs in the same transaction, e.g. to note how far an import has come
 */
export function createBulkWriter({ db, names, extract, patientsOf, clock }: Deps) {
  return async (
    batch: readonly Incoming[],
    also?: (trx: Kysely<Tables>) => Promise<void>,
  ): Promise<BulkResult> => {
    const items = lastOfEach(batch.map(itemOf))
    const systems = await names.systemIds(items.flatMap((item) => systemsOf(item.rows)))
    return await db.kysely.transaction().execute(async (trx) => {
      // On PostgreSQL bulk writers take turns, so that row ids handed out here are nobody else's.
      if (db.dialect === 'postgres') await sql`select pg_advisory_xact_lock(7140011)`.execute(trx)
      const known = await findRows(trx, db, names, allKeys(items))
      const changed = items.filter((item) => !isUnchanged(item, known.get(item.key)))
      const targets = await writeResources(trx, changed, known)
      await writeIndex(trx, changed, known, systems, targets)
      await also?.(trx)
      const created = changed.filter((item) => (known.get(item.key)?.version ?? 0) === 0).length
      return { created, updated: changed.length - created, unchanged: items.length - changed.length }
    })
  }

  function itemOf(incoming: Incoming): Item {
    const { resource, exact = resource } = isResource(incoming) ? { resource: incoming } : incoming
    const { resourceType: type, id } = resource
    const rows = extract(resource)
    return { exact, key: `${type}/${id}`, rows, patients: patientsOf(type, id, rows) }
  }

  /** Gives every new resource and every new target of a reference its row; returns all row ids by `Type/id`. */
  async function writeResources(
    trx: Kysely<Tables>,
    changed: readonly Item[],
    known: ReadonlyMap<string, Known>,
  ): Promise<Map<string, number>> {
    const rids = new Map([...known].map(([key, { rid }]) => [key, rid]))
    const fresh = [...allKeys(changed)].filter((key) => !rids.has(key))
    const first = await reserveRowIds(trx, db, fresh.length)
    fresh.forEach((key, index) => {
      rids.set(key, first + index)
    })
    const now = clock()
    const bodies = new Map(changed.map((item) => [item.key, item]))
    const inserted = fresh.map((key) => {
      const [type = '', id = ''] = key.split('/')
      const item = bodies.get(key)
      const body = item === undefined ? null : textOf(item.exact, 1, now)
      return [
        rids.get(key),
        names.typeId(type),
        id,
        item === undefined ? 0 : 1,
        now,
        item === undefined ? STUB : LIVE,
        body,
      ]
    })
    await db.insertMany(trx, resources, inserted)
    for (const item of changed) {
      const before = known.get(item.key)
      if (before !== undefined) await replaceBody(trx, item, before, now)
    }
    return rids
  }

  /** The old version goes to the history, its index rows go; the new body takes its place. */
  async function replaceBody(
    trx: Kysely<Tables>,
    { exact }: Item,
    before: Known,
    now: number,
  ): Promise<void> {
    const version = before.version + 1
    if (before.version > 0) {
      await sql`insert into history (rid, version, updated, method, body)
        select rid, version, updated, ${before.version === 1 ? 'POST' : 'PUT'}, body from resource where rid = ${before.rid}`.execute(
        trx,
      )
    }
    await removeIndexRows(trx, before.rid)
    await trx
      .updateTable('resource')
      .set({ version, updated: now, state: LIVE, body: textOf(exact, version, now) })
      .where('rid', '=', before.rid)
      .execute()
  }

  async function writeIndex(
    trx: Kysely<Tables>,
    changed: readonly Item[],
    known: ReadonlyMap<string, Known>,
    systems: ReadonlyMap<string, number>,
    targets: ReadonlyMap<string, number>,
  ): Promise<void> {
    const index = emptyBatch()
    const members: unknown[][] = []
    for (const { exact, key, rows, patients } of changed) {
      const rid = targets.get(key) ?? known.get(key)?.rid ?? 0
      addIndexRows(index, exact.resourceType, rid, rows, { names, systems, targets })
      for (const patient of patients) {
        members.push([targets.get(`Patient/${patient}`), names.typeId(exact.resourceType), rid])
      }
    }
    for (const [name, table] of Object.entries(indexTables)) {
      await db.insertMany(trx, table, index[name as IndexTable])
    }
    await db.insertMany(trx, compartments, members)
  }
}

function isResource(incoming: Incoming): incoming is Stored {
  return 'resourceType' in incoming
}

/** Of several versions of one resource in a batch only the last counts. */
function lastOfEach(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.key, item])).values()]
}

/** What a batch holds and what it refers to, as `Type/id`. */
function allKeys(items: readonly Item[]): Set<string> {
  const keys = new Set(items.map((item) => item.key))
  for (const { rows, patients } of items) {
    for (const row of rows) if (row.kind === 'reference') keys.add(`${row.type}/${row.id}`)
    for (const patient of patients) keys.add(`Patient/${patient}`)
  }
  return keys
}

export async function findRows(
  trx: Kysely<Tables>,
  db: Database,
  names: Names,
  keys: ReadonlySet<string>,
): Promise<Map<string, Known>> {
  const wanted = [...keys].map((key) => {
    const [type = '', id = ''] = key.split('/')
    return [names.typeId(type), id] as const
  })
  const list =
    db.dialect === 'sqlite'
      ? sql`(select value ->> 0 as type, value ->> 1 as id from json_each(${JSON.stringify(wanted)})) k`
      : sql`(select * from unnest(${wanted.map(([type]) => type)}::bigint[], ${wanted.map(([, id]) => id)}::text[]) as u(type, id)) k`
  const found = await sql<Known & { type: number; id: string }>`
    select r.rid, r.type, r.id, r.version, r.state, r.body
    from ${list} cross join resource r where r.type = k.type and r.id = k.id`.execute(trx)
  return new Map(found.rows.map((row) => [`${names.typeName(row.type)}/${row.id}`, row]))
}

/** The first of `count` row ids that are ours: the write lock, or the advisory one, is held. */
async function reserveRowIds(trx: Kysely<Tables>, db: Database, count: number): Promise<number> {
  if (count === 0) return 0
  if (db.dialect === 'sqlite') {
    const found = await sql<{ next: number }>`select coalesce(max(rid), 0) + 1 as next from resource`.execute(
      trx,
    )
    return found.rows[0]?.next ?? 1
  }
  const name = sql`pg_get_serial_sequence('resource', 'rid')`
  const found = await sql<{
    next: number
  }>`select setval(${name}, nextval(${name}) + ${count - 1}) - ${count - 1} as next`.execute(trx)
  return found.rows[0]?.next ?? 1
}

function isUnchanged({ exact }: Item, known: Known | undefined): boolean {
  if (known === undefined || known.state !== LIVE || known.body === null) return false
  const { meta, ...rest } = parseExact(known.body) as Stored
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
function textOf(resource: Stored, version: number, updated: number): string {
  const { resourceType, id, meta, ...rest } = resource
  return JSON.stringify({
    resourceType,
    id,
    meta: { ...withoutVersion(meta), versionId: String(version), lastUpdated: instant(updated) },
    ...rest,
  })
}
