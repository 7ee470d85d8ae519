import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import type { Filter } from '../search/filter.ts'
import { allOf, type Sql } from './comparisons.ts'
import { column, conditionOf } from './conditions.ts'
import { type Driver, driverOf, driverOfRows, driverOfWindow } from './drivers.ts'
import type { Engine } from './engine.ts'
import { planHop } from './hops.ts'
import { isUnlimited } from './read.ts'
import { driversOfAccess } from './records.ts'
import { refuseHidden } from './refuse-hidden.ts'
import { isSingle } from './single.ts'
import { type Plan, PROBED } from './statement.ts'
import { visible } from './visibility.ts'

/** A range with so few is taken without looking further. */
const FEW = 500

/** A place to begin; `sees` is the filter that it sees to, by its position. */
type Candidate = { driver: Driver; sees?: number }

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
  const { access, visibility } = engine
  const always: Sql[] = [
    sql`${column(alias, 'type')} = ${engine.names.typeId(type)}`,
    sql`${column(alias, 'state')} = 1`,
    await visible(access, interaction, type, alias, visibility),
  ]
  const conditions: Asked[] = []
  const candidates: Candidate[] = (await driversOfAccess(engine, type, interaction)).map((driver) => ({
    driver,
  }))
  for (const [sees, filter] of filters.entries()) {
    const planned = await planFilter(engine, filter, type, alias)
    conditions.push(planned)
    if (planned.driver !== undefined) candidates.push({ driver: planned.driver, sees })
  }
  const window = driverOfWindow(filters, visibility.conditions, isSingle(engine.definitions))
  if (window !== undefined) candidates.unshift({ driver: window })
  const where = allOf([...always, ...conditions.map(({ ofRow }) => ofRow)])
  const isOpen = isUnlimited(access, interaction, type)
  const byIndex = isOpen && conditions.every(({ ofIndex }) => ofIndex !== undefined)
  const fromIndex = (asked: readonly Asked[]) =>
    allOf([...(byIndex ? [] : always), ...asked.map(({ ofRow, ofIndex = ofRow }) => ofIndex)])
  const walked = fromIndex(conditions)
  if (filters.some((filter) => filter.kind === 'id')) {
    return { driver: undefined, size: 0, where, walked, rest: where, byIndex, covered: false }
  }
  const chosen = await choose(engine, candidates)
  if (chosen === undefined) {
    const size = await countOf(engine, sql`resource ${sql.ref(alias)} where ${allOf(always)}`)
    return { driver: undefined, size, where, walked, rest: where, byIndex, covered: false }
  }
  const left = conditions.filter((_, index) => index !== chosen.sees)
  const covered = chosen.sees !== undefined && left.length === 0 && byIndex
  const { driver, size } = chosen
  return { driver, size, where, walked, rest: fromIndex(left), byIndex, covered }
}

/** A filter as a condition on a row of resources, and on a row `d` of an index where its row id is all it needs. */
type Asked = { ofRow: Sql; ofIndex: Sql | undefined; driver: Driver | undefined }

async function planFilter(engine: Engine, filter: Filter, type: string, alias: string): Promise<Asked> {
  if (filter.kind === 'chain' || filter.kind === 'has') {
    const { conditionOn, driver } = await planHop(engine, filter, type, alias, planSearch)
    // What something refers to by one parameter may be of several types, which only its row tells.
    const ofIndex = filter.kind === 'has' ? undefined : conditionOn('d')
    return { ofRow: conditionOn(alias), ofIndex, driver }
  }
  const { conditions } = engine.visibility
  const byRowId = filter.kind !== 'id' && filter.kind !== 'updated'
  return {
    ofRow: await conditionOf(filter, alias, conditions),
    ofIndex: byRowId ? await conditionOf(filter, 'd', conditions) : undefined,
    driver: await driverOf(filter, conditions),
  }
}

async function choose(
  engine: Engine,
  candidates: readonly Candidate[],
): Promise<(Candidate & { size: number }) | undefined> {
  const small = candidates.find(({ driver }) => driver.small)
  if (small !== undefined) return { ...small, size: 0 }
  let best: (Candidate & { size: number }) | undefined
  for (const candidate of candidates) {
    const counted = await sizeOf(engine, candidate)
    if (best === undefined || counted.size < best.size) best = counted
    if (counted.size <= FEW) break
  }
  return best
}

/** How many candidates there are. What was looked through for them is looked through once: they are kept. */
async function sizeOf(
  engine: Engine,
  { driver, ...candidate }: Candidate,
): Promise<Candidate & { size: number }> {
  if (!driver.scans) return { ...candidate, driver, size: await countOf(engine, driver.from) }
  const rows = await engine.rows<{ rid: number }>(sql`select d.rid from ${driver.from} limit ${PROBED}`)
  const rids = rows.map(({ rid }) => rid)
  const found = rids.length < PROBED ? driverOfRows(rids, engine.db.dialect) : driver
  return { ...candidate, driver: found, size: rids.length }
}

/** How many rows there are, up to `PROBED`. */
export async function countOf({ rows }: Engine, from: Sql): Promise<number> {
  const [counted] = await rows<{ n: number }>(
    sql`select count(*) as n from (select 1 from ${from} limit ${PROBED}) x`,
  )
  return Number(counted?.n ?? PROBED)
}
