import type { Database } from '../store/database.ts'
import { factColumns, hashOf, isGenuine, type Place, type PlaceName } from './chain.ts'
import { type AuditRow, rowsOf } from './rows.ts'

/** What is wrong with the first row that does not stand as it was written. */
export type Break = {
  /** The number of that row. */
  seq: number
  kind: 'altered' | 'removed' | 'added' | 'start-forged' | 'end-forged'
}

export type Verified = {
  /** Rows that were followed and found right. */
  rows: number
  /** Rows from before the chain, about which it says nothing. */
  before: number
  /** The place that the first of them follows: all up to it was removed for its age, or was never chained. */
  start: Place
  /** The last row that was followed: to be kept elsewhere, where nobody can change it. */
  end: Place
  broken: Break | undefined
}

/**
 * Follows the chain from its start to where its end was when asked, in batches. The server may go on writing
 * and removing what is old.
 * @param secret that the chain was sealed with
 * @param known a place that was noted down earlier: the chain must still lead through it
 * @param signal ends it before its time
 * @throws the reason of the signal
 */
export async function verifyAudit(
  db: Database,
  secret: string,
  known?: Place,
  signal?: AbortSignal,
): Promise<Verified> {
  for (;;) {
    const start = await placeOf(db, 'start')
    const verified = await follow(db, secret, start, known, signal)
    // What was removed for its age while we read is no break: we begin again behind it.
    const moved = verified.broken !== undefined && (await placeOf(db, 'start')).seq !== start.seq
    if (!moved) return verified
  }
}

type Sealed = Place & { seal: string }

async function follow(
  db: Database,
  secret: string,
  start: Sealed,
  known: Place | undefined,
  signal: AbortSignal | undefined,
): Promise<Verified> {
  const end = await placeOf(db, 'end')
  const before = await countBefore(db, start.seq)
  let place: Place = { seq: start.seq, hash: start.hash }
  const result = (kind?: Break['kind'], seq = place.seq + 1): Verified => ({
    rows: place.seq - start.seq,
    before,
    start: { seq: start.seq, hash: start.hash },
    end: place,
    broken: kind === undefined ? undefined : { seq, kind },
  })
  if (!isGenuine(secret, 'start', start)) return result('start-forged')
  for await (const rows of rowsOf(db, { after: start.seq, upTo: end.seq })) {
    signal?.throwIfAborted()
    for (const row of rows) {
      if (row.seq !== place.seq + 1) return result('removed')
      const hash = hashOf(place.hash, row.seq, factsOf(row))
      if (hash !== row.hash || (known?.seq === row.seq && known.hash !== hash)) return result('altered')
      place = { seq: row.seq, hash }
    }
  }
  if (place.seq < end.seq) return result('removed')
  if (end.hash !== place.hash || !isGenuine(secret, 'end', end)) return result('end-forged', end.seq)
  // An older end, with its seal, was put back, and what came later was removed.
  if (known !== undefined && known.seq > end.seq) return result('removed')
  return (await isLongerThanItsEnd(db)) ? result('added') : result()
}

async function placeOf(db: Database, name: PlaceName): Promise<Sealed> {
  const query = db.kysely.selectFrom('audit_chain').select(['seq', 'hash', 'seal']).where('name', '=', name)
  const [place] = await db.read(query.compile())
  // Without its ends nothing can be said for the chain: none was ever sealed like this.
  return place ?? { seq: 0, hash: 'lost', seal: '' }
}

function factsOf(row: AuditRow) {
  return Object.keys(factColumns).map((name) => row[name as keyof typeof factColumns])
}

async function countBefore(db: Database, seq: number): Promise<number> {
  const query = db.kysely
    .selectFrom('audit')
    .select((row) => row.fn.countAll().as('count'))
    .where('seq', '<=', seq)
  const [row] = await db.search(query.compile())
  return Number(row?.count)
}

/** Asked in one statement: both sides are of one moment. */
async function isLongerThanItsEnd(db: Database): Promise<boolean> {
  const query = db.kysely
    .selectFrom('audit')
    .innerJoin('audit_chain', (join) => join.onRef('audit.seq', '>', 'audit_chain.seq'))
    .where('audit_chain.name', '=', 'end')
    .select('audit.seq')
    .limit(1)
  return (await db.search(query.compile())).length > 0
}
