import type { DatabaseConnection, Driver, Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** What is done with all that a transaction collected. */
export type CommitWork<Item> = (trx: Kysely<Tables>, items: readonly Item[]) => Promise<void>

/**
 * Leaves items to be dealt with together, as the last thing before the transaction commits; if that fails the
 * transaction does. What everybody writes to is so locked last and briefly: nobody who holds it waits for anything.
 * @throws Error outside of a transaction
 */
export type AtCommit = <Item>(
  trx: Kysely<Tables>,
  work: CommitWork<Item>,
  items: readonly Item[],
) => Promise<void>

type Due = { trx: Kysely<Tables>; items: Map<CommitWork<never>, unknown[]> }

/** Remembers for each connection what is due on it. */
export function createAtCommit() {
  const due = new WeakMap<DatabaseConnection, Due>()

  const atCommit: AtCommit = async (trx, work, items) => {
    if (!trx.isTransaction) throw new Error('work for a commit needs a transaction')
    // Kysely has no hook of its own, and only the executor knows the connection.
    await trx.getExecutor().provideConnection(async (connection) => {
      const found = due.get(connection) ?? { trx, items: new Map() }
      due.set(connection, found)
      const waiting = found.items.get(work)
      if (waiting === undefined) found.items.set(work, [...items])
      else waiting.push(...items)
    })
  }

  /** Takes down what is due so far in a transaction. @returns a function that drops what was added since */
  async function mark(trx: Kysely<Tables>): Promise<() => void> {
    return await trx.getExecutor().provideConnection(async (connection) => {
      const lengths = new Map(
        [...(due.get(connection)?.items ?? [])].map(([work, { length }]) => [work, length]),
      )
      return () => {
        const { items } = due.get(connection) ?? {}
        for (const [work, added] of items ?? []) {
          added.length = lengths.get(work) ?? 0
          if (added.length === 0) items?.delete(work)
        }
      }
    })
  }

  /** The driver, which does what is due before each commit. */
  function watch(driver: Driver): Driver {
    const commit = driver.commitTransaction.bind(driver)
    const rollBack = driver.rollbackTransaction.bind(driver)
    driver.commitTransaction = async (connection) => {
      const found = due.get(connection)
      due.delete(connection)
      // Each list stands under the work that it was gathered for, which a map of many works cannot say in its type.
      for (const [work, items] of found?.items ?? [])
        await work(found?.trx as Kysely<Tables>, items as never[])
      await commit(connection)
    }
    driver.rollbackTransaction = async (connection) => {
      due.delete(connection)
      await rollBack(connection)
    }
    return driver
  }

  return { atCommit, mark, watch }
}
