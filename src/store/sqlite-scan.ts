import Sqlite from 'better-sqlite3'

/** A connection for reading much of a file once: it keeps little, and leaves no mark in the memory of the process. */
export function openForScanning(file: string): Sqlite.Database {
  const db = new Sqlite(file, { readonly: true, timeout: 5000 })
  db.pragma('cache_size = -4000')
  return db
}
