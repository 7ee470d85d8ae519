import type { UserReach } from '../smart/permit.ts'
import { type Policy, withApp } from '../smart/policy.ts'
import type { Attributes } from '../smart/variables.ts'

/** What is registered of a person who can sign in. */
export type Account = {
  /** Never reused; the `sub` of tokens. */
  id: string
  /** In lower case. */
  username: string
  displayName: string
  roles: readonly string[]
  /** What rules may ask of the user: `location` is `%user.location`. */
  attributes: Attributes
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
/** The same, with what the roles allowed together when the user was looked up. */
export type User = Account & { policy: Policy }

/**
 * What this user may see at most: a scope never adds to it (SCOPE-07).
 * @param clientId the app through which it is seen; without one, by the user alone
 */
export function reachOf({ fhirUser, patients, attributes, policy }: User, clientId?: string): UserReach {
  const counting = clientId === undefined ? policy : withApp(policy, clientId)
  return { fhirUser, patients, attributes, policy: counting }
}

/** True if someone of this reach may act for a patient (a bare id). */
export function actsFor({ patients }: Pick<UserReach, 'patients'>, patient: string): boolean {
  return patients === 'all' || patients.includes(patient)
}
