import { type CompiledQuery, sql } from 'kysely'
import { bind } from '../../store/database.ts'
import type { Access } from '../access/access.ts'
import { type Focus, findsWhatItReads, opens, typesInRecord, wholeLetters } from '../access/whole.ts'
import { careDates } from './care-dates.ts'
import { allOf, always, isIn, never, type Sql } from './comparisons.ts'
import type { Engine } from './engine.ts'
import { noticingLookups } from './noticing.ts'
import type { Position } from './order.ts'
import { readCurrent } from './read.ts'
import { type Hit, toHit } from './search.ts'
import { type Shown, shownTo, wholly } from './shown.ts'
import { visibleAmong } from './visibility.ts'

/** Everything about a patient or an encounter, or as much of it as is asked for. */
export type EverythingQuery = {
  /** Without an id: of all patients. */
  of: { type: Focus; id: string | undefined }
  /** Types of what is in the record. */
  inRecord: readonly string[]
  /** Types of what the record refers to, and Provenance, which tells where it is from. */
  beside: readonly string[]
  /** Milliseconds: only what was changed then or later. */
  since: number | undefined
  /** Milliseconds: only care of this stretch, and what has no date. */
  care: { lo: number; hi: number } | undefined
  count: number
  after: Position | undefined
}
export type EverythingPage = {
  hits: Hit[]
  /** Where the next page begins; absent on the last one. */
  next?: Position
}

type Row = Parameters<typeof toHit>[0]
type Found = { row: Row; of: string }

/** How many patients one page of the records of all of them looks through. */
const MOST_PATIENTS = 100

/**
 * One page of everything in a record, by row ids. What the record refers to comes along only where this access sees
 * what refers to it (ENF-04), and every row is judged by the same conditions as in a search.
 * @throws LanyardError `forbidden`, `not-found`, `gone` of the patient or encounter itself
 */
export async function everythingPage(engine: Engine, query: EverythingQuery): Promise<EverythingPage> {
  const { type, id } = query.of
  const [at = '', atRow = 0] = query.after ?? []
  if (id !== undefined) {
    await readCurrent(engine, type, id)
    const rows = await rowsOf(engine, query, id, Number(atRow))
    return pageOf(
      rows.map((row) => ({ row, of: id })),
      query.count,
      engine,
    )
  }
  const patients = await patientsFrom(engine, String(at))
  const found = new Map<number, Found>()
  for (const patient of patients.slice(0, MOST_PATIENTS)) {
    const rows = await rowsOf(engine, query, patient, patient === at ? Number(atRow) : 0)
    // What several records refer to comes once a page.
    for (const row of rows) if (!found.has(row.rid)) found.set(row.rid, { row, of: patient })
    if (found.size > query.count) return pageOf([...found.values()], query.count, engine)
  }
  const page = pageOf([...found.values()], query.count, engine)
  const further = patients[MOST_PATIENTS]
  return further === undefined ? page : { ...page, next: [further, 0] }
}

function pageOf(found: readonly Found[], count: number, engine: Engine): EverythingPage {
  const shown = found.slice(0, count)
  const hits = shown.map(({ row }) => toHit(row, engine, wholly))
  const last = shown.at(-1)
  return found.length > count && last !== undefined ? { hits, next: [last.of, last.row.rid] } : { hits }
}

/** Patients that the access finds and reads, by their ids, from one on. */
async function patientsFrom(engine: Engine, from: string): Promise<string[]> {
  const seen = await foundAndRead(engine, ['Patient'], 'r')
  const rows = await engine.rows<{ id: string }>(
    sql`select r.id from resource r where r.type = ${engine.names.typeId('Patient')} and r.id >= ${from}
      and r.state = 1 and ${seen} order by r.id limit ${MOST_PATIENTS + 1}`,
  )
  return rows.map((row) => row.id)
}

/** Statements by access, since an app asks for the same record again; of more records only the latest are kept. */
type Statement = { query: CompiledQuery<Row>; shown: Shown }
const statements = new WeakMap<Access, Map<string, Statement>>()
const KEPT = 8

/** Rows of one record behind a row id, and one more than fits on a page. */
async function rowsOf(engine: Engine, query: EverythingQuery, id: string, behind: number): Promise<Row[]> {
  const { query: prepared, shown } = (await statementOf(engine, query, id)) ?? {}
  if (prepared === undefined || shown === undefined) return []
  const page = bind(prepared, ...prepared.parameters.slice(0, -2), behind, query.count + 1)
  const rows = await engine.db.search(page)
  return rows.map((row) => ({ ...row, body: shown.bodyOf(row) }))
}

async function statementOf(
  engine: Engine,
  query: EverythingQuery,
  id: string,
): Promise<Statement | undefined> {
  const { of, inRecord, beside, since, care } = query
  const lookups = noticingLookups(engine.visibility)
  const make = () => statement({ ...engine, visibility: lookups.visibility }, query, id)
  if (of.id === undefined || since !== undefined || care !== undefined) return await make()
  const known = statements.get(engine.access) ?? new Map<string, Statement>()
  statements.set(engine.access, known)
  const key = [of.type, id, ...inRecord, '', ...beside].join()
  const kept = known.get(key)
  if (kept !== undefined) return kept
  const made = await make()
  const [oldest] = known.keys()
  if (made === undefined || !lookups.foundAll() || engine.isProvisional === true) return made
  if (known.size >= KEPT && oldest !== undefined) known.delete(oldest)
  known.set(key, made)
  return made
}

/** The last two parameters are the row id behind which the page begins, and how many rows there may be. */
async function statement(engine: Engine, query: EverythingQuery, id: string): Promise<Statement | undefined> {
  const { definitions, names, access, visibility } = engine
  const { of, inRecord, beside } = query
  const [focus] = await visibility.conditions.rowsOf(of.type, [id])
  if (focus === undefined) return undefined
  const members = sql`(${membersOf(engine, of.type, focus)}) m`
  const since = query.since === undefined ? always : sql`r.updated >= ${query.since}`
  const wanted = sql`r.state = 1 and ${since}`
  const record = of.type === 'Patient' ? id : undefined
  const parts: Sql[] = []
  if (inRecord.length > 0) {
    const seen = allOf([
      await foundAndRead(engine, inRecord, 'r', { inRecordOf: record }),
      duringCare(engine, query),
    ])
    parts.push(
      sql`select r.rid from ${members} cross join resource r where r.rid = m.rid and ${wanted} and ${seen}`,
    )
  }
  if (beside.length > 0) {
    const referring = typesInRecord(of.type, definitions).filter((type) => opens(access, type))
    const sees = await foundAndRead(engine, referring, 'w', { inRecordOf: record })
    const seen = await foundAndRead(engine, beside, 'r', { fromRecordOf: record })
    const provenance = names.paramId('Provenance', 'target') ?? 0
    const others = sql`select f.target as rid from ${members} cross join resource w cross join ix_ref f
        where w.rid = m.rid and w.state = 1 and ${sees} and f.rid = w.rid
      union select f.rid from ${members} cross join ix_ref f where f.target = m.rid and f.sp = ${provenance}`
    parts.push(
      sql`select r.rid from (${others}) o cross join resource r where r.rid = o.rid and ${wanted} and ${seen}`,
    )
  }
  if (parts.length === 0) return undefined
  const shown = await shownTo(engine, [...inRecord, ...beside], wholeLetters, 'b')
  const page = sql`select x.rid from (${sql.join(parts, sql` union all `)}) x where x.rid > ${0}
    order by x.rid limit ${1}`
  const rows = sql<Row>`select b.rid, b.type, b.id, b.version, b.updated, b.body ${shown.columns}
    from (${page}) p cross join resource b where b.rid = p.rid order by b.rid`
  return { query: rows.compile(engine.db.kysely), shown }
}

/** The rows of a record: a patient's by the rule of access/compartment.ts, an encounter's by R4's compartment. */
function membersOf({ visibility }: Engine, type: Focus, focus: number): Sql {
  if (type === 'Patient') return sql`select c.rid from compartment c where c.patient = ${focus}`
  const { conditions } = visibility
  const { definitions } = visibility
  const sps = typesInRecord(type, definitions).flatMap(
    (member) => conditions.membership({ kind: 'compartment', type: member, compartment: type, id: '' }).sps,
  )
  return sql`select ${focus} as rid union select i.rid from ix_ref i where ${isIn(sql`i.sp`, sps)} and i.target = ${focus}`
}

/** The condition that the access may both find and read a row of one of the types. */
async function foundAndRead(
  { access, visibility }: Engine,
  types: readonly string[],
  alias: string,
  known: { inRecordOf?: string | undefined; fromRecordOf?: string | undefined } = {},
): Promise<Sql> {
  const isAlike = types.every((type) => findsWhatItReads(access, type))
  const letters = isAlike ? (['read'] as const) : wholeLetters
  const conditions = await Promise.all(
    letters.map((letter) =>
      visibleAmong(access, types, alias, visibility, { interactions: [letter], known }),
    ),
  )
  return allOf(conditions.map((condition) => condition ?? never))
}

/** The condition that the row `r` is care of a stretch of time, or has no date of care (R4 Patient-everything). */
function duringCare({ definitions, names }: Engine, { inRecord, care }: EverythingQuery): Sql {
  const sps = care === undefined ? [] : careDates(inRecord, definitions, names)
  if (care === undefined || sps.length === 0) return always
  const dated = sql`ix_date i where i.rid = r.rid and ${isIn(sql`i.sp`, sps)}`
  return sql`(not exists (select 1 from ${dated})
    or exists (select 1 from ${dated} and i.lo < ${care.hi} and i.hi > ${care.lo}))`
}
