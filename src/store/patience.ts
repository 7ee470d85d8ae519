import { setTimeout } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'

/** The longest pause between two tries, in milliseconds. */
const PAUSE = 50

/** Does what another process may stand in the way of, again and again until it is done or has taken too long. */
export type Patience = <Result>(work: () => Promise<Result>) => Promise<Result>

/**
 * Waits for a database that another process writes to, without holding up the event loop as SQLite's own waiting
 * would: meanwhile reads are answered.
 * @param most milliseconds after which the error is thrown; who comes later, while it is still so, waits no more
 */
export function createPatience(most: number): Patience {
  /** Since when it has been busy, and when that was last seen. */
  let since = 0
  let seen = Number.NEGATIVE_INFINITY
  return async (work) => {
    for (let pause = 1; ; pause = Math.min(2 * pause, PAUSE)) {
      try {
        const result = await work()
        seen = Number.NEGATIVE_INFINITY
        return result
      } catch (error) {
        if (!isBusy(error)) throw error
        const now = performance.now()
        if (now - seen > most) since = now
        seen = now
        if (now - since > most) throw error
        await setTimeout(pause)
      }
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
}
