import type Router from '@koa/router'
import type { Problem } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import type { Vocabulary } from '../../../smart/scope.ts'
import type { FormWithFiles } from '../../upload.ts'
import { adminDone } from '../done.ts'
import type { Admin, AdminDoor, Answer } from '../door.ts'
import { problemsOf } from '../mistakes.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { look } from './key-source.ts'
import { kindNamed, metadataOf, type NewApp, postedApp, startOf } from './new-fields.ts'
import { chooseKindPage, newAppPage, reviewNewPage } from './new-page.ts'
import { secretPage } from './secret-page.ts'

export type NewAppDeps = {
  operations: Pick<AdminOperations, 'apps'>
  clients: { check: (metadata: unknown) => unknown }
  vocabulary: Vocabulary
  clock: () => number
}

/** A new app in three steps: its kind, its fields, a look at all of it. Nothing is kept between them but the form. */
export function newAppRoutes(router: Router<RequestState>, { ask, post }: AdminDoor, deps: NewAppDeps): void {
  const { operations, clients, vocabulary, clock } = deps

  router.get(
    adminPaths.newApp,
    ask(async ({ query }, admin) => {
      const kind = kindNamed(query.kind)
      if (kind === undefined) return chooseKindPage(admin)
      return newAppPage({
        admin,
        app: startOf(kind),
        blank: 2,
        looked: undefined,
        problems: [],
        now: clock(),
      })
    }),
  )

  router.post(
    adminPaths.newApp,
    post(async (ctx, admin, sent) => {
      const kind = kindNamed(sent.form.get('kind'))
      if (kind === undefined) return chooseKindPage(admin)
      const app = postedApp(kind, sent)
      const fields = (problems: readonly Problem[], blank = 2): Answer => {
        if (problems.length > 0) ctx.status = 400
        const rows = app.scopes.rows.filter(({ type }) => type !== '')
        const scopes = { ...app.scopes, rows }
        return newAppPage({
          admin,
          app: { ...app, scopes },
          blank,
          looked: lookedOf(app),
          problems,
          now: clock(),
        })
      }
      switch (sent.form.get('do')) {
        case 'more':
          return fields([], 5)
        case 'check':
          return fields(unreadable(app, admin))
        case 'edit':
          return fields([])
        case 'register':
          return await register(ctx, admin, app, sent, fields)
        default: {
          const problems = [...unreadable(app, admin), ...mistakes(app)]
          return problems.length > 0
            ? fields(problems)
            : reviewNewPage(admin, app, lookedOf(app), vocabulary, clock())
        }
      }
    }),
  )

  function mistakes(app: NewApp): readonly Problem[] {
    try {
      clients.check(metadataOf(app))
      return []
    } catch (error) {
      return problemsOf(error)
    }
  }

  async function register(
    ctx: Parameters<typeof adminDone.say>[0],
    admin: Admin,
    app: NewApp,
    { form }: FormWithFiles,
    fields: (problems: readonly Problem[]) => Answer,
  ): Promise<Answer> {
    const name = app.values.client_name ?? ''
    try {
      const input = { metadata: metadataOf(app), reason: form.get('reason') ?? '' }
      const { client_id: id, client_secret: secret } = await perform(operations.apps.add, input, admin.actor)
      if (secret !== undefined) return secretPage(admin, { id, name, secret })
      adminDone.say(ctx, 'added', name)
      return adminPaths.app(id, 'use')
    } catch (error) {
      if ((error as { reason?: string }).reason === 'client-id-taken')
        return fields([{ path: 'client_id', message: 'is taken' }])
      return fields(problemsOf(error))
    }
  }
}

function lookedOf({ kind, keys }: NewApp) {
  const found = kind === 'server' || kind === 'service' ? look(keys) : undefined
  return found?.what === 'unreadable' ? undefined : found
}

function unreadable({ kind, keys }: NewApp, { words }: Admin): Problem[] {
  const found = kind === 'server' || kind === 'service' ? look(keys) : undefined
  return found?.what === 'unreadable'
    ? [{ path: found.field, message: words.admin.credentials.found.unreadable[found.field] }]
    : []
}
