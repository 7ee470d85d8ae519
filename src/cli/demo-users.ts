import { DEMO } from '../fhir/seed/hospital.ts'
import { createPasswords } from '../users/passwords.ts'
import type { UserRegistry } from '../users/registry.ts'
import { DESK } from './demo-roles.ts'

/** Of all demo users; public, so demo mode listens on loopback only. */
export const DEMO_PASSWORD = 'lanyard-demo'

/** What each is, and whose records they open where it is not what their role usually opens (users/user-file.ts). */
const people: Record<
  keyof typeof DEMO.users,
  { roles: string[]; patients?: string[]; attributes?: Record<string, string> }
> = {
  admin: { roles: ['admin'] },
  clinician: { roles: ['clinician'] },
  patient: { roles: ['patient'] },
  parent: {
    roles: ['proxy'],
    patients: DEMO.children.map((reference) => reference.replace('Patient/', '')),
  },
  frontdesk: { roles: ['frontdesk'], attributes: { location: DESK } },
  analyst: { roles: ['analyst'] },
}

/** Adds the people of the demo; those that are there are left alone. */
export async function addDemoUsers(users: UserRegistry): Promise<void> {
  const present = new Set((await users.list()).map((user) => user.username))
  const missing = Object.entries(people).filter(([username]) => !present.has(username))
  if (missing.length === 0) return
  // One for all: the password is public, and the first start is quick.
  const password_hash = await createPasswords().hash(DEMO_PASSWORD)
  for (const [username, rest] of missing) {
    const { name, fhirUser } = DEMO.users[username as keyof typeof people]
    await users.add({ username, display_name: name, fhir_user: fhirUser, password_hash, ...rest }, 'demo')
  }
}
