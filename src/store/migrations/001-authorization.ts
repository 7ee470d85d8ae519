import type { Migration } from './ddl.ts'

const countTokenChange = "update change set version = version + 1 where name = 'token'"

/** Keys, clients, grants, tokens, audit. */
export const authorization: Migration = ({ int, text, counted, clustered, trigger }) => [
  `create table change (name ${text} primary key, version ${int} not null) ${clustered}`,

  `create table signing_key (
    kid ${text} primary key,
    alg ${text} not null,
    state ${text} not null check (state in ('next', 'current', 'previous')),
    private_sealed ${text} not null,
    public_jwk ${text} not null,
    created ${int} not null,
    since ${int} not null
  ) ${clustered}`,
  // One current and one next key an algorithm, however many processes rotate at once.
  `create unique index signing_key_one on signing_key (alg, state) where state <> 'previous'`,

  `create table client (
    client_id ${text} primary key,
    metadata ${text} not null,
    secret_hash ${text},
    status ${text} not null check (status in ('active', 'disabled')),
    origin ${text} not null,
    grant_id ${text} not null unique,
    created ${int} not null,
    updated ${int} not null
  ) ${clustered}`,

  `create table launch_grant (
    grant_id ${text} primary key,
    client_id ${text} not null,
    user_id ${text},
    scope ${text} not null,
    context ${text} not null,
    created ${int} not null,
    expires ${int} not null,
    revoked ${int}
  ) ${clustered}`,
  'create index launch_grant_client on launch_grant (client_id)',
  'create index launch_grant_expires on launch_grant (expires)',

  `create table opaque_token (
    token_hash ${text} primary key,
    claims ${text} not null,
    expires ${int} not null
  ) ${clustered}`,
  'create index opaque_token_expires on opaque_token (expires)',

  `create table denied_token (jti ${text} primary key, expires ${int} not null) ${clustered}`,
  'create index denied_token_expires on denied_token (expires)',

  `create table used_assertion (
    client_id ${text} not null,
    jti ${text} not null,
    expires ${int} not null,
    primary key (client_id, jti)
  ) ${clustered}`,
  'create index used_assertion_expires on used_assertion (expires)',

  // Counts everything that can end a token before its time: a token that was alive at a count still is while the
  // count is the same. The database does it, so that no code can forget to.
  `insert into change (name, version) values ('token', 0)`,
  ...trigger('client_ends_tokens', 'update or delete', 'client', countTokenChange),
  ...trigger(
    'grant_ends_tokens',
    'update of revoked, expires, scope, context or delete',
    'launch_grant',
    countTokenChange,
  ),
  ...trigger('token_denied', 'insert', 'denied_token', countTokenChange),

  `create table audit (
    seq ${counted},
    at ${int} not null,
    event ${text} not null,
    outcome ${text} not null,
    reason ${text},
    client_id ${text},
    user_id ${text},
    patient ${text},
    token_id ${text},
    request_id ${text},
    detail ${text}
  )`,
]
