import { sql } from 'kysely'
import { LanyardError } from '../../lib/errors.ts'
import type { Criterion } from '../../smart/scope.ts'
import { forbidden } from '../access/refusal.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { type Filter, readFilter } from '../search/filter.ts'
import { allOf, anyOf, isIn, type Sql } from './comparisons.ts'
import type { ConditionContext } from './condition-context.ts'
import { column, conditionOf } from './conditions.ts'
import { LIVE } from './state.ts'

/** The row that a criterion is about, and the row id by which others know its resource. */
type Row = { alias: string; self: Sql }
type Context = { definitions: Definitions; conditions: ConditionContext }

/** Parameters that each type has, with rows under an id of its own for each. */
const ofAllTypes = /^_(?!has:)/

/** True if a criterion means the same for every type. */
export function isOfAllTypes({ name }: Criterion): boolean {
  return ofAllTypes.test(name)
}

/**
 * One criterion of a granular scope, or of a role's rule, by the same reader and compiler as a user's search,
 * strictly: what cannot be evaluated opens nothing (ENF-12). What a rule says of other resources, by a chain or
 * `_has`, is true or not whoever asks: it is not narrowed by what the asker sees of them.
 * @param types all of which the criterion means the same for
 */
export async function satisfies(
  criterion: Criterion,
  types: readonly string[],
  row: Row,
  context: Context,
): Promise<Sql> {
  const [type = ''] = types
  const filter = filterOf(type, criterion, context.definitions)
  const { conditions } = context
  const { names } = conditions
  const paramIds: typeof names.paramIds = (_, parameter) =>
    types.flatMap((each) => names.paramIds(each, parameter))
  const ofTypes = isOfAllTypes(criterion) ? { ...conditions, names: { ...names, paramIds } } : conditions
  return await holds(filter, row, { ...context, conditions: ofTypes }, 1)
}

/**
 * A criterion as a filter on a type.
 * @throws LanyardError `forbidden` if it cannot be evaluated
 */
export function filterOf(type: string, { name, value }: Criterion, definitions: Definitions): Filter {
  try {
    const filter = readFilter(type, name, value, { definitions, fhirBase: '', systems: {} })
    if (filter !== undefined) return filter
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error
  }
  throw forbidden('limit-not-evaluable', `The limit "${name}" of this token cannot be evaluated on ${type}.`)
}

async function holds(filter: Filter, row: Row, context: Context, depth: number): Promise<Sql> {
  const { conditions } = context
  const { names } = conditions
  const other = `q${depth}`
  const there = (type: string) =>
    allOf([sql`${column(other, 'state')} = ${LIVE}`, sql`${column(other, 'type')} = ${names.typeId(type)}`])
  const next = { alias: other, self: column(other, 'rid') }
  if (filter.kind === 'chain') {
    const sps = names.paramIds(filter.type, filter.parameter)
    const ends = await Promise.all(
      filter.targets.map(async (target) =>
        allOf([there(target.type), await holds(target.filter, next, context, depth + 1)]),
      ),
    )
    return sql`exists (select 1 from ix_ref i cross join resource ${sql.ref(other)}
      where i.rid = ${column(row.alias, 'rid')} and ${isIn(sql`i.sp`, sps)} and ${column(other, 'rid')} = i.target and ${anyOf(ends)})`
  }
  if (filter.kind === 'has') {
    const sps = names.paramIds(filter.source, filter.parameter)
    const end = allOf([there(filter.source), await holds(filter.filter, next, context, depth + 1)])
    return sql`exists (select 1 from ix_ref i cross join resource ${sql.ref(other)}
      where i.target = ${row.self} and ${isIn(sql`i.sp`, sps)} and ${column(other, 'rid')} = i.rid and ${end})`
  }
  return await conditionOf(filter, row.alias, conditions)
}
