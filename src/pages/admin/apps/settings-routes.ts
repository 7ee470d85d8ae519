import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { mistakeFor, problemsOf } from '../mistakes.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type AppDeps, appIn, isStale, staleAnswer, versionIn } from './app-routes.ts'
import { editedMetadata, postedValues } from './settings-fields.ts'
import { settingsPage } from './settings-page.ts'

export type SettingsDeps = AppDeps & { operations: Pick<AdminOperations, 'apps'> }

/** The settings of an app, and its logo. */
export function settingsRoutes(
  router: Router<RequestState>,
  { get, post }: AdminDoor,
  deps: SettingsDeps,
): void {
  const { apps } = deps.operations

  router.get(
    '/admin/apps/:id/settings',
    get(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      return settingsPage({ client, admin, done: adminDone.hear(ctx, admin.words) })
    }),
  )

  router.post(
    '/admin/apps/:id/settings',
    post(async (ctx, admin, { form }) => {
      const client = await appIn(ctx, deps)
      const values = postedValues(form)
      const verified = form.get('verified') === 'yes'
      const metadata = editedMetadata(client, values, verified)
      const reason = form.get('reason') ?? ''
      const edit = { client_id: client.id, version: versionIn(form), reason, metadata }
      try {
        await perform(apps.update, edit, admin.actor)
      } catch (error) {
        if (isStale(error))
          return await staleAnswer(ctx, admin, { form, yours: metadata, part: 'settings' }, deps)
        const problems = problemsOf(error)
        ctx.status = 400
        return settingsPage({ client, admin, posted: { values, verified, reason, problems } })
      }
      adminDone.say(ctx, 'saved', String(values.client_name))
      return adminPaths.app(client.id)
    }),
  )

  router.get(
    '/admin/apps/:id/logo',
    get(async (ctx) => adminPaths.app(String(ctx.params.id))),
  )
  router.post(
    '/admin/apps/:id/logo',
    post(async (ctx, admin, { form, files }) => {
      const client = await appIn(ctx, deps)
      const file = files.get('logo')
      const { app } = admin.words.admin
      if (form.get('do') !== 'remove' && file === undefined) {
        ctx.status = 400
        return settingsPage({ client, admin, logoProblem: app.logo.missing })
      }
      const content = form.get('do') === 'remove' ? null : (file?.content.toString('base64') ?? null)
      try {
        await perform(apps.setLogo, { client_id: client.id, version: versionIn(form), content }, admin.actor)
      } catch (error) {
        const [problem] = problemsOf(error)
        ctx.status = 400
        return settingsPage({ client, admin, logoProblem: problem && mistakeFor(problem, admin.words) })
      }
      adminDone.say(ctx, 'saved', client.metadata.client_name)
      return adminPaths.app(client.id)
    }),
  )
}
