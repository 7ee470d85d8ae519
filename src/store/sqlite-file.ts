import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { databaseTrouble } from './trouble.ts'

/** How long a writer waits for another process's write, in milliseconds. */
export const BUSY = 5000
/** How long it waits within SQLite, where nothing else is done meanwhile; the rest is waited for outside. */
const BUSY_INSIDE = 5

/** The writing connection; the file and its folder are made if they are absent. */
export function openForWriting(file: string): Sqlite.Database {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const db = new Sqlite(file, { timeout: BUSY })
    // FHIR resources of 1 to 4 kB waste less of a page of 8 kB. Without effect on a file that exists.
    db.pragma('page_size = 8192')
    db.pragma('journal_mode = WAL')
    // A commit is in the operating system's hands before it is answered for: it survives `kill -9`. NORMAL
    // does not wait for the disk, as FULL would.
    db.pragma('synchronous = NORMAL')
    db.pragma('cache_size = -16000')
    db.pragma(`busy_timeout = ${BUSY_INSIDE}`)
    return db
  } catch (error) {
    const trouble = databaseTrouble(error)
    throw new LanyardError(
      'configuration',
      trouble === undefined
        ? `The database file ${file} cannot be opened for writing (${messageOf(error)}). Check that its folder exists and that this user may write there, or set LANYARD_DATA_DIR.`
        : `${file}: ${trouble}`,
      { cause: error },
    )
  }
}

/** A connection that can read only; shared with the reader threads. */
export function openForReading(file: string): Sqlite.Database {
  const db = new Sqlite(file, { readonly: true, timeout: BUSY })
  db.pragma('cache_size = -32000')
  db.pragma('mmap_size = 1073741824')
  return db
}
