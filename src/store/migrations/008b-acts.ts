import type { Migration } from './ddl.ts'

/** What was an act before it was recorded who looks at what (016-pages.ts). */
const isAct = `event not in ('fhir.read', 'fhir.vread', 'fhir.search', 'fhir.create', 'fhir.update',
  'fhir.patch', 'fhir.delete', 'fhir.history', 'fhir.operation', 'fhir.refuse', 'token.issue', 'token.refresh',
  'token.introspect', 'token.revoke', 'client.authenticate', 'user.sign-in', 'user.sign-out', 'session.end',
  'launch.create', 'launch.authorize', 'consent.allow', 'consent.deny', 'grant.narrow', 'grant.revoke',
  'export.start', 'export.complete', 'export.fail', 'export.fetch', 'export.cancel', 'export.expire',
  'audit.trim')`

/** The console shows the newest of them, and who changed what since somebody looked. */
export const acts: Migration = () => [`create index audit_act on audit (seq) where ${isAct}`]
