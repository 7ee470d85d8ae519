import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { LanyardError } from '../lib/errors.ts'

/** What to do about what SQLite says, by the beginning of its code. */
const remedies: Record<string, string> = {
  SQLITE_CORRUPT: 'The database file is damaged. Put a backup in its place.',
  SQLITE_NOTADB: 'The database file is no SQLite database. Put a backup in its place.',
  SQLITE_BUSY: 'Another program holds the database. End it, or try again in a moment.',
  SQLITE_FULL: 'The disk of the database is full. Make room, then try again.',
  SQLITE_READONLY: 'The database cannot be written. Check the permissions of its file and folder.',
  SQLITE_IOERR: 'The disk of the database does not answer as it should. Check it, and the permissions there.',
}

/** What an error of the database means and what to do, for the operator; nothing for any other error. */
export function databaseTrouble(error: unknown): string | undefined {
  if (error instanceof Sqlite.SqliteError) {
    const { code, message } = error
    const remedy = Object.entries(remedies).find(([name]) => code.startsWith(name))?.[1]
    return remedy === undefined ? undefined : `${remedy} (${code}: ${message})`
  }
  if (error instanceof pg.DatabaseError) return `PostgreSQL refused: ${error.message} (${error.code}).`
  return undefined
}

/**
 * Codes of trouble that passes by itself or with the operator's help: SQLite held by another process, or its disk full
 * or failing; PostgreSQL (appendix A) without a connection (08), out of something (53), shutting down or starting (57P),
 * read-only after a fail-over (25006), or with transactions in each other's way (40001, 40P01, 55P03); no network.
 */
const passing =
  /^(?:SQLITE_(?:BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)\w*|08...|53...|57P..|25006|40001|40P01|55P03|E(?:CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN))$/
/** What the driver of PostgreSQL says without a code. */
const lostConnection =
  /Connection terminated|connection error and is not queryable|Connection ended unexpectedly/
const noConnection = /timeout exceeded when trying to connect/
/** Of those with a code: the server or the network broke off what was under way, and the outcome is not known. */
const brokenOff = /^(?:08(?:003|006|007)|57P..|E(?:CONNRESET|PIPE|TIMEDOUT))$/

/** A text of the caller's that PostgreSQL does not take (22021), as a mistake of theirs. Undefined for any other error. */
export function unstorableText(error: unknown): LanyardError | undefined {
  if (!(error instanceof pg.DatabaseError) || error.code !== '22021') return undefined
  return new LanyardError('invalid-request', 'The request holds a character that no text here may have.', {
    reason: 'text',
    cause: error,
  })
}

/**
 * Trouble of the database that may be over in a moment, as what a caller is told: 503 and when to come again.
 * Undefined for any other error.
 */
export function passingTrouble(error: unknown): LanyardError | undefined {
  if (!(error instanceof Error) || error instanceof LanyardError) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const isLost = brokenOff.test(code) || lostConnection.test(error.message)
  if (!isLost && !passing.test(code) && !noConnection.test(error.message)) return undefined
  return new LanyardError(
    'unavailable',
    isLost
      ? 'The database went away while it did this. Try again soon; what was to be changed may have been, so look first.'
      : 'The database cannot do this at the moment, and nothing was changed. Try again soon.',
    { reason: 'database-away', headers: { 'retry-after': '5' }, cause: error },
  )
}
