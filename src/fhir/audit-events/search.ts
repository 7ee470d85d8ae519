import { sql } from 'kysely'
import { firstSince, LATE } from '../../audit/first-since.ts'
import { type AuditRow, rowColumns } from '../../audit/rows.ts'
import type { Database } from '../../store/database.ts'
import { allOf, always, isIn, type Sql } from '../store/comparisons.ts'
import type { Position } from '../store/order.ts'
import type { Page } from '../store/search.ts'
import type { Span, Wanted } from './conditions.ts'
import { auditEvent, eventId, patientsOf, type Server } from './render.ts'

type Event = { row: AuditRow; index: number }

/**
 * A page of events, those that were recorded last first.
 * @param after the event that the page follows: its row, and which of the row's events it is
 */
export async function pageOf(
  db: Database,
  { where, patients, time }: Wanted,
  count: number,
  after: Position | undefined,
  server: Server,
): Promise<Page> {
  const [seq, index] = (after ?? []).map(Number)
  const within = allOf([where, await rowsIn(db, time)])
  const behind = seq === undefined ? within : sql`(${within} and seq <= ${seq})`
  const rows = await read<AuditRow>(
    db,
    // The row where the last page ended, one for each event of this one, and one that tells whether there is more.
    sql`select ${sql.join(rowColumns.map((name) => sql.ref(name)))} from audit where ${behind}
      order by seq desc limit ${count + 2}`,
  )
  const found = rows
    .flatMap((row) => eventsOf(row, patients))
    .filter((event) => event.row.seq !== seq || event.index > (index ?? 0))
  const events = found.slice(0, count)
  const [first, last] = [events[0], events.at(-1)]
  return {
    hits: events.map(({ row, index }) => ({
      rid: row.seq,
      type: 'AuditEvent',
      id: eventId(row, index, patientsOf(row).length),
      version: 1,
      updated: row.at,
      body: JSON.stringify(auditEvent(row, index, server)),
    })),
    ...(first === undefined ? {} : { first: positionOf(first) }),
    ...(last === undefined ? {} : { last: positionOf(last) }),
    hasPrevious: false,
    hasNext: found.length > count,
    byUpdate: true,
    total: undefined,
  }
}

/** How many events there are: rows, and more for those that are about several patients. */
export async function countOf(db: Database, { where: asked, patients, time }: Wanted): Promise<number> {
  const where = allOf([asked, await rowsIn(db, time)])
  const [rows] = await read<{ n: number }>(db, sql`select count(*) as n from audit where ${where}`)
  const count = Number(rows?.n)
  const about = patients === undefined ? always : isIn(sql.ref('patient'), patients)
  const [more] = await read<{ n: number }>(
    db,
    sql`select count(*) - count(distinct seq) as n from audit_about
      where ${about} and seq in (select seq from audit where ${where})`,
  )
  return count + Number(more?.n)
}

/** Which rows may be of a time: they were written in its order, so that no index of it has to be kept. */
async function rowsIn(db: Database, { from, to }: Span): Promise<Sql> {
  return allOf([
    ...(Number.isFinite(from) ? [sql`seq >= ${await firstSince(db, from - LATE)}`] : []),
    ...(Number.isFinite(to) ? [sql`seq < ${await firstSince(db, to + LATE)}`] : []),
  ])
}

/** The events of a row that the search is about. */
function eventsOf(row: AuditRow, patients: readonly string[] | undefined): Event[] {
  return patientsOf(row).flatMap((patient, index) =>
    patients === undefined || (patient !== undefined && patients.includes(patient)) ? [{ row, index }] : [],
  )
}

function positionOf({ row, index }: Event): Position {
  return [row.seq, index]
}

async function read<Row>(db: Database, statement: Sql): Promise<Row[]> {
  return await db.search(statement.compile(db.kysely) as Parameters<typeof db.search<Row>>[0])
}
