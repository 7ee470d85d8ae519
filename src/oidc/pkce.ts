import { equalInConstantTime, sha256 } from '../lib/id.ts'
import { oauthError } from './oauth-error.ts'

/** RFC 7636 §4.1. */
const verifierForm = /^[A-Za-z0-9._~-]{43,128}$/

/**
 * RFC 7636 §4.6 with S256, which every code has here (AUTHZ-06).
 * @throws LanyardError `invalid_grant`
 */
export function checkVerifier(verifier: string | undefined, challenge: string | undefined): void {
  if (verifier === undefined) {
    throw oauthError('invalid_grant', 'pkce-verifier-missing', 'The request has no code_verifier.')
  }
  // SEC-03: a verifier without a challenge is as wrong as one that does not fit.
  const fits =
    challenge !== undefined && verifierForm.test(verifier) && equalInConstantTime(sha256(verifier), challenge)
  if (!fits) {
    throw oauthError(
      'invalid_grant',
      'pkce-verifier-wrong',
      'code_verifier does not fit the code_challenge of the authorization request.',
    )
  }
}
