import type { UserReach } from '../smart/permit.ts'

/** A person who can sign in. */
export type User = {
  /** Never reused; the `sub` of tokens. */
  id: string
  /** In lower case. */
  username: string
  displayName: string
  roles: readonly string[]
  /** The user's own resource: `Patient/…`, `Practitioner/…`, `RelatedPerson/…` or `Person/…` (OIDC-04). */
  fhirUser: string | undefined
  /** The records this user may act for, as bare ids: the own one, a child's; or all of them. */
  patients: 'all' | readonly string[]
  status: 'active' | 'disabled'
  origin: 'command' | 'config' | 'config-gone' | 'demo' | 'console'
  hasPassword: boolean
  /** Counts the changes. */
  version: number
  created: number
  updated: number
}

/** What this user may see at most: a scope never adds to it (SCOPE-07). */
export function reachOf({ fhirUser, patients }: User): UserReach {
  return { fhirUser, patients }
}

/** True if someone of this reach may act for a patient (a bare id). */
export function actsFor({ patients }: Pick<UserReach, 'patients'>, patient: string): boolean {
  return patients === 'all' || patients.includes(patient)
}
