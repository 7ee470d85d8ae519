import type Router from '@koa/router'
import type { ClientOverview } from '../../../clients/overview.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { appsPage } from './list-page.ts'
import type { OwnerDeps } from './owner.ts'

/** Apps on one page. */
const PAGE = 25

export type AppListDeps = {
  operations: Pick<AdminOperations, 'apps'>
  overview: Pick<ClientOverview, 'counts'>
  users: OwnerDeps['users']
  clock: () => number
}

/** The list of apps. */
export function appListRoutes(router: Router<RequestState>, { get }: AdminDoor, deps: AppListDeps): void {
  const { operations, overview, users, clock } = deps

  /** With the account that registered it, where it names no owner itself. */
  async function owned<Item extends { owner?: string | undefined; owner_user?: string | undefined }>(
    item: Item,
  ): Promise<Item> {
    const { owner, owner_user: id } = item
    if (owner !== undefined || id === undefined) return item
    return { ...item, owner: (await users.find(id))?.displayName }
  }

  router.get(
    adminPaths.apps,
    get(async (ctx, { actor, frame, mayChange, words }) => {
      const asked = (name: string) => String(ctx.query[name] ?? '').trim() || undefined
      const wanted = { q: asked('q'), kind: asked('kind'), status: asked('status') }
      const after = asked('after')
      const { items, next } = await perform(operations.apps.list, { ...wanted, after, limit: PAGE }, actor)
      const { q = '', kind = '', status = '' } = wanted
      return appsPage(
        {
          frame,
          mayChange,
          apps: await Promise.all(items.map(owned)),
          counts: await overview.counts(),
          wanted: { q, kind, status },
          next,
          first: after === undefined,
          now: clock(),
          done: adminDone.hear(ctx, words),
        },
        words,
      )
    }),
  )
}
