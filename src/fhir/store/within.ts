import { type CompiledQuery, type Kysely, sql } from 'kysely'
import { type BulkTable, bind, type Dialect } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'
import type { StoreDeps } from './engine.ts'
import { fitted } from './fitted.ts'

const systems: BulkTable = { table: 'fhir_system', columns: { uri: 'text' } }

const byUri = new Map<Dialect, CompiledQuery<{ id: number; uri: string }>>()

/** Looked up for every write, so the statement is compiled once. */
async function systemsNamed(trx: Kysely<Tables>, dialect: Dialect, uris: readonly string[]) {
  const inSqlite = dialect === 'sqlite'
  const query =
    byUri.get(dialect) ??
    (inSqlite
      ? sql<{
          id: number
          uri: string
        }>`select id, uri from fhir_system where uri in (select value from json_each(${''}))`
      : sql<{ id: number; uri: string }>`select id, uri from fhir_system where uri = any(${''}::text[])`
    ).compile(trx)
  byUri.set(dialect, query)
  return (await trx.executeQuery(bind(query, inSqlite ? JSON.stringify(uris) : uris))).rows
}

/**
 * The store as a transaction sees it, with what it has changed and not committed: whoever judges a write asks the
 * same questions as whoever reads. Nothing in it waits for a second connection, or keeps what may be rolled back.
 */
export function within<Deps extends StoreDeps>(trx: Kysely<Tables>, deps: Deps): Deps {
  const read: StoreDeps['db']['read'] = async (query) => (await trx.executeQuery(query)).rows
  const { db, names } = deps
  /** Of this transaction only, and gone with it. */
  const ids = new Map<string, number>()
  async function idsOf(uris: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const unknown = [...new Set(uris.map(fitted))].filter((uri) => !ids.has(uri))
    if (unknown.length === 0) return ids
    for (const { uri, id } of await systemsNamed(trx, db.dialect, unknown)) ids.set(uri, id)
    return ids
  }
  return {
    ...deps,
    isProvisional: true,
    db: { ...db, read, search: read },
    names: {
      ...names,
      async systemId(uri) {
        return uri === '' ? 0 : (await idsOf([uri])).get(fitted(uri))
      },
      async systemIds(uris) {
        const wanted = [...new Set(uris)].filter((uri) => uri !== '')
        const known = await idsOf(wanted)
        const missing = wanted.filter((uri) => !known.has(fitted(uri)))
        await db.insertMany(
          trx,
          systems,
          missing.map((uri) => [fitted(uri)]),
        )
        await idsOf(missing)
        return new Map([
          ['', 0],
          ...wanted.map((uri): [string, number] => [uri, known.get(fitted(uri)) ?? 0]),
        ])
      },
    },
  }
}
