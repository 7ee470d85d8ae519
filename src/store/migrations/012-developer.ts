import type { Migration } from './ddl.ts'

/** What the developer pages need: whose app it is, and the last assertion of an app that failed. */
export const developer: Migration = ({ int, text, clustered }) => [
  // The account of the developer who registered it; admins' apps have none.
  `alter table client add column owner_user ${text}`,
  'create index client_owner_user on client (owner_user)',
  // What it said (header, claims, client_id beside it), never the signature; null where that was too long to keep.
  `create table failed_assertion (
    client_id ${text} primary key,
    content ${text},
    reason ${text} not null,
    sentence ${text} not null,
    at ${int} not null,
    expires ${int} not null
  ) ${clustered}`,
  'create index failed_assertion_expires on failed_assertion (expires)',
]
