import type { Migration } from './ddl.ts'

const countTokenChange = "update change set version = version + 1 where name = 'token'"

/** Users, sessions, launches, what they granted, and the record of how each went. */
export const launch: Migration = ({ int, text, clustered, trigger }) => [
  `create table account (
    user_id ${text} primary key,
    username ${text} not null unique,
    password_hash ${text},
    display_name ${text} not null,
    roles ${text} not null,
    fhir_user ${text},
    patients ${text} not null,
    status ${text} not null check (status in ('active', 'disabled')),
    origin ${text} not null,
    created ${int} not null,
    updated ${int} not null
  ) ${clustered}`,
  // What a user may see can become less: tokens are asked about it again.
  ...trigger('account_ends_tokens', 'update or delete', 'account', countTokenChange),

  // Failed sign-ins, counted by account, by address, and by both together.
  `create table sign_in_failure (
    counter ${text} primary key,
    failures ${int} not null,
    blocked_until ${int} not null,
    expires ${int} not null
  ) ${clustered}`,
  'create index sign_in_failure_expires on sign_in_failure (expires)',

  // What oidc-provider keeps: sessions, interactions, authorization codes. The id is hashed, as it is a secret.
  `create table oidc (
    model ${text} not null,
    id_hash ${text} not null,
    payload ${text} not null,
    uid ${text},
    user_id ${text},
    grant_id ${text},
    consumed ${int},
    expires ${int} not null,
    primary key (model, id_hash)
  ) ${clustered}`,
  'create index oidc_uid on oidc (uid) where uid is not null',
  'create index oidc_user on oidc (user_id) where user_id is not null',
  'create index oidc_grant on oidc (grant_id) where grant_id is not null',
  'create index oidc_expires on oidc (expires)',

  // Where and when each session began, for the page that lists them.
  `create table sign_in (
    session_uid ${text} primary key,
    user_id ${text} not null,
    at ${int} not null,
    address ${text} not null,
    agent ${text} not null,
    expires ${int} not null
  ) ${clustered}`,
  'create index sign_in_user on sign_in (user_id)',
  'create index sign_in_expires on sign_in (expires)',

  `create table launch_handle (
    handle_hash ${text} primary key,
    client_id ${text} not null,
    user_id ${text} not null,
    context ${text} not null,
    created ${int} not null,
    expires ${int} not null,
    used ${int}
  ) ${clustered}`,
  'create index launch_handle_expires on launch_handle (expires)',

  `alter table launch_grant add column session_uid ${text}`,
  // 'offline', 'online', or null for a launch without refresh tokens.
  `alter table launch_grant add column refresh ${text}`,
  // How long the user let the app go on: 'hour', 'months' (renewed at use) or 'year'.
  `alter table launch_grant add column duration ${text} not null default 'hour'`,
  `alter table launch_grant add column used ${int}`,
  `alter table launch_grant add column flight_id ${text}`,
  // As in its context, to tell a user's connections apart.
  `alter table launch_grant add column patient ${text}`,
  'create index launch_grant_user on launch_grant (user_id)',
  'create index launch_grant_session on launch_grant (session_uid) where session_uid is not null',
  'create index audit_user on audit (user_id, seq) where user_id is not null',
  'create index audit_patient on audit (patient, seq) where patient is not null',

  // One row a launch, however often it is refreshed: the part of its tokens that stays, and the two latest of them.
  `create table refresh_token (
    family_hash ${text} primary key,
    grant_id ${text} not null,
    current_hash ${text} not null,
    previous_hash ${text},
    rotated ${int},
    answer_sealed ${text},
    expires ${int} not null
  ) ${clustered}`,
  'create index refresh_token_grant on refresh_token (grant_id)',
  'create index refresh_token_expires on refresh_token (expires)',

  // What a user allowed an app and what not, remembered for the next launch.
  `create table consent (
    user_id ${text} not null,
    client_id ${text} not null,
    patient ${text} not null,
    granted ${text} not null,
    refused ${text} not null,
    duration ${text} not null,
    until ${int} not null,
    updated ${int} not null,
    expires ${int} not null,
    primary key (user_id, client_id, patient)
  ) ${clustered}`,
  'create index consent_expires on consent (expires)',

  `create table flight (
    flight_id ${text} primary key,
    client_id ${text},
    user_id ${text},
    grant_id ${text},
    outcome ${text} not null,
    reason ${text},
    started ${int} not null,
    updated ${int} not null,
    steps ${int} not null,
    expires ${int} not null
  ) ${clustered}`,
  'create index flight_started on flight (started)',
  'create index flight_stranger on flight (started) where user_id is null',
  'create index flight_grant on flight (grant_id) where grant_id is not null',
  'create index flight_expires on flight (expires)',
  `create table flight_step (
    flight_id ${text} not null,
    step ${int} not null,
    at ${int} not null,
    event ${text} not null,
    outcome ${text} not null,
    reason ${text},
    detail ${text},
    expires ${int} not null,
    primary key (flight_id, step)
  ) ${clustered}`,
  'create index flight_step_expires on flight_step (expires)',
]
