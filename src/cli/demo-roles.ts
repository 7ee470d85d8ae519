import type { RoleRegister } from '../users/roles.ts'

/** Where the demo's front desk is. */
export const DESK = 'Location/outpatient-clinic-a'

/** The roles of the demo beside the server's own, as files would say them (config/README.md). */
export const demoRoles = [
  {
    role: 'frontdesk',
    title: 'Front desk',
    description:
      'Receives patients at one location: sees its appointments and who comes, and checks them in.',
    rules: [
      {
        types: ['Appointment'],
        letters: 'rus',
        where: ['location=%user.location'],
        writable: ['status', 'participant.status'],
      },
      {
        types: ['Patient'],
        letters: 'rs',
        where: ['_has:Appointment:actor:location=%user.location'],
        hide: ['maritalStatus', 'communication', 'extension', 'deceased', 'multipleBirth'],
      },
      { types: ['Location', 'Organization', 'Practitioner', 'PractitionerRole', 'Slot'], letters: 'rs' },
    ],
    scopes: 'user/*.cruds',
    basic: 'read',
  },
  {
    role: 'analyst',
    title: 'Analyst',
    description: 'Counts appointments, without anything that identifies a person.',
    rules: [
      {
        types: ['Appointment'],
        letters: 'rs',
        hide: [
          'identifier',
          'participant.actor(Patient,RelatedPerson,Practitioner,PractitionerRole,Device)',
          'participant.extension',
          'reasonReference',
          'supportingInformation',
          'basedOn',
          'slot',
          'description',
          'comment',
          'patientInstruction',
          'extension',
          'modifierExtension',
        ],
      },
      { types: ['Location', 'Organization'], letters: 'rs' },
    ],
    scopes: 'user/*.rs',
    basic: 'read',
  },
] as const

/** Adds the roles of the demo; those that are there are left alone. */
export async function addDemoRoles(roles: RoleRegister): Promise<void> {
  const present = new Set((await roles.list()).map(({ name }) => name))
  for (const role of demoRoles) if (!present.has(role.role)) await roles.add(role, 'demo')
}
