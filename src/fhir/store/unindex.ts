import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import { indexTables } from './index-rows.ts'

/** Removes all index rows of a resource whose version is replaced or deleted. */
export async function removeIndexRows(trx: Kysely<Tables>, rid: number): Promise<void> {
  for (const { table } of Object.values(indexTables)) {
    await sql`delete from ${sql.table(table)} where rid = ${rid}`.execute(trx)
  }
  await sql`delete from compartment where rid = ${rid}`.execute(trx)
}
