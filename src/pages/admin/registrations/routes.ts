import type Router from '@koa/router'
import type { ClientOverview } from '../../../clients/overview.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import type { Vocabulary } from '../../../smart/scope.ts'
import { type AppDeps, appIn, versionIn } from '../apps/app-routes.ts'
import { ownerOf } from '../apps/owner.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { place } from '../operations/apps.ts'
import { pageOf, readCursor } from '../operations/cursor.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { registrationsPage, reviewPage } from './registrations-page.ts'

/** Registrations on one page. */
const PAGE = 25

export type RegistrationDeps = AppDeps & {
  operations: Pick<AdminOperations, 'apps'>
  overview: Pick<ClientOverview, 'page' | 'ofOwner'>
  vocabulary: Vocabulary
  clock: () => number
}

/** Apps that wait: each is let in or refused. */
export function registrationRoutes(
  router: Router<RequestState>,
  { get, post }: AdminDoor,
  deps: RegistrationDeps,
): void {
  const { operations, overview, users, vocabulary, clock } = deps

  router.get(
    adminPaths.registrations,
    get(async (ctx, admin) => {
      const after = ctx.query.after === undefined ? undefined : String(ctx.query.after)
      const found = await overview.page({ status: 'waiting' }, readCursor(after, place), PAGE + 1)
      const { items: waiting, next } = pageOf(found, PAGE, ({ metadata, id }) => ({
        name: metadata.client_name.toLowerCase(),
        id,
      }))
      const named = waiting.map(async (client) => {
        const account = client.ownerUser === undefined ? undefined : await users.find(client.ownerUser)
        return { ...client, account: account?.displayName }
      })
      const done = adminDone.hear(ctx, admin.words)
      return registrationsPage(admin, { waiting: await Promise.all(named), next, done })
    }),
  )

  router.get(
    '/admin/apps/:id/review',
    get(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      return reviewPage(admin, { client, owner: await ownerOf(client, deps), vocabulary, now: clock() })
    }),
  )

  router.post(
    '/admin/apps/:id/review',
    post(async (ctx, admin, { form }) => {
      const { id, metadata } = await appIn(ctx, deps)
      const status = form.get('decision') === 'active' ? 'active' : 'refused'
      const edit = { client_id: id, version: versionIn(form), reason: form.get('reason') ?? '', status }
      await perform(operations.apps.setStatus, edit, admin.actor)
      adminDone.say(ctx, status === 'active' ? 'enabled' : 'refused', metadata.client_name)
      return adminPaths.registrations
    }),
  )
}
