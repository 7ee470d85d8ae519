import type Router from '@koa/router'
import { asInput } from '../../../clients/client.ts'
import type { ServerLifetimes } from '../../../clients/lifetimes.ts'
import type { ClientMetadata } from '../../../clients/metadata.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import type { Vocabulary } from '../../../smart/scope.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { problemsOf } from '../mistakes.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { accessPage } from './access-page.ts'
import { type AppDeps, appIn, asSeen, isStale, staleAnswer, versionIn } from './app-routes.ts'
import { lifetimeMembers, postedLifetimes } from './lifetimes.ts'
import { postedScopes, scopeMembers, scopeOf, scopesFormOf } from './scopes-form.ts'
import { scopesPage } from './scopes-page.ts'

/** Empty rows at the end of the form. */
const BLANK = 2

export type AccessDeps = AppDeps & {
  operations: Pick<AdminOperations, 'apps'>
  vocabulary: Vocabulary
  tokenSeconds: ServerLifetimes
}

/** What an app may ask for, and how people are asked. */
export function accessRoutes(router: Router<RequestState>, door: AdminDoor, deps: AccessDeps): void {
  const { get, ask, post } = door
  const { operations, vocabulary, tokenSeconds: tokens } = deps
  const { apps } = operations

  router.get(
    '/admin/apps/:id/access',
    get(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      return accessPage({ client, admin, vocabulary, tokens, done: adminDone.hear(ctx, admin.words) })
    }),
  )

  router.post(
    '/admin/apps/:id/access',
    post(async (ctx, admin, { form }) => {
      const client = await appIn(ctx, deps)
      const fields = postedLifetimes(form)
      const policy = form.get('consent') === 'policy'
      const reason = form.get('reason') ?? ''
      const metadata = {
        ...without(client.metadata, ['skip_consent', 'access_token_lifetime', 'max_consent_duration']),
        ...(policy ? { skip_consent: true } : {}),
        ...lifetimeMembers(fields),
      }
      const edit = { client_id: client.id, version: versionIn(form), reason, metadata }
      try {
        await perform(apps.update, edit, admin.actor)
      } catch (error) {
        if (isStale(error))
          return await staleAnswer(ctx, admin, { form, yours: metadata, part: 'access' }, deps)
        const posted = { fields, policy, reason, problems: problemsOf(error) }
        ctx.status = 400
        return accessPage({ client: asSeen(client, form), admin, vocabulary, tokens, posted })
      }
      adminDone.say(ctx, 'saved', client.metadata.client_name)
      return adminPaths.app(client.id, 'access')
    }),
  )

  router.get(
    '/admin/apps/:id/scopes',
    ask(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      const form = scopesFormOf(client.metadata.scope, vocabulary)
      return scopesPage({ client, admin, form, blank: BLANK, reason: '', problems: [] })
    }),
  )

  router.post(
    '/admin/apps/:id/scopes',
    post(async (ctx, admin, { form }) => {
      const client = await appIn(ctx, deps)
      const posted = postedScopes(form)
      const reason = form.get('reason') ?? ''
      const rows = posted.rows.filter(({ type }) => type !== '')
      const again = { client: asSeen(client, form), admin, form: { ...posted, rows }, blank: BLANK, reason }
      if (form.get('do') === 'more') return scopesPage({ ...again, blank: BLANK + 3, problems: [] })
      const metadata = { ...asInput(client.metadata), ...scopeMembers(scopeOf(posted), client.metadata) }
      const edit = { client_id: client.id, version: versionIn(form), reason, metadata }
      try {
        await perform(apps.update, edit, admin.actor)
      } catch (error) {
        if (isStale(error))
          return await staleAnswer(ctx, admin, { form, yours: metadata, part: 'scopes' }, deps)
        ctx.status = 400
        return scopesPage({ ...again, problems: problemsOf(error) })
      }
      adminDone.say(ctx, 'saved', client.metadata.client_name)
      return adminPaths.app(client.id, 'access')
    }),
  )
}

/** Metadata as its author writes it, but for these members. */
function without(metadata: ClientMetadata, members: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(asInput(metadata)).filter(([name]) => !members.includes(name)))
}
