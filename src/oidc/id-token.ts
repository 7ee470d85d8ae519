import { type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyRing } from '../keys/signing-keys.ts'
import { HOUR, seconds } from '../lib/time.ts'
import type { User } from '../users/user.ts'

const signInThread = promisify(sign)

/** OpenID Connect Core §2, and SMART's `fhirUser` (OIDC-03, OIDC-04). */
export type IdTokenClaims = {
  sub: string
  aud: string
  nonce?: string | undefined
  /** Seconds. */
  auth_time?: number | undefined
  name?: string | undefined
  /** Absolute, so that nobody has to guess its base. */
  fhirUser?: string | undefined
}

/**
 * Makes an ID token (OIDC-01). An RSA signature takes nearly a millisecond, so that it is made in a thread.
 * @param now milliseconds
 */
export async function idToken(
  claims: IdTokenClaims,
  { issuer, ring, now }: { issuer: string; ring: KeyRing; now: number },
): Promise<string> {
  const { kid, key } = ring.signer('RS256')
  const iat = seconds(now)
  const content = `${encoded({ alg: 'RS256', kid })}.${encoded({ iss: issuer, ...claims, iat, exp: iat + seconds(HOUR) })}`
  return `${content}.${(await rs256(content, key)).toString('base64url')}`
}

/** What OpenID Connect's scopes tell about a user: in the ID token, and at userinfo. */
export function userClaims(
  { displayName, fhirUser }: User,
  has: (scope: string) => boolean,
  fhirBase: string,
): Pick<IdTokenClaims, 'name' | 'fhirUser'> {
  return {
    ...(has('profile') ? { name: displayName } : {}),
    ...((has('fhirUser') || has('profile')) && fhirUser !== undefined
      ? { fhirUser: `${fhirBase}/${fhirUser}` }
      : {}),
  }
}

async function rs256(content: string, key: KeyObject): Promise<Buffer> {
  return await signInThread('sha256', Buffer.from(content), key)
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
