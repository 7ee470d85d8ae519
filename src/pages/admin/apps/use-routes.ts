import type Router from '@koa/router'
import { kindOf } from '../../../clients/client.ts'
import type { LaunchGrants } from '../../../launches/grants.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { confirmPage } from '../confirm-page.ts'
import { adminDone, type Done } from '../done.ts'
import type { Admin, AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type AppDeps, appIn, crumbsOf, versionIn } from './app-routes.ts'
import { usePage } from './use-page.ts'

/** Grants on one page. */
const PAGE = 20

export type UseDeps = AppDeps & {
  grants: Pick<LaunchGrants, 'find'>
  operations: Pick<AdminOperations, 'apps'>
  clock: () => number
}

/** What an app does; each way to stop it asks on a page of its own. */
export function useRoutes(router: Router<RequestState>, { get, ask, post }: AdminDoor, deps: UseDeps): void {
  const { operations, clock, users } = deps
  const { apps } = operations
  /** Whose grant it is; of somebody whom an outside server vouches for, that server. */
  async function personOf(
    who: { userId?: string | undefined; issuer?: string | undefined },
    { words }: Admin,
  ) {
    const { unknown, outside } = words.admin.use.grants
    if (who.issuer !== undefined) return { person: outside(new URL(who.issuer).host) }
    const user = who.userId === undefined ? undefined : await users.find(who.userId)
    return user === undefined ? { person: unknown } : { person: user.displayName, username: user.username }
  }

  router.get(
    '/admin/apps/:id/use',
    get(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      const span = ctx.query.span === 'week' ? 'week' : 'day'
      const after = ctx.query.after === undefined ? undefined : String(ctx.query.after)
      const use = await perform(apps.use, { client_id: client.id, span }, admin.actor)
      const { items, next } = await perform(
        apps.grants,
        { client_id: client.id, after, limit: PAGE },
        admin.actor,
      )
      const grants = items.map(async ({ grant_id, user_id, issuer, ...item }) => ({
        id: grant_id,
        ...(await personOf({ userId: user_id, issuer }, admin)),
        patient: item.patient,
        created: Date.parse(item.created),
        used: item.used === undefined ? undefined : Date.parse(item.used),
        expires: Date.parse(item.expires),
        ends: item.refresh === 'online' ? ('session' as const) : ('time' as const),
        flight: item.flight_id,
      }))
      return usePage({
        client,
        admin,
        span,
        use,
        isService: kindOf(client.metadata) === 'service',
        grants: await Promise.all(grants),
        next,
        first: after === undefined,
        now: clock(),
        done: adminDone.hear(ctx, admin.words),
      })
    }),
  )

  /** What is asked, what is done then, and what the next page says of it. */
  const acts = {
    disable: { done: 'disabled', danger: true, run: setTo('disabled') },
    enable: { done: 'enabled', danger: false, run: setTo('active') },
    end: {
      done: 'ended',
      danger: true,
      run: (edit: object, { actor }: Admin) => perform(apps.endAll, edit, actor),
    },
    remove: {
      done: 'removed',
      danger: true,
      run: (edit: object, { actor }: Admin) => perform(apps.remove, edit, actor),
    },
  } as const satisfies Record<
    string,
    { done: Done; danger: boolean; run: (edit: object, admin: Admin) => Promise<unknown> }
  >
  function setTo(status: 'active' | 'disabled') {
    return (edit: object, { actor }: Admin) => perform(apps.setStatus, { ...edit, status }, actor)
  }

  for (const [name, act] of Object.entries(acts)) {
    const part = name as keyof typeof acts
    router.get(
      `/admin/apps/:id/${part}`,
      ask(async (ctx, admin) => {
        const client = await appIn(ctx, deps)
        const { heading, ...said } = admin.words.admin.use.asks[part]
        return confirmPage(admin.frame, admin.words, {
          part: 'apps',
          crumbs: crumbsOf(client, admin),
          heading: heading(client.metadata.client_name),
          ...said,
          danger: act.danger,
          ...formOf(ctx, admin),
          keepHref: adminPaths.app(client.id, 'use'),
          version: client.version,
        })
      }),
    )
    router.post(
      `/admin/apps/:id/${part}`,
      post(async (ctx, admin, { form }) => {
        const { id, metadata } = await appIn(ctx, deps)
        await act.run({ client_id: id, version: versionIn(form), reason: form.get('reason') ?? '' }, admin)
        adminDone.say(ctx, act.done, metadata.client_name)
        return part === 'remove' ? adminPaths.apps : adminPaths.app(id, 'use')
      }),
    )
  }

  router.get(
    '/admin/apps/:id/use/:grant',
    ask(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      const { heading, ...said } = admin.words.admin.use.asks.grant
      const grant = await deps.grants.find(String(ctx.params.grant))
      if (grant?.clientId !== client.id)
        throw new LanyardError('not-found', 'There is no such grant of this app, or it has ended.')
      const { person } = await personOf(grant, admin)
      return confirmPage(admin.frame, admin.words, {
        part: 'apps',
        crumbs: crumbsOf(client, admin),
        heading: heading(client.metadata.client_name, person),
        ...said,
        danger: true,
        ...formOf(ctx, admin),
        keepHref: adminPaths.app(client.id, 'use'),
      })
    }),
  )
  router.post(
    '/admin/apps/:id/use/:grant',
    post(async (ctx, admin, { form }) => {
      const { id, metadata } = await appIn(ctx, deps)
      const which = { client_id: id, grant_id: String(ctx.params.grant), reason: form.get('reason') ?? '' }
      await perform(apps.endGrant, which, admin.actor)
      adminDone.say(ctx, 'grantEnded', metadata.client_name)
      return adminPaths.app(id, 'use')
    }),
  )
}

function formOf(ctx: RequestContext, { csrf }: Admin) {
  return { action: ctx.path, csrf }
}
