import { sql } from 'kysely'
import { HOUR } from '../lib/time.ts'
import type { Database } from '../store/database.ts'

/** How long after it happened something may be recorded, in milliseconds: the database was away, or a clock is wrong. */
export const LATE = HOUR

/** The number of a row that is of this time or later, while the one before it is earlier; by halving. */
export async function firstSince(db: Database, time: number): Promise<number> {
  let [low, high] = await endsOf(db)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const query = db.kysely
      .selectFrom('audit')
      .select(['seq', 'at'])
      .where('seq', '>=', middle)
      .orderBy('seq')
      .limit(1)
    const [row] = await db.search(query.compile())
    if (row !== undefined && row.at < time) low = row.seq + 1
    else high = middle
  }
  return low
}

/** The number of the first row, and the one behind the last; 0 and 1 while there is none. */
export async function endsOf(db: Database): Promise<[first: number, end: number]> {
  const ends = sql<{ least: number | null; most: number | null }>`
    select (select min(seq) from audit) as least, (select max(seq) from audit) as most`
  const [row] = await db.search(ends.compile(db.kysely))
  return [Number(row?.least ?? 0), Number(row?.most ?? 0) + 1]
}
