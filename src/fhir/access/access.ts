import type { Simulation } from '../../smart/fault.ts'
import type { Ground } from '../../smart/ground.ts'
import type { Interaction } from '../../smart/letters.ts'
import { type Authority, type Decision, permitAll } from '../../smart/permit.ts'
import { formatScopes } from '../../smart/scope.ts'
import { BINARY, onBinaries } from './binary.ts'
import { type SharedResources, withSharedTypes } from './shared.ts'

/**
 * The right to look at data, made from a token that was checked on this request, or from what a person who has
 * signed in may see (lookup/sight.ts). The store asks for one at its only door, and `mint` is the only place where
 * one is made.
 */
export type Access = {
  readonly clientId: string
  readonly userId: string | undefined
  readonly patient: string | undefined
  /** What the audit names the credentials by, with spaces between them. */
  readonly tokenId: string
  /** Of a launch; a backend service has none. */
  readonly grantId: string | undefined
  /** Of a launch of the simulator. */
  readonly simulated?: Simulation | undefined
  /** Whether a role behind it hides elements of anything: then what it is shown must be looked through. */
  readonly hides: boolean
  /** What this token may do; the same question always gets the same answer. */
  decide(interaction: Interaction, type: string): Decision
  /** What a page link is bound to: another token of the same right may follow it (ENF-18). */
  readonly fingerprint: string
}

/** Of one credential at least. */
export type Grounds = readonly [Ground, ...Ground[]]

const minted = new WeakMap<Access, Grounds>()

/**
 * @param grounds of several credentials each must allow what is done: the access is what they have in common, and the
 * first of them says who it is that acts
 * @param shared whether shared resources need a scope that names their type
 */
export function mint(grounds: Ground | Grounds, shared: SharedResources): Access {
  const all: Grounds = isOne(grounds) ? [grounds] : grounds
  const [first] = all
  const authorities = all.map(({ authority }) =>
    shared === 'always' ? withSharedTypes(authority) : authority,
  )
  const decisions = new Map<string, Decision>()
  const { claims } = first
  const isService = claims.sub.startsWith('client:')
  const access: Access = {
    clientId: claims.client_id,
    userId: isService ? undefined : claims.sub,
    grantId: isService ? undefined : claims.gid,
    patient: authorities.find(({ patient }) => patient !== undefined)?.patient,
    simulated: all.find((ground) => ground.claims.simulated !== undefined)?.claims.simulated,
    tokenId: all.map((ground) => ground.claims.jti).join(' '),
    hides: authorities.some(hidesSomething),
    fingerprint: fingerprintOf(all),
    decide(interaction, type) {
      const question = `${interaction} ${type}`
      const known = decisions.get(question)
      if (known !== undefined) return known
      const own = permitAll(authorities, interaction, type)
      const decision = type === BINARY ? onBinaries(interaction, own, access.decide) : own
      decisions.set(question, decision)
      return decision
    },
  }
  minted.set(access, all)
  return access
}

function isOne(grounds: Ground | Grounds): grounds is Ground {
  return 'claims' in grounds
}

function fingerprintOf(grounds: readonly Ground[]): string {
  const parts = grounds.flatMap(({ claims, authority: { patient, scopes } }) => [
    claims.client_id,
    claims.sub,
    patient,
    formatScopes(scopes),
  ])
  return JSON.stringify(parts)
}

function hidesSomething({ policy, user }: Authority): boolean {
  return [...(policy ?? []), ...(user?.policy ?? [])].some(({ hide }) => hide.length > 0)
}

/** @throws Error for anything that looks like an Access and was not made by `mint` */
export function assertMinted(access: Access): void {
  groundsOf(access)
}

/** What an access was made from. @throws Error as `assertMinted` */
export function groundsOf(access: Access): Grounds {
  const grounds = minted.get(access)
  if (grounds === undefined) throw new Error('an Access that was not made from a token')
  return grounds
}
