import type { TokenRefusal } from '../../smart/access-token.ts'
import type { CheckBearer, Ground } from '../../smart/ground.ts'
import { subjectOf } from '../../smart/outsider.ts'
import type { OutsideToken, OutsideTokens } from './outside-tokens.ts'
import type { StandingOf } from './outsiders.ts'

type Deps = {
  /** Checks the tokens of our own. */
  own: CheckBearer
  outside: Pick<OutsideTokens, 'claims' | 'check'>
  standingOf: StandingOf
  /** How often anything changed that a credential rests on (liveness.ts). */
  count: () => Promise<number>
}

/** Checks a bearer token of the FHIR server: one of ours, or one of a server that `trustedIssuers` names. */
export function bearerCheck({ own, outside, standingOf, count }: Deps): CheckBearer {
  /** What was handed out last for a token, with the count that it rests on. */
  const grounds = new WeakMap<OutsideToken, { count: number; ground: Ground }>()

  async function groundOf(token: OutsideToken): Promise<Ground | TokenRefusal> {
    const now = await count()
    const known = grounds.get(token)
    if (known?.count === now) return known.ground
    const { outsider, clientId, scopes, patient, tokenId } = token
    const standing = await standingOf(outsider, clientId)
    if (standing === undefined) return 'token-issuer'
    const ground = {
      claims: { client_id: clientId, sub: subjectOf(outsider), jti: tokenId },
      authority: { scopes, patient, ...standing },
    }
    grounds.set(token, { count: now, ground })
    return ground
  }

  return async (token) => {
    if (!outside.claims(token)) return await own(token)
    const checked = await outside.check(token)
    const found = typeof checked === 'string' ? checked : await groundOf(checked)
    return typeof found === 'string' ? { refused: found } : { live: found }
  }
}
