import type Router from '@koa/router'
import { endingsOf } from '../../../clients/ending.ts'
import type { Reminders } from '../../../clients/reminders.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type AppDeps, appIn } from './app-routes.ts'
import { type OwnerDeps, ownerOf } from './owner.ts'
import { remindPage } from './remind-page.ts'

export type RemindDeps = AppDeps &
  Pick<OwnerDeps, 'overview'> & {
    operations: Pick<AdminOperations, 'apps'>
    reminders: Pick<Reminders, 'ofClient'>
    clock: () => number
  }

/** The owner of an app is asked to renew a credential, after a page that says what they will read. */
export function remindRoutes(router: Router<RequestState>, { ask, post }: AdminDoor, deps: RemindDeps): void {
  const credentialIn = ({ query }: RequestContext) => String(query.credential ?? '')

  router.get(
    '/admin/apps/:id/remind',
    ask(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      const ending = endingsOf(client).find(({ name }) => name === credentialIn(ctx))
      if (ending === undefined) throw new LanyardError('not-found', 'There is no such credential that ends.')
      const reminders = await deps.reminders.ofClient(client.id)
      return remindPage(admin, {
        client,
        ending,
        owner: await ownerOf(client, deps),
        before: reminders.find(({ credential }) => credential === ending.name),
        now: deps.clock(),
      })
    }),
  )

  router.post(
    '/admin/apps/:id/remind',
    post(async (ctx, admin, { form }) => {
      const { id, metadata } = await appIn(ctx, deps)
      const what = { client_id: id, credential: credentialIn(ctx), reason: form.get('reason') ?? '' }
      await perform(deps.operations.apps.remind, what, admin.actor)
      adminDone.say(ctx, 'reminded', metadata.client_name)
      return adminPaths.app(id, 'credentials')
    }),
  )
}
