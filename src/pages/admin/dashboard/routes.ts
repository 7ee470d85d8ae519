import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import type { AdminDoor } from '../door.ts'
import { adminPaths } from '../paths.ts'
import { dashboardPage } from './dashboard-page.ts'
import { type DashboardDeps, dashboardOf } from './facts.ts'

export type { DashboardDeps }

/** The first page of the console; `?span=week` looks at seven days. */
export function dashboardRoutes(router: Router<RequestState>, { get }: AdminDoor, deps: DashboardDeps): void {
  router.get(
    adminPaths.dashboard,
    get(async ({ query }, { frame, words }) =>
      dashboardPage(frame, await dashboardOf(query.span === 'week' ? 'week' : 'day', deps), words),
    ),
  )
}
