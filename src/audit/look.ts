import { type RawBuilder, sql } from 'kysely'
import { LanyardError } from '../lib/errors.ts'
import type { Database } from '../store/database.ts'
import { isAct, isNoRead } from '../store/migrations/016-pages.ts'
import { eventGroups, isEventGroup } from './event-groups.ts'
import { endsOf, firstSince, LATE } from './first-since.ts'
import { amongIndexed, type Range } from './narrowest.ts'
import { type AuditRow, rowColumns } from './rows.ts'
import type { Sought } from './sought.ts'

/** Rows that one page looks through at most, so that its cost is bounded whatever is looked for. */
export const LOOK = 5000
/** How many times the rows of a page are looked at first. */
const FEW = 4
/** Numbers of rows that an export reads at once. */
const BATCH = 2000
/** Rows that an export looks through at most. */
export const MOST_EXPORTED = 1_000_000

type Sql = RawBuilder<boolean>

export type AuditLook = ReturnType<typeof createAuditLook>

/** Reads the audit for those who watch over the server. */
export function createAuditLook(db: Database) {
  // What is bounded needs no thread of its own; an export does.
  const run = <Row>(statement: RawBuilder<Row>) => db.read<Row>(statement.compile(db.kysely))
  const runLong = <Row>(statement: RawBuilder<Row>) => db.search<Row>(statement.compile(db.kysely))
  const columns = sql.join(rowColumns.map((name) => sql.ref(name)))

  /** By the order in which rows are written, which needs no index of its own. */
  async function rangeOf({ since, until }: Sought): Promise<Range> {
    const [first, end] = await endsOf(db)
    return {
      from: since === undefined ? first : await firstSince(db, since - LATE),
      to: until === undefined ? end : await firstSince(db, until + LATE),
    }
  }

  /** Those of a range that fit, and the number down to which was looked. */
  async function foundIn(
    sought: Sought,
    range: Range,
    most: number,
  ): Promise<{ rows: AuditRow[]; floor: number }> {
    const floor = Math.max(range.from, range.to - LOOK)
    const byNumber = sql<boolean>`seq >= ${floor} and seq < ${range.to}`
    const rowsIn = (where: Sql) =>
      run(
        sql<AuditRow>`select ${columns} from audit where ${where} and ${conditionOf(sought)}
          order by seq desc limit ${most}`,
      )
    const among = amongIndexed(sought, range, LOOK)
    if (among === undefined) return { rows: await rowsIn(byNumber), floor }
    // The few newest fill most pages.
    const few = await rowsIn(sql`seq in (${amongIndexed(sought, range, FEW * most) ?? among})`)
    const rows = few.length === most ? few : await rowsIn(sql`seq in (${among})`)
    if (rows.length === most) return { rows, floor }
    const [last] = await run(
      sql<{ seq: number }>`select seq from (${among}) as among limit 1 offset ${LOOK - 1}`,
    )
    return { rows, floor: last?.seq ?? range.from }
  }

  /** Behind the newest row of a request that is no read: the others of the request stand near it. */
  async function nearRequest({ requestId }: Sought, { from, to }: Range): Promise<Range | undefined> {
    const [row] = await run(
      sql<{ seq: number }>`select seq from audit where request_id = ${requestId} and ${sql.raw(isNoRead)}
        and seq >= ${from} and seq < ${to} order by seq desc limit 1`,
    )
    return row && { from, to: Math.min(to, row.seq + LOOK / 2) }
  }

  /**
   * The newest rows first. Those of a request that nobody reads a record with are found however old they are.
   * @param before only rows with smaller numbers
   * @returns `next`: what `before` must be to go on; without it nothing older was left. `lookedTo`: the number down to
   *   which was looked, where the page ended before it was full
   */
  async function newest(
    sought: Sought,
    before: number | undefined,
    most: number,
  ): Promise<{ rows: AuditRow[]; next: number | undefined; lookedTo: number | undefined }> {
    const whole = await rangeOf(sought)
    const range = { ...whole, to: Math.min(whole.to, before ?? whole.to) }
    let { rows: found, floor } = await foundIn(sought, range, most + 1)
    if (found.length === 0 && sought.requestId !== undefined) {
      const near = await nearRequest(sought, { ...range, to: floor })
      if (near !== undefined) ({ rows: found, floor } = await foundIn(sought, near, most + 1))
    }
    const rows = found.slice(0, most)
    const last = rows.at(-1)
    if (found.length > most && last !== undefined) return { rows, next: last.seq, lookedTo: undefined }
    return floor > range.from
      ? { rows, next: floor, lookedTo: floor }
      : { rows, next: undefined, lookedTo: undefined }
  }

  /** A row, and the hash of the one before it. */
  async function one(seq: number): Promise<{ row: AuditRow; previous: string | undefined } | undefined> {
    const rows = await run(
      sql<AuditRow>`select ${columns} from audit where seq <= ${seq} and seq >= ${seq - 1} order by seq desc`,
    )
    const [row, previous] = rows
    return row === undefined || row.seq !== seq ? undefined : { row, previous: previous?.hash ?? undefined }
  }

  /**
   * All rows in the order in which they were written, in batches.
   * @throws LanyardError `invalid-request` (reason `export-too-large`) where more would have to be looked through than
   *   one export may
   */
  async function exported(sought: Sought): Promise<AsyncGenerator<AuditRow[]>> {
    const range = await rangeOf(sought)
    if (range.to - range.from > MOST_EXPORTED) throw tooLarge()
    return batches(sought, range)
  }

  async function* batches(sought: Sought, { from, to }: Range): AsyncGenerator<AuditRow[]> {
    for (let start = from; start < to; start += BATCH) {
      const rows = await runLong(
        sql<AuditRow>`select ${columns} from audit
          where seq >= ${start} and seq < ${Math.min(to, start + BATCH)} and ${conditionOf(sought)} order by seq`,
      )
      if (rows.length > 0) yield rows
    }
  }

  return { newest, one, exported }
}

function conditionOf({ since, until, event, outcome, userId, clientId, patient, requestId }: Sought): Sql {
  const all: readonly (Sql | undefined)[] = [
    since === undefined ? undefined : sql`at >= ${since}`,
    until === undefined ? undefined : sql`at < ${until}`,
    event === undefined ? undefined : ofEvent(event),
    outcome === undefined ? undefined : sql`outcome = ${outcome}`,
    userId === undefined ? undefined : sql`user_id = ${userId}`,
    clientId === undefined ? undefined : sql`client_id = ${clientId}`,
    requestId === undefined ? undefined : sql`request_id = ${requestId}`,
    patient === undefined
      ? undefined
      : sql`(patient = ${patient} or seq in (select seq from audit_about where patient = ${patient}))`,
  ]
  const said = all.filter((condition) => condition !== undefined)
  return said.length === 0 ? sql`1 = 1` : sql`${sql.join(said, sql` and `)}`
}

function ofEvent(event: string): Sql {
  if (!isEventGroup(event)) return sql`event = ${event}`
  if (event === 'admin')
    return sql`${sql.raw(isAct)} and event <> 'fhir.operation' and event not like 'export.%'`
  return sql`event in (${sql.join([...eventGroups[event]])})`
}

function tooLarge(): LanyardError {
  return new LanyardError(
    'invalid-request',
    'One export looks through at most 1,000,000 entries. Choose a shorter time, or run `lanyard audit export` on the server.',
    {
      reason: 'export-too-large',
      problems: [
        { path: 'from', message: 'must be later: an export looks through at most 1,000,000 entries' },
      ],
    },
  )
}
