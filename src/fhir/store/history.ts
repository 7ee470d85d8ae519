import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import { allOf, always, anyOf, isIn, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Engine } from './engine.ts'
import type { OldVersion } from './old-version.ts'
import type { Position } from './order.ts'
import { methodOf } from './place.ts'
import { isUnlimited, isWhole, readableRow, type SeesOldVersions } from './read.ts'
import { type Shown, type ShownRow, shownTo, wholly } from './shown.ts'
import { DELETED, LIVE } from './state.ts'
import { visibleAmong } from './visibility.ts'

/** One version as the history tells it; a deletion has no body. */
export type Version = {
  type: string
  id: string
  version: number
  updated: number
  method: string
  body: string | null
}
export type HistoryQuery = {
  /** Of one resource, of one type, or of everything. */
  of: { type?: string; id?: string }
  /** Milliseconds: only versions that were made then or later. */
  since: number | undefined
  /** Only versions that were current at some time of this stretch, in milliseconds. */
  at: { lo: number; hi: number } | undefined
  count: number
  after: Position | undefined
}
export type HistoryPage = {
  versions: Version[]
  /** Where the next page begins; absent on the last one. */
  next?: Position
  /** Told only to those who may see all there is. */
  total?: number
}
type Row = Omit<Version, 'type'> &
  Omit<ShownRow, 'body'> & { rid: number; type: number; state: number; old: number }

/** How often a page whose versions are hidden is filled up with further ones. */
const ROUNDS = 20

/**
 * Versions, newest first. Each is judged by itself (ENF-19): the current one by the statement, older ones as vread
 * does. Deletions are shown to those who may see all of the type.
 * @throws LanyardError `forbidden`, `not-found`
 */
export async function historyPage(
  engine: Engine,
  query: HistoryQuery,
  sees: SeesOldVersions,
): Promise<HistoryPage> {
  const scope = await scopeOf(engine, query.of)
  const versions: Version[] = []
  let after = query.after
  for (let round = 0; round < ROUNDS; round += 1) {
    const wanted = query.count + 1
    const rows = await engine.rows<Row>(statement(scope, { ...query, after }, wanted))
    const bodies = await bodiesOf(engine, scope, rows, sees)
    for (const [index, row] of rows.entries()) {
      const body = bodies[index]
      if (versions.length === query.count && body !== undefined) return { versions, ...(await nextOf(after)) }
      if (body !== undefined) versions.push(versionOf({ ...row, body }, engine))
      after = [row.updated, row.rid, row.version]
    }
    if (rows.length < wanted) return { versions, ...(await totalOf(engine, scope, query)) }
  }
  return { versions, ...(await nextOf(after)) }

  async function nextOf(next: Position | undefined): Promise<Pick<HistoryPage, 'next' | 'total'>> {
    return { ...(next === undefined ? {} : { next }), ...(await totalOf(engine, scope, query)) }
  }
}

/** The rows whose versions are asked for. */
type Scope = {
  interaction: Interaction
  rows: Sql
  /** Where their earlier versions are, in words of the history alone. */
  oldOnes: Sql
  /** The id of the one type. */
  ofType: number | undefined
  /** The types of which deletions are told. */
  unlimited: ReadonlySet<number>
  /** The types of which no version needs judging. */
  whole: ReadonlySet<number>
  shown: Shown
  isAll: boolean
}

async function scopeOf(engine: Engine, { type, id }: HistoryQuery['of']): Promise<Scope> {
  const { access, names, definitions } = engine
  if (type !== undefined && id !== undefined) {
    const { rid } = await readableRow(engine, type, id)
    const interaction = 'history-instance'
    const isAll = isUnlimited(access, interaction, type)
    const unlimited = new Set(isAll ? [names.typeId(type)] : [])
    const whole = new Set(isWhole(access, interaction, type) ? [names.typeId(type)] : [])
    const shown = await shownTo(engine, [type], [interaction], 'r')
    const [rows, oldOnes] = [sql`r.rid = ${rid}`, sql`h.rid = ${rid}`]
    return { interaction, rows, oldOnes, ofType: undefined, unlimited, whole, shown, isAll }
  }
  const interaction = type === undefined ? 'history-system' : 'history-type'
  const types = (type === undefined ? definitions.resourceTypes : [type]).filter(
    // What the server itself recorded has no versions (audit-events/).
    (each) => each !== 'AuditEvent' && access.decide(interaction, each).allowed,
  )
  if (type !== undefined) rangesOf(access, interaction, type)
  if (types.length === 0) throw forbidden('type-not-granted', 'This token opens the history of no type.')
  const open = types.filter((each) => isUnlimited(access, interaction, each))
  const limited = types.filter((each) => !open.includes(each))
  const seen = await visibleAmong(access, limited, 'r', engine.visibility, { interactions: [interaction] })
  const unlimited = new Set(open.map(names.typeId))
  const rows = anyOf([
    // The sign keeps SQLite from going from type to type, where it has to go from change to change.
    isIn(sql`+r.type`, [...unlimited]),
    ...(seen === undefined ? [] : [allOf([sql`r.state = ${LIVE}`, seen])]),
  ])
  const whole = new Set(open.filter((each) => isWhole(access, interaction, each)).map(names.typeId))
  const shown = await shownTo(engine, types, [interaction], 'r')
  const ofType = type === undefined ? undefined : names.typeId(type)
  const oldOnes = ofType === undefined ? always : sql`h.type = ${ofType}`
  return { interaction, rows, oldOnes, ofType, unlimited, whole, shown, isAll: limited.length === 0 }
}

function statement(scope: Scope, query: HistoryQuery, limit: number): Sql {
  const newest = (alias: string) =>
    sql.raw(`order by ${alias}.updated desc, ${alias}.rid desc, ${alias}.version desc limit ${limit}`)
  const current = sql`select r.rid, r.type, r.id, r.version, r.updated, r.state, '' as method, 0 as old, r.body ${scope.shown.columns}
    from resource r where`
  // Of one type, what is and what was deleted are two indexes; of all types, each change is in one.
  const states =
    scope.ofType === undefined
      ? [always]
      : [LIVE, DELETED].map((state) => sql`r.type = ${scope.ofType} and r.state = ${sql.lit(state)}`)
  const old = sql`select h.rid, r.type, r.id, h.version, h.updated, 1 as state, h.method, 1 as old, h.body ${scope.shown === wholly ? sql`` : sql`, -2 as shown`}
    from history h cross join resource r where r.rid = h.rid and ${ofOld(scope, query)}`
  const parts = [
    ...states.map((state) => sql`${current} ${state} and ${ofCurrent(scope, query)} ${newest('r')}`),
    sql`${old} ${newest('h')}`,
  ]
  const newestOf = parts.map((part) => sql`select * from (${part}) x`)
  return sql`select * from (${sql.join(newestOf, sql` union all `)}) v ${newest('v')}`
}

function ofCurrent(scope: Scope, query: HistoryQuery): Sql {
  return allOf([sql`r.version > 0`, scope.rows, ...timesOf('r', query)])
}

function ofOld({ rows, oldOnes }: Scope, query: HistoryQuery): Sql {
  return allOf([oldOnes, rows, ...timesOf('h', query)])
}

function timesOf(alias: string, { since, at, after }: HistoryQuery): Sql[] {
  const [updated, rid, version] = ['updated', 'rid', 'version'].map((name) => column(alias, name))
  const laterBy = (table: string, lo: number) =>
    sql`exists (select 1 from ${sql.table(table)} n where n.rid = ${rid} and n.version > ${version} and n.updated <= ${lo})`
  return [
    ...(since === undefined ? [] : [sql`${updated} >= ${since}`]),
    ...(at === undefined
      ? []
      : [
          sql`${updated} < ${at.hi}`,
          sql`not ${laterBy('resource', at.lo)}`,
          sql`not ${laterBy('history', at.lo)}`,
        ]),
    ...(after === undefined
      ? []
      : [sql`(${updated}, ${rid}, ${version}) < (${after[0]}, ${after[1]}, ${after[2]})`]),
  ]
}

/** What may leave the store of each row: a body, null for a deletion, undefined for what is not seen. */
async function bodiesOf(
  engine: Engine,
  { unlimited, whole, interaction, shown }: Scope,
  rows: readonly Row[],
  sees: SeesOldVersions,
): Promise<(string | null | undefined)[]> {
  const judged = rows.filter(({ type, old, body }) => !whole.has(type) && old === 1 && body !== null)
  const verdicts =
    judged.length === 0
      ? []
      : await sees(
          engine,
          interaction,
          judged.map((row) => oldOf(row, engine)),
        )
  const told = new Map(judged.map((row, index) => [row, verdicts[index]]))
  return rows.map((row) => {
    if (row.body === null) return unlimited.has(row.type) ? null : undefined
    if (row.old === 1) return whole.has(row.type) ? row.body : told.get(row)
    return shown.bodyOf({ ...row, body: row.body })
  })
}

function oldOf({ type, rid, body }: Row, { names }: Engine): OldVersion {
  return { type: names.typeName(type), rid, body: body ?? '' }
}

function versionOf(
  { type, id, version, updated, state, old, method, body }: Row,
  { names }: Engine,
): Version {
  const how = old === 1 ? method : methodOf({ state: state === DELETED ? DELETED : LIVE, version })
  return { type: names.typeName(type), id, version, updated, method: how, body }
}

async function totalOf(engine: Engine, scope: Scope, query: HistoryQuery): Promise<{ total?: number }> {
  if (!scope.isAll || scope.interaction !== 'history-instance') return {}
  const all = { ...query, after: undefined }
  const [row] = await engine.rows<{ n: number }>(sql`select
    (select count(*) from resource r where ${ofCurrent(scope, all)}) +
    (select count(*) from history h join resource r on r.rid = h.rid where ${ofOld(scope, all)}) as n`)
  return { total: Number(row?.n ?? 0) }
}
