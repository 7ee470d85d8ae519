import pg from 'pg'

const { INT8, NUMERIC } = pg.types.builtins

/** Our integers stay below 2^53 (milliseconds, row ids), so they come back as numbers, as from SQLite. */
export const pgTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8 || oid === NUMERIC) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** A connection beside the pool, for what takes long. */
export function pgClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, types: pgTypes, connectionTimeoutMillis: 5000 })
  // When the server ends it, its query fails, which is told to who asked.
  client.on('error', () => {})
  return client
}
