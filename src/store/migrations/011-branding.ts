import type { Migration } from './ddl.ts'

/** How the site looks, and what the console asks of the audit. */
export const branding: Migration = ({ int, text, clustered }) => [
  // One row: what is not said is as it comes.
  `create table branding (
    id ${text} primary key check (id = 'site'),
    version ${int} not null,
    name ${text},
    accent ${text},
    logo ${text}
  ) ${clustered}`,
  "insert into branding (id, version) values ('site', 1)",
  `create table branding_logo (
    hash ${text} primary key,
    type ${text} not null,
    content ${text} not null
  ) ${clustered}`,
  // Few rows are in them: refusals and errors, and the results of checks of the chain.
  `create index audit_refused on audit (seq) where outcome <> 'success'`,
  `create index audit_verified on audit (seq) where event = 'audit.verify'`,
]
