import type { Migration } from './ddl.ts'

/** API keys, and launches of people whom an outside server knows. */
export const waysIn: Migration = ({ int, text, clustered, trigger }) => [
  `create table api_key (
    key_id ${text} primary key,
    key_hash ${text} not null unique,
    name ${text} not null,
    user_id ${text},
    client_id ${text},
    client_since ${int},
    roles ${text} not null,
    scope ${text} not null,
    addresses ${text} not null,
    created ${int} not null,
    expires ${int} not null,
    revoked ${int},
    used ${int}
  ) ${clustered}`,
  'create index api_key_user on api_key (user_id) where user_id is not null',
  'create index api_key_client on api_key (client_id) where client_id is not null',
  // When it was used last changes often and ends nothing.
  ...trigger(
    'api_key_ends_access',
    'update of revoked, expires, roles, scope, addresses or delete',
    'api_key',
    "update change set version = version + 1 where name = 'token'",
  ),
  // Whom an outside authorization server vouched for, as JSON, where the grant is of nobody in `account`.
  `alter table launch_grant add column outsider ${text}`,
]
