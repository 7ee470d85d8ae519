import type { Kysely } from 'kysely'
import type { BulkTable } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'
import type { StoreDeps } from './engine.ts'
import { fitted } from './fitted.ts'

const systems: BulkTable = { table: 'fhir_system', columns: { uri: 'text' } }

/**
 * The store as a transaction sees it, with what it has changed and not committed: whoever judges a write asks the
 * same questions as whoever reads. Nothing in it waits for a second connection, or keeps what may be rolled back.
 */
export function within<Deps extends StoreDeps>(trx: Kysely<Tables>, deps: Deps): Deps {
  const read: StoreDeps['db']['read'] = async (query) => (await trx.executeQuery(query)).rows
  const { db, names } = deps
  async function idsOf(uris: readonly string[]): Promise<Map<string, number>> {
    const wanted = [...new Set(uris.map(fitted))]
    if (wanted.length === 0) return new Map()
    const found = await trx.selectFrom('fhir_system').selectAll().where('uri', 'in', wanted).execute()
    return new Map(found.map(({ uri, id }) => [uri, id]))
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
        for (const [uri, id] of await idsOf(missing)) known.set(uri, id)
        return new Map([
          ['', 0],
          ...wanted.map((uri): [string, number] => [uri, known.get(fitted(uri)) ?? 0]),
        ])
      },
    },
  }
}
