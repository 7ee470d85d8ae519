import Sqlite from 'better-sqlite3'
import pg from 'pg'

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
