import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import type { OutsideAlgorithm, TrustedIssuer } from '../../config/trusted-issuers.ts'
import { LanyardError } from '../../lib/errors.ts'
import { sha256 } from '../../lib/id.ts'
import { type Clock, MINUTE, SECOND } from '../../lib/time.ts'
import type { TokenRefusal } from '../../smart/access-token.ts'
import type { Vocabulary } from '../../smart/scope.ts'
import { type IssuerKeyDeps, issuerKeys } from './issuer-keys.ts'
import { type OutsideClaims, otherKindOfToken, readClaims } from './outside-claims.ts'

type Deps = IssuerKeyDeps & {
  issuers: readonly TrustedIssuer[]
  clock: Clock
  fhirBase: string
  vocabulary: Vocabulary
}
/** A token of an outside server that was verified. */
export type OutsideToken = OutsideClaims & {
  /** What the audit names it by. */
  tokenId: string
  /** Milliseconds: what it says, and that with the skew that its issuer is allowed. */
  exp: number
  expires: number
}

/** Verified tokens kept, so that a signature is checked once in a while. */
const KEPT = 10_000
/** Milliseconds after which a token is verified anew: its issuer may have withdrawn the key. */
const TRUSTED = 5 * MINUTE

export type OutsideTokens = ReturnType<typeof outsideTokens>

/** Verifies access tokens of the authorization servers that `trustedIssuers` names. */
export function outsideTokens(deps: Deps) {
  const issuers = new Map(deps.issuers.map((issuer) => [issuer.issuer, issuer]))
  const keys = issuerKeys(deps)
  const known = new Map<string, { token: OutsideToken; until: number }>()

  async function verify(token: string, issuer: TrustedIssuer): Promise<OutsideToken | TokenRefusal> {
    const { alg, kid } = decodeProtectedHeader(token)
    const algorithm = issuer.algorithms.find((allowed) => allowed === alg)
    if (algorithm === undefined) return 'token-alg'
    if (kid !== undefined && typeof kid !== 'string') return 'token-malformed'
    const key = await keyFor(issuer, { alg: algorithm, kid })
    if (key === undefined) return 'token-key'
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer: issuer.issuer,
      audience: issuer.audience ?? deps.fhirBase,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: issuer.clockSkewSeconds,
      currentDate: new Date(deps.clock()),
    })
    if (!typeFits(protectedHeader.typ, issuer.types) || otherKindOfToken(payload)) return 'token-kind'
    return tokenOf(token, payload, issuer)
  }

  async function keyFor(issuer: TrustedIssuer, header: { alg: OutsideAlgorithm; kid?: string | undefined }) {
    try {
      return await keys.keyFor(issuer, header)
    } catch (cause) {
      if (!(cause instanceof LanyardError)) throw cause
      throw new LanyardError(
        'unavailable',
        'The keys of the server that issued this token cannot be had at the moment. Try again soon.',
        {
          reason: 'issuer-unavailable',
          headers: { 'retry-after': '10' },
          detail: `${issuer.issuer}: ${cause.detail ?? cause.message}`,
          cause,
        },
      )
    }
  }

  function tokenOf(token: string, payload: JWTPayload, issuer: TrustedIssuer): OutsideToken | TokenRefusal {
    const claims = readClaims(payload, issuer, deps)
    const { exp = 0, jti } = payload
    if (claims === undefined || !Number.isFinite(exp)) return 'token-malformed'
    return {
      ...claims,
      // AUD-06: of a token without an id a part that opens nothing.
      tokenId: typeof jti === 'string' && /^[\x21-\x7E]{1,255}$/.test(jti) ? jti : sha256(token).slice(0, 22),
      exp: exp * SECOND,
      expires: (exp + issuer.clockSkewSeconds) * SECOND,
    }
  }

  return {
    /** True if the token says that it comes from one of the trusted issuers; nothing of it is believed yet. */
    claims(token: string): boolean {
      return issuers.size > 0 && issuerOf(token, issuers) !== undefined
    },
    /**
     * @returns what it says, or why it is no good
     * @throws LanyardError `unavailable` when its issuer's keys cannot be had
     */
    async check(token: string): Promise<OutsideToken | TokenRefusal> {
      const hash = sha256(token)
      const before = known.get(hash)
      const now = deps.clock()
      if (before !== undefined && before.token.expires <= now) return 'token-expired'
      if (before !== undefined && now < before.until) return before.token
      const issuer = issuerOf(token, issuers)
      if (issuer === undefined) return 'token-issuer'
      const verified = await verify(token, issuer).catch(refusalOf)
      known.delete(hash)
      if (typeof verified === 'string') return verified
      const oldest = known.size >= KEPT ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
      known.set(hash, { token: verified, until: now + TRUSTED })
      return verified
    },
    keysOf: keys.keysOf,
  }
}

function issuerOf(token: string, issuers: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer | undefined {
  if (!token.startsWith('ey')) return undefined
  try {
    return issuers.get(String(decodeJwt(token).iss))
  } catch {
    return undefined
  }
}

/** RFC 7515 §4.1.9: without regard to case, and with or without `application/`. */
function typeFits(typ: unknown, types: readonly string[]): boolean {
  const bare = (name: string) => name.toLowerCase().replace(/^application\//, '')
  return typeof typ === 'string' && types.some((type) => bare(type) === bare(typ))
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'token-expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token-signature'
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud' ? 'token-audience' : 'token-malformed'
  if (error instanceof errors.JOSEError || error instanceof TypeError) return 'token-malformed'
  throw error
}
