import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import { ANY_LINK, BINARY } from '../access/binary.ts'
import { ATTACHMENT, pointingTypes, SECURITY_CONTEXT } from '../extract/binary-links.ts'
import { allOf, anyOf, isIn, never, type Sql } from './comparisons.ts'
import { column } from './conditions.ts'
import type { Names } from './names.ts'

/** Who looks at a Binary, and at which row of a statement. */
type Look = {
  alias: string
  /** The row id by which documents know the Binary. */
  self: Sql
  isWriting: boolean
  names: Pick<Names, 'paramId'>
  /** The types of documents that may show what they point at. */
  pointing: readonly string[]
  /** The condition that a row is a patient whom the range is about. */
  isPatient(alias: string): Sql
  /** The condition that a row lies in the range and may be seen: of all types, or of some. */
  isSeen(alias: string, types?: readonly string[], interactions?: readonly Interaction[]): Promise<Sql>
}

/**
 * ENF-25: a Binary with a security context is treated as that resource, or belongs to that patient; one without is seen
 * with a document that points at it. Who may only point at it by a document may not change it.
 * @param through any link, or documents of which type
 */
export async function isLinked(
  through: string,
  { alias, self, isWriting, names, pointing, isPatient, isSeen }: Look,
): Promise<Sql> {
  const context = names.paramId(BINARY, SECURITY_CONTEXT) ?? 0
  const rid = column(alias, 'rid')
  const opened = sql`exists (select 1 from ix_ref g cross join resource w
    where g.rid = ${rid} and g.sp = ${context} and w.rid = g.target and w.state = 1
      and ${anyOf([isPatient('w'), await isSeen('w')])})`
  if (isWriting) return through === ANY_LINK ? opened : never
  // A context on another server, or named by an identifier only, is nobody's that is known here.
  const guarded = anyOf(
    ['ix_ref', 'ix_uri', 'ix_token'].map(
      (table) => sql`exists (select 1 from ${sql.table(table)} g where g.rid = ${rid} and g.sp = ${context})`,
    ),
  )
  const types = through === ANY_LINK ? pointing : [through]
  const sps = types.map((type) => names.paramId(type, ATTACHMENT) ?? 0)
  // ENF-02: where the right is that of the document, it must be the right to read it.
  const seen = await isSeen('w', types, through === ANY_LINK ? undefined : ['read'])
  const pointed = sql`exists (select 1 from ix_ref g cross join resource w
    where g.target = ${self} and ${isIn(sql`g.sp`, sps)} and w.rid = g.rid and w.state = 1 and ${seen})`
  return through === ANY_LINK
    ? anyOf([opened, allOf([sql`not ${guarded}`, pointed])])
    : allOf([anyOf([opened, sql`not ${guarded}`]), pointed])
}

/** The patient in whose record the Binary `r` is, by its context or by a document, for the audit. */
export function patientOfBinary(names: Pick<Names, 'paramId'>): Sql {
  const context = names.paramId(BINARY, SECURITY_CONTEXT) ?? 0
  const sps = pointingTypes.map((type) => names.paramId(type, ATTACHMENT) ?? 0)
  return sql`(select p.id from resource p where p.rid in (
      select c.patient from ix_ref g join compartment c on c.rid = g.target where g.rid = r.rid and g.sp = ${context}
      union select c.patient from ix_ref g join compartment c on c.rid = g.rid
        where g.target = r.rid and ${isIn(sql`g.sp`, sps)}
    ) order by p.id limit 1)`
}
