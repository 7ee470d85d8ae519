import { errors } from 'oidc-provider'
import type { LanyardError } from '../lib/errors.ts'
import { faultOf, type Simulation, simulatedReason } from '../smart/fault.ts'
import { badCode } from './bad-code.ts'
import { oauthError } from './oauth-error.ts'
import { verifierWrong } from './pkce.ts'

/**
 * What the launch simulator breaks on purpose, of launches that it made and of no others. The app is told what it is
 * told when it happens by itself; record, log and audit know better.
 */

/** At the authorization endpoint: an error of oidc-provider, if one was asked for. */
export function simulatedAtAuthorize(simulated: Simulation | undefined): Error | undefined {
  const fault = faultOf('authorize', simulated)
  if (fault === undefined) return undefined
  const reason = simulatedReason(fault)
  const told = {
    'authorize-access-denied': () => new errors.AccessDenied('the user did not allow it', reason),
    'authorize-invalid-scope': () => new errors.InvalidScope('the request names no scope', '', reason),
    'authorize-server-error': () =>
      Object.assign(new errors.CustomOIDCProviderError('server_error', 'something went wrong on our side'), {
        error_detail: reason,
      }),
  }
  return told[fault]()
}

/** At the token endpoint, once everything else was right. */
export function simulatedAtToken(simulated: Simulation | undefined): LanyardError | undefined {
  const fault = faultOf('token', simulated)
  if (fault === undefined) return undefined
  const reason = simulatedReason(fault)
  if (fault === 'token-code-expired') return badCode(reason)
  if (fault === 'token-verifier-wrong') return verifierWrong(reason)
  return oauthError(
    'temporarily_unavailable',
    reason,
    'This server cannot answer at the moment. Try again soon.',
    {
      headers: { 'retry-after': '5' },
    },
  )
}
