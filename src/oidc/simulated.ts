import { errors } from 'oidc-provider'
import type { LanyardError } from '../lib/errors.ts'
import { faultOf, onPurpose, type Simulation, simulatedReason } from '../smart/fault.ts'
import { oauthError } from './oauth-error.ts'

/**
 * What the launch simulator breaks on purpose, of launches that it made and of no others. The app gets the
 * error code that it gets when it happens by itself, which is what it acts on; the description is true.
 */

/** At the authorization endpoint: an error of oidc-provider, if one was asked for. */
export function simulatedAtAuthorize(simulated: Simulation | undefined): Error | undefined {
  const fault = faultOf('authorize', simulated)
  if (fault === undefined) return undefined
  const reason = simulatedReason(fault)
  const told = {
    'authorize-access-denied': () => new errors.AccessDenied(onPurpose, reason),
    'authorize-invalid-scope': () => new errors.InvalidScope(onPurpose, '', reason),
    'authorize-server-error': () =>
      Object.assign(new errors.CustomOIDCProviderError('server_error', onPurpose), { error_detail: reason }),
  }
  return told[fault]()
}

/** At the token endpoint, once everything else was right. */
export function simulatedAtToken(simulated: Simulation | undefined): LanyardError | undefined {
  const fault = faultOf('token', simulated)
  if (fault === undefined) return undefined
  const reason = simulatedReason(fault)
  return fault === 'token-unavailable'
    ? oauthError('temporarily_unavailable', reason, onPurpose, { headers: { 'retry-after': '5' } })
    : oauthError('invalid_grant', reason, onPurpose)
}
