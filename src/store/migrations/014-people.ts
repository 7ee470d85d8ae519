import type { Migration } from './ddl.ts'

/** What the console says of people: when they signed in last, and whether they are kept out at the moment. */
export const people: Migration = ({ int, text, clustered }) => [
  `create table signed_in (user_id ${text} primary key, at ${int} not null) ${clustered}`,
  'insert into signed_in (user_id, at) select user_id, max(at) from sign_in group by user_id',
  // A hash of the name that was tried; none of what is counted for a whole address.
  `alter table sign_in_failure add column name_hash ${text}`,
  'create index sign_in_failure_name on sign_in_failure (name_hash)',
]
