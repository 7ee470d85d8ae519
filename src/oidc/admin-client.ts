import type { CheckToken } from '../smart/access-token.ts'
import { bearerOf, liveToken, scopeLacking } from './bearer.ts'

/** The rights of the admin API, as scopes for backend services: to do everything, and to see everything. */
export const adminScope = '__admin'
export const auditorScope = '__auditor'

/** What a client may do in the admin API, by its token; throws `invalid_token` and `insufficient_scope`. */
export function adminClient(check: CheckToken) {
  return async (authorization: string): Promise<{ clientId: string; role: 'admin' | 'auditor' }> => {
    const live = await liveToken(bearerOf(authorization), check)
    const holds = (right: string) =>
      live.authority.scopes.some((scope) => scope.kind === 'extension' && scope.name === right)
    const clientId = live.claims.client_id
    if (holds(adminScope)) return { clientId, role: 'admin' }
    if (holds(auditorScope)) return { clientId, role: 'auditor' }
    throw scopeLacking(adminScope, live)
  }
}
