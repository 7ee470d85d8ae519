import type { Migration } from './ddl.ts'

/** What the console needs: versions against stale edits, apps that wait, counters of use. */
export const console: Migration = ({ int, text, clustered, member }) => {
  const isService = `${member('metadata', 'grant_types')} not like '%authorization_code%'`
  const method = member('metadata', 'token_endpoint_auth_method')
  return [
    `alter table account add column version ${int} not null default 1`,

    // Counts the changes of a client: who edits an older state is told.
    `alter table client add column version ${int} not null default 1`,
    // Why a client that is not active is not: it waits for an admin, or was refused by one.
    `alter table client add column review ${text} check (review in ('waiting', 'refused'))`,
    // Good until then, beside the present one.
    `alter table client add column previous_secret_hash ${text}`,
    `alter table client add column previous_secret_until ${int}`,
    // Of the metadata, in lower case: what the list is searched and ordered by.
    `alter table client add column name ${text} not null default ''`,
    `alter table client add column owner ${text} not null default ''`,
    `alter table client add column kind ${text} not null default 'server'
      check (kind in ('browser', 'native', 'server', 'service'))`,
    `update client set name = lower(coalesce(${member('metadata', 'client_name')}, '')),
      owner = lower(coalesce(${member('metadata', 'owner')}, '')),
      kind = case
        when ${isService} then 'service'
        when ${method} <> 'none' then 'server'
        when ${member('metadata', 'application_type')} = 'native' then 'native'
        else 'browser'
      end`,
    'create index client_name on client (name, client_id)',

    // Our own copy of an app's logo.
    `create table client_logo (
      client_id ${text} primary key,
      type ${text} not null,
      content ${text} not null,
      hash ${text} not null
    ) ${clustered}`,
    // When a client last got a token or an answer.
    `create table client_used (client_id ${text} primary key, at ${int} not null) ${clustered}`,
    // How often what happened in the time that begins at \`at\`; client_id is empty where it is about the whole.
    `create table usage (
      at ${int} not null,
      client_id ${text} not null,
      what ${text} not null,
      count ${int} not null,
      primary key (client_id, at, what)
    ) ${clustered}`,
    'create index usage_at on usage (at)',
  ]
}
