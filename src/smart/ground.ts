import type { AccessTokenClaims, TokenRefusal } from './access-token.ts'
import type { Authority } from './permit.ts'

/**
 * What one credential of a request rests on, whatever it is: a token of ours or of an outside server, an API key, a
 * password. A request that shows several has what all of them open.
 */
export type Ground = {
  readonly claims: Pick<AccessTokenClaims, 'client_id' | 'sub' | 'jti'> & {
    readonly gid?: string | undefined
    readonly simulated?: AccessTokenClaims['simulated'] | undefined
  }
  readonly authority: Authority
}

/** Why a credential that is no bearer token is no good, for log and audit; the caller hears one sentence for all. */
export type CredentialRefusal =
  | 'api-key-unknown'
  | 'api-key-revoked'
  | 'api-key-expired'
  | 'api-key-address'
  | 'api-key-owner-ended'
  | 'basic-malformed'
  | 'basic-mismatch'
  | 'basic-disabled'
  | 'basic-blocked'

export type CheckedGround =
  | { readonly live: Ground }
  | {
      readonly refused: CredentialRefusal
      /** What was shown, where it is known and names nothing secret: for the audit. */
      readonly shown?: string | undefined
      /** Seconds until the next try can succeed, if not at once. */
      readonly retryAfter?: number | undefined
    }

/** Checks a bearer token, of ours or of an outside server that is trusted. */
export type CheckBearer = (
  token: string,
) => Promise<{ readonly live: Ground } | { readonly refused: TokenRefusal }>

/** The ways in beside bearer tokens. */
export type OtherWays = {
  /** @param address of the caller, as it is known behind proxies */
  apiKey(secret: string, address: string): Promise<CheckedGround>
  /** RFC 7617; undefined where it is off. @param credentials what follows the word Basic */
  basic: ((credentials: string, address: string, requestId: string) => Promise<CheckedGround>) | undefined
  /** For requests without credentials, where everybody may do everything. */
  nobody: Ground | undefined
}
