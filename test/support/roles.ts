import type { UserReach } from '../../src/smart/permit.ts'
import { builtInPolicy, builtInRoles, type Policy } from '../../src/smart/policy.ts'

/** What a role of the server's own allows. */
export function allowedBy(role: (typeof builtInRoles)[number]): Policy {
  return builtInPolicy(role) ?? []
}

/** Somebody whose roles open everything within the reach. */
export function reaching(user: Pick<UserReach, 'fhirUser' | 'patients'>): UserReach {
  return { ...user, attributes: {}, policy: allowedBy('clinician') }
}

/** A register of roles that knows the server's own and some more, which open nothing. */
export function rolesNamed(...more: string[]) {
  const known: readonly string[] = [...builtInRoles, ...more]
  return {
    policyOf: async (names: readonly string[]) => names.flatMap((name) => builtInPolicy(name) ?? []),
    unknown: async (names: readonly string[]) => names.filter((name) => !known.includes(name)),
  }
}
