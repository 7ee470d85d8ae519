import { type CompiledQuery, sql } from 'kysely'
import type { Interaction } from '../../smart/letters.ts'
import { showsAll } from '../../smart/range.ts'
import { forbidden, rangesOf } from '../access/refusal.ts'
import type { Filter } from '../search/filter.ts'
import { allOf, anyOf, isIn, never, type Sql } from './comparisons.ts'
import { rowList } from './drivers.ts'
import type { Engine } from './engine.ts'
import { planSearch } from './plan.ts'
import { isUnlimited } from './read.ts'
import { shownTo } from './shown.ts'
import { DELETED, LIVE } from './state.ts'
import { visibleAmong } from './visibility.ts'

/** What is wanted of one type. */
export type ExportSelection = {
  type: string
  interaction: Interaction
  /** Milliseconds: changed after it, before it, and not after the moment of the export. */
  since: number | undefined
  until: number | undefined
  upTo: number
  /** Searches, one of which must match; none for no such limit. */
  filters: readonly (readonly Filter[])[]
  /** Only what is in records, and of these patients; undefined for everything. */
  records: ExportRecords | undefined
  /** Only what is about resources of these types: for Provenance. */
  about: readonly string[] | undefined
}
/** The records of all patients, or of some (bare ids), and in which way the type belongs to them. */
export type ExportRecords = {
  patients: 'all' | readonly string[]
  by: 'in-record' | 'by-target' | 'by-reference'
  /** The types that are in records. */
  recordTypes: readonly string[]
}

/** A query of bodies, for a connection that sees one moment. */
export type ExportQuery = {
  query: CompiledQuery
  /** What is hidden of them, by the number in the second column (access/redact.ts); there is none if nothing is. */
  redactions: readonly (readonly string[])[]
}

/**
 * The bodies of current versions of one type, as this access sees them, in the order in which they came.
 * @throws LanyardError `forbidden`
 */
export async function exportQuery(engine: Engine, selection: ExportSelection): Promise<ExportQuery> {
  const { type, interaction, filters, records, about } = selection
  if ((records !== undefined || about !== undefined) && !isShownWhole(engine, type, interaction))
    throw forbidden(
      'hidden-element',
      `Elements of ${type} are hidden from the roles that count here, and its place in a record would tell of them.`,
    )
  const alternatives = filters.length === 0 ? [[]] : filters
  const plans = await Promise.all(
    alternatives.map((filter) => planSearch(engine, type, filter, 'r', interaction)),
  )
  const members = records === undefined ? undefined : await membersOf(engine, records)
  // The records of some are where their resources are found; of all, the table of resources is gone through.
  const ofMembers = records?.by === 'in-record' ? members : undefined
  const where = allOf([
    ...timesOf(engine, selection, LIVE),
    anyOf(plans.map((plan) => plan.where)),
    ...(records === undefined || ofMembers !== undefined
      ? []
      : [await inRecords(engine, records, members, interaction)]),
    ...(about === undefined ? [] : [await isAbout(engine, about, interaction)]),
  ])
  const { columns, redactions } = await shownTo(engine, [type], [interaction], 'r')
  const bodies = sql`select r.body ${columns}`
  if (ofMembers !== undefined) {
    const own = sql`select c.rid from compartment c where c.type = ${engine.names.typeId(type)} and ${among(engine, 'c.patient', ofMembers)}`
    const from = sql`from (${own}) d cross join resource r where r.rid = d.rid and ${where}`
    return { query: compiled(engine, sql`${bodies} ${from}`), redactions }
  }
  const from = sql`from resource r where ${where} order by r.updated, r.rid`
  return { query: compiled(engine, sql`${bodies} ${from}`), redactions }
}

/**
 * What was deleted: ids, and for exports of records the last version, which tells whose it was.
 * @returns a query of two columns; nothing for an access that does not see all of the type, which is not told of
 *   deletions
 */
export function deletionsQuery(engine: Engine, selection: ExportSelection): CompiledQuery | undefined {
  const { type, interaction, records } = selection
  rangesOf(engine.access, interaction, type)
  if (!isUnlimited(engine.access, interaction, type)) return undefined
  const last = sql`(select h.body from history h where h.rid = r.rid order by h.version desc limit 1)`
  return compiled(
    engine,
    sql`select r.id, ${records === undefined ? sql`null` : last} from resource r
      where ${allOf(timesOf(engine, selection, DELETED))} order by r.updated, r.rid`,
  )
}

function timesOf(
  { names }: Engine,
  { type, since, until, upTo }: ExportSelection,
  state: typeof LIVE | typeof DELETED,
): Sql[] {
  return [
    sql`r.type = ${names.typeId(type)}`,
    // As it stands, so that the index of such rows is found.
    sql`r.state = ${sql.raw(String(state))}`,
    sql`r.updated <= ${upTo}`,
    ...(since === undefined ? [] : [sql`r.updated > ${since}`]),
    ...(until === undefined ? [] : [sql`r.updated < ${until}`]),
  ]
}

/** Row ids of the patients; undefined for all. */
async function membersOf(
  { db, names }: Engine,
  { patients }: ExportRecords,
): Promise<readonly number[] | undefined> {
  if (patients === 'all') return undefined
  const type = names.typeId('Patient')
  const list =
    db.dialect === 'sqlite'
      ? sql`json_each(${JSON.stringify(patients)}) l`
      : sql`unnest(${patients}::text[]) as l(value)`
  const found = await db.search<{ rid: number }>(
    sql<{
      rid: number
    }>`select r.rid from ${list} cross join resource r where r.type = ${type} and r.id = l.value`.compile(
      db.kysely,
    ),
  )
  return found.map(({ rid }) => rid)
}

/**
 * That a row belongs to the records. What only tells of them or is referred to counts where this access sees what it
 * tells of, or what refers to it: otherwise its being there would speak of what is hidden.
 */
async function inRecords(
  engine: Engine,
  { by, recordTypes }: ExportRecords,
  members: readonly number[] | undefined,
  interaction: Interaction,
): Promise<Sql> {
  const ofMember = members === undefined ? sql`1 = 1` : among(engine, 'c.patient', members)
  if (by === 'in-record') return sql`exists (select 1 from compartment c where c.rid = r.rid and ${ofMember})`
  // Of all records together, what is shared is wanted whole.
  if (by === 'by-reference' && members === undefined) return sql`1 = 1`
  const seen = await seenWhole(engine, recordTypes, interaction)
  if (seen === undefined) return never
  if (by === 'by-target') {
    return sql`exists (select 1 from ix_ref f cross join compartment c cross join resource s
      where f.rid = r.rid and f.sp = ${targetParameter(engine)} and c.rid = f.target and ${ofMember}
        and s.rid = c.rid and s.state = 1 and ${seen})`
  }
  return sql`r.rid in (select f.target from compartment c cross join resource s cross join ix_ref f
    where ${ofMember} and s.rid = c.rid and s.state = 1 and ${seen} and f.rid = s.rid)`
}

async function isAbout(engine: Engine, types: readonly string[], interaction: Interaction): Promise<Sql> {
  const seen = await seenWhole(engine, types, interaction)
  return sql`exists (select 1 from ix_ref f cross join resource s where f.rid = r.rid
    and f.sp = ${targetParameter(engine)} and s.rid = f.target and s.state = 1 and ${seen ?? never})`
}

/** Rows `s` of these types that the access sees; of what is not shown whole it must not be told what it refers to. */
async function seenWhole(
  engine: Engine,
  types: readonly string[],
  interaction: Interaction,
): Promise<Sql | undefined> {
  const whole = types.filter((type) => isShownWhole(engine, type, interaction))
  return await visibleAmong(engine.access, whole, 's', engine.visibility, { interactions: [interaction] })
}

function isShownWhole({ access }: Engine, type: string, interaction: Interaction): boolean {
  const decision = access.decide(interaction, type)
  return !access.hides || !decision.allowed || decision.ranges.every(showsAll)
}

function targetParameter({ names }: Engine): number {
  return names.paramId('Provenance', 'target') ?? 0
}

/** A column among any number of row ids. */
function among({ db }: Engine, name: string, rids: readonly number[]): Sql {
  const known = sql.ref(name)
  return rids.length <= 20
    ? isIn(known, rids)
    : sql`${known} in (select l.value from ${rowList(rids, db.dialect)})`
}

function compiled({ db }: Engine, statement: Sql): CompiledQuery {
  return statement.compile(db.kysely)
}
