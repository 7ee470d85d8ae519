import type { AuditEvent } from './audit.ts'

/** Events that people look for together; `admin` is all that somebody who runs the server did. */
export const eventGroups = {
  signIn: ['user.sign-in', 'user.sign-out', 'session.end'],
  launch: ['launch.create', 'launch.authorize'],
  consent: ['consent.allow', 'consent.deny', 'grant.narrow', 'grant.revoke'],
  token: ['token.issue', 'token.refresh', 'token.introspect', 'token.revoke', 'client.authenticate'],
  read: ['fhir.read', 'fhir.vread', 'fhir.search', 'fhir.history', 'fhir.operation'],
  write: ['fhir.create', 'fhir.update', 'fhir.patch', 'fhir.delete'],
  refused: ['fhir.refuse'],
  export: [
    'export.start',
    'export.complete',
    'export.fail',
    'export.fetch',
    'export.cancel',
    'export.expire',
    'data.export',
  ],
  look: ['audit.search', 'audit.read', 'audit.export', 'audit.verify', 'flight.read', 'simulator.search'],
} as const satisfies Readonly<Record<string, readonly AuditEvent[]>>

export const eventGroupNames = [
  ...(Object.keys(eventGroups) as (keyof typeof eventGroups)[]),
  'admin',
] as const
export type EventGroup = (typeof eventGroupNames)[number]

export function isEventGroup(word: string): word is EventGroup {
  return (eventGroupNames as readonly string[]).includes(word)
}
