import type Router from '@koa/router'
import type { Consents } from '../../launches/consents.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import { reachOf } from '../../users/user.ts'
import type { Page } from '../render.ts'
import { counted } from '../sign-in/deciding.ts'
import { type AccountAppsModel, accountAppsPage } from './apps-page.ts'
import { connectionOf, connectionsOf } from './connections.ts'
import { done } from './done.ts'
import type { Door, Visitor } from './door.ts'
import { appIn, type GrantModelDeps, grantModel } from './grant-model.ts'
import { narrowPage } from './narrow-page.ts'
import { narrowConnection } from './narrowing.ts'
import { accountPaths } from './paths.ts'
import { withdrawPage } from './withdraw-page.ts'

export type AppsDeps = GrantModelDeps & {
  grants: Pick<LaunchGrants, 'find' | 'ofUser' | 'ofApp' | 'narrow' | 'end'>
  consents: Pick<Consents, 'find' | 'remember' | 'forget'>
  clock: () => number
  send: (ctx: RequestContext, page: Page) => void
}

/** Apps on a page: few people have more. */
const PAGE = 40

/** What somebody allowed which apps; each can be made less, or be taken back (REVO-03). */
export function appsRoutes(router: Router<RequestState>, { get, post }: Door, deps: AppsDeps): void {
  const { grants, send, clock } = deps
  const named = (ctx: RequestContext, { user }: Visitor) => connectionOf(ctx.params.grant, user, grants)

  router.get(
    accountPaths.apps,
    get('apps', async (ctx, visitor) => {
      const connections = connectionsOf(await grants.ofUser(visitor.user.id))
      const asked = /^\d{1,4}$/.test(String(ctx.query.from)) ? Number(ctx.query.from) : 0
      const from = asked < connections.length ? asked : 0
      const page = connections.slice(from, from + PAGE)
      const models = await Promise.all(page.map((one) => grantModel(one, visitor, deps)))
      const more = connections.length > from + PAGE ? String(from + PAGE) : undefined
      const place = { first: from === 0, more }
      const model = { ...visitor.account, grants: models, place, done: await doneIn(ctx, deps), now: clock() }
      send(ctx, accountAppsPage(model, visitor.words))
      return undefined
    }),
  )

  router.get(
    '/account/apps/:grant',
    get('apps', async (ctx, visitor) => {
      const connection = await named(ctx, visitor)
      const { client, card, lines } = await grantModel(connection, visitor, deps)
      const facts = { patient: connection.patient, user: reachOf(visitor.user, connection.clientId) }
      const model = {
        ...formOf(ctx, visitor),
        client,
        patient: card,
        lines: await counted(lines, facts, deps),
        now: clock(),
      }
      send(ctx, narrowPage(model, visitor.words))
      return undefined
    }),
  )
  router.post(
    '/account/apps/:grant',
    post('apps', async (ctx, visitor, form) => {
      const connection = await named(ctx, visitor)
      const outcome = await narrowConnection(connection, form, deps)
      if (outcome === 'nothing-left') return accountPaths.withdraw(connection.id)
      if (outcome === 'narrowed') done.say(ctx, 'narrowed', connection.clientId)
      return accountPaths.apps
    }),
  )

  router.get(
    '/account/apps/:grant/withdraw',
    get('apps', async (ctx, visitor) => {
      const grant = await grantModel(await named(ctx, visitor), visitor, deps)
      send(ctx, withdrawPage({ ...formOf(ctx, visitor), grant }, visitor.words))
      return undefined
    }),
  )
  router.post(
    '/account/apps/:grant/withdraw',
    post('apps', async (ctx, visitor) => {
      const connection = await named(ctx, visitor)
      // Effective at the next request; and the next launch asks.
      await grants.end(connection, 'withdrawn')
      done.say(ctx, 'withdrawn', connection.clientId)
      return accountPaths.apps
    }),
  )
}

function formOf(ctx: RequestContext, { account, csrf }: Visitor) {
  return { ...account, action: ctx.path, csrf }
}

async function doneIn(ctx: RequestContext, deps: AppsDeps): Promise<AccountAppsModel['done']> {
  const heard = done.hear(ctx)
  if (heard?.what !== 'narrowed' && heard?.what !== 'withdrawn') return undefined
  return { what: heard.what, app: (await appIn(heard.clientId, deps)).name }
}
