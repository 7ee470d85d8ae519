import type { Migration } from './ddl.ts'

/** The newest link by which somebody chooses their password, of each user who has one. */
export const passwordLinks: Migration = ({ int, text, clustered }) => [
  `create table password_link (
    user_id ${text} primary key,
    link_hash ${text} not null unique,
    expires ${int} not null
  ) ${clustered}`,
  'create index password_link_expires on password_link (expires)',
]
