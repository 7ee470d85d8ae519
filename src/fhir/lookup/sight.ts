import type { UserReach } from '../../smart/permit.ts'
import type { Scope } from '../../smart/scope.ts'
import { type Access, mint } from '../access/access.ts'
import type { SharedResources } from '../access/shared.ts'

/** Everything that a `user/` scope could open to a user (SCOPE-07), and the user's own resource. */
const ofUser: readonly Scope[] = [
  { kind: 'resource', level: 'user', type: '*', letters: 'rs', where: [], v1: false, prefix: '' },
]
const everything: readonly Scope[] = [...ofUser, { kind: 'identity', name: 'fhirUser', prefix: '' }]

/** A user, or one of whom only what is in a record counts: the own resource need not be in it. */
export type Looking = UserReach & { readonly inRecord?: true }

/** What a person who has signed in may see. It is for our own pages, which show it to this person only. */
export function asUser(user: Looking, shared: SharedResources): Access {
  return asHolder(user.inRecord ? ofUser : everything, { patient: undefined, user }, shared)
}

/** What the holder of a token with these scopes would see: for telling people what they are about to allow. */
export function asHolder(
  scopes: readonly Scope[],
  { patient, user }: { patient: string | undefined; user: UserReach | undefined },
  shared: SharedResources,
): Access {
  const claims = {
    client_id: 'lanyard',
    sub: user?.fhirUser ?? 'nobody',
    jti: 'lookup',
    gid: 'lookup',
  }
  return mint({ claims, authority: { scopes, patient, user, policy: undefined } }, shared)
}

/** What of a user's reach lies in the record of one patient (a bare id). */
export function inRecordOf(patient: string, user: UserReach): Looking {
  const reached = user.patients === 'all' || user.patients.includes(patient)
  return { ...user, patients: reached && isId(patient) ? [patient] : [], inRecord: true }
}

/** R4 §2.24.0.1; anything else names nothing. */
function isId(text: string): boolean {
  return /^[A-Za-z0-9.-]{1,64}$/.test(text)
}
