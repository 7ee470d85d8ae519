import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import type { Range } from '../../smart/permit.ts'
import type { Criterion } from '../../smart/scope.ts'
import type { Access } from '../access/access.ts'
import { isInCompartment } from '../access/compartment.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import { sharedTypes } from '../access/shared.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { readFilter } from '../search/filter.ts'
import { allOf, always, anyOf, isIn, never, type Sql } from './comparisons.ts'
import { type ConditionContext, column, conditionOf } from './conditions.ts'

/** What visibility needs beside the access. */
export type VisibilityContext = {
  definitions: Definitions
  conditions: ConditionContext
  /** `named`: a scope must name the type of a shared resource; `always`: it need not. */
  shared: 'named' | 'always'
}

/**
 * The condition that an access may do `interaction` on the row `alias`, which is of `type`: the union of its
 * ranges. It becomes part of every statement that touches the row (law 3).
 * @throws LanyardError `forbidden` if it may do so on no row of the type
 */
export async function visible(
  access: Access,
  interaction: Interaction,
  type: string,
  alias: string,
  context: VisibilityContext,
): Promise<Sql> {
  const ranges = rangesOf(access, interaction, type)
  return anyOf(await Promise.all(ranges.map((range) => inRange(range, access, type, alias, context))))
}

async function inRange(
  range: Range,
  access: Access,
  type: string,
  alias: string,
  context: VisibilityContext,
): Promise<Sql> {
  const conditions: Sql[] = []
  if (range.only !== undefined)
    conditions.push(sql`${column(alias, 'id')} = ${range.only.split('/')[1] ?? ''}`)
  if (range.patients !== 'all') conditions.push(await inRecord(range.patients, access, type, alias, context))
  for (const criterion of range.where) conditions.push(await satisfies(criterion, type, alias, context))
  return conditions.length === 0 ? always : allOf(conditions)
}

async function inRecord(
  patients: readonly string[],
  access: Access,
  type: string,
  alias: string,
  context: VisibilityContext,
): Promise<Sql> {
  const rows = await context.conditions.rowsOf('Patient', patients)
  if (rows.length === 0) return never
  if (type === 'Provenance') return targetsInRecord(rows, alias, context)
  if (sharedTypes.has(type)) return await referredTo(rows, access, alias, context)
  if (!isInCompartment(context.definitions, type)) return never
  return sql`exists (select 1 from compartment c where c.rid = ${column(alias, 'rid')} and ${isIn(sql`c.patient`, rows)})`
}

/** ENF-24: a Provenance shows its targets, so all that it names must be in the record. */
function targetsInRecord(rows: readonly number[], alias: string, { conditions }: VisibilityContext): Sql {
  const sp = conditions.names.paramId('Provenance', 'target') ?? 0
  const targets = sql`ix_ref f where f.rid = ${column(alias, 'rid')} and f.sp = ${sp}`
  const mine = sql`exists (select 1 from compartment c where c.rid = f.target and ${isIn(sql`c.patient`, rows)})`
  return sql`(exists (select 1 from ${targets}) and not exists (select 1 from ${targets} and not ${mine}))`
}

/** ENF-04: something that this access sees in the record refers to it. */
async function referredTo(
  rows: readonly number[],
  access: Access,
  alias: string,
  context: VisibilityContext,
): Promise<Sql> {
  const seen = await seenInRecord(access, 's', context)
  if (seen === never) return never
  return sql`exists (select 1 from ix_ref f join compartment c on c.rid = f.rid join resource s on s.rid = f.rid
    where f.target = ${column(alias, 'rid')} and ${isIn(sql`c.patient`, rows)} and s.state = 1 and ${seen})`
}

/** The condition that a row of the record, of whatever type, may be read or found by this access. */
async function seenInRecord(access: Access, alias: string, context: VisibilityContext): Promise<Sql> {
  const { definitions, conditions } = context
  const whole: number[] = []
  const parts: Sql[] = []
  for (const type of definitions.resourceTypes) {
    if (!isInCompartment(definitions, type)) continue
    for (const interaction of ['read', 'search-type'] as const) {
      const decision = access.decide(interaction, type)
      if (!decision.allowed) continue
      const typeId = conditions.names.typeId(type)
      const criteria = decision.ranges.map((range) => range.where)
      if (criteria.some((where) => where.length === 0)) whole.push(typeId)
      else {
        const any = await Promise.all(
          criteria.map(async (where) =>
            allOf(await Promise.all(where.map((criterion) => satisfies(criterion, type, alias, context)))),
          ),
        )
        parts.push(sql`(${column(alias, 'type')} = ${typeId} and ${anyOf(any)})`)
      }
    }
  }
  const all = [...(whole.length === 0 ? [] : [isIn(column(alias, 'type'), [...new Set(whole)])]), ...parts]
  return all.length === 0 ? never : anyOf(all)
}

/**
 * One criterion of a granular scope, by the same reader and compiler as a user's search, strictly: what cannot
 * be evaluated opens nothing (ENF-12).
 */
async function satisfies(
  { name, value }: Criterion,
  type: string,
  alias: string,
  context: VisibilityContext,
): Promise<Sql> {
  const filter = readFilter(type, name, value, {
    definitions: context.definitions,
    fhirBase: '',
    systems: {},
  })
  if (filter === undefined || filter.kind === 'chain' || filter.kind === 'has') {
    throw forbidden('scope-not-evaluable', `The scope's limit "${name}" cannot be evaluated on ${type}.`)
  }
  return await conditionOf(filter, alias, context.conditions)
}
