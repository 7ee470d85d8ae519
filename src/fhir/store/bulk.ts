import type { Kysely } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import type { PatientsOf } from '../access/compartment.ts'
import type { Extract } from '../extract/extract.ts'
import { type Incoming, type Item, itemOf, lastOfEach, saysTheSame } from './item.ts'
import type { Names } from './names.ts'
import { findRows, type Known, type PlaceDeps, place, systemsIn, takeTurn } from './place.ts'
import { LIVE } from './state.ts'

export type { Incoming, Stored } from './item.ts'
export type BulkResult = { created: number; updated: number; unchanged: number }

type Deps = PlaceDeps & { names: Names; extract: Extract; patientsOf: PatientsOf }

export type BulkWriter = ReturnType<typeof createBulkWriter>

/**
 * Writes many resources in one transaction: for import and for the synthetic hospital. A resource that is there
 * with the same content is left alone, so that a repeated import changes nothing.
 * @param also runs in the same transaction, e.g. to note how far an import has come
 */
export function createBulkWriter(deps: Deps) {
  const { db, names, extract, patientsOf } = deps
  return async (
    batch: readonly Incoming[],
    also?: (trx: Kysely<Tables>) => Promise<void>,
  ): Promise<BulkResult> => {
    const items = lastOfEach(batch.map((incoming) => itemOf(incoming, extract, patientsOf)))
    const systems = await names.systemIds(systemsIn(items))
    return await db.kysely.transaction().execute(async (trx) => {
      await takeTurn(trx, db)
      const known = await findRows(trx, deps, items)
      const changed = items.filter((item) => !isUnchanged(item, known.get(item.key)))
      await place(trx, changed, known, systems, deps)
      await also?.(trx)
      const created = changed.filter((item) => (known.get(item.key)?.version ?? 0) === 0).length
      return { created, updated: changed.length - created, unchanged: items.length - changed.length }
    })
  }
}

function isUnchanged(item: Item, known: Known | undefined): boolean {
  return known?.state === LIVE && known.body !== null && saysTheSame(known.body, item)
}
