import { sql } from 'kysely'
import { HOUR } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'

/** How long after it happened something may be recorded, in milliseconds: the database was away, or a clock is wrong. */
export const LATE = HOUR

/** The number of a row that is of this time or later, while the one before it is earlier; by halving. */
export async function firstSince(db: Database, time: number): Promise<number> {
  let [low, high] = await endsOf(db)
  const { kysely } = db
  const from = kysely.selectFrom('audit').select(['seq', 'at']).where('seq', '>=', 0).orderBy('seq').limit(1)
  const query = from.compile()
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [row] = await db.read(bind(query, middle, 1))
    if (row !== undefined && row.at < time) low = row.seq + 1
    else high = middle
  }
  return low
}

/** The number of the first row, and the one behind the last; 0 and 1 while there is none. */
export async function endsOf(db: Database): Promise<[first: number, end: number]> {
  const ends = sql<{ least: number | null; most: number | null }>`
    select (select min(seq) from audit) as least, (select max(seq) from audit) as most`
  const [row] = await db.read(ends.compile(db.kysely))
  return [Number(row?.least ?? 0), Number(row?.most ?? 0) + 1]
}
