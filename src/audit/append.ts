import type { Kysely } from 'kysely'
import type { CommitWork } from '../store/at-commit.ts'
import { type BulkTable, bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type Facts, factColumns, hashOf, type Place, sealOf } from './chain.ts'

/** A row that is about to get its place. */
export type Waiting = {
  facts: Facts
  /** Whose records it is about, if those of several patients. */
  several: readonly string[]
}

/** Strict: a row that takes the place of ours stops the transaction, and does not swallow ours. */
const table: BulkTable = {
  table: 'audit',
  columns: { seq: 'int', ...factColumns, hash: 'text' },
  strict: true,
}

const aboutTable: BulkTable = { table: 'audit_about', columns: { patient: 'text', seq: 'int' } }

/**
 * Writes rows behind the last one, as the last act of a transaction. To move the end of the chain locks it, so
 * the transactions of all processes and nodes follow each other in its order, without gaps.
 */
export function createAppend(db: Database, secret: () => string): CommitWork<Waiting> {
  const end = db.kysely.updateTable('audit_chain').where('name', '=', 'end')
  const take = end
    .set((column) => ({ seq: column('seq', '+', 0) }))
    .returning(['seq', 'hash'])
    .compile()
  const settle = end.set({ hash: '', seal: '' }).compile()

  let known: string | undefined

  return async (trx: Kysely<Tables>, waiting: readonly Waiting[]) => {
    const taken = await trx.executeQuery(bind(take, waiting.length, 'end'))
    const [place] = taken.rows
    if (place === undefined) throw new Error('the audit has lost the end of its chain')
    const { rows, about, end } = chained(waiting, { ...place, seq: place.seq - waiting.length })
    await db.insertMany(trx, table, rows)
    if (about.length > 0) await db.insertMany(trx, aboutTable, about)
    known ??= secret()
    await trx.executeQuery(bind(settle, end.hash, sealOf(known, 'end', end), 'end'))
  }
}

/** Rows in their places behind the last one. */
function chained(waiting: readonly Waiting[], last: Place) {
  let { seq, hash } = last
  const about: [string, number][] = []
  const rows: unknown[][] = []
  for (const { facts, several } of waiting) {
    seq += 1
    hash = hashOf(hash, seq, facts)
    for (const patient of several) about.push([patient, seq])
    rows.push([seq, ...facts, hash])
  }
  return { rows, about, end: { seq, hash } }
}
