import type Router from '@koa/router'
import type { BrowserSession, ListedSession } from '../../launches/sign-in-step.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import type { Page } from '../render.ts'
import { done } from './done.ts'
import type { Door, Visitor } from './door.ts'
import { accountPaths } from './paths.ts'
import { sessionsPage } from './sessions-page.ts'

export type SessionsDeps = {
  sessions: {
    list: (userId: string) => Promise<ListedSession[]>
    end: (session: BrowserSession) => Promise<boolean>
  }
  send: (ctx: RequestContext, page: Page) => void
}

/** Where somebody is signed in; each session can be ended. */
export function sessionsRoutes(router: Router<RequestState>, { get, post }: Door, deps: SessionsDeps): void {
  const { sessions, send } = deps
  router.get(
    accountPaths.sessions,
    get('sessions', async (ctx, { user, uid, account, csrf, words }) => {
      const listed = await sessions.list(user.id)
      const model = {
        ...account,
        action: accountPaths.sessions,
        csrf,
        sessions: listed.map(({ uid: id, at, ...rest }) => ({ id, current: id === uid, since: at, ...rest })),
        ended: done.hear(ctx)?.what === 'ended',
      }
      send(ctx, sessionsPage(model, words))
      return undefined
    }),
  )
  router.post(
    accountPaths.sessions,
    post('sessions', async (ctx, visitor, form) => {
      const chosen = form.get('session') ?? ''
      const userId = visitor.user.id
      const ended =
        chosen === 'others' ? await endOthers(visitor, deps) : await sessions.end({ uid: chosen, userId })
      if (ended) done.say(ctx, 'ended')
      return accountPaths.sessions
    }),
  )
}

/** A list holds only so many, so it is asked for until none is left. */
async function endOthers({ user, uid }: Visitor, { sessions }: SessionsDeps): Promise<boolean> {
  for (let any = false; ; any = true) {
    const others = (await sessions.list(user.id)).filter((session) => session.uid !== uid)
    if (others.length === 0) return any
    for (const other of others) await sessions.end({ uid: other.uid, userId: user.id })
  }
}
