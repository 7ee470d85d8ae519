import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'
import type { Together } from './together.ts'

type Outcome = { result: unknown } | { error: unknown }
type Waiting = {
  work: (trx: Kysely<Tables>) => Promise<unknown>
  done: (result: unknown) => void
  failed: (error: unknown) => void
}

/** Works of one transaction: some milliseconds, during which SQLite lets nothing else happen. */
const MOST = 16

/**
 * Runs writes of several requests one after the other in one transaction, as if each had its own: what a work did is
 * undone alone when it throws, and nobody is told of anything before it is committed. Those that come while one batch
 * is under way are the next. A commit costs as much as a small write, so that under load they are half the price.
 * @param mark takes down what is due at the commit so far; what it returns drops the rest (at-commit.ts)
 */
export function createApart(
  kysely: Kysely<Tables>,
  mark: (trx: Kysely<Tables>) => Promise<() => void>,
): Together {
  let waiting: Waiting[] = []
  let isRunning = false

  async function runBatch(): Promise<void> {
    const batch = waiting.slice(0, MOST)
    waiting = waiting.slice(MOST)
    try {
      const outcomes = await kysely.transaction().execute((trx) => inTurn(trx, batch))
      for (const [index, outcome] of outcomes.entries()) {
        if ('error' in outcome) batch[index]?.failed(outcome.error)
        else batch[index]?.done(outcome.result)
      }
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
    if (waiting.length > 0) setImmediate(() => void runBatch())
    else isRunning = false
  }

  async function inTurn(trx: Kysely<Tables>, batch: readonly Waiting[]): Promise<Outcome[]> {
    const [only, ...others] = batch
    // Alone, it is undone with its transaction.
    if (only !== undefined && others.length === 0) return [{ result: await only.work(trx) }]
    const outcomes: Outcome[] = []
    for (const { work } of batch) outcomes.push(await undoable(trx, work))
    return outcomes
  }

  async function undoable(trx: Kysely<Tables>, work: Waiting['work']): Promise<Outcome> {
    const dropTheRest = await mark(trx)
    await sql`savepoint apart`.execute(trx)
    try {
      const result = await work(trx)
      await sql`release savepoint apart`.execute(trx)
      return { result }
    } catch (error) {
      await undo(trx, error)
      dropTheRest()
      return { error }
    }
  }

  /** @throws the error that a work ended with, where the database gave up the whole transaction: a full disk, say */
  async function undo(trx: Kysely<Tables>, error: unknown): Promise<void> {
    try {
      await sql`rollback to savepoint apart`.execute(trx)
      await sql`release savepoint apart`.execute(trx)
    } catch {
      throw error
    }
  }

  return <T>(work: (trx: Kysely<Tables>) => Promise<T>) =>
    new Promise<T>((done, failed) => {
      waiting.push({ work, done: (result) => done(result as T), failed })
      if (isRunning) return
      isRunning = true
      setImmediate(() => void runBatch())
    })
}
