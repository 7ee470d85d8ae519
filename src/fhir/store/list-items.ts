import { sql } from 'kysely'
import { isIn, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Names } from './names.ts'

/**
 * ENF-24: a List shows its items; one that names another patient, or what is in that one's record, is nobody's.
 * @param patients row ids of the patients whose list it may be
 */
export function listsOthers(
  patients: readonly number[],
  alias: string,
  names: Pick<Names, 'paramId' | 'typeId'>,
): Sql {
  const sp = names.paramId('List', 'item') ?? 0
  return sql`exists (select 1 from ix_ref f cross join resource t
    where f.rid = ${column(alias, 'rid')} and f.sp = ${sp} and t.rid = f.target
      and ((t.type = ${names.typeId('Patient')} and not ${isIn(sql`t.rid`, patients)})
        or exists (select 1 from compartment c where c.rid = t.rid and not ${isIn(sql`c.patient`, patients)})))`
}
