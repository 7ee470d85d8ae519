import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import { isInCompartment } from '../access/compartment.ts'
import { rangesOf } from '../access/refusal.ts'
import type { Filter } from '../search/filter.ts'
import { allOf, type Sql } from './comparisons.ts'
import { column, conditionOf } from './conditions.ts'
import { type Driver, driverOf, driverOfRecord } from './drivers.ts'
import type { Engine } from './engine.ts'
import { planHop } from './hops.ts'
import { refuseHidden } from './refuse-hidden.ts'
import type { Plan } from './statement.ts'
import { visible } from './visibility.ts'

/** Candidates are counted up to here; a range with more is common. */
export const PROBED = 2001
/** A range with so few is taken without looking further. */
const FEW = 500

/**
 * Plans a search on one type for the row `alias`. Visibility is part of the condition, always.
 * @throws LanyardError `forbidden` if the access may not search the type, or one that the filters reach
 */
export async function planSearch(
  engine: Engine,
  type: string,
  filters: readonly Filter[],
  alias: string,
  interaction: Interaction = 'search-type',
): Promise<Plan> {
  refuseHidden(engine, type, filters)
  const conditions: Sql[] = [
    sql`${column(alias, 'type')} = ${engine.names.typeId(type)}`,
    sql`${column(alias, 'state')} = 1`,
    await visible(engine.access, interaction, type, alias, engine.visibility),
  ]
  const drivers: Driver[] = []
  for (const filter of filters) {
    const own = filter.kind !== 'chain' && filter.kind !== 'has'
    const planned = own
      ? {
          condition: await conditionOf(filter, alias, engine.visibility.conditions),
          driver: await driverOf(filter, engine.visibility.conditions),
        }
      : await planHop(engine, filter, type, alias, planSearch)
    conditions.push(planned.condition)
    if (planned.driver !== undefined) drivers.push(planned.driver)
  }
  const byId = filters.some((filter) => filter.kind === 'id')
  const chosen = byId
    ? undefined
    : await choose(engine, [...(await recordDriver(engine, type, interaction)), ...drivers])
  return { driver: chosen?.driver, size: byId ? 0 : (chosen?.size ?? PROBED), where: allOf(conditions) }
}

/** Where every range is the record of one and the same patient, its compartment is the place to begin. */
async function recordDriver(engine: Engine, type: string, interaction: Interaction): Promise<Driver[]> {
  if (!isInCompartment(engine.definitions, type)) return []
  const patients = new Set(
    rangesOf(engine.access, interaction, type).map((range) =>
      range.patients === 'all' ? '*' : range.patients.join(' '),
    ),
  )
  const [patient = '*'] = patients
  if (patients.size !== 1 || patient === '*' || patient.includes(' ')) return []
  const [row] = await engine.visibility.conditions.rowsOf('Patient', [patient])
  return row === undefined ? [] : [driverOfRecord(row, engine.names.typeId(type))]
}

async function choose(
  engine: Engine,
  drivers: readonly Driver[],
): Promise<{ driver: Driver; size: number } | undefined> {
  const small = drivers.find((driver) => driver.small)
  if (small !== undefined) return { driver: small, size: 0 }
  let best: { driver: Driver; size: number } | undefined
  for (const driver of drivers) {
    const [counted] = await engine.rows<{ n: number }>(
      sql`select count(*) as n from (select 1 from ${driver.from} limit ${PROBED}) x`,
    )
    const size = Number(counted?.n ?? PROBED)
    if (best === undefined || size < best.size) best = { driver, size }
    if (size <= FEW) break
  }
  return best
}
