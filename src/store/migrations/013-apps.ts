import type { Migration } from './ddl.ts'

/** What the console lists of an app, and what its owner is asked to do. */
export const apps: Migration = ({ int, text, clustered }) => [
  // The launches of an app by when they began: a page of them is read without the others.
  'drop index launch_grant_client',
  'create index launch_grant_client_created on launch_grant (client_id, created, grant_id)',
  // One row a credential that an admin asked the owner of an app to renew; gone when it is renewed or put aside.
  `create table renewal_reminder (
    client_id ${text} not null,
    credential ${text} not null,
    ends ${int} not null,
    at ${int} not null,
    primary key (client_id, credential)
  ) ${clustered}`,
]
