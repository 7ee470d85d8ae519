import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Runs small writes of several requests in one transaction; each caller gets its own result. */
export type Together = <T>(work: (trx: Kysely<Tables>) => Promise<T>) => Promise<T>

type Waiting = {
  work: (trx: Kysely<Tables>) => Promise<unknown>
  done: (result: unknown) => void
  failed: (error: unknown) => void
}

/**
 * What is asked for in one turn of the event loop is committed as one (group commit): under load a commit costs
 * more than what it commits. All of it is stored, or none of it and every caller is told. Work must not throw
 * for a reason of its own, since it would undo that of the others: it reports by its result. It may be run again,
 * when what it did was undone.
 */
export function createTogether(kysely: Kysely<Tables>): Together {
  let waiting: Waiting[] = []

  async function commit(): Promise<void> {
    const batch = waiting
    waiting = []
    try {
      const results = await kysely.transaction().execute(async (trx) => {
        const found: unknown[] = []
        for (const { work } of batch) found.push(await work(trx))
        return found
      })
      batch.forEach(({ done }, index) => {
        done(results[index])
      })
    } catch (error) {
      // Another node wanted some of the same rows in another order. Alone, no work holds what another one waits for.
      if (isDeadlock(error)) for (const one of batch) await commitAlone(one)
      else for (const { failed } of batch) failed(error)
    }
  }

  async function commitAlone({ work, done, failed }: Waiting): Promise<void> {
    await kysely.transaction().execute(work).then(done, failed)
  }

  return <T>(work: (trx: Kysely<Tables>) => Promise<T>) =>
    new Promise<T>((done, failed) => {
      waiting.push({ work, done: (result) => done(result as T), failed })
      if (waiting.length === 1) setImmediate(() => void commit())
    })
}

/** PostgreSQL: `deadlock_detected`. */
function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01'
}
