import type { Migration } from './ddl.ts'

const countTokenChange = "update change set version = version + 1 where name = 'token'"

/** Roles with what they allow, and what rules may ask of a user. */
export const policies: Migration = ({ int, text, clustered, trigger }) => [
  `create table role (
    name ${text} primary key,
    file ${text} not null,
    status ${text} not null check (status in ('active', 'disabled')),
    origin ${text} not null,
    version ${int} not null,
    created ${int} not null,
    updated ${int} not null
  ) ${clustered}`,
  // What a role allows is asked again for every token.
  ...trigger('role_ends_tokens', 'insert or update or delete', 'role', countTokenChange),
  `alter table account add column attributes ${text} not null default '{}'`,
]
