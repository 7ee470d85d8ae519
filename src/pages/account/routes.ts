import Router from '@koa/router'
import type { Next } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import { pageToReturnTo } from '../return-to.ts'
import { type ActivityDeps, activityRoutes } from './activity-routes.ts'
import { type AppsDeps, appsRoutes } from './apps-routes.ts'
import { accountDoor, type DoorDeps } from './door.ts'
import { accountPaths } from './paths.ts'
import { type SecurityDeps, securityRoutes } from './security-routes.ts'
import { type SessionsDeps, sessionsRoutes } from './sessions-routes.ts'

export type AccountRouteDeps = DoorDeps & AppsDeps & SessionsDeps & SecurityDeps & ActivityDeps

/** A person's own pages. */
export function accountRoutes(deps: AccountRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>()
  const door = accountDoor(deps)
  router.get(accountPaths.apps, afterSignIn)
  appsRoutes(router, door, deps)
  sessionsRoutes(router, door, deps)
  securityRoutes(router, door, deps)
  activityRoutes(router, door, deps)
  router.get(accountPaths.signOut, (ctx: RequestContext) => {
    ctx.status = 303
    ctx.redirect('/oauth2/logout')
  })
  return router
}

/** Takes the browser on to the page that was asked for before signing in, without what OAuth added to the address. */
async function afterSignIn(ctx: RequestContext, next: Next): Promise<void> {
  const { state, error } = ctx.query
  // Not back to signing in: that may fail again and again.
  if (error !== undefined)
    throw new LanyardError('unauthenticated', 'You have not signed in. Open your account again to do so.', {
      reason: 'not-signed-in',
    })
  if (state === undefined) return await next()
  const page = pageToReturnTo(String(state))
  const tab = (['sessions', 'security', 'activity'] as const).find((tab) => tab === state) ?? 'apps'
  ctx.status = 303
  ctx.redirect(page ?? accountPaths[tab])
}
