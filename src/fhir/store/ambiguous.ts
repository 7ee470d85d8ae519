import { sql } from 'kysely'
import { searchError } from '../search/errors.ts'
import type { Filter } from '../search/filter.ts'
import type { ReferenceValue } from '../search/value.ts'
import { allOf, isIn } from './comparisons.ts'
import type { Engine } from './engine.ts'
import { visibleOf } from './includes.ts'
import { LIVE } from './state.ts'

type Bare = { code: string; types: readonly string[]; id: string }

/**
 * SRCH-09: a bare id that names resources of several types does not say which is meant. Only those count that
 * this access sees anyway, so that the refusal tells nothing about others.
 * @throws LanyardError `invalid-request`
 */
export async function refuseAmbiguous(engine: Engine, filters: readonly Filter[]): Promise<void> {
  for (const bare of filters.flatMap(bareIds)) {
    const types = await typesNamed(engine, bare)
    if (types.length < 2) continue
    throw searchError(
      'value',
      `'${bare.code}=${bare.id}' names a ${types.join(' and a ')}; write ${types.map((type) => `${type}/${bare.id}`).join(' or ')}.`,
    )
  }
}

/** Ids without a type, where a reference may point to several types; also at the ends of chains. */
function bareIds(filter: Filter): Bare[] {
  if (filter.kind === 'chain') return filter.targets.flatMap((target) => bareIds(target.filter))
  if (filter.kind === 'has') return bareIds(filter.filter)
  if (filter.kind !== 'values' || filter.parameter.targets.length < 2) return []
  const { code, targets: types } = filter.parameter
  return filter.values.filter(isBare).map(({ id }) => ({ code, types, id }))
}

function isBare(value: { kind: string }): value is Extract<ReferenceValue, { id: string }> {
  return value.kind === 'reference' && 'id' in value && 'type' in value && value.type === undefined
}

async function typesNamed(engine: Engine, { types, id }: Bare): Promise<string[]> {
  const { names, db } = engine
  const ids = isIn(sql`r.type`, types.map(names.typeId))
  const there = await db.read<{ type: number }>(
    sql<{
      type: number
    }>`select r.type from resource r where r.id = ${id} and ${ids} and r.state = ${LIVE}`.compile(db.kysely),
  )
  if (there.length < 2) return []
  const seen = await visibleOf(
    engine,
    there.map(({ type }) => names.typeName(type)),
  )
  if (seen === undefined) return []
  const rows = await engine.rows<{ type: number }>(
    sql`select r.type from resource r where ${allOf([sql`r.id = ${id}`, ids, seen])}`,
  )
  return rows.map(({ type }) => names.typeName(type)).sort()
}
