import type { Migration } from './ddl.ts'

/** Indexes for searches and histories that went through all there is. */
export const search: Migration = ({ int }) => [
  // Index rows of dates and numbers are in the order of where they begin. The few that are long (a stay, an open
  // period, a range) are found by where they end.
  'create index ix_date_long on ix_date (sp, hi, rid) where hi - lo > 86400000',
  'create index ix_quantity_long on ix_quantity (sp, hi, rid) where hi > lo',

  // The history of a type and of the system, newest first: what is and what was deleted (there are indexes of both by
  // type), and what was before.
  'create index resource_changed on resource (updated, rid) where version > 0',
  `alter table history add column type ${int}`,
  'update history set type = (select r.type from resource r where r.rid = history.rid)',
  'create index history_changed on history (updated, rid, version)',
  'create index history_updated on history (type, updated, rid, version)',
]
