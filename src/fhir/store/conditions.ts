import { sql } from 'kysely'
import type { SearchParameter } from '../definitions/types.ts'
import type { Filter } from '../search/filter.ts'
import { always, anyOf, compareInstant, contains, isIn, never, type Sql } from './comparisons.ts'
import type { ConditionContext, Membership } from './condition-context.ts'
import { type Match, matchOf, tokenMatch } from './matches.ts'

/** A filter on the resource itself; chains and `_has` reach for others and are planned in hops.ts. */
export type OwnFilter = Exclude<Filter, { kind: 'chain' | 'has' }>

/** The SQL condition that the resource row `alias` satisfies one filter. Bodies are never looked at. */
export async function conditionOf(filter: OwnFilter, alias: string, context: ConditionContext): Promise<Sql> {
  const { names } = context
  switch (filter.kind) {
    case 'id':
      return isIn(column(alias, 'id'), filter.ids)
    case 'updated':
      return anyOf(filter.values.map((value) => compareInstant(column(alias, 'updated'), value, context.now)))
    case 'missing': {
      const present = presence(filter.parameter, names.paramIds(filter.type, filter.parameter), alias)
      return filter.missing ? sql`not ${present}` : present
    }
    case 'compartment': {
      const [row] = await context.rowsOf(filter.compartment, [filter.id])
      return row === undefined ? never : inCompartment(context.membership(filter), row, alias)
    }
    case 'identifier':
      return anyOf((await matchesOf(filter, context)).map((match) => probe(match, alias)))
    case 'values': {
      const matches = anyOf((await matchesOf(filter, context)).map((match) => probe(match, alias)))
      return filter.modifier === 'not' ? sql`not ${matches}` : matches
    }
  }
}

/** What each value of a filter matches; those that can match nothing are left out. */
export async function matchesOf(
  filter: Filter & { kind: 'values' | 'identifier' },
  context: ConditionContext,
): Promise<Match[]> {
  const sps = context.names.paramIds(filter.type, filter.parameter)
  const found = await Promise.all(
    filter.kind === 'values'
      ? filter.values.map((value) => matchOf(filter, value, context))
      : filter.values.map((value) => tokenMatch(sps, value, context, false)),
  )
  return found.filter((match) => match !== undefined)
}

function inCompartment({ sps, itself }: Membership, row: number, alias: string): Sql {
  return anyOf([
    ...(itself ? [sql`${column(alias, 'rid')} = ${row}`] : []),
    ...(sps.length > 0 ? [probe({ table: 'ix_ref', sps, condition: sql`i.target = ${row}` }, alias)] : []),
  ])
}

export function column(alias: string, name: string): Sql {
  return sql.ref(`${alias}.${name}`)
}

/** Probes one index table for the resource at `alias`. */
function probe({ table, sps, condition }: Match, alias: string): Sql {
  return sql`exists (select 1 from ${sql.table(table)} i where ${isIn(sql`i.sp`, sps)} and ${condition} and i.rid = ${column(alias, 'rid')})`
}

/** Whether a parameter has any value at all: `:missing`. */
function presence({ code, type, target }: SearchParameter, sps: readonly number[], alias: string): Sql {
  // Columns of the resource itself.
  if (code === '_id' || code === '_lastUpdated') return always
  const inTable = (table: Match['table'], condition = always) => probe({ table, sps, condition }, alias)
  switch (type) {
    case 'token':
      return anyOf([inTable('ix_token'), inTable('ix_text')])
    case 'reference':
      return target === undefined
        ? anyOf([inTable('ix_ref'), inTable('ix_uri'), inTable('ix_token')])
        : anyOf([
            inTable('ix_ref', isOfType(target)),
            inTable('ix_uri', contains(sql`i.value`, `/${target}/`)),
          ])
    case 'date':
      return inTable('ix_date')
    case 'string':
      return inTable('ix_string')
    case 'uri':
      return inTable('ix_uri')
    case 'composite':
      return inTable('ix_pair')
    default:
      return inTable('ix_quantity')
  }
}

function isOfType(target: string): Sql {
  return sql`exists (select 1 from resource t join fhir_type ft on ft.id = t.type where t.rid = i.target and ft.name = ${target})`
}
