import type { TrustedIssuer } from '../../config/trusted-issuers.ts'
import type { Outsider } from '../../smart/outsider.ts'
import type { Authority } from '../../smart/permit.ts'
import { type Policy, withApp } from '../../smart/policy.ts'

type Deps = {
  issuers: readonly TrustedIssuer[]
  roles: { policyOf(names: readonly string[]): Promise<Policy> }
}

/** What an outsider may do at most: the part of an authority that rests on who it is. */
export type Standing = Pick<Authority, 'user' | 'policy'>

export type StandingOf = (outsider: Outsider, clientId: string) => Promise<Standing | undefined>

/**
 * What outsiders may do, by the mapping of their issuer as it is now: their groups give them roles, and roles say
 * which records they reach. Nobody has a role that the mapping does not give.
 * @returns undefined for an issuer that is trusted no more
 */
export function standingOfOutsiders({ issuers, roles }: Deps): StandingOf {
  const trusted = new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
  return async (outsider, clientId) => {
    const issuer = trusted.get(outsider.issuer)
    if (issuer === undefined) return undefined
    const names = rolesOf(outsider, issuer)
    const policy = withApp(await roles.policyOf(names), clientId)
    // A service is held to its scopes, and to roles if its issuer gives it any.
    if (outsider.isService) return { user: undefined, policy: names.length === 0 ? undefined : policy }
    const { fhirUser, attributes } = outsider
    const own = fhirUser?.startsWith('Patient/') ? [fhirUser.slice('Patient/'.length)] : []
    const seesAll = names.some((name) => issuer.allPatientsRoles.includes(name))
    return { user: { fhirUser, patients: seesAll ? 'all' : own, attributes, policy }, policy: undefined }
  }
}

function rolesOf({ groups }: Outsider, { roles, groupRoles }: TrustedIssuer): string[] {
  const given = groups.flatMap((group) => (Object.hasOwn(groupRoles, group) ? (groupRoles[group] ?? []) : []))
  return [...new Set([...roles, ...given])]
}
