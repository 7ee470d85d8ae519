import { CompiledQuery, type Kysely, sql } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import type { Clock } from '../../lib/time.ts'
import { type BulkTable, bind, type Database, type Dialect } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'
import { addIndexRows, emptyBatch, type IndexTable, indexTables, systemsOf } from './index-rows.ts'
import { allKeys, type Item, textOf } from './item.ts'
import type { Names } from './names.ts'
import { DELETED, LIVE, STUB } from './state.ts'
import { removeIndexRows } from './unindex.ts'

/** A row of the resource table as it was found; its body where that was wanted. */
export type Known = { rid: number; version: number; state: number; body: string | null }

export type PlaceDeps = {
  db: Database
  names: Pick<Names, 'typeId' | 'typeName' | 'paramId' | 'isToken'>
  clock: Clock
}

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

/**
 * On PostgreSQL writers of resources take turns, as SQLite has them do anyway: row ids that are handed out are
 * nobody else's, what was looked up stays true until the commit, and no two of them wait for each other.
 */
export async function takeTurn(trx: Kysely<Tables>, db: Database): Promise<void> {
  if (db.dialect === 'postgres') await sql`select pg_advisory_xact_lock(7140011)`.execute(trx)
}

/** The rows that items already have, and those of what they refer to, by `Type/id`; the latter without their bodies. */
export function findRows(
  trx: Kysely<Tables>,
  deps: PlaceDeps,
  items: readonly Item[],
): Promise<Map<string, Known>> {
  return findKeys(trx, deps, allKeys(items), new Set(items.map(({ key }) => key)))
}

/** @param whole of which the body is wanted too */
export async function findKeys(
  trx: Kysely<Tables>,
  { db, names }: Pick<PlaceDeps, 'db' | 'names'>,
  keys: ReadonlySet<string>,
  whole = keys,
): Promise<Map<string, Known>> {
  const wanted = [...keys].map((key) => {
    const [type = '', id = ''] = key.split('/')
    return [names.typeId(type), id, whole.has(key) ? 1 : 0] as const
  })
  const parameters =
    db.dialect === 'sqlite'
      ? [JSON.stringify(wanted)]
      : [wanted.map(([type]) => type), wanted.map(([, id]) => id), wanted.map(([, , isWhole]) => isWhole)]
  const found = await trx.executeQuery(bind(findStatement(trx, db.dialect), ...parameters))
  return new Map(found.rows.map((row) => [`${names.typeName(row.type)}/${row.id}`, row]))
}

type Found = Known & { type: number; id: string }
const findStatements = new Map<Dialect, CompiledQuery<Found>>()

/** Compiled once, as it is asked for every write. */
function findStatement(trx: Kysely<Tables>, dialect: Dialect): CompiledQuery<Found> {
  const known = findStatements.get(dialect)
  if (known !== undefined) return known
  const list =
    dialect === 'sqlite'
      ? sql`(select value ->> 0 as type, value ->> 1 as id, value ->> 2 as whole from json_each(${''})) k`
      : sql`(select * from unnest(${''}::bigint[], ${''}::text[], ${''}::int[]) as u(type, id, whole)) k`
  const compiled =
    sql<Found>`select r.rid, r.type, r.id, r.version, r.state, case when k.whole = 1 then r.body end as body
    from ${list} cross join resource r where r.type = k.type and r.id = k.id`.compile(trx)
  findStatements.set(dialect, compiled)
  return compiled
}

/**
 * Puts items in their place, with their index rows, in a transaction that has its turn. What was there before goes
 * to the history.
 * @param known what `findRows` found in the same transaction
 * @returns all row ids by `Type/id`, and the bodies of the items as they are stored
 * @throws LanyardError `conflict` if a row is no longer as it was found
 */
export async function place(
  trx: Kysely<Tables>,
  items: readonly Item[],
  known: ReadonlyMap<string, Known>,
  systems: ReadonlyMap<string, number>,
  deps: PlaceDeps,
): Promise<{ rids: Map<string, number>; texts: ReadonlyMap<string, string> }> {
  const { db, names, clock } = deps
  const rids = new Map([...known].map(([key, { rid }]) => [key, rid]))
  const fresh = [...allKeys(items)].filter((key) => !rids.has(key))
  const first = await reserveRowIds(trx, db, fresh.length)
  fresh.forEach((key, index) => {
    rids.set(key, first + index)
  })
  const now = clock()
  const texts = new Map(
    items.map(({ key, exact }) => [key, textOf(exact, (known.get(key)?.version ?? 0) + 1, now)]),
  )
  const inserted = fresh.map((key) => {
    const [type = '', id = ''] = key.split('/')
    const text = texts.get(key)
    const row = text === undefined ? [0, now, STUB, null] : [1, now, LIVE, text]
    return [rids.get(key), names.typeId(type), id, ...row]
  })
  await db.insertMany(trx, resources, inserted)
  for (const item of items) {
    const before = known.get(item.key)
    if (before !== undefined) {
      const version = before.version + 1
      await replace(trx, before, {
        version,
        updated: now,
        state: LIVE,
        body: texts.get(item.key) ?? null,
      })
    }
  }
  await writeIndex(trx, items, rids, systems, deps)
  return { rids, texts }
}

/** Deletes a resource in a transaction that has its turn; its versions stay. */
export async function displace(trx: Kysely<Tables>, before: Known, updated: number): Promise<void> {
  await replace(trx, before, { version: before.version + 1, updated, state: DELETED, body: null })
}

type Next = { version: number; updated: number; state: 1 | 2; body: string | null }

/** The old version goes to the history, its index rows go; the new one takes its place. */
async function replace(trx: Kysely<Tables>, before: Known, next: Next): Promise<void> {
  if (before.version > 0) {
    await sql`insert into history (rid, type, version, updated, method, body)
      select rid, type, version, updated, ${methodOf(before)}, body from resource where rid = ${before.rid}`.execute(
      trx,
    )
  }
  await removeIndexRows(trx, before.rid)
  const [done] = await trx
    .updateTable('resource')
    .set(next)
    .where('rid', '=', before.rid)
    .where('version', '=', before.version)
    .execute()
  if (done?.numUpdatedRows !== 1n) {
    throw new LanyardError('conflict', 'Somebody else changed this resource at the same moment. Try again.', {
      reason: 'version-conflict',
    })
  }
}

/** How a version came about, as the history tells it. */
export function methodOf({ state, version }: Pick<Known, 'state' | 'version'>): 'POST' | 'PUT' | 'DELETE' {
  if (state === DELETED) return 'DELETE'
  return version === 1 ? 'POST' : 'PUT'
}

async function writeIndex(
  trx: Kysely<Tables>,
  items: readonly Item[],
  targets: ReadonlyMap<string, number>,
  systems: ReadonlyMap<string, number>,
  { db, names }: PlaceDeps,
): Promise<void> {
  const index = emptyBatch()
  const members: unknown[][] = []
  for (const { exact, key, rows, patients } of items) {
    const rid = targets.get(key) ?? 0
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

const nextRowId = CompiledQuery.raw(
  'select coalesce(max(rid), 0) + 1 as next from resource',
) as CompiledQuery<{
  next: number
}>

/** The first of `count` row ids that are ours, in a transaction that has its turn. */
async function reserveRowIds(trx: Kysely<Tables>, db: Database, count: number): Promise<number> {
  if (count === 0) return 0
  if (db.dialect === 'sqlite') {
    const found = await trx.executeQuery(nextRowId)
    return found.rows[0]?.next ?? 1
  }
  const name = sql`pg_get_serial_sequence('resource', 'rid')`
  const found = await sql<{
    next: number
  }>`select setval(${name}, nextval(${name}) + ${count - 1}) - ${count - 1} as next`.execute(trx)
  return found.rows[0]?.next ?? 1
}

/** The code systems that items name. */
export function systemsIn(items: readonly Item[]): string[] {
  return items.flatMap((item) => systemsOf(item.rows))
}
