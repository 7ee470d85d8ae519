import { decodeJwt } from 'jose'
import type { Issued } from '../launches/flight-detail.ts'
import type { LaunchGrant } from '../launches/grants.ts'
import type { AccessTokenClaims } from '../smart/access-token.ts'
import type { AppTokenResponse } from './app-tokens.ts'

export type ToldOfTokens = Issued

/**
 * What the flight record of a simulated launch tells of its tokens: what is in them, without what opens anything. The
 * records of other launches tell nothing of it, as it names people.
 */
export function toldOfTokens(
  { simulated }: Pick<LaunchGrant, 'simulated'>,
  { response, claims }: { response: AppTokenResponse; claims: AccessTokenClaims },
): { told?: ToldOfTokens } {
  if (simulated === undefined) return {}
  const { access_token, id_token, refresh_token, ...answer } = response
  const { jti: _, gid: __, ...shown } = claims
  return {
    told: {
      answer: {
        access_token: hidden(access_token),
        ...answer,
        ...(id_token === undefined ? {} : { id_token: hidden(id_token) }),
        ...(refresh_token === undefined ? {} : { refresh_token: hidden(refresh_token) }),
      },
      access_token: shown,
      ...(id_token === undefined ? {} : { id_token: decodeJwt(id_token) }),
    },
  }
}

function hidden(secret: string): string {
  return `(${secret.length} characters)`
}
