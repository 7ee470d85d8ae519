import { sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import type { Range } from '../../smart/permit.ts'
import { showsAll } from '../../smart/range.ts'
import type { Access } from '../access/access.ts'
import { type Belonging, howInRecord, tellsHidden } from '../access/belonging.ts'
import { BINARY, typesShowingContent } from '../access/binary.ts'
import { isInCompartment } from '../access/compartment.ts'
import { rangesOf } from '../access/refusal.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { alike, rangesFor, readOrFound } from './alike.ts'
import { isLinked } from './binary-links.ts'
import { allOf, always, anyOf, isAmong, isIn, never, type Sql } from './comparisons.ts'
import type { ConditionContext } from './condition-context.ts'
import { column } from './conditions.ts'
import { satisfies } from './criterion.ts'
import { listsOthers } from './list-items.ts'

/** What visibility needs beside the access. */
export type VisibilityContext = {
  definitions: Definitions
  conditions: ConditionContext
}

/** What a statement has made sure of already, so that it need not be asked of each row: bare ids of patients. */
type Known = {
  /** In whose record the rows are. */
  inRecordOf?: string | undefined
  /** In whose record something is that this access sees and that refers to the rows. */
  fromRecordOf?: string | undefined
}

/** Who looks, and at which row of a statement. */
type View = {
  access: Access
  alias: string
  /** The row id by which others know the resource; another one where the row is an old version of it. */
  self: Sql
  known?: Known
  /** Whether the row is to be changed. */
  isWriting?: boolean
  context: VisibilityContext
}

/**
 * The condition that an access may do `interaction` on the row `alias`, which is of `type`: the union of its
 * ranges. It becomes part of every statement that touches the row (law 3).
 * @param self the row id of the resource, where the row is an old version of it
 * @throws LanyardError `forbidden` if it may do so on no row of the type
 */
export async function visible(
  access: Access,
  interaction: Interaction,
  type: string,
  alias: string,
  context: VisibilityContext,
  self = column(alias, 'rid'),
): Promise<Sql> {
  return await inAnyRange(rangesOf(access, interaction, type), [type], { access, alias, self, context })
}

/** For each range in which an access may change rows, the condition that the row `alias`, which is of `type`, lies in it. */
export async function eachRange(
  ranges: readonly Range[],
  access: Access,
  type: string,
  alias: string,
  context: VisibilityContext,
): Promise<Sql[]> {
  const view = { access, alias, self: column(alias, 'rid'), context, isWriting: true }
  return await Promise.all(ranges.map((range) => inRange(range, [type], view)))
}

/**
 * The condition that an access may do one of some interactions on a row of one of several types: read or find it,
 * unless others are named. Undefined if it may do so on none of them.
 */
export async function visibleAmong(
  access: Access,
  types: readonly string[],
  alias: string,
  context: VisibilityContext,
  { interactions = readOrFound, known = {} }: { interactions?: readonly Interaction[]; known?: Known } = {},
): Promise<Sql | undefined> {
  const view = { access, alias, self: column(alias, 'rid'), known, context }
  const conditions = await Promise.all(
    alike(access, types, context.definitions, interactions).map(async (group) =>
      allOf([
        isAmong(column(alias, 'type'), group.types.map(context.conditions.names.typeId)),
        await inAnyRange(group.ranges, group.types, view),
      ]),
    ),
  )
  return conditions.length === 0 ? undefined : anyOf(conditions)
}

/** For types with the same ranges these, each with the condition that the row `alias` lies in it. */
export async function rangesByType(
  access: Access,
  types: readonly string[],
  interactions: readonly Interaction[],
  alias: string,
  context: VisibilityContext,
  self: Sql,
): Promise<{ types: readonly string[]; ranges: { range: Range; condition: Sql }[] }[]> {
  const view = { access, alias, self, context }
  return await Promise.all(
    alike(access, types, context.definitions, interactions).map(async (group) => ({
      types: group.types,
      ranges: await Promise.all(
        group.ranges.map(async (range) => ({ range, condition: await inRange(range, group.types, view) })),
      ),
    })),
  )
}

async function inAnyRange(ranges: readonly Range[], types: readonly string[], view: View): Promise<Sql> {
  return anyOf(await Promise.all(ranges.map((range) => inRange(range, types, view))))
}

/** @param types all of one kind, with the same ranges */
async function inRange(range: Range, types: readonly string[], view: View): Promise<Sql> {
  const { only, patients, where, through } = range
  // Whose record something is in would tell what is hidden.
  if (patients !== 'all' && types.some((type) => tellsHidden(type, range, view.context.definitions)))
    return never
  const conditions: Sql[] = []
  if (only !== undefined) conditions.push(sql`${column(view.alias, 'id')} = ${only.split('/')[1] ?? ''}`)
  if (through !== undefined) conditions.push(await linked(through, patients, view))
  else if (patients !== 'all') conditions.push(await inRecord(patients, types, view))
  for (const criterion of where) conditions.push(await satisfies(criterion, types, view, view.context))
  return conditions.length === 0 ? always : allOf(conditions)
}

/** The record of one patient, or of several. */
type PatientRecord = {
  patients: readonly string[]
  /** Row ids of the patients. */
  rows: readonly number[]
}

async function inRecord(patients: readonly string[], types: readonly string[], view: View): Promise<Sql> {
  const [type = ''] = types
  const { definitions, conditions } = view.context
  const rows = await conditions.rowsOf('Patient', patients)
  if (rows.length === 0) return never
  // A person stays the same person, whatever an old version says.
  const rid = type === 'Patient' ? view.self : column(view.alias, 'rid')
  const { inRecordOf, fromRecordOf } = view.known ?? {}
  const isIncluded = (patient: string | undefined) => patient !== undefined && patients.includes(patient)
  const belongs = isIncluded(inRecordOf)
    ? always
    : sql`exists (select 1 from compartment c where c.rid = ${rid} and ${isIn(sql`c.patient`, rows)})`
  switch (howInRecord(type, definitions)) {
    case 'by-targets':
      return await targetsAreSeen({ patients, rows }, view)
    case 'by-reference':
      return isIncluded(fromRecordOf) ? always : await isReferredTo({ patients, rows }, view)
    case 'by-items':
      return allOf([belongs, sql`not ${listsOthers(rows, view.alias, conditions.names)}`])
    case 'by-subject':
      return belongs
    case 'never':
      return never
  }
}

/** ENF-25: a Binary is seen with what it is linked to, in the same records. */
async function linked(
  through: string,
  patients: Range['patients'],
  { access, alias, self, isWriting = false, context }: View,
): Promise<Sql> {
  const { definitions, conditions } = context
  const { names } = conditions
  const rows = patients === 'all' ? 'all' : await conditions.rowsOf('Patient', patients)
  const possible = definitions.resourceTypes.filter((type) =>
    rows === 'all' ? type !== BINARY : isInCompartment(definitions, type),
  )
  const inTheirRecord = (at: string) =>
    rows === 'all'
      ? always
      : sql`exists (select 1 from compartment c where c.rid = ${column(at, 'rid')} and ${isIn(sql`c.patient`, rows)})`
  return await isLinked(through, {
    alias,
    self,
    isWriting,
    names,
    pointing: typesShowingContent(access.decide),
    isPatient: (at) =>
      allOf([
        sql`${column(at, 'type')} = ${names.typeId('Patient')}`,
        rows === 'all' ? always : isIn(column(at, 'rid'), rows),
      ]),
    isSeen: async (at, types = possible, interactions = readOrFound) =>
      allOf([inTheirRecord(at), (await visibleAmong(access, types, at, context, { interactions })) ?? never]),
  })
}

/** ENF-24: a Provenance shows its targets, so this access must see in the record all that it names. */
async function targetsAreSeen(record: PatientRecord, { access, alias, context }: View): Promise<Sql> {
  const sp = context.conditions.names.paramId('Provenance', 'target') ?? 0
  const rid = column(alias, 'rid')
  const targets = sql`ix_ref f where f.rid = ${rid} and f.sp = ${sp}`
  const isSeen = sql`exists (select 1 from compartment c cross join resource s
    where c.rid = f.target and ${isIn(sql`c.patient`, record.rows)} and s.rid = c.rid and s.state = 1
      and ${await seenInRecord(record, 's', access, context)})`
  return allOf([
    sql`exists (select 1 from ${targets})`,
    sql`not exists (select 1 from ${targets} and not ${isSeen})`,
    // Targets on other servers, and those named by an identifier only, are nobody's that is known here.
    sql`not exists (select 1 from ix_uri u where u.rid = ${rid} and u.sp = ${sp})`,
    sql`not exists (select 1 from ix_token u where u.rid = ${rid} and u.sp = ${sp})`,
  ])
}

/** ENF-04: something that this access sees in the record refers to it. */
async function isReferredTo(record: PatientRecord, { access, self, context }: View): Promise<Sql> {
  const seen = await seenInRecord(record, 's', access, context)
  if (seen === never) return never
  // What the record refers to is gathered once for all rows: a practitioner is in very many records.
  return sql`${self} in (select f.target from compartment c cross join resource s cross join ix_ref f
    where ${isIn(sql`c.patient`, record.rows)} and s.rid = c.rid and s.state = 1 and ${seen} and f.rid = c.rid)`
}

/** The condition that a row of the record, of whatever type, may be read or found by this access. */
async function seenInRecord(
  { patients }: PatientRecord,
  alias: string,
  access: Access,
  context: VisibilityContext,
): Promise<Sql> {
  const { definitions, conditions } = context
  // Of what is not shown whole it must not be told what it refers to.
  const types = definitions.resourceTypes.filter(
    (type) =>
      isInCompartment(definitions, type) && (!access.hides || rangesFor(access, type).every(showsAll)),
  )
  const opensWhole = (type: string) =>
    rangesFor(access, type).some((range) => includesRecord(range, patients, howInRecord(type, definitions)))
  const whole = types.filter(opensWhole).map(conditions.names.typeId)
  const inPart = await visibleAmong(
    access,
    types.filter((type) => !opensWhole(type)),
    alias,
    context,
  )
  const all = [
    ...(whole.length === 0 ? [] : [isAmong(column(alias, 'type'), whole)]),
    ...(inPart === undefined ? [] : [inPart]),
  ]
  return all.length === 0 ? never : anyOf(all)
}

/** True if a range opens everything of a type that is in the record of these patients: there is no more to ask. */
function includesRecord(
  { patients, only, where }: Range,
  record: readonly string[],
  how: Belonging,
): boolean {
  if (only !== undefined || where.length > 0) return false
  return patients === 'all' || (how === 'by-subject' && record.every((patient) => patients.includes(patient)))
}
