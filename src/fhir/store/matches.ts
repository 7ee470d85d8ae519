import { sql } from 'kysely'
import type { SearchParameter } from '../definitions/types.ts'
import type { Filter, ValueModifier } from '../search/filter.ts'
import { hasImpliedSystem } from '../search/implied-system.ts'
import type { PairValue, ReferenceValue, StringValue, TokenValue, UriValue, Value } from '../search/value.ts'
import {
  allOf,
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
import type { ConditionContext } from './condition-context.ts'
import { beginning, fitted } from './fitted.ts'
import { type indexTables, pairKinds } from './index-rows.ts'
import { waysToDates, waysToNumbers } from './stretches.ts'

/** The rows of one index table, under the alias `i`, that satisfy one value of a filter. */
export type Match = {
  table: (typeof indexTables)[keyof typeof indexTables]['table']
  sps: readonly number[]
  condition: Sql
  /**
   * How the index leads to these rows: at one key, so that row ids come in order; in a range; by looking through
   * all that is under a range. Absent where nothing is found faster than by looking at each resource.
   */
  found?: 'key' | 'range' | 'scan'
  /** The same rows in parts, each of which is a range of an index; absent where `condition` is one. */
  ways?: readonly Sql[]
}

type ValuesFilter = Filter & { kind: 'values' }

/** What one value of a filter matches; undefined if it can match nothing. */
export async function matchOf(
  { type, parameter, modifier }: ValuesFilter,
  value: Value,
  context: ConditionContext,
): Promise<Match | undefined> {
  const sps = context.names.paramIds(type, parameter)
  switch (value.kind) {
    case 'token': {
      if (modifier !== 'of-type') return await tokenMatch(sps, value, context, hasImpliedSystem(parameter))
      const sp = context.names.paramId(type, `${parameter.code}:of-type`)
      return sp === undefined ? undefined : await tokenMatch([sp], value, context, false)
    }
    case 'string':
      return stringMatch(sps, value, modifier)
    case 'date':
      return {
        table: 'ix_date',
        sps,
        condition: compareDate(sql`i.lo`, sql`i.hi`, value, context.now),
        ...waysToDates(value, context.now),
      }
    case 'quantity': {
      const system = value.system === undefined ? undefined : await context.names.systemId(value.system)
      if (value.system !== undefined && system === undefined) return undefined
      const unit = unitConditions(value.unit, system)
      return {
        table: 'ix_quantity',
        sps,
        condition: allOf([compareNumber(sql`i.lo`, sql`i.hi`, value), ...unit]),
        ...waysToNumbers(value, unit),
      }
    }
    case 'reference':
      return await referenceMatch(sps, parameter, value, context)
    case 'uri':
      return uriMatch(sps, value, modifier)
    case 'pair':
      return await pairMatch(sps, value, context)
  }
}

/** @param anySystem the code is found with or without its system */
export async function tokenMatch(
  sps: readonly number[],
  value: TokenValue,
  { names }: ConditionContext,
  anySystem: boolean,
): Promise<Match | undefined> {
  const system =
    value.system === undefined || (anySystem && value.system !== '')
      ? undefined
      : await names.systemId(value.system)
  if (system === undefined && value.system !== undefined && !anySystem) return undefined
  const inSystem = system === undefined ? [] : [sql`i.sys = ${system}`]
  if (value.code === undefined) return { table: 'ix_token', sps, condition: allOf(inSystem) }
  return {
    table: 'ix_token',
    sps,
    condition: allOf([sql`i.code = ${fitted(value.code)}`, ...inSystem]),
    found: 'key',
  }
}

function stringMatch(sps: readonly number[], value: StringValue, modifier: ValueModifier | undefined): Match {
  const norm = sql`i.norm`
  const start = beginning(value.norm)
  switch (modifier) {
    case 'text':
      return { table: 'ix_text', sps, condition: beginsWith(norm, start) }
    case 'contains':
      return { table: 'ix_string', sps, condition: contains(norm, start), found: 'scan' }
    case 'exact':
      return {
        table: 'ix_string',
        sps,
        condition: sql`i.norm = ${start} and i.raw = ${fitted(value.text)}`,
        found: 'range',
      }
    default:
      return { table: 'ix_string', sps, condition: beginsWith(norm, start), found: 'range' }
  }
}

function unitConditions(unit: string | undefined, system: number | undefined): Sql[] {
  if (unit === undefined) return system === undefined ? [] : [sql`i.sys = ${system}`]
  // `value|system|code` names the coded unit; `value||unit` either that or the unit as people write it.
  return system === undefined
    ? [sql`(i.code = ${fitted(unit)} or i.unit = ${fitted(unit)})`]
    : [sql`i.sys = ${system}`, sql`i.code = ${fitted(unit)}`]
}

async function referenceMatch(
  sps: readonly number[],
  parameter: SearchParameter,
  value: ReferenceValue,
  context: ConditionContext,
): Promise<Match | undefined> {
  if ('url' in value) {
    // `patient` is `subject` narrowed to Patients; of a reference elsewhere only the address tells the type.
    const elsewhere = parameter.target !== undefined && !value.url.includes(`/${parameter.target}/`)
    return elsewhere
      ? undefined
      : { table: 'ix_uri', sps, condition: sql`i.value = ${fitted(value.url)}`, found: 'key' }
  }
  const targets = await context.resolve(parameter, value)
  if (targets.length === 0) return undefined
  const found = targets.length === 1 ? 'key' : 'range'
  return { table: 'ix_ref', sps, condition: isIn(sql`i.target`, targets), found }
}

function uriMatch(sps: readonly number[], { value }: UriValue, modifier: ValueModifier | undefined): Match {
  if (modifier === 'above')
    return { table: 'ix_uri', sps, condition: isIn(sql`i.value`, urisAbove(value)), found: 'range' }
  const itself = sql`i.value = ${fitted(value)}`
  if (modifier !== 'below') return { table: 'ix_uri', sps, condition: itself, found: 'key' }
  const below = beginsWith(sql`i.value`, beginning(value.endsWith('/') ? value : `${value}/`))
  return { table: 'ix_uri', sps, condition: anyOf([itself, below]), found: 'range', ways: [itself, below] }
}

async function pairMatch(
  sps: readonly number[],
  { first, second }: PairValue,
  context: ConditionContext,
): Promise<Match | undefined> {
  const system = first.system === undefined ? undefined : await context.names.systemId(first.system)
  if (first.system !== undefined && system === undefined) return undefined
  const half = await secondCondition(second, context)
  if (half === never) return undefined
  const conditions = [...(system === undefined ? [] : [sql`i.a_sys = ${system}`]), half]
  if (first.code === undefined) return { table: 'ix_pair', sps, condition: allOf(conditions) }
  return {
    table: 'ix_pair',
    sps,
    condition: allOf([sql`i.a_code = ${fitted(first.code)}`, ...conditions]),
    found: 'scan',
  }
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
