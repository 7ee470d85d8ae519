import type Router from '@koa/router'
import type { Client } from '../../../clients/client.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { mistakeFor, problemsOf } from '../mistakes.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type AppDeps, appIn, asSeen, isStale, staleAnswer, versionIn } from './app-routes.ts'
import { type OwnerDeps, ownerOf } from './owner.ts'
import { editedMetadata, postedValues } from './settings-fields.ts'
import { type SettingsModel, settingsPage } from './settings-page.ts'

export type SettingsDeps = AppDeps &
  Pick<OwnerDeps, 'overview'> & { operations: Pick<AdminOperations, 'apps'>; clock: () => number }

/** The settings of an app, and its logo. */
export function settingsRoutes(
  router: Router<RequestState>,
  { get, post }: AdminDoor,
  deps: SettingsDeps,
): void {
  const { apps } = deps.operations
  /** The page with what it shows in any case. */
  const shown = async (model: Omit<SettingsModel, 'owner' | 'now'>) =>
    settingsPage({ ...model, owner: await ownerOf(model.client, deps), now: deps.clock() })

  router.get(
    '/admin/apps/:id/settings',
    get(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      return await shown({ client, admin, done: adminDone.hear(ctx, admin.words) })
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
        return await shown({
          client: asSeen(client, form),
          admin,
          posted: { values, verified, reason, problems },
        })
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
      const { app, members } = admin.words.admin
      const file = files.get('logo')
      // A picture that came too late comes again from the page that told so.
      const sent = file?.content.toString('base64') ?? form.get('content')
      const content = form.get('do') === 'remove' ? null : sent
      if (form.get('do') !== 'remove' && content === null) {
        ctx.status = 400
        return await shown({ client: asSeen(client, form), admin, logoProblem: app.logo.missing })
      }
      try {
        await perform(apps.setLogo, { client_id: client.id, version: versionIn(form), content }, admin.actor)
      } catch (error) {
        if (isStale(error)) {
          if (content !== null) form.set('content', content)
          const { nothing, picture } = app.logo
          const yours = content === null ? nothing : (file?.name ?? picture)
          const differences = ({ logo }: Client) => [
            { member: members.logo ?? 'logo', now: logo === undefined ? nothing : picture, yours },
          ]
          return await staleAnswer(ctx, admin, { form, part: 'logo', differences }, deps)
        }
        const [problem] = problemsOf(error)
        ctx.status = 400
        return await shown({
          client: asSeen(client, form),
          admin,
          logoProblem: problem && mistakeFor(problem, admin.words),
        })
      }
      adminDone.say(ctx, 'saved', client.metadata.client_name)
      return adminPaths.app(client.id)
    }),
  )
}
