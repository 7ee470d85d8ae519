import { LanyardError } from '../../../lib/errors.ts'
import type { RequestContext } from '../../../observe/request-context.ts'
import { isFromElsewhere } from '../../csrf.ts'
import { boundTo, type VisitorDeps, visitorOf } from '../../visitor.ts'
import { roleOf } from '../door.ts'
import type { Actor, Role } from '../operations/operation.ts'

/**
 * The client that calls with an access token of ours, and what it may do here.
 * @throws LanyardError `invalid_token`, `insufficient_scope`
 */
export type AdminClient = (authorization: string) => Promise<{ clientId: string; role: Role }>

export type CallerDeps = VisitorDeps & { adminClient: AdminClient }

/**
 * Who calls the admin API: a client with a token, or a page of the console with the session of who looks at it. A
 * session alone changes nothing: another site could make a browser send it, but not the header `X-CSRF-Token`.
 */
export function adminCaller(deps: CallerDeps) {
  return async (ctx: RequestContext): Promise<Actor> => {
    const { requestId } = ctx.state
    const authorization = ctx.get('authorization')
    if (authorization !== '') {
      const client = await deps.adminClient(authorization)
      ctx.state.clientId = client.clientId
      return { ...client, requestId }
    }
    const visitor = await visitorOf(ctx, deps)
    if (visitor === undefined) {
      throw new LanyardError('unauthenticated', 'Send "Authorization: Bearer …" with a token for __admin.', {
        reason: 'token-missing',
        headers: { 'www-authenticate': 'Bearer realm="Lanyard"' },
      })
    }
    const role = roleOf(visitor.user)
    if (role === undefined)
      throw new LanyardError('forbidden', 'This is for admins and auditors of this server.', {
        reason: 'no-admin',
      })
    if (isFromElsewhere(ctx))
      throw new LanyardError('forbidden', 'A page of another site asks for this.', { reason: 'csrf' })
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
      deps.csrf.check(ctx.get('x-csrf-token'), boundTo(visitor))
    return { role, userId: visitor.user.id, requestId }
  }
}
