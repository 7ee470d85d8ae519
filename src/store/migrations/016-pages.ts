import type { Migration } from './ddl.ts'

/**
 * All but the reads of records, of which there are most. Literal, as a partial index is used only where a query says
 * the same.
 */
export const isNoRead = `event not in ('fhir.read', 'fhir.vread', 'fhir.search')`

/**
 * What happens every day, and that somebody looked, as a condition on a row of the audit; all else is an act of somebody
 * who runs the server, and there are few of them.
 */
export const isAct = `event not in ('fhir.read', 'fhir.vread', 'fhir.search', 'fhir.create', 'fhir.update',
  'fhir.patch', 'fhir.delete', 'fhir.history', 'fhir.operation', 'fhir.refuse', 'token.issue', 'token.refresh',
  'token.introspect', 'token.revoke', 'client.authenticate', 'user.sign-in', 'user.sign-out', 'session.end',
  'launch.create', 'launch.authorize', 'consent.allow', 'consent.deny', 'grant.narrow', 'grant.revoke',
  'export.start', 'export.complete', 'export.fail', 'export.fetch', 'export.cancel', 'export.expire',
  'audit.trim', 'audit.search', 'audit.read', 'flight.read', 'simulator.search')`

/** What the console looks through by an index, so that a page takes the same time however much there is. */
export const pages: Migration = () => [
  'create index audit_client on audit (client_id, seq) where client_id is not null',
  // What is looked for seldom happens: reads do not pay for it.
  `create index audit_event on audit (event, seq) where ${isNoRead}`,
  `create index audit_request on audit (request_id, seq) where ${isNoRead}`,
  `create index audit_client_refused on audit (client_id, seq) where outcome <> 'success'`,
  'drop index audit_act',
  `create index audit_act on audit (seq) where ${isAct}`,
  `create index audit_client_act on audit (client_id, seq) where ${isAct}`,
  // Both are looked through for a part of a name, without the rest of the row.
  'create index account_names on account (username, lower(display_name), status, roles)',
  // How many wait, on every page of the console.
  'create index client_state on client (status, review)',
  'create index api_key_created on api_key (created, key_id)',
]
