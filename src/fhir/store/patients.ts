import { type CompiledQuery, sql } from 'kysely'
import { bind, type Database } from '../../store/database.ts'

type Query = CompiledQuery<{ id: string }>
const queries = new WeakMap<Database, Query>()

/** The patients in whose records these resources are, by row ids; in the order of their ids. */
export async function patientsOfRows(db: Database, rids: readonly number[]): Promise<string[]> {
  const query = queries.get(db) ?? compiled(db)
  queries.set(db, query)
  const found = await db.read(bind(query, db.dialect === 'sqlite' ? JSON.stringify(rids) : rids))
  return found.map(({ id }) => id)
}

/** One text for any number of rows. */
function compiled(db: Database): Query {
  const among =
    db.dialect === 'sqlite'
      ? sql`c.rid in (select value from json_each(${''}))`
      : sql`c.rid = any(${[]}::bigint[])`
  return sql<{ id: string }>`select distinct p.id from compartment c join resource p on p.rid = c.patient
    where ${among} order by p.id`.compile(db.kysely)
}
