import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import { isInCompartment } from '../access/compartment.ts'
import { rangesOf } from '../access/refusal.ts'
import { sharedTypes } from '../access/shared.ts'
import { isIn, type Sql } from './comparisons.ts'
import { filterOf } from './criterion.ts'
import { type Driver, driverOf } from './drivers.ts'
import type { Engine } from './engine.ts'

/** Where a search may begin since this access sees nothing else: several places, each of which has all of it. */
export async function driversOfAccess(
  engine: Engine,
  type: string,
  interaction: Interaction,
): Promise<Driver[]> {
  const records = await driverOfRecords(engine, type, interaction)
  if (records !== undefined) return [records]
  const [only, ...others] = rangesOf(engine.access, interaction, type)
  if (only === undefined || others.length > 0) return []
  const { definitions, visibility } = engine
  const filters = only.where.map((criterion) => filterOf(type, criterion, definitions))
  const own = filters.filter((filter) => filter.kind !== 'chain' && filter.kind !== 'has')
  const drivers = await Promise.all(own.map((filter) => driverOf(filter, visibility.conditions)))
  return drivers.filter((driver) => driver !== undefined)
}

/**
 * Where every range of an access is the record of certain patients, those records are the place to begin: what is in
 * them, or what they refer to.
 */
async function driverOfRecords(
  engine: Engine,
  type: string,
  interaction: Interaction,
): Promise<Driver | undefined> {
  const patients = new Set<string>()
  for (const range of rangesOf(engine.access, interaction, type)) {
    // The user's own resource lies in no record.
    if (range.patients === 'all' || range.only !== undefined || range.through !== undefined) return undefined
    for (const patient of range.patients) patients.add(patient)
  }
  const rows = await engine.visibility.conditions.rowsOf('Patient', [...patients])
  const rids = rows.length === 0 ? undefined : membersOf(engine, type, rows)
  if (rids === undefined) return undefined
  const alone = rows.length === 1
  const from =
    alone && isInCompartment(engine.definitions, type) ? rids : sql`select distinct x.rid from (${rids}) x`
  return { from: sql`(${from}) d`, small: alone, scans: false }
}

/** Every resource of a type that may be in these records, and perhaps more; undefined where none can be. */
function membersOf(
  { definitions, names }: Engine,
  type: string,
  patients: readonly number[],
): Sql | undefined {
  const inRecord = isIn(sql`c.patient`, patients)
  if (isInCompartment(definitions, type)) {
    return sql`select c.rid from compartment c where ${inRecord} and c.type = ${names.typeId(type)}`
  }
  if (sharedTypes.has(type)) {
    return sql`select f.target as rid from compartment c cross join ix_ref f where ${inRecord} and f.rid = c.rid`
  }
  if (type === 'Provenance') {
    const sp = names.paramId('Provenance', 'target') ?? 0
    return sql`select f.rid from compartment c cross join ix_ref f where ${inRecord} and f.sp = ${sp} and f.target = c.rid`
  }
  return undefined
}
