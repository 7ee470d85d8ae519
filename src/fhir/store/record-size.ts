import { sql } from 'kysely'
import { isInCompartment } from '../access/compartment.ts'
import { isIn } from './comparisons.ts'
import type { Engine } from './engine.ts'
import { visibleOf } from './includes.ts'

/**
 * How many resources of a patient's record an access may read or find, whatever their types; what is in no record
 * (practitioners, provenances) does not count.
 * @param patient a bare id; one that is not there has an empty record
 * @param most it is counted up to here; undefined if there are more
 */
export async function recordSize(engine: Engine, patient: string, most: number): Promise<number | undefined> {
  const { access, definitions, names, visibility } = engine
  const types = definitions.resourceTypes.filter(
    (type) =>
      isInCompartment(definitions, type) &&
      (access.decide('read', type).allowed || access.decide('search-type', type).allowed),
  )
  const seen = await visibleOf(engine, types)
  const [row] = await visibility.conditions.rowsOf('Patient', [patient])
  if (seen === undefined || row === undefined) return 0
  const record = sql`select i.rid from compartment i where i.patient = ${row} and ${isIn(sql`i.type`, types.map(names.typeId))}`
  const [counted] = await engine.rows<{ n: number }>(
    sql`select count(*) as n from (select 1 from (${record}) d cross join resource r where r.rid = d.rid and ${seen} limit ${most + 1}) x`,
  )
  const n = Number(counted?.n ?? 0)
  return n > most ? undefined : n
}
