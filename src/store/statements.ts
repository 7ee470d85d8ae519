import type Sqlite from 'better-sqlite3'

/** Statements kept; searches make many shapes, so the oldest are dropped. */
const KEPT = 500

/** Prepares each SQL text once; a text used again is moved to the young end. */
export function cachedStatements(db: Sqlite.Database): (sql: string) => Sqlite.Statement<unknown[]> {
  const cache = new Map<string, Sqlite.Statement<unknown[]>>()
  return (sql) => {
    const known = cache.get(sql)
    if (known) {
      if (cache.size >= KEPT) {
        cache.delete(sql)
        cache.set(sql, known)
      }
      return known
    }
    const statement = db.prepare<unknown[]>(sql)
    cache.set(sql, statement)
    if (cache.size > KEPT) {
      const oldest = cache.keys().next().value
      if (oldest !== undefined) cache.delete(oldest)
    }
    return statement
  }
}
