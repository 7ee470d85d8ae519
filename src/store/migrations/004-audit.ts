import type { Migration } from './ddl.ts'

/** The audit as a chain: each row has the hash of its content and of the row before (audit/chain.ts). */
export const audit: Migration = ({ int, text, clustered }) => [
  // Rows from before the chain have none.
  `alter table audit add column hash ${text}`,
  // The last row that was removed for its age (or stood before the chain), and the last one that was written.
  `create table audit_chain (
    name ${text} primary key check (name in ('start', 'end')),
    seq ${int} not null,
    hash ${text} not null,
    seal ${text} not null
  ) ${clustered}`,
  ...['start', 'end'].map(
    (name) =>
      `insert into audit_chain (name, seq, hash, seal) select '${name}', coalesce(max(seq), 0), '', '' from audit`,
  ),
  // Whose records a row is about, if those of several patients: what audit.patient is for one.
  `create table audit_about (
    patient ${text} not null,
    seq ${int} not null,
    primary key (patient, seq)
  ) ${clustered}`,
  'create index audit_about_seq on audit_about (seq)',
]
