import { statSync } from 'node:fs'
import { sql } from 'kysely'
import { SECOND } from '../../lib/time.ts'
import type { Database } from '../../store/database.ts'
import { pendingMigrations } from '../../store/migrate.ts'
import { type Check, checks } from './check.ts'
import { size } from './disk.ts'

/** Clocks further apart than this refuse each other's assertions and tokens. */
export const SKEW = 5 * SECOND
/** A larger file takes too long to read through. */
const READ_THROUGH = 1024 ** 3

const database = checks('database')
const clock = checks('clock')

export type DatabaseState = { checks: Check[]; upToDate: boolean }

/** Does it answer, is it of this version, is it whole? */
export async function databaseChecks(db: Database, place: string): Promise<DatabaseState> {
  const answer = database.ok(`${place} answers${await versionOf(db)}.`)
  const pending = await pendingMigrations(db)
  if (pending.length === 0) {
    return { checks: [answer, ...(await wholeness(db, place))], upToDate: true }
  }
  const lacks = `It lacks ${pending.join(', ')}`
  return {
    checks: [
      answer,
      db.dialect === 'sqlite'
        ? database.note(`${lacks}: the next start brings it up to date.`)
        : database.failed(`${lacks}. Run \`npx lanyard migrate\` once, then start.`),
    ],
    upToDate: false,
  }
}

async function versionOf(db: Database): Promise<string> {
  if (db.dialect === 'sqlite') return ''
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(db.kysely)
  return ` (PostgreSQL ${rows[0]?.server_version})`
}

async function wholeness(db: Database, place: string): Promise<Check[]> {
  if (db.dialect !== 'sqlite') return []
  const file = place.slice('sqlite:'.length)
  const { size: bytes, mode } = statSync(file)
  return [...(await readThrough(db, bytes)), ...ownersOnly(file, mode)]
}

async function readThrough(db: Database, bytes: number): Promise<Check[]> {
  if (bytes > READ_THROUGH) return [database.note(`Its ${size(bytes)} were not read through.`)]
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db.kysely)
  const found = rows[0]?.quick_check
  return found === 'ok'
    ? [database.ok('The file was read through, and is whole.')]
    : [database.failed(`The file is damaged (${found}). Put a backup in its place.`)]
}

function ownersOnly(file: string, mode: number): Check[] {
  if ((mode & 0o077) === 0) return []
  const shown = (mode & 0o777).toString(8)
  return [database.warning(`${file} can be read by others (mode ${shown}). Run \`chmod 600 ${file}*\`.`)]
}

/** Compares our clock with PostgreSQL's; on SQLite with the newest row of the audit, which cannot be of the future. */
export async function clockChecks(db: Database, now: () => number): Promise<Check[]> {
  if (db.dialect === 'sqlite') {
    const { newest } = await db.kysely
      .selectFrom('audit')
      .select((select) => select.fn.max('at').as('newest'))
      .executeTakeFirstOrThrow()
    return Number(newest) > now() + SKEW
      ? [clock.warning('The audit has rows of the future: this clock is behind, or was ahead. Check NTP.')]
      : []
  }
  const before = now()
  const { rows } = await sql<{
    at: number
  }>`select extract(epoch from clock_timestamp()) * 1000 as at`.execute(db.kysely)
  return [apart(Number(rows[0]?.at) - (before + now()) / 2, 'the clock of the database')]
}

/** @param difference milliseconds by which the other clock is ahead */
export function apart(difference: number, other: string): Check {
  const seconds = Math.round(difference / SECOND)
  return Math.abs(difference) > SKEW
    ? clock.warning(
        `This clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'behind' : 'ahead of'} ${other}. Let NTP set both: assertions and tokens live for minutes.`,
      )
    : clock.ok(`It agrees with ${other}.`)
}
