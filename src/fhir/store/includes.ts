import { sql } from 'kysely'
import type { Include } from '../search/include.ts'
import type { SearchQuery } from '../search/query.ts'
import { readOrFound } from './alike.ts'
import { allOf, isIn, type Sql } from './comparisons.ts'
import { rowList } from './drivers.ts'
import type { Engine } from './engine.ts'
import { type Hit, toHit } from './search.ts'
import { shownTo } from './shown.ts'
import { visibleAmong } from './visibility.ts'

/** Resources that a page may bring along, and how often `:iterate` goes round. */
const MOST = 1000
const ROUNDS = 4

export type Included = { hits: Hit[] /** Some were left out, as there were too many. */; cut: boolean }

/**
 * What `_include` and `_revinclude` add to a page. Every added resource needs its own scope and lies in its own
 * range; what this access may not see is left out without a trace (ENF-15).
 */
export async function includedWith(
  engine: Engine,
  query: SearchQuery,
  hits: readonly Hit[],
): Promise<Included> {
  const seen = new Set(hits.map((hit) => hit.rid))
  const found: Hit[] = []
  let newest: readonly Hit[] = hits
  for (let round = 0; round < ROUNDS && newest.length > 0 && found.length <= MOST; round++) {
    const goesOn = (include: Include) => round === 0 || include.iterate
    const steps = [
      ...query.includes.filter(goesOn).map((include) => forward(engine, include, newest)),
      ...query.revincludes.filter(goesOn).map((include) => backward(engine, include, newest)),
    ]
    const fresh: Hit[] = []
    for (const hit of (await Promise.all(steps)).flat()) {
      if (seen.has(hit.rid)) continue
      seen.add(hit.rid)
      fresh.push(hit)
    }
    found.push(...fresh)
    newest = fresh
  }
  return { hits: found.slice(0, MOST), cut: found.length > MOST }
}

/** The targets of a reference parameter of the hits that are of its type. */
async function forward(
  engine: Engine,
  { source, parameter, target }: Include,
  hits: readonly Hit[],
): Promise<Hit[]> {
  const from = hits.filter((hit) => hit.type === source).map((hit) => hit.rid)
  if (from.length === 0) return []
  const types = target === undefined ? parameter.targets : [target]
  const condition = await visibleOf(engine, types)
  if (condition === undefined) return []
  const sps = engine.names.paramIds(source, parameter)
  const targets = sql`select distinct f.target as rid from ${rowList(from, engine.db.dialect)} cross join ix_ref f where f.rid = l.value and ${isIn(sql`f.sp`, sps)}`
  return await fetch(engine, types, targets, condition)
}

/** The resources of one type that refer to the hits by a parameter. */
async function backward(
  engine: Engine,
  { source, parameter, target }: Include,
  hits: readonly Hit[],
): Promise<Hit[]> {
  const to = hits.filter(
    (hit) => parameter.targets.includes(hit.type) && (target === undefined || hit.type === target),
  )
  if (to.length === 0) return []
  const condition = await visibleOf(engine, [source])
  if (condition === undefined) return []
  const sps = engine.names.paramIds(source, parameter)
  const rids = to.map((hit) => hit.rid)
  const sources = sql`select distinct f.rid from ${rowList(rids, engine.db.dialect)} cross join ix_ref f where f.target = l.value and ${isIn(sql`f.sp`, sps)}`
  return await fetch(engine, [source], sources, condition)
}

/** From the row ids to what is seen of them: the other way round all of a type would be judged. */
async function fetch(engine: Engine, types: readonly string[], rids: Sql, condition: Sql): Promise<Hit[]> {
  const shown = await shownTo(engine, types, readOrFound, 'r')
  const rows = await engine.rows<Parameters<typeof toHit>[0]>(
    sql`select r.rid, r.type, r.id, r.version, r.updated, r.body ${shown.columns}
      from (${rids}) d cross join resource r where r.rid = d.rid and ${condition} limit ${MOST + 1}`,
  )
  return rows.map((row) => toHit(row, engine, shown))
}

/** Live rows of these types that the access may read or find; undefined if it may see none of them. */
export async function visibleOf(
  { access, visibility }: Engine,
  types: readonly string[],
): Promise<Sql | undefined> {
  const seen = await visibleAmong(access, types, 'r', visibility)
  return seen === undefined ? undefined : allOf([sql`r.state = 1`, seen])
}
