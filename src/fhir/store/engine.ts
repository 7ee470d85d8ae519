import { sql } from 'kysely'
import type { Clock } from '../../lib/time.ts'
import { bind, type Database } from '../../store/database.ts'
import type { Access } from '../access/access.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import type { ReferenceValue } from '../search/value.ts'
import type { Sql } from './comparisons.ts'
import type { ConditionContext } from './condition-context.ts'
import type { Names } from './names.ts'
import type { VisibilityContext } from './visibility.ts'

/** What all reading shares. */
export type StoreDeps = {
  db: Database
  names: Names
  definitions: Definitions
  clock: Clock
  /** Whether what is seen may still be rolled back. */
  isProvisional?: boolean
}

/** One access at work on the store: everything a statement is made of. */
export type Engine = StoreDeps & {
  access: Access
  visibility: VisibilityContext
  /** Runs a statement that may take long. */
  rows<Row>(statement: Sql): Promise<Row[]>
}

export function engineFor(access: Access, deps: StoreDeps): Engine {
  const { db, names, definitions, clock } = deps
  const conditions: ConditionContext = {
    names,
    now: clock(),
    resolve: (parameter, value) => resolve(parameter, value, deps),
    rowsOf: (type, ids) => rowsOf(type, ids, deps),
    membership: ({ type, compartment }) => {
      const codes = definitions.compartment(compartment, type) ?? []
      const parameters = codes.flatMap((code) => definitions.searchParameter(type, code) ?? [])
      const sps = parameters.flatMap((parameter) => names.paramIds(type, parameter))
      return { sps: [...new Set(sps)], itself: type === compartment || codes.includes('_id') }
    },
  }
  return {
    ...deps,
    access,
    visibility: { definitions, conditions },
    rows: <Row>(statement: Sql) =>
      db.search<Row>(statement.compile(db.kysely) as Parameters<typeof db.search<Row>>[0]),
  }
}

/** Row ids of what a reference value names; without a type, of every type the parameter may point to. */
async function resolve(
  parameter: SearchParameter,
  value: ReferenceValue,
  { db, names, definitions }: StoreDeps,
): Promise<number[]> {
  if ('url' in value) return []
  const possible = parameter.target === undefined ? parameter.targets : [parameter.target]
  const types = (possible.length === 0 ? definitions.resourceTypes : possible).filter(
    (type) => value.type === undefined || type === value.type,
  )
  if (types.length === 0) return []
  const ids = types.map(names.typeId)
  const found = await db.read<{ rid: number }>(
    sql<{
      rid: number
    }>`select rid from resource where id = ${value.id} and type in (${sql.join(ids)})`.compile(db.kysely),
  )
  return found.map((row) => row.rid)
}

async function rowsOf(type: string, ids: readonly string[], { db, names }: StoreDeps): Promise<number[]> {
  const rows = await Promise.all(ids.map((id) => rowOf(db, names.typeId(type), id)))
  return rows.filter((rid) => rid !== undefined)
}

const rowQueries = new WeakMap<Database, Parameters<Database['read']>[0]>()

/** The row id of a resource, live or not. */
async function rowOf(db: Database, type: number, id: string): Promise<number | undefined> {
  let query = rowQueries.get(db)
  if (query === undefined) {
    query = sql`select rid from resource where type = ${0} and id = ${''}`.compile(db.kysely)
    rowQueries.set(db, query)
  }
  const [row] = await db.read(bind(query, type, id) as Parameters<typeof db.read<{ rid: number }>>[0])
  return row?.rid
}
