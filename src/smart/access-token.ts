import type { Simulation } from './fault.ts'
import type { Authority } from './permit.ts'

/** What an access token says, in the names of RFC 9068 and SMART; the same for JWT and opaque tokens. */
export type AccessTokenClaims = {
  iss: string
  /** The FHIR base: the only place where the token is good (ENF-01). */
  aud: string
  sub: string
  client_id: string
  /** The granted scopes, as the client sent them (SCOPE-13). */
  scope: string
  /** Seconds since 1970. */
  iat: number
  exp: number
  jti: string
  /** The grant the token lives by: a launch's, or the standing one of a backend service. */
  gid: string
  patient?: string
  encounter?: string
  fhirUser?: string
  /** Of a launch of the simulator: with a fault of FHIR (smart/fault.ts) the token opens nothing. */
  simulated?: Simulation
}

/** Why a token is no good, for log and audit; the caller only hears `invalid_token`. */
export type TokenRefusal =
  | 'token-malformed'
  | 'token-unknown'
  | 'token-signature'
  | 'token-expired'
  | 'token-revoked'
  | 'client-ended'
  | 'grant-ended'
  | 'user-ended'
  | 'patient-link-ended'
  | 'token-issuer'
  | 'token-audience'
  | 'token-alg'
  | 'token-key'
  | 'token-kind'

/** A token that was checked on this request: signed by us, for us, not expired, not revoked, its grant alive. */
export type LiveToken = {
  readonly claims: AccessTokenClaims
  readonly authority: Authority
  /** What the token opens at this moment: its own scopes, as far as its grant still has them. */
  readonly scope: string
  /** Launch context of the grant, as in the token response (INTRO-03). */
  readonly context: Readonly<Record<string, unknown>>
}
export type CheckedToken = { readonly live: LiveToken } | { readonly refused: TokenRefusal }

/**
 * What the last check of a token found, and not asked anew: good while the database still counts `changes` of what
 * can end a token, which the caller must read in the same statement as what the token opens.
 */
export type RecalledToken = { readonly live: LiveToken; readonly changes: number }
export type RecallToken = (token: string) => RecalledToken | undefined

/** Checks a bearer token; the FHIR server, introspection and the launch API all ask this one function. */
export type CheckToken = (token: string) => Promise<CheckedToken>
