import { sql } from 'kysely'
import { type AuditRow, rowColumns } from '../../audit/rows.ts'
import type { Database } from '../../store/database.ts'
import { always, isIn, type Sql } from '../store/comparisons.ts'
import type { Position } from '../store/order.ts'
import type { Page } from '../store/search.ts'
import type { Wanted } from './conditions.ts'
import { auditEvent, eventId, patientsOf, type Server } from './render.ts'

type Event = { row: AuditRow; index: number }

/**
 * A page of events, newest first.
 * @param after the event that the page follows: when it was recorded, its row, and which of the row's events it is
 */
export async function pageOf(
  db: Database,
  { where, patients }: Wanted,
  count: number,
  after: Position | undefined,
  server: Server,
): Promise<Page> {
  const [at, seq, index] = (after ?? []).map(Number)
  const behind =
    at === undefined || seq === undefined
      ? where
      : sql`(${where} and (at < ${at} or (at = ${at} and seq <= ${seq})))`
  const rows = await read<AuditRow>(
    db,
    // The row where the last page ended, one for each event of this one, and one that tells whether there is more.
    sql`select ${sql.join(rowColumns.map((name) => sql.ref(name)))} from audit where ${behind}
      order by at desc, seq desc limit ${count + 2}`,
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
export async function countOf(db: Database, { where, patients }: Wanted): Promise<number> {
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

/** The events of a row that the search is about. */
function eventsOf(row: AuditRow, patients: readonly string[] | undefined): Event[] {
  return patientsOf(row).flatMap((patient, index) =>
    patients === undefined || (patient !== undefined && patients.includes(patient)) ? [{ row, index }] : [],
  )
}

function positionOf({ row, index }: Event): Position {
  return [row.at, row.seq, index]
}

async function read<Row>(db: Database, statement: Sql): Promise<Row[]> {
  return await db.search(statement.compile(db.kysely) as Parameters<typeof db.search<Row>>[0])
}
