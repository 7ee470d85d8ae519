import { sql } from 'kysely'
import { HOUR } from '../lib/time.ts'
import type { Database } from '../store/database.ts'

/** How long after it happened something may be recorded, in milliseconds: the database was away, or a clock is wrong. */
export const LATE = HOUR
/** Places that one statement looks at, so that few go to a database that is elsewhere. */
const PLACES = 16

/** The number of a row that is of this time or later, while the one before it is earlier; by ever smaller ranges. */
export async function firstSince(db: Database, time: number): Promise<number> {
  let [low, high] = await endsOf(db)
  while (low < high) {
    const step = Math.ceil((high - low) / PLACES)
    const places = Array.from({ length: PLACES }, (_, index) => Math.min(high - 1, low + index * step))
    const times = await timesAt(db, places)
    const later = times.findIndex((at) => at === null || at >= time)
    if (later === 0) high = places[0] ?? low
    else {
      low = (places.at(later === -1 ? -1 : later - 1) ?? low) + 1
      if (later !== -1) high = places[later] ?? high
    }
  }
  return low
}

/** The times of the rows at these numbers, or of those behind them; null behind the last. */
async function timesAt(db: Database, places: readonly number[]): Promise<(number | null)[]> {
  const list = sql.join(places.map((place, index) => sql`(${sql.lit(index)}, cast(${place} as bigint))`))
  const statement = sql<{ at: number | null }>`with place (nr, seq) as (values ${list})
    select (select at from audit where audit.seq >= place.seq order by audit.seq limit 1) as at from place order by nr`
  const rows = await db.read(statement.compile(db.kysely))
  return rows.map(({ at }) => at)
}

/** The number of the first row, and the one behind the last; 0 and 1 while there is none. */
export async function endsOf(db: Database): Promise<[first: number, end: number]> {
  const ends = sql<{ least: number | null; most: number | null }>`
    select (select min(seq) from audit) as least, (select max(seq) from audit) as most`
  const [row] = await db.read(ends.compile(db.kysely))
  return [Number(row?.least ?? 0), Number(row?.most ?? 0) + 1]
}
