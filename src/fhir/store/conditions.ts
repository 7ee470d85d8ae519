import { sql } from 'kysely'
import type { SearchParameter } from '../definitions/types.ts'
import type { Filter, ValueModifier } from '../search/filter.ts'
import { hasImpliedSystem } from '../search/implied-system.ts'
import type { PairValue, ReferenceValue, StringValue, TokenValue, UriValue, Value } from '../search/value.ts'
import {
  allOf,
  always,
  anyOf,
  beginsWith,
  compareDate,
  compareNumber,
  contains,
  isIn,
  never,
  type Sql,
  urisAbove,
} from './comparisons.ts'
import { beginning, fitted } from './fitted.ts'
import { pairKinds } from './index-rows.ts'
import type { Names } from './names.ts'

/** What conditions need beside the filter. */
export type ConditionContext = {
  names: Names
  /** Milliseconds. */
  now: number
  /** Row ids of what a reference may point to, whether it is visible or not. */
  resolve(parameter: SearchParameter, value: ReferenceValue): Promise<number[]>
  /** Row ids of resources of a type, by bare id; one that is not there has none. */
  rowsOf(type: string, ids: readonly string[]): Promise<number[]>
  /** By which parameters a type belongs to a compartment, and whether by being the resource it is named after. */
  membership(filter: Filter & { kind: 'compartment' }): Membership
}

/** A filter on the resource itself; chains and `_has` reach for others and are planned in hops.ts. */
export type OwnFilter = Exclude<Filter, { kind: 'chain' | 'has' }>

/** The SQL condition that the resource row `alias` satisfies one filter. Bodies are never looked at. */
export async function conditionOf(filter: OwnFilter, alias: string, context: ConditionContext): Promise<Sql> {
  const { names } = context
  switch (filter.kind) {
    case 'id':
      return isIn(column(alias, 'id'), filter.ids)
    case 'updated': {
      const updated = column(alias, 'updated')
      return anyOf(
        filter.values.map((value) => compareDate(updated, sql`(${updated} + 1)`, value, context.now)),
      )
    }
    case 'missing': {
      const present = presence(filter.parameter, names.paramIds(filter.type, filter.parameter), alias)
      return filter.missing ? sql`not ${present}` : present
    }
    case 'identifier': {
      const sps = names.paramIds(filter.type, filter.parameter)
      return anyOf(
        await Promise.all(filter.values.map((value) => tokenCondition(sps, value, alias, context, false))),
      )
    }
    case 'compartment': {
      const [row] = await context.rowsOf(filter.compartment, [filter.id])
      return row === undefined ? never : inCompartment(context.membership(filter), row, alias)
    }
    case 'values': {
      const matches = await Promise.all(
        filter.values.map((value) => valueCondition(filter, value, alias, context)),
      )
      return filter.modifier === 'not' ? sql`not ${anyOf(matches)}` : anyOf(matches)
    }
  }
}

export type Membership = { sps: readonly number[]; itself: boolean }

function inCompartment({ sps, itself }: Membership, row: number, alias: string): Sql {
  return anyOf([
    ...(itself ? [sql`${column(alias, 'rid')} = ${row}`] : []),
    ...(sps.length > 0 ? [probe('ix_ref', sps, alias, sql`i.target = ${row}`)] : []),
  ])
}

export function column(alias: string, name: string): Sql {
  return sql.ref(`${alias}.${name}`)
}

/** Probes one index table for the resource at `alias`. */
function probe(table: string, sps: readonly number[], alias: string, condition: Sql): Sql {
  return sql`exists (select 1 from ${sql.table(table)} i where ${isIn(sql`i.sp`, sps)} and ${condition} and i.rid = ${column(alias, 'rid')})`
}

type ValuesFilter = Filter & { kind: 'values' }

async function valueCondition(
  filter: ValuesFilter,
  value: Value,
  alias: string,
  context: ConditionContext,
): Promise<Sql> {
  const { type, parameter, modifier } = filter
  const sps = context.names.paramIds(type, parameter)
  switch (value.kind) {
    case 'token': {
      if (modifier !== 'of-type')
        return await tokenCondition(sps, value, alias, context, hasImpliedSystem(parameter))
      const sp = context.names.paramId(type, `${parameter.code}:of-type`)
      return sp === undefined ? never : await tokenCondition([sp], value, alias, context, false)
    }
    case 'string':
      return stringCondition(sps, value, modifier, alias)
    case 'date':
      return probe('ix_date', sps, alias, compareDate(sql`i.lo`, sql`i.hi`, value, context.now))
    case 'quantity': {
      const system = value.system === undefined ? undefined : await context.names.systemId(value.system)
      if (value.system !== undefined && system === undefined) return never
      return probe(
        'ix_quantity',
        sps,
        alias,
        allOf([compareNumber(sql`i.lo`, sql`i.hi`, value), ...unitConditions(value.unit, system)]),
      )
    }
    case 'reference':
      return await referenceCondition(sps, parameter, value, alias, context)
    case 'uri':
      return uriCondition(sps, value, modifier, alias)
    case 'pair':
      return await pairCondition(sps, value, alias, context)
  }
}

async function tokenCondition(
  sps: readonly number[],
  value: TokenValue,
  alias: string,
  { names }: ConditionContext,
  anySystem: boolean,
): Promise<Sql> {
  const system =
    value.system === undefined || (anySystem && value.system !== '')
      ? undefined
      : await names.systemId(value.system)
  if (system === undefined && value.system !== undefined && !anySystem) return never
  const inSystem = system === undefined ? [] : [sql`i.sys = ${system}`]
  if (value.code === undefined) return probe('ix_token', sps, alias, allOf(inSystem))
  return probe('ix_token', sps, alias, allOf([sql`i.code = ${fitted(value.code)}`, ...inSystem]))
}

function stringCondition(
  sps: readonly number[],
  value: StringValue,
  modifier: ValueModifier | undefined,
  alias: string,
): Sql {
  const norm = sql`i.norm`
  if (modifier === 'text') return probe('ix_text', sps, alias, beginsWith(norm, beginning(value.norm)))
  if (modifier === 'contains') return probe('ix_string', sps, alias, contains(norm, beginning(value.norm)))
  if (modifier === 'exact') {
    return probe(
      'ix_string',
      sps,
      alias,
      sql`i.norm = ${beginning(value.norm)} and i.raw = ${fitted(value.text)}`,
    )
  }
  return probe('ix_string', sps, alias, beginsWith(norm, beginning(value.norm)))
}

function unitConditions(unit: string | undefined, system: number | undefined): Sql[] {
  if (unit === undefined) return system === undefined ? [] : [sql`i.sys = ${system}`]
  // `value|system|code` names the coded unit; `value||unit` either that or the unit as people write it.
  return system === undefined
    ? [sql`(i.code = ${fitted(unit)} or i.unit = ${fitted(unit)})`]
    : [sql`i.sys = ${system}`, sql`i.code = ${fitted(unit)}`]
}

async function referenceCondition(
  sps: readonly number[],
  parameter: SearchParameter,
  value: ReferenceValue,
  alias: string,
  context: ConditionContext,
): Promise<Sql> {
  if ('url' in value) {
    // `patient` is `subject` narrowed to Patients; of a reference elsewhere only the address tells the type.
    const elsewhere = parameter.target !== undefined && !value.url.includes(`/${parameter.target}/`)
    return elsewhere ? never : probe('ix_uri', sps, alias, sql`i.value = ${fitted(value.url)}`)
  }
  return probe('ix_ref', sps, alias, isIn(sql`i.target`, await context.resolve(parameter, value)))
}

function uriCondition(
  sps: readonly number[],
  { value }: UriValue,
  modifier: ValueModifier | undefined,
  alias: string,
): Sql {
  if (modifier === 'above') return probe('ix_uri', sps, alias, isIn(sql`i.value`, urisAbove(value)))
  if (modifier !== 'below') return probe('ix_uri', sps, alias, sql`i.value = ${fitted(value)}`)
  const folder = value.endsWith('/') ? value : `${value}/`
  return probe(
    'ix_uri',
    sps,
    alias,
    anyOf([sql`i.value = ${fitted(value)}`, beginsWith(sql`i.value`, beginning(folder))]),
  )
}

async function pairCondition(
  sps: readonly number[],
  { first, second }: PairValue,
  alias: string,
  context: ConditionContext,
): Promise<Sql> {
  const system = first.system === undefined ? undefined : await context.names.systemId(first.system)
  if (first.system !== undefined && system === undefined) return never
  const half = await secondCondition(second, context)
  const conditions = [...(system === undefined ? [] : [sql`i.a_sys = ${system}`]), half]
  if (first.code === undefined) return probe('ix_pair', sps, alias, allOf(conditions))
  return probe('ix_pair', sps, alias, allOf([sql`i.a_code = ${fitted(first.code)}`, ...conditions]))
}

async function secondCondition(value: PairValue['second'], { names, now }: ConditionContext): Promise<Sql> {
  const kind = sql`i.b_kind = ${pairKinds[value.kind]}`
  switch (value.kind) {
    case 'token':
    case 'quantity': {
      const system = value.system === undefined ? undefined : await names.systemId(value.system)
      if (value.system !== undefined && system === undefined) return never
      const code = value.kind === 'token' ? value.code : value.unit
      return allOf([
        kind,
        ...(system === undefined ? [] : [sql`i.b_sys = ${system}`]),
        ...(code === undefined ? [] : [sql`i.b_code = ${fitted(code)}`]),
        ...(value.kind === 'quantity' ? [compareNumber(sql`i.b_lo`, sql`i.b_hi`, value)] : []),
      ])
    }
    case 'date':
      return allOf([kind, compareDate(sql`i.b_lo`, sql`i.b_hi`, value, now)])
    case 'string':
      return allOf([kind, beginsWith(sql`i.b_code`, beginning(value.norm))])
    case 'reference':
      if ('url' in value) return never
      return value.type === undefined
        ? allOf([kind, sql`i.b_code like ${`%/${value.id}`}`])
        : allOf([kind, sql`i.b_code = ${fitted(`${value.type}/${value.id}`)}`])
    case 'uri':
      return allOf([kind, sql`i.b_code = ${fitted(value.value)}`])
  }
}

/** Whether a parameter has any value at all: `:missing`. */
function presence({ code, type, target }: SearchParameter, sps: readonly number[], alias: string): Sql {
  // Columns of the resource itself.
  if (code === '_id' || code === '_lastUpdated') return always
  const inTable = (table: string, condition = always) => probe(table, sps, alias, condition)
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
