import type { Migration } from './ddl.ts'

/** Bulk exports (fhir/bulk/): one row a job, from the kick-off until its files are removed. */
export const bulk: Migration = ({ int, text, clustered }) => [
  `create table export_job (
    job_id ${text} primary key,
    client_id ${text} not null,
    state ${text} not null check (state in ('waiting', 'running', 'done', 'failed')),
    request ${text} not null,
    created ${int} not null,
    attempt ${int} not null,
    lease_until ${int},
    progress ${text},
    polled ${int},
    result ${text},
    expires ${int}
  ) ${clustered}`,
  'create index export_job_client on export_job (client_id)',
  // What was deleted since the last export, in the order of its time.
  'create index resource_deleted on resource (type, updated, rid) where state = 2',
]
