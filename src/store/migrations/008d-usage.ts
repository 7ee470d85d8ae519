import type { Migration } from './ddl.ts'

/** Refusals of clients. Literal, as a partial index is used only where a query says the same. */
export const isRefusal = `what >= 'refused ' and what < 'refused!'`

/** The dashboard reads a few counters over weeks, and the hour in which one client was refused most. */
export const usage: Migration = () => [
  'create index usage_what on usage (client_id, what, at)',
  `create index usage_refused on usage (at) where ${isRefusal}`,
]
